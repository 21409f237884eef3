//! Chat with models that only OpenAI's Responses API has (`o3-pro`, `gpt-5-codex`, ...), and with any model that is called
//! `responses/NAME`: the request as that API's, its answer and its events as chat's.

mod answer;
mod request;
mod stream;

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use crate::registry::OPENAI;
use crate::resolve::Target;
use crate::types::ChatRequest;

pub(super) use answer::read;
pub(super) use request::write;
pub(super) use stream::Decoder;

const PREFIX: &str = "responses/";

/// Whether chat with this model goes through the Responses API.
pub(super) fn is_used(target: &Target) -> bool {
    target.provider.name == OPENAI.name && (target.model.starts_with(PREFIX) || has_no_chat(&target.model))
}

/// The model's own name.
pub(super) fn name(target: &Target) -> &str {
    target.model.strip_prefix(PREFIX).unwrap_or(&target.model)
}

/// The models that OpenAI documents for the Responses API alone.
fn has_no_chat(model: &str) -> bool {
    let family =
        |name: &str| model == name || model.strip_prefix(name).is_some_and(|rest| rest.starts_with('-'));
    if [
        "o1-pro",
        "o3-pro",
        "o3-deep-research",
        "o4-mini-deep-research",
        "codex-mini",
        "computer-use-preview",
    ]
    .into_iter()
    .any(family)
    {
        return true;
    }
    // gpt-5-pro, gpt-5.2-codex, gpt-5.1-codex-max: the generation, then what it is made for.
    let kind = model
        .strip_prefix("gpt-5")
        .map(|rest| rest.trim_start_matches(|letter: char| letter == '.' || letter.is_ascii_digit()));
    kind.and_then(|rest| rest.strip_prefix('-'))
        .and_then(|rest| rest.split('-').next())
        .is_some_and(|kind| matches!(kind, "pro" | "codex"))
}

/// What of the messages the Responses API has no place for: who of several speaks, and the thoughts of other providers.
pub(super) fn left_out(request: &ChatRequest) -> Vec<String> {
    let says = |message: &Value, name: &str| match message.get(name) {
        None | Some(Value::Null) => false,
        Some(Value::Array(list)) => !list.is_empty(),
        Some(_) => true,
    };
    let is_answer = |message: &Value| {
        let role = message.get("role").and_then(Value::as_str);
        matches!(role, Some("tool" | "function"))
    };
    let foreign = |message: &Value| !says(message, request::THOUGHTS) && says(message, "thinking_blocks");
    let mut left_out = Vec::new();
    // The result of a tool belongs to its call, which has the name.
    if request
        .messages
        .iter()
        .any(|message| says(message, "name") && !is_answer(message))
    {
        left_out.push("messages[*].name".to_owned());
    }
    if request.messages.iter().any(foreign) {
        left_out.push("messages[*].thinking_blocks".to_owned());
    }
    left_out
}

/// Parameters of chat that the Responses API has no word for.
pub(super) fn unsupported(params: &Map<String, Value>) -> Vec<&'static str> {
    const NONE: &[&str] = &[
        "stop",
        "seed",
        "frequency_penalty",
        "presence_penalty",
        "logit_bias",
        "prediction",
        "modalities",
        "audio",
        "functions",
        "function_call",
        "web_search_options",
    ];
    let mut refused: Vec<&'static str> = NONE
        .iter()
        .copied()
        .filter(|name| params.contains_key(*name))
        .collect();
    if params.get("n").is_some_and(|count| *count != 1) {
        refused.push("n");
    }
    refused
}
