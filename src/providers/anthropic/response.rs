//! Reads a plain answer.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{SCHEMA_TOOL, error, exact, usage};
use crate::error::{Error, Result};
use crate::finish;
use crate::providers::tool_names;
use crate::types::{ChatResponse, Choice, Content, Extra, FunctionCall, Message, ToolCall};
use crate::verbatim::{Apart, Field, Kept};

/// The blocks of an answer.
struct Blocks;
impl Field for Blocks {
    const NAME: &'static str = "content";
}

/// What a tool is given.
#[derive(Clone)]
pub(super) struct Input;
impl Field for Input {
    const NAME: &'static str = "input";
}

pub(super) fn read(notes: &Map<String, Value>, body: &Bytes) -> Result<ChatResponse> {
    let whole: Apart<Blocks, Vec<Kept<'_, Input>>> =
        serde_json::from_slice(body).map_err(|failure| unreadable(body, &failure.to_string()))?;
    let (blocks, mut whole) = (whole.field, whole.rest);
    if whole.get("error").is_some_and(|error| !error.is_null()) {
        return Err(error::from_event(body.clone()));
    }
    let Some(blocks) = blocks else {
        return Err(unreadable(body, "it has no content"));
    };
    let mut reader = Reader {
        notes,
        text: String::new(),
        thought: String::new(),
        thoughts: Vec::new(),
        calls: Vec::new(),
        citations: Vec::new(),
        fields: Map::new(),
        calls_tools: false,
        schema_answer: false,
    };
    let exact = exact::says_more(blocks.iter().map(|block| &block.rest));
    let exact = exact.then(|| {
        blocks
            .iter()
            .cloned()
            .map(Kept::whole)
            .map(Value::Object)
            .collect()
    });
    for (block, index) in blocks.into_iter().zip(0..) {
        reader.block(block, index);
    }
    if let Some(exact) = exact {
        reader.fields.insert(exact::BLOCKS.to_owned(), exact);
    }
    for name in ["container", "context_management", "stop_details"] {
        if let Some(value) = whole.shift_remove(name).filter(|value| !value.is_null()) {
            reader.fields.insert(name.to_owned(), value);
        }
    }
    let mut finish_reason = text(&mut whole, "stop_reason");
    let mut extra = Extra::new();
    // An answer that came by the tool of the schema has not called tools.
    if reader.schema_answer && !reader.calls_tools && finish_reason.as_deref() == Some("tool_use") {
        finish_reason = Some("stop".to_owned());
        extra.insert(
            "provider_specific_fields".to_owned(),
            json!({"native_finish_reason": "tool_use"}),
        );
    }
    finish::normalize(&mut finish_reason, &mut extra, false);
    if let Some(sequence) = whole
        .shift_remove("stop_sequence")
        .filter(|value| !value.is_null())
    {
        reader.fields.insert("stop_sequence".to_owned(), sequence);
    }
    let mut counts = whole
        .shift_remove("usage")
        .and_then(|counts| counts.as_object().map(usage::read));
    if let Some(counts) = &mut counts {
        counts.estimate_reasoning(&reader.thought);
    }
    Ok(ChatResponse {
        id: text(&mut whole, "id"),
        model: text(&mut whole, "model"),
        choices: vec![Choice {
            finish_reason,
            message: reader.message(),
            extra,
            ..Choice::default()
        }],
        usage: counts,
        ..ChatResponse::default()
    })
}

struct Reader<'a> {
    notes: &'a Map<String, Value>,
    text: String,
    thought: String,
    thoughts: Vec<Value>,
    calls: Vec<ToolCall>,
    citations: Vec<Value>,
    fields: Map<String, Value>,
    calls_tools: bool,
    schema_answer: bool,
}

impl Reader<'_> {
    fn block(&mut self, block: Kept<'_, Input>, index: i64) {
        let kind = block
            .rest
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        match kind.as_str() {
            "tool_use" | "server_tool_use" => return self.call(block, index, kind == "tool_use"),
            // No object, which is no block.
            "" if block.rest.is_empty() => return,
            _ => {}
        }
        let mut block = block.whole();
        match kind.as_str() {
            "text" => {
                let text = text(&mut block, "text").unwrap_or_default();
                if let Some(Value::Array(mut citations)) = block.shift_remove("citations") {
                    for citation in citations.iter_mut().filter_map(Value::as_object_mut) {
                        citation.insert("supported_text".to_owned(), json!(text));
                    }
                    self.citations.push(Value::Array(citations));
                }
                self.text.push_str(&text);
            }
            "thinking" | "redacted_thinking" => {
                if let Some(thought) = block.get("thinking").and_then(Value::as_str) {
                    self.thought.push_str(thought);
                }
                self.thoughts.push(Value::Object(block));
            }
            kind => {
                let place = place_of(kind);
                push(&mut self.fields, place, Value::Object(block));
            }
        }
    }

    fn call(&mut self, block: Kept<'_, Input>, index: i64, own: bool) {
        let arguments = block.text();
        let mut block = block.rest;
        block.shift_remove(Input::NAME);
        let name = text(&mut block, "name");
        if own && name.is_some() && name.as_deref() == self.notes.get(SCHEMA_TOOL).and_then(Value::as_str) {
            self.schema_answer = true;
            self.text.push_str(&arguments);
            return;
        }
        self.calls_tools |= own;
        let name = name.map(|name| tool_names::given(self.notes, &name).to_owned());
        let id = text(&mut block, "id");
        block.shift_remove("type");
        block.insert("index".to_owned(), json!(index));
        self.calls.push(ToolCall {
            id,
            kind: Some("function".to_owned()),
            function: Some(FunctionCall {
                arguments,
                name,
                extra: Extra::new(),
            }),
            extra: block,
        });
    }

    fn message(mut self) -> Message {
        let mut extra = Extra::new();
        if !self.thoughts.is_empty() {
            extra.insert("reasoning_content".to_owned(), json!(self.thought));
            extra.insert("thinking_blocks".to_owned(), Value::Array(self.thoughts));
        }
        if !self.citations.is_empty() {
            self.fields
                .insert("citations".to_owned(), Value::Array(self.citations));
        }
        if !self.fields.is_empty() {
            extra.insert("provider_specific_fields".to_owned(), Value::Object(self.fields));
        }
        Message {
            role: Some("assistant".to_owned()),
            content: (!self.text.is_empty()).then_some(Content::Text(self.text)),
            tool_calls: self.calls,
            function_call: None,
            extra,
        }
    }
}

/// Where a block that OpenAI's vocabulary has no word for is kept.
pub(super) fn place_of(kind: &str) -> &'static str {
    match kind {
        "web_search_tool_result" | "web_fetch_tool_result" => "web_search_results",
        "compaction" => "compaction_blocks",
        kind if kind.ends_with("_tool_result") => "tool_results",
        _ => "content_blocks",
    }
}

/// Appends to a list in `fields`.
pub(super) fn push(fields: &mut Map<String, Value>, name: &str, value: Value) {
    let list = fields.entry(name).or_insert_with(|| json!([]));
    if let Some(list) = list.as_array_mut() {
        list.push(value);
    }
}

/// Takes a text out of a map.
pub(super) fn text(map: &mut Map<String, Value>, name: &str) -> Option<String> {
    match map.shift_remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// A 200 that is not what the wire promises.
pub(super) fn unreadable(body: &Bytes, why: &str) -> Error {
    Error::unreadable(body, why)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(content: Value, reason: &str) -> ChatResponse {
        let whole = json!({"type": "message", "id": "msg_1", "model": "claude-x", "role": "assistant", "content": content,
            "stop_reason": reason, "usage": {"input_tokens": 1, "output_tokens": 2}});
        let notes = json!({"schema_tool": "json_tool_call", "tool_names": {"f_x": "f x"}});
        read(notes.as_object().unwrap(), &Bytes::from(whole.to_string())).unwrap()
    }

    #[test]
    fn text_thoughts_calls_and_citations() {
        let thought = json!({"type": "thinking", "thinking": "hm", "signature": "sig=="});
        let answer = answer(
            json!([thought, {"type": "text", "text": "a", "citations": [{"cited_text": "c"}]}, {"type": "text", "text": "b"},
                {"type": "tool_use", "id": "t1", "name": "f", "input": {"x": 1}}, {"type": "tool_use", "id": "t2", "name": "g", "input": {}}]),
            "tool_use",
        );
        let choice = &answer.choices[0];
        assert_eq!(choice.finish_reason.as_deref(), Some("tool_calls"));
        assert_eq!(choice.message.content, Some(Content::Text("ab".to_owned())));
        assert_eq!(choice.message.extra["thinking_blocks"], json!([thought]));
        assert_eq!(choice.message.extra["reasoning_content"], "hm");
        assert_eq!(
            choice.message.extra["provider_specific_fields"]["citations"],
            json!([[{"cited_text": "c", "supported_text": "a"}]])
        );
        let arguments: Vec<_> = choice
            .message
            .tool_calls
            .iter()
            .map(|call| call.function.as_ref().unwrap().arguments.as_str())
            .collect();
        assert_eq!(arguments, [r#"{"x":1}"#, "{}"]);
        assert_eq!(answer.usage.unwrap().total_tokens, Some(3));
    }

    #[test]
    fn reasons_and_hosted_calls() {
        let reason = |raw: &str| {
            answer(json!([{"type": "text", "text": "a"}]), raw).choices[0]
                .finish_reason
                .clone()
        };
        assert_eq!(reason("refusal").as_deref(), Some("content_filter"));
        assert_eq!(reason("pause_turn").as_deref(), Some("stop"));
        assert_eq!(reason("max_tokens").as_deref(), Some("length"));
        assert_eq!(reason("model_context_window_exceeded").as_deref(), Some("length"));
        let hosted = answer(
            json!([{"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "q"}},
                {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}]),
            "end_turn",
        );
        assert_eq!(hosted.choices[0].finish_reason.as_deref(), Some("stop"));
        let schema = answer(
            json!([{"type": "tool_use", "id": "t", "name": "json_tool_call", "input": {"a": 1}}]),
            "tool_use",
        );
        assert_eq!(
            schema.choices[0].message.content,
            Some(Content::Text(r#"{"a":1}"#.to_owned()))
        );
        assert_eq!(schema.choices[0].finish_reason.as_deref(), Some("stop"));
        assert!(schema.choices[0].message.tool_calls.is_empty());
    }

    #[test]
    fn what_is_no_answer() {
        assert!(read(&Map::new(), &Bytes::from_static(b"{}")).is_err());
        assert!(read(&Map::new(), &Bytes::from_static(b"<html>")).is_err());
    }
}
