//! Which of OpenAI's parameters Claude takes, and what they are in Anthropic's dialect.

use serde_json::{Map, Value, json};

use super::model::Model;
use crate::error::{Error, Result};
use crate::params::ParamRules;

const NEVER: &[&str] = &[
    "frequency_penalty",
    "presence_penalty",
    "logit_bias",
    "logprobs",
    "top_logprobs",
    "seed",
    "modalities",
    "audio",
    "prediction",
    "service_tier",
    "store",
    "safety_identifier",
    "prompt_cache_key",
    "prompt_cache_retention",
    "verbosity",
    "functions",
    "function_call",
];
const ONE_ANSWER: &[(&str, f64)] = &[("n", 1.0)];

static THINKING: ParamRules = ParamRules {
    unsupported: &[NEVER],
    renamed: &[],
    pinned: ONE_ANSWER,
    ..ParamRules::ALL
};

static PLAIN: ParamRules = ParamRules {
    unsupported: &[NEVER, &["thinking", "reasoning_effort"]],
    renamed: &[],
    pinned: ONE_ANSWER,
    ..ParamRules::ALL
};

/// Parameters whose values this model refuses.
pub(crate) fn refused(params: &Map<String, Value>, model: Model) -> Vec<&'static str> {
    let mut refused = crate::params::choice_without_tools(params);
    let given = |name: &str| params.get(name).filter(|value| !value.is_null());
    if !model.samples_as_told() {
        if given("temperature").is_some_and(|heat| heat.as_f64() != Some(1.0)) {
            refused.push("temperature");
        }
        refused.extend(
            ["top_p", "top_k"]
                .into_iter()
                .filter(|name| given(name).is_some()),
        );
    }
    let forced = |choice: &Value| {
        let kind = choice
            .as_str()
            .or_else(|| choice.get("type").and_then(Value::as_str));
        !matches!(kind, Some("auto" | "none"))
    };
    if !model.can_be_forced() && !refused.contains(&"tool_choice") && given("tool_choice").is_some_and(forced)
    {
        refused.push("tool_choice");
    }
    refused
}

/// What of a request the dialect has no place for.
pub(super) fn left_out(params: &Map<String, Value>) -> Vec<String> {
    let given = |name: &str| params.get(name).filter(|value| !value.is_null());
    let mut out = Vec::new();
    let offered = ["tools", "web_search_options"]
        .iter()
        .any(|name| given(name).is_some());
    if !offered && given("parallel_tool_calls").is_some() {
        out.push("parallel_tool_calls".to_owned());
    }
    let metadata = given("metadata").and_then(Value::as_object).into_iter().flatten();
    out.extend(
        metadata
            .map(|(name, _)| name)
            .filter(|name| *name != "user_id")
            .map(|name| format!("metadata.{name}")),
    );
    let user = given("user").and_then(Value::as_str);
    if user.is_some_and(names_a_person) {
        out.push("user".to_owned());
    }
    // JSON without a schema is a matter of the prompt: the dialect has no such mode.
    let is_json = |format: &Value| format.get("type").and_then(Value::as_str) == Some("json_object");
    if given("response_format")
        .is_some_and(|format| is_json(format) && !format.get("response_schema").is_some_and(Value::is_object))
    {
        out.push("response_format".to_owned());
    }
    out
}

/// The rules of a model.
#[must_use]
pub fn rules(model: &str) -> &'static ParamRules {
    if Model::of(model).thinks() {
        &THINKING
    } else {
        &PLAIN
    }
}

/// Tokens left for the answer itself when only a budget for thinking is given.
const ANSWER_BESIDE_THINKING: u64 = 4096;

/// `max_tokens`, which the dialect requires: what the caller says, else room for thinking and an answer, else the most
/// the model can.
pub(super) fn max_tokens(params: &mut Map<String, Value>, body: &Map<String, Value>, model: Model) -> Value {
    let given = params.shift_remove("max_tokens");
    let given = params
        .shift_remove("max_completion_tokens")
        .filter(|most| !most.is_null())
        .or(given);
    if let Some(given) = given.filter(|most| !most.is_null()) {
        return given;
    }
    let budget = body
        .get("thinking")
        .and_then(|thinking| thinking.get("budget_tokens"));
    budget.and_then(Value::as_u64).map_or_else(
        || json!(model.max_output()),
        |budget| json!(budget + ANSWER_BESIDE_THINKING),
    )
}

/// `stop` is always a list here.
pub(super) fn stop(params: &mut Map<String, Value>, body: &mut Map<String, Value>) {
    match params.shift_remove("stop") {
        Some(Value::String(text)) => {
            body.insert("stop_sequences".to_owned(), json!([text]));
        }
        Some(Value::Array(texts)) if !texts.is_empty() => {
            body.insert("stop_sequences".to_owned(), Value::Array(texts));
        }
        _ => {}
    }
}

/// `user` and the one key of `metadata` that the dialect has.
pub(super) fn metadata(params: &mut Map<String, Value>, body: &mut Map<String, Value>) {
    let named = params
        .shift_remove("metadata")
        .and_then(|mut metadata| metadata.get_mut("user_id").map(Value::take))
        .filter(|id| id.as_str().is_some_and(|id| !id.is_empty()));
    let user = params.shift_remove("user").filter(|user| {
        user.as_str()
            .is_some_and(|user| !user.is_empty() && !names_a_person(user))
    });
    if let Some(id) = named.or(user) {
        body.insert("metadata".to_owned(), json!({"user_id": id}));
    }
}

/// An address or a telephone number: the provider refuses requests that name a person so.
fn names_a_person(user: &str) -> bool {
    let mail = user.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty() && host.contains('.') && !user.contains(char::is_whitespace)
    });
    let digits = user.chars().filter(char::is_ascii_digit).count();
    let phone = (7..=15).contains(&digits)
        && user.starts_with(['+', '('])
        && user.chars().all(|c| c.is_ascii_digit() || "+-() .".contains(c));
    mail || phone
}

/// `context_management` in OpenAI's form, a list, as the dialect's edits.
pub(super) fn context_management(managed: &mut Value) {
    let Some(entries) = managed.as_array() else { return };
    let edits = entries.iter().map(|entry| {
        if entry.get("type").and_then(Value::as_str) != Some("compaction") {
            return entry.clone();
        }
        let mut edit = json!({"type": "compact_20260112"});
        if let (Some(edit), Some(tokens)) = (edit.as_object_mut(), entry.get("compact_threshold")) {
            edit.insert(
                "trigger".to_owned(),
                json!({"type": "input_tokens", "value": tokens}),
            );
        }
        edit
    });
    *managed = json!({"edits": edits.collect::<Vec<_>>()});
}

/// `reasoning_effort`: a budget, or an effort for models that think as long as they see fit. The caller's own
/// `thinking` wins.
pub(crate) fn reasoning(
    params: &mut Map<String, Value>,
    body: &mut Map<String, Value>,
    model: Model,
) -> Result<()> {
    if let Some(thinking) = params
        .shift_remove("thinking")
        .filter(|thinking| !thinking.is_null())
    {
        thinking_as_taken(thinking, body, model);
    }
    let mut effort = match params.shift_remove("reasoning_effort") {
        None | Some(Value::Null) => return Ok(()),
        Some(effort) => effort,
    };
    if let Some(inner) = effort.get_mut("effort") {
        effort = inner.take();
    }
    let unknown = || Error::bad_request(format!("Unmapped reasoning effort: {effort}"));
    let (budget, word) = match effort.as_str().ok_or_else(unknown)? {
        "none" => return Ok(()),
        "minimal" | "low" => (1024, "low"),
        "medium" => (2048, "medium"),
        "high" => (4096, "high"),
        "xhigh" => (8192, "xhigh"),
        "max" => (16_384, "max"),
        _ => return Err(unknown()),
    };
    if body.contains_key("thinking") {
        return Ok(());
    }
    if model.thinks_adaptively() {
        body.insert(
            "thinking".to_owned(),
            json!({"type": "adaptive", "display": "summarized"}),
        );
        set_output_config(body, "effort", json!(word));
    } else {
        body.insert(
            "thinking".to_owned(),
            json!({"type": "enabled", "budget_tokens": budget}),
        );
    }
    Ok(())
}

/// The caller's `thinking` in the form that the model takes: older models know budgets only, newer ones efforts only.
fn thinking_as_taken(mut thinking: Value, body: &mut Map<String, Value>, model: Model) {
    let kind = thinking.get("type").and_then(Value::as_str);
    if kind == Some("enabled") && !model.thinks_on_a_budget() {
        let word = match thinking.get("budget_tokens").and_then(Value::as_u64).unwrap_or(0) {
            8192.. => "xhigh",
            4096.. => "high",
            2048.. => "medium",
            _ => "low",
        };
        let set = body
            .get("output_config")
            .is_some_and(|config| config.get("effort").is_some());
        if !set {
            set_output_config(body, "effort", json!(word));
        }
        if let Some(thinking) = thinking.as_object_mut() {
            thinking.insert("type".to_owned(), json!("adaptive"));
            thinking.shift_remove("budget_tokens");
        }
    } else if kind == Some("adaptive") && model.is_known() && !model.thinks_adaptively() {
        thinking = json!({"type": "enabled", "budget_tokens": 2048});
    }
    body.insert("thinking".to_owned(), thinking);
}

pub(super) fn set_output_config(body: &mut Map<String, Value>, name: &str, value: Value) {
    let config = body
        .entry("output_config")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Some(config) = config.as_object_mut() {
        config.insert(name.to_owned(), value);
    }
}
