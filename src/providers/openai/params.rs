//! Which parameters OpenAI's model families take (platform.openai.com/docs/guides/reasoning, "API parameters").
//! A model this table does not know is given everything the caller sends: its server is the judge.

use serde_json::{Map, Value};

use crate::params::{Effort, ParamRules};

/// Anthropic's dialect; nothing on this wire carries it.
pub(crate) const THINKING: &[&str] = &["thinking"];
/// Weights of tokens and what they tell.
pub(crate) const LOGPROBS: &[&str] = &["logprobs", "top_logprobs"];
/// Punishments for repetition.
pub(crate) const PENALTIES: &[&str] = &["presence_penalty", "frequency_penalty"];
/// Tools in either form.
pub(crate) const TOOLS: &[&str] = &[
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "functions",
    "function_call",
];
/// Tools in the legacy form.
pub(crate) const FUNCTIONS: &[&str] = &["functions", "function_call"];
/// What came with OpenAI's later models and services.
pub(crate) const ADVANCED: &[&str] = &[
    "web_search_options",
    "modalities",
    "prediction",
    "audio",
    "service_tier",
    "store",
    "safety_identifier",
    "prompt_cache_key",
];
/// What no compatible server knows.
pub(crate) const EVERYWHERE: &[&str] = &["thinking", "verbosity"];
/// The old name of the limit, for servers that know no other.
pub(crate) const MAX_TOKENS: &[(&str, &str)] = &[("max_completion_tokens", "max_tokens")];
const SAMPLING: &[&str] = &["top_p", "logit_bias"];
const SPEECH: &[&str] = &["modalities", "audio"];

const REASONING: &[(&str, &str)] = &[("max_tokens", "max_completion_tokens")];
const ONE: &[(&str, f64)] = &[("temperature", 1.0)];

static REASONING_O: ParamRules = ParamRules {
    unsupported: &[
        THINKING,
        SAMPLING,
        PENALTIES,
        LOGPROBS,
        SPEECH,
        &["verbosity", "parallel_tool_calls"],
    ],
    renamed: REASONING,
    pinned: ONE,
    reasoning_effort: Effort::Passes,
};

/// The o-series after o3-mini calls tools in parallel.
static REASONING_O_PARALLEL: ParamRules = ParamRules {
    unsupported: &[THINKING, SAMPLING, PENALTIES, LOGPROBS, SPEECH, &["verbosity"]],
    renamed: REASONING,
    pinned: ONE,
    reasoning_effort: Effort::Passes,
};

static REASONING_GPT: ParamRules = ParamRules {
    unsupported: &[
        THINKING,
        SAMPLING,
        PENALTIES,
        LOGPROBS,
        SPEECH,
        &["stop", "prediction", "web_search_options"],
    ],
    renamed: REASONING,
    pinned: ONE,
    reasoning_effort: Effort::Passes,
};

static CHAT: ParamRules = ParamRules {
    unsupported: &[THINKING, &["verbosity"]],
    renamed: &[],
    pinned: &[],
    reasoning_effort: Effort::Refused,
};

static UNKNOWN: ParamRules = ParamRules {
    unsupported: &[THINKING],
    renamed: &[],
    pinned: &[],
    reasoning_effort: Effort::Passes,
};

/// Whether a model is told not to reason that cannot help it: the first of the fifth generation. Of older ones, which
/// refuse it as well, the server says so.
pub(crate) fn is_silenced_in_vain(model: &str, params: &Map<String, Value>) -> bool {
    let effort = params.get("reasoning_effort");
    let effort = effort.map(|effort| effort.get("effort").unwrap_or(effort));
    let rest = model.strip_prefix("gpt-5");
    let first = rest.is_some_and(|rest| !rest.starts_with('.') && !rest.starts_with("-chat"));
    first && effort.and_then(Value::as_str) == Some("none")
}

/// The model a name of one's own tells of, as deployments have them: `my-gpt-4o` and `prod-o3-mini` say it, `team-1` does
/// not, and is given back as it is.
pub(crate) fn told_by(name: &str) -> &str {
    const FAMILIES: &[&str] = &[
        "gpt-3.5", "gpt-35", "gpt-4", "gpt-5", "chatgpt-", "o1", "o3", "o4",
    ];
    let start = |at: &usize| *at == 0 || !name.as_bytes().get(at - 1).is_some_and(u8::is_ascii_alphanumeric);
    let found = FAMILIES.iter().filter_map(|family| {
        let at = name.match_indices(family).map(|(at, _)| at).find(start)?;
        let end = name.as_bytes().get(at + family.len());
        // `o1` is a model, `o10` and `o1b` are not.
        let whole = !family.starts_with('o') || !end.is_some_and(u8::is_ascii_alphanumeric);
        whole.then(|| name.get(at..)).flatten()
    });
    found.max_by_key(|rest| rest.len()).unwrap_or(name)
}

/// The rules of a model of OpenAI's.
#[must_use]
pub fn rules(model: &str) -> &'static ParamRules {
    let model = model.strip_prefix("ft:").unwrap_or(model);
    let is = |families: &[&str]| families.iter().any(|family| model.starts_with(family));
    if is(&["gpt-5-chat", "gpt-5.1-chat", "gpt-5.2-chat"]) {
        &CHAT
    } else if is(&["gpt-5"]) {
        &REASONING_GPT
    } else if is(&["o1-mini", "o1-preview", "o3-mini"]) || model == "o1" {
        &REASONING_O
    } else if is(&["o1", "o3", "o4"]) {
        &REASONING_O_PARALLEL
    } else if is(&["gpt-4", "gpt-3.5", "gpt-35", "chatgpt-"]) {
        &CHAT
    } else {
        &UNKNOWN
    }
}

/// The rules for a server that is not OpenAI's.
#[must_use]
pub fn unknown_model(_model: &str) -> &'static ParamRules {
    &UNKNOWN
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deployments_are_named_after_models_or_not() {
        for (name, told) in [
            ("my-gpt-4o", "gpt-4o"),
            ("gpt-5-mini", "gpt-5-mini"),
            ("prod_o3-mini", "o3-mini"),
            ("gpt-35-turbo", "gpt-35-turbo"),
            ("team-1", "team-1"),
            ("foo3", "foo3"),
            ("pro1", "pro1"),
            ("o10", "o10"),
        ] {
            assert_eq!(told_by(name), told, "{name}");
        }
    }

    #[test]
    fn who_cannot_stop_reasoning() {
        let none = Map::from_iter([("reasoning_effort".to_owned(), Value::from("none"))]);
        for model in ["gpt-5", "gpt-5-mini-2025-08-07"] {
            assert!(is_silenced_in_vain(model, &none), "{model}");
        }
        for model in ["gpt-5.1", "gpt-5.2-pro", "gpt-5-chat-latest", "gpt-4o", "other"] {
            assert!(!is_silenced_in_vain(model, &none), "{model}");
        }
    }
}
