//! What happens to each parameter before it is written: it is supported, renamed, dropped because the caller allowed
//! that (and then reported), or refused.

use serde_json::{Map, Value};

use crate::error::{Error, ErrorKind, Result};

/// What a family of models does with parameters; what is not listed is supported.
#[derive(Debug)]
pub struct ParamRules {
    /// Parameters it does not take, in groups.
    pub unsupported: &'static [&'static [&'static str]],
    /// Parameters it takes under another name. When both are given, the name the provider knows wins; only
    /// `max_completion_tokens` wins always, because it replaced the other.
    pub renamed: &'static [(&'static str, &'static str)],
    /// Parameters it takes only at one value.
    pub pinned: &'static [(&'static str, f64)],
    /// Whether it can be told how hard to think.
    pub reasoning_effort: Effort,
}

/// Who takes `reasoning_effort`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// Every model.
    Passes,
    /// No model.
    Refused,
    /// Every model but those known not to reason; of a new name nothing is assumed.
    UnlessPlain,
}

/// The parameter that says what `max_tokens` said before it.
const SUCCESSOR: &str = "max_completion_tokens";

/// Families of open and older models that do not reason.
const PLAIN: &[&str] = &[
    "llama",
    "gpt-4",
    "gpt-3.5",
    "mixtral",
    "mistral-7b",
    "mistral-large",
    "mistral-small",
    "mistral-nemo",
    "codestral",
    "gemma",
    "qwen2",
    "phi-3",
    "phi-4",
    "command-r",
    "sonar",
    "jamba",
    "dbrx",
    "kimi-k2-0",
    "kimi-k2-instruct",
];
/// Marks of a model that reasons although its family does not.
const REASONING: &[&str] = &["reason", "think", "r1", "nemotron", "qwq"];

impl ParamRules {
    /// Everything goes.
    pub const ALL: Self = Self {
        reasoning_effort: Effort::Passes,
        unsupported: &[],
        renamed: &[],
        pinned: &[],
    };

    /// Whether a model takes a parameter at a value; null stands for some value.
    pub(crate) fn takes(&self, model: &str, name: &str, value: &Value) -> bool {
        let value = (!value.is_null()).then_some(value);
        let pinned = value.is_none()
            && self
                .pinned
                .iter()
                .any(|(pinned, _)| *pinned == name && name != "n");
        pinned || !is_refused(self, model, name, value)
    }
}

/// What the caller said about parameters.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ParamPolicy {
    /// Drop what is not supported instead of refusing it.
    pub drop_unsupported: bool,
    /// Send these although the rules say no.
    pub allowed: Vec<String>,
    /// Drop these in any case; `tools[*].function.strict` reaches inside.
    pub drop: Vec<String>,
}

/// The parameters of `params` that go under another name, and that name.
pub(crate) fn renamed(params: &Map<String, Value>, rules: &ParamRules) -> Vec<(String, String)> {
    let renamed = rules.renamed.iter();
    let given = renamed.filter(|(old, new)| params.contains_key(*old) && !params.contains_key(*new));
    given
        .map(|(old, new)| ((*old).to_owned(), (*new).to_owned()))
        .collect()
}

/// Applies `rules` and `policy` to `params` in place and returns what was dropped, in the order of the call.
///
/// # Errors
/// `UnsupportedParams` that names every parameter refused.
pub fn apply(
    params: &mut Map<String, Value>,
    rules: &ParamRules,
    policy: &ParamPolicy,
    provider: &str,
    model: &str,
) -> Result<Vec<String>> {
    let mut dropped = Vec::new();
    for path in &policy.drop {
        if remove(params, path) {
            dropped.push(path.clone());
        }
    }
    // One alternative is what everybody gives: no reason to refuse a call.
    let has_no_n = rules.unsupported.iter().any(|group| group.contains(&"n"))
        || rules.pinned.iter().any(|(name, _)| *name == "n");
    if has_no_n && params.get("n").and_then(Value::as_u64) == Some(1) {
        params.shift_remove("n");
        dropped.push("n".to_owned());
    }
    let refused: Vec<String> = params
        .keys()
        .filter(|name| !policy.allowed.contains(name) && is_refused(rules, model, name, params.get(*name)))
        .cloned()
        .collect();
    dropped.extend(refuse(params, refused, policy, provider, model)?);
    for (old, new) in rules.renamed {
        if !params.contains_key(*old) {
            continue;
        }
        if params.contains_key(*new) {
            let given = params.shift_remove(*old);
            let (loser, value) = if *old == SUCCESSOR {
                (*new, given)
            } else {
                (*old, None)
            };
            if let (Some(slot), Some(value)) = (params.get_mut(*new), value) {
                *slot = value;
            }
            dropped.push(loser.to_owned());
        } else {
            let renamed = std::mem::take(params);
            *params = renamed
                .into_iter()
                .map(|(name, value)| {
                    if name == *old {
                        ((*new).to_owned(), value)
                    } else {
                        (name, value)
                    }
                })
                .collect();
        }
    }
    Ok(dropped)
}

/// Drops what is `refused` where the caller allows that, and returns it.
///
/// # Errors
/// `UnsupportedParams` that names every parameter refused.
pub fn refuse(
    params: &mut Map<String, Value>,
    refused: Vec<String>,
    policy: &ParamPolicy,
    provider: &str,
    model: &str,
) -> Result<Vec<String>> {
    if !refused.is_empty() && !policy.drop_unsupported {
        return Err(Error::new(
            ErrorKind::UnsupportedParams,
            format!(
                "{provider} does not support parameters: {refused:?}, for model={model}. To drop them from the request, set \
                 `drop_params=True` (per call or on the module); to send them anyway, pass them in `allowed_openai_params`."
            ),
        ));
    }
    for name in &refused {
        params.shift_remove(name);
    }
    Ok(refused)
}

fn is_refused(rules: &ParamRules, model: &str, name: &str, value: Option<&Value>) -> bool {
    if rules.unsupported.iter().any(|group| group.contains(&name)) {
        return true;
    }
    if name == "reasoning_effort" {
        return match rules.reasoning_effort {
            Effort::Passes => false,
            Effort::Refused => true,
            Effort::UnlessPlain => is_plain(model),
        };
    }
    let pin = rules.pinned.iter().find(|(pinned, _)| *pinned == name);
    pin.is_some_and(|(_, only)| value.and_then(Value::as_f64) != Some(*only))
}

/// Whether a model is known not to reason.
fn is_plain(model: &str) -> bool {
    let model = model.to_ascii_lowercase();
    let holds = |words: &[&str]| words.iter().any(|word| model.contains(word));
    holds(PLAIN) && !holds(REASONING)
}

/// `tool_choice`, where it forces a tool although none is offered: most dialects have no place for it then.
pub(crate) fn choice_without_tools(params: &Map<String, Value>) -> Vec<&'static str> {
    let offered = ["tools", "functions"]
        .iter()
        .any(|name| params.get(*name).is_some_and(|tools| !tools.is_null()));
    let forced = match params.get("tool_choice") {
        None | Some(Value::Null) => false,
        Some(Value::String(choice)) => choice != "auto" && choice != "none",
        Some(_) => true,
    };
    if forced && !offered {
        vec!["tool_choice"]
    } else {
        Vec::new()
    }
}

/// Removes what `path` names (`a`, `a.b`, `a[*].b`, `a[0].b`) and says whether there was anything.
fn remove(params: &mut Map<String, Value>, path: &str) -> bool {
    if params.shift_remove(path).is_some() {
        return true;
    }
    let steps: Vec<Step<'_>> = path.split(['.', '[']).map(Step::parse).collect();
    let [Step::Key(first), rest @ ..] = steps.as_slice() else {
        return false;
    };
    params
        .get_mut(*first)
        .is_some_and(|value| remove_below(value, rest))
}

enum Step<'a> {
    Key(&'a str),
    Every,
    At(usize),
}

impl<'a> Step<'a> {
    fn parse(text: &'a str) -> Self {
        match text.strip_suffix(']') {
            Some("*") => Self::Every,
            Some(number) => number.parse().map_or(Self::Key(text), Self::At),
            None => Self::Key(text),
        }
    }
}

fn remove_below(value: &mut Value, steps: &[Step<'_>]) -> bool {
    match (steps, value) {
        ([Step::Key(key)], Value::Object(map)) => map.shift_remove(*key).is_some(),
        ([Step::Key(key), rest @ ..], Value::Object(map)) => {
            map.get_mut(*key).is_some_and(|value| remove_below(value, rest))
        }
        ([Step::At(index)], Value::Array(items)) if *index < items.len() => {
            items.remove(*index);
            true
        }
        ([Step::At(index), rest @ ..], Value::Array(items)) => items
            .get_mut(*index)
            .is_some_and(|value| remove_below(value, rest)),
        ([Step::Every], Value::Array(items)) => {
            let any = !items.is_empty();
            items.clear();
            any
        }
        // No short cut: every item loses it.
        ([Step::Every, rest @ ..], Value::Array(items)) => items
            .iter_mut()
            .fold(false, |any, value| remove_below(value, rest) | any),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const RULES: ParamRules = ParamRules {
        unsupported: &[&["logit_bias"]],
        renamed: &[("max_tokens", "max_completion_tokens")],
        pinned: &[("temperature", 1.0)],
        reasoning_effort: Effort::Passes,
    };

    fn map(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn refused_by_name_or_dropped_and_reported() {
        let given = map(json!({"logit_bias": {}, "temperature": 0.5, "seed": 1}));
        let refused = apply(&mut given.clone(), &RULES, &ParamPolicy::default(), "p", "m").unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::UnsupportedParams);
        assert!(refused.message().contains("logit_bias") && refused.message().contains("temperature"));

        let mut params = given;
        let policy = ParamPolicy {
            drop_unsupported: true,
            ..ParamPolicy::default()
        };
        assert_eq!(
            apply(&mut params, &RULES, &policy, "p", "m").unwrap(),
            ["logit_bias", "temperature"]
        );
        assert_eq!(params, map(json!({"seed": 1})));
    }

    #[test]
    fn a_pinned_value_and_an_allowed_name_pass() {
        let mut params = map(json!({"temperature": 1, "logit_bias": {"1": 2}}));
        let policy = ParamPolicy {
            allowed: vec!["logit_bias".to_owned()],
            ..ParamPolicy::default()
        };
        assert!(apply(&mut params, &RULES, &policy, "p", "m").unwrap().is_empty());
        assert_eq!(params.len(), 2);
    }

    #[test]
    fn renamed_in_place_unless_both_are_given() {
        let mut params = map(json!({"a": 1, "max_tokens": 5, "z": 2}));
        apply(&mut params, &RULES, &ParamPolicy::default(), "p", "m").unwrap();
        assert_eq!(
            serde_json::to_string(&params).unwrap(),
            r#"{"a":1,"max_completion_tokens":5,"z":2}"#
        );

        let mut params = map(json!({"max_tokens": 5, "max_completion_tokens": 7}));
        assert_eq!(
            apply(&mut params, &RULES, &ParamPolicy::default(), "p", "m").unwrap(),
            ["max_tokens"]
        );
        assert_eq!(params, map(json!({"max_completion_tokens": 7})));
    }

    #[test]
    fn the_successor_of_max_tokens_wins_under_either_name() {
        const OLD: ParamRules = ParamRules {
            renamed: &[("max_completion_tokens", "max_tokens")],
            ..RULES
        };
        let mut params = map(json!({"max_tokens": 5, "max_completion_tokens": 7}));
        assert_eq!(
            apply(&mut params, &OLD, &ParamPolicy::default(), "p", "m").unwrap(),
            ["max_tokens"]
        );
        assert_eq!(params, map(json!({"max_tokens": 7})));
    }

    #[test]
    fn drop_reaches_inside() {
        let mut params = map(
            json!({"tools": [{"function": {"strict": true, "name": "a"}}, {"function": {"strict": true}}]}),
        );
        let policy = ParamPolicy {
            drop: vec!["tools[*].function.strict".to_owned(), "nothing".to_owned()],
            ..ParamPolicy::default()
        };
        assert_eq!(
            apply(&mut params, &ParamRules::ALL, &policy, "p", "m").unwrap(),
            ["tools[*].function.strict"]
        );
        assert_eq!(
            params,
            map(json!({"tools": [{"function": {"name": "a"}}, {"function": {}}]}))
        );
    }
}
