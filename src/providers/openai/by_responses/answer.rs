//! Reads an answer of the Responses API as one of chat.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::super::{error, response};
use super::request::THOUGHTS;
use crate::error::{Error, Result};
use crate::types::{ChatResponse, Choice, Content, Extra, FunctionCall, Message, ToolCall, Usage};

pub(in super::super) fn read(body: &Bytes) -> Result<ChatResponse> {
    let whole: Value = response::parse(body)?;
    failure(&whole)?;
    let Some(items) = whole.get("output").and_then(Value::as_array) else {
        return Err(response::unreadable(body, "it has no output"));
    };
    let mut said = Said::default();
    items.iter().for_each(|item| said.item(item));
    let choice = Choice {
        finish_reason: Some(finish(&whole, !said.calls.is_empty()).to_owned()),
        message: said.message(),
        ..Choice::default()
    };
    let mut extra = Extra::new();
    if let Some(tier) = whole.get("service_tier").filter(|tier| !tier.is_null()) {
        extra.insert("service_tier".to_owned(), tier.clone());
    }
    Ok(ChatResponse {
        id: text(&whole, "id"),
        created: created(&whole),
        model: text(&whole, "model"),
        choices: vec![choice],
        usage: usage(&whole),
        extra,
        ..ChatResponse::default()
    })
}

/// The error that a failed response holds.
pub(super) fn failure(whole: &Value) -> Result<()> {
    if whole.get("status").is_some_and(|status| status == "failed")
        || whole.get("error").is_some_and(|error| !error.is_null())
    {
        return Err(failed(whole));
    }
    Ok(())
}

pub(super) fn failed(whole: &Value) -> Error {
    let body = json!({"error": whole.get("error")});
    error::from_event(&Bytes::from(body.to_string()))
}

pub(super) fn text(object: &Value, name: &str) -> Option<String> {
    object.get(name).and_then(Value::as_str).map(str::to_owned)
}

pub(super) fn created(whole: &Value) -> Option<i64> {
    let at = whole.get("created_at")?;
    #[expect(clippy::cast_possible_truncation, reason = "seconds since 1970")]
    at.as_i64().or_else(|| at.as_f64().map(|seconds| seconds as i64))
}

/// Chat's word for how it ended.
pub(super) fn finish(whole: &Value, calls: bool) -> &'static str {
    let why = whole
        .pointer("/incomplete_details/reason")
        .and_then(Value::as_str);
    match why {
        Some("content_filter") => "content_filter",
        Some(_) => "length",
        None if calls => "tool_calls",
        None => "stop",
    }
}

pub(super) fn usage(whole: &Value) -> Option<Usage> {
    let counts = whole.get("usage")?.as_object()?;
    let count = |name: &str| counts.get(name).and_then(Value::as_i64);
    let details = |name: &str| counts.get(name).and_then(Value::as_object).cloned();
    Some(Usage {
        prompt_tokens: count("input_tokens"),
        completion_tokens: count("output_tokens"),
        total_tokens: count("total_tokens"),
        prompt_tokens_details: details("input_tokens_details"),
        completion_tokens_details: details("output_tokens_details"),
        ..Usage::default()
    })
}

/// An annotation as chat has it: what it says stands under its type.
pub(super) fn annotation(given: &Value) -> Value {
    let Some(kind) = text(given, "type") else {
        return given.clone();
    };
    let mut inner = given.as_object().cloned().unwrap_or_default();
    inner.shift_remove("type");
    Value::Object(Map::from_iter([
        ("type".to_owned(), kind.clone().into()),
        (kind, Value::Object(inner)),
    ]))
}

/// An item of reasoning that holds all that was thought, for whoever hands it back.
pub(super) fn sealed(item: &Value) -> Option<Value> {
    item.get("encrypted_content")
        .filter(|sealed| sealed.is_string())?;
    let mut item = item.as_object()?.clone();
    item.retain(|name, value| name != "status" && !value.is_null());
    Some(Value::Object(item))
}

/// What the items of an output say together.
#[derive(Default)]
struct Said {
    text: Option<String>,
    refusal: Option<String>,
    thoughts: Vec<String>,
    /// Items of reasoning that can be handed back.
    sealed: Vec<Value>,
    annotations: Vec<Value>,
    calls: Vec<ToolCall>,
}

impl Said {
    fn item(&mut self, item: &Value) {
        match item.get("type").and_then(Value::as_str).unwrap_or_default() {
            "message" => {
                let parts = item.get("content").and_then(Value::as_array);
                parts.into_iter().flatten().for_each(|part| self.part(part));
            }
            "function_call" => self.calls.push(ToolCall {
                id: text(item, "call_id").or_else(|| text(item, "id")),
                kind: Some("function".to_owned()),
                function: Some(FunctionCall {
                    arguments: text(item, "arguments").unwrap_or_default(),
                    name: text(item, "name"),
                    ..FunctionCall::default()
                }),
                ..ToolCall::default()
            }),
            "custom_tool_call" => {
                let custom = json!({"name": item.get("name"), "input": item.get("input")});
                self.calls.push(ToolCall {
                    id: text(item, "call_id").or_else(|| text(item, "id")),
                    kind: Some("custom".to_owned()),
                    extra: Extra::from_iter([("custom".to_owned(), custom)]),
                    ..ToolCall::default()
                });
            }
            "reasoning" => {
                self.sealed.extend(sealed(item));
                let summary = item.get("summary").and_then(Value::as_array);
                self.thoughts.extend(
                    summary
                        .into_iter()
                        .flatten()
                        .filter_map(|part| text(part, "text")),
                );
            }
            _ => {}
        }
    }

    fn part(&mut self, part: &Value) {
        if let Some(refusal) = text(part, "refusal") {
            self.refusal.get_or_insert_default().push_str(&refusal);
        }
        if let Some(said) = text(part, "text") {
            self.text.get_or_insert_default().push_str(&said);
        }
        let notes = part.get("annotations").and_then(Value::as_array);
        self.annotations
            .extend(notes.into_iter().flatten().map(annotation));
    }

    fn message(self) -> Message {
        let mut extra = Extra::new();
        if !self.thoughts.is_empty() {
            extra.insert("reasoning_content".to_owned(), self.thoughts.join("\n\n").into());
        }
        if !self.sealed.is_empty() {
            extra.insert(THOUGHTS.to_owned(), self.sealed.into());
        }
        if let Some(refusal) = self.refusal {
            extra.insert("refusal".to_owned(), refusal.into());
        }
        if !self.annotations.is_empty() {
            extra.insert("annotations".to_owned(), self.annotations.into());
        }
        Message {
            role: Some("assistant".to_owned()),
            content: self.text.map(Content::Text),
            tool_calls: self.calls,
            extra,
            ..Message::default()
        }
    }
}
