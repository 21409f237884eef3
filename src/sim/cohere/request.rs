//! A chat request, checked as Cohere checks it, and what it comes down to.

use serde_json::{Map, Value};

use super::error::{invalid, worded};
use super::messages;
use crate::sim::chat_request::ChatRequest;
use crate::sim::conversation::Conversation;
use crate::sim::errors::ApiError;
use crate::sim::shape::Shape::{Any, Flag, Integer, List, Number, Object, Open, Text, TextOr, Word};
use crate::sim::shape::{Shape, may, need};

static CHAT: Shape = Object(&[
    need("model", &Text),
    need("messages", &List(&messages::MESSAGE)),
    may("stream", &Flag),
    may(
        "tools",
        &List(&Object(&[
            need("type", &Word(&["function"])),
            need(
                "function",
                &Object(&[
                    need("name", &Text),
                    may("description", &Text),
                    may("parameters", &Open),
                ]),
            ),
        ])),
    ),
    may("tool_choice", &Word(&["REQUIRED", "NONE"])),
    may("strict_tools", &Flag),
    may(
        "documents",
        &List(&TextOr(&Object(&[need("data", &Any), may("id", &Text)]))),
    ),
    may("citation_options", &Open),
    may(
        "response_format",
        &Object(&[
            need("type", &Word(&["text", "json_object"])),
            may("json_schema", &Open),
            may("schema", &Open),
        ]),
    ),
    may("safety_mode", &Word(&["CONTEXTUAL", "STRICT", "OFF"])),
    may("max_tokens", &Integer),
    may("stop_sequences", &List(&Text)),
    may("temperature", &Number),
    may("seed", &Integer),
    may("frequency_penalty", &Number),
    may("presence_penalty", &Number),
    may("k", &Integer),
    may("p", &Number),
    may("logprobs", &Flag),
    may(
        "thinking",
        &Object(&[
            need("type", &Word(&["enabled", "disabled"])),
            may("token_budget", &Integer),
        ]),
    ),
    may("priority", &Integer),
    may("raw_prompting", &Flag),
]);

/// The last range is that of the temperature: not above one, though older models took more.
const RANGES: &[(&str, f64, f64)] = &[
    ("frequency_penalty", 0.0, 1.0),
    ("presence_penalty", 0.0, 1.0),
    ("p", 0.0, 0.99),
    ("k", 0.0, 500.0),
    ("temperature", 0.0, 1.0),
];
const MOST_STOPS: usize = 5;

pub(super) fn object(bytes: &[u8], form: &Shape) -> Result<Map<String, Value>, ApiError> {
    let body: Value =
        serde_json::from_slice(bytes).map_err(|_| invalid("invalid request: malformed JSON"))?;
    form.check(&body).map_err(worded)?;
    match body {
        Value::Object(body) if body.get("model").is_some_and(|model| model == "") => {
            Err(invalid("invalid request: model is required"))
        }
        Value::Object(body) => Ok(body),
        _ => Err(invalid("invalid request: malformed JSON")),
    }
}

pub(super) fn text<'b>(body: &'b Map<String, Value>, key: &str) -> &'b str {
    body.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The request, and whether the answer is to be streamed.
pub(super) fn chat(bytes: &[u8]) -> Result<(ChatRequest, bool), ApiError> {
    let body = object(bytes, &CHAT)?;
    for (name, low, high) in RANGES {
        let value = body.get(*name).and_then(Value::as_f64);
        if value.is_some_and(|value| !(*low..=*high).contains(&value)) {
            return Err(invalid(format!(
                "invalid request: {name} must be between {low} and {high} inclusive."
            )));
        }
    }
    if body
        .get("max_tokens")
        .and_then(Value::as_i64)
        .is_some_and(|most| most < 1)
    {
        return Err(invalid(
            "invalid request: max_tokens must be greater than or equal to 1.",
        ));
    }
    let stops = body.get("stop_sequences").and_then(Value::as_array);
    if stops.is_some_and(|stops| stops.len() > MOST_STOPS) {
        return Err(invalid(format!(
            "invalid request: at most {MOST_STOPS} stop sequences are allowed."
        )));
    }
    let mut talk = Conversation::default();
    for tool in body.get("tools").and_then(Value::as_array).into_iter().flatten() {
        let name = tool
            .pointer("/function/name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if name.is_empty() || !name.chars().all(legal) {
            return Err(invalid(format!(
                "invalid request: tool name '{name}' is not valid"
            )));
        }
        let parameters = tool.pointer("/function/parameters");
        talk.tool(name, parameters);
    }
    let schema = body
        .get("response_format")
        .and_then(|format| format.get("json_schema").or(format.get("schema")));
    match body
        .get("response_format")
        .and_then(|format| format.get("type")?.as_str())
    {
        Some("json_object") if talk.has_tools() => {
            return Err(invalid(
                "invalid request: response_format is not supported with tools.",
            ));
        }
        Some("json_object") => talk.structured(schema),
        _ => {}
    }
    match text(&body, "tool_choice") {
        "" => {}
        _ if !talk.has_tools() => {
            return Err(invalid(
                "invalid request: tool_choice may only be given along with tools.",
            ));
        }
        "NONE" => talk.choose("none"),
        _ => talk.choose("required"),
    }
    messages::read(&body, &mut talk)?;
    // Models that can think do unless they are told not to; only the asked-for is simulated.
    if body
        .get("thinking")
        .is_some_and(|thinking| thinking.get("type").is_some_and(|kind| kind == "enabled"))
    {
        talk.reason();
    }
    talk.limit(body.get("max_tokens"));
    talk.stop(body.get("stop_sequences"));
    let streamed = body.get("stream") == Some(&Value::Bool(true));
    Ok((talk.finish(text(&body, "model")), streamed))
}
