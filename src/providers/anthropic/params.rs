//! Which of OpenAI's parameters Claude takes, and what they are in Anthropic's dialect.

use serde_json::{Map, Value, json};

use super::JSON_TOOL;
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
        .filter(Value::is_string);
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

/// `reasoning_effort`: a budget, or an effort for models that think as long as they see fit. The caller's own
/// `thinking` wins.
pub(super) fn reasoning(
    params: &mut Map<String, Value>,
    body: &mut Map<String, Value>,
    model: Model,
) -> Result<()> {
    if let Some(thinking) = params
        .shift_remove("thinking")
        .filter(|thinking| !thinking.is_null())
    {
        body.insert("thinking".to_owned(), thinking);
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

fn set_output_config(body: &mut Map<String, Value>, name: &str, value: Value) {
    let config = body
        .entry("output_config")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Some(config) = config.as_object_mut() {
        config.insert(name.to_owned(), value);
    }
}

/// A schema for the answer.
pub(super) enum Schema {
    /// The request asks for none.
    None,
    /// The model takes it; the body says so, and the beta is needed for it.
    Native(Option<&'static str>),
    /// A tool has to stand for it.
    Tool(Value),
}

/// `response_format`. JSON without a schema is a matter of the prompt: the dialect has no such mode.
pub(super) fn response_format(
    params: &mut Map<String, Value>,
    body: &mut Map<String, Value>,
    model: Model,
) -> Result<Schema> {
    let mut format = match params.shift_remove("response_format") {
        None | Some(Value::Null) => return Ok(Schema::None),
        Some(format) => format,
    };
    let kind = format.get("type").and_then(Value::as_str).unwrap_or_default();
    let schema = match kind {
        "json_schema" => format
            .get_mut("json_schema")
            .and_then(|inner| inner.get_mut("schema"))
            .map(Value::take)
            .filter(Value::is_object)
            .ok_or_else(|| Error::bad_request("response_format.json_schema.schema is not an object"))?,
        "json_object" => match format.get_mut("response_schema").map(Value::take) {
            Some(schema) if schema.is_object() => schema,
            _ => return Ok(Schema::None),
        },
        "text" => return Ok(Schema::None),
        other => {
            return Err(Error::bad_request(format!(
                "response_format.type {other:?} is none of text, json_object and json_schema"
            )));
        }
    };
    if !model.has_structured_outputs() {
        return Ok(Schema::Tool(json!({"name": JSON_TOOL, "input_schema": schema})));
    }
    let format = json!({"type": "json_schema", "schema": schema});
    if model.thinks_adaptively() {
        set_output_config(body, "format", format);
        Ok(Schema::Native(None))
    } else {
        body.insert("output_format".to_owned(), format);
        Ok(Schema::Native(Some("structured-outputs-2025-11-13")))
    }
}
