//! Structured output of models that know no schema: they are made to call one tool, whose parameters are the schema, and
//! its arguments are the answer.

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::resolve::Target;
use crate::types::{ChatChunk, ChatRequest, Choice, ChunkChoice, Content};

/// The name LiteLLM gives this tool; programs know it.
const TOOL: &str = "json_tool_call";
const NOTE: &str = "answers_by_tool";

/// Whether this request is answered by the tool, as a note for who reads the answer.
pub(super) fn notes(target: &Target, request: &ChatRequest) -> Map<String, Value> {
    notes_where((target.provider.quirks.schema_by_tool)(&target.model), request)
}

/// The same where the wire itself knows whether the model takes a schema.
pub(crate) fn notes_where(by_tool: bool, request: &ChatRequest) -> Map<String, Value> {
    let asked = by_tool && schema(&request.params).is_some();
    let note = asked.then(|| (NOTE.to_owned(), Value::Bool(true)));
    note.into_iter().collect()
}

/// Whether an answer to this target comes by the tool.
pub(super) fn is_used(target: &Target) -> bool {
    target.notes.contains_key(NOTE)
}

fn schema(params: &Map<String, Value>) -> Option<&Value> {
    let format = params.get("response_format")?;
    let kind = format.get("type").and_then(Value::as_str);
    kind.filter(|kind| *kind == "json_schema")
        .and_then(|_| format.get("json_schema")?.get("schema"))
}

/// Asks for the tool instead of the format.
///
/// # Errors
/// `BadRequest` where the caller has tools too: the model cannot be made to call both.
pub(super) fn ask(model: &str, params: &mut Map<String, Value>) -> Result<()> {
    let Some(schema) = schema(params).cloned() else {
        return Ok(());
    };
    let has_tools = params.get("tools").and_then(Value::as_array);
    if has_tools.is_some_and(|tools| !tools.is_empty()) {
        return Err(Error::bad_request(format!(
            "{model} takes no JSON schema itself; it is made to answer by a tool, which leaves no room for `tools` of your own. \
             Choose a model with structured outputs, or pass one of `response_format` and `tools`"
        )));
    }
    params.shift_remove("response_format");
    params.insert(
        "tools".to_owned(),
        json!([{"type": "function", "function": {"name": TOOL, "parameters": schema}}]),
    );
    params.insert(
        "tool_choice".to_owned(),
        json!({"type": "function", "function": {"name": TOOL}}),
    );
    Ok(())
}

/// The arguments of the tool as the text they stand for.
pub(super) fn read(choice: &mut Choice) {
    let is_answer = |name: Option<&str>| name == Some(TOOL);
    let message = &mut choice.message;
    let found = message.tool_calls.iter().position(|call| {
        is_answer(
            call.function
                .as_ref()
                .and_then(|function| function.name.as_deref()),
        )
    });
    let Some(found) = found else { return };
    let call = message.tool_calls.remove(found);
    message.content = call.function.map(|function| Content::Text(function.arguments));
    if message.tool_calls.is_empty() && choice.finish_reason.as_deref() == Some("tool_calls") {
        choice.finish_reason = Some("stop".to_owned());
    }
}

/// The same for a stream, where a call is named once and comes in pieces.
#[derive(Debug, Default)]
pub(super) struct Pieces {
    /// Alternative and position of the calls that are answers.
    answers: Vec<(u32, i64)>,
}

impl Pieces {
    pub(super) fn read(&mut self, chunk: &mut ChatChunk) {
        for choice in &mut chunk.choices {
            self.read_choice(choice);
        }
    }

    fn read_choice(&mut self, choice: &mut ChunkChoice) {
        let calls = std::mem::take(&mut choice.delta.tool_calls);
        for (call, position) in calls.into_iter().zip(0..) {
            let place = (choice.index, call.index.unwrap_or(position));
            let name = call
                .function
                .as_ref()
                .and_then(|function| function.name.as_deref());
            if name == Some(TOOL) && !self.answers.contains(&place) {
                self.answers.push(place);
            }
            if !self.answers.contains(&place) {
                choice.delta.tool_calls.push(call);
            } else if let Some(function) = call.function.filter(|function| !function.arguments.is_empty()) {
                let before = match choice.delta.content.take() {
                    Some(Content::Text(before)) => before,
                    _ => String::new(),
                };
                choice.delta.content = Some(Content::Text(before + &function.arguments));
            }
        }
        let answered = self.answers.iter().any(|(index, _)| *index == choice.index);
        if answered && choice.finish_reason.as_deref() == Some("tool_calls") {
            choice.finish_reason = Some("stop".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Chat;
    use super::*;
    use crate::error::ErrorKind;
    use crate::options::CallOptions;
    use crate::resolve::Environment;
    use crate::secret::Secret;
    use crate::stream::{Assembler, Machine};
    use crate::wire::ChatWire;

    fn target(model: &str, request: &ChatRequest) -> Target {
        let options = CallOptions {
            api_key: Some(Secret::new("k")),
            ..CallOptions::default()
        };
        let mut target = Target::resolve(model, &options, &Environment).unwrap();
        target.notes = Chat.notes(&target, request);
        target
    }
    fn person() -> ChatRequest {
        let format =
            json!({"type": "json_schema", "json_schema": {"name": "person", "schema": {"type": "object"}}});
        ChatRequest::new("m")
            .user("Who?")
            .param("response_format", format)
    }
    const MODEL: &str = "groq/llama-3.3-70b-versatile";

    #[test]
    fn a_schema_becomes_a_tool_and_its_arguments_the_answer() {
        let target = target(MODEL, &person());
        let sent = Chat.request(&target, person()).unwrap();
        let body: Value = serde_json::from_slice(&sent.body).unwrap();
        assert_eq!(body.get("response_format"), None);
        assert_eq!(
            body["tools"][0]["function"],
            json!({"name": TOOL, "parameters": {"type": "object"}})
        );
        assert_eq!(body["tool_choice"]["function"]["name"], TOOL);
        let answer = json!({"choices": [{"finish_reason": "tool_calls", "message": {"role": "assistant", "content": null,
            "tool_calls": [{"id": "1", "type": "function", "function": {"name": TOOL, "arguments": "{\"a\":1}"}}]}}]});
        let read = Chat
            .response(&target, &bytes::Bytes::from(answer.to_string()))
            .unwrap();
        let choice = &read.choices[0];
        assert_eq!(
            choice.message.content,
            Some(Content::Text("{\"a\":1}".to_owned()))
        );
        assert_eq!(choice.finish_reason.as_deref(), Some("stop"));
        assert!(choice.message.tool_calls.is_empty());
    }

    #[test]
    fn the_same_in_pieces() {
        let target = target(MODEL, &person());
        let call = |call: Value| json!({"choices": [{"index": 0, "delta": {"tool_calls": [call]}}]});
        let events = [
            call(json!({"index": 0, "id": "1", "function": {"name": TOOL, "arguments": ""}})),
            call(json!({"index": 0, "function": {"arguments": "{\"a\""}})),
            call(json!({"index": 0, "function": {"arguments": ":1}"}})),
            json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}),
        ];
        let bytes: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
        let mut machine = Machine::new(
            Chat.framer(&target),
            Chat.decoder(&target),
            Assembler::new("m", true),
        );
        let mut chunks = Vec::new();
        machine
            .push(format!("{bytes}data: [DONE]\n\n").as_bytes(), &mut chunks)
            .unwrap();
        machine.finish(&mut chunks).unwrap();
        let said: String = chunks
            .iter()
            .filter_map(|chunk| chunk.choices.first()?.delta.content.as_ref()?.as_text())
            .collect();
        assert_eq!(said, "{\"a\":1}");
        assert!(chunks.iter().all(|chunk| {
            chunk
                .choices
                .iter()
                .all(|choice| choice.delta.tool_calls.is_empty())
        }));
        let ends: Vec<_> = chunks
            .iter()
            .filter_map(|chunk| chunk.choices.first()?.finish_reason.as_deref())
            .collect();
        assert_eq!(ends, ["stop"]);
    }

    #[test]
    fn tools_of_the_callers_own_leave_no_room_and_other_models_need_none() {
        let with_tools = person().param("tools", json!([{"type": "function", "function": {"name": "f"}}]));
        let refused = Chat.request(&target(MODEL, &with_tools), with_tools).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::BadRequest);
        let native = target("groq/openai/gpt-oss-120b", &person());
        let sent = Chat.request(&native, person()).unwrap();
        let body: Value = serde_json::from_slice(&sent.body).unwrap();
        assert_eq!(body["response_format"]["type"], "json_schema");
    }
}
