//! Chat with models that only have `/completions` (`gpt-3.5-turbo-instruct`, `davinci-002`, ...): the messages are one prompt.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};

use super::{error, request, response};
use crate::error::{Error, Result};
use crate::framing::{Frame, Framer, SseFramer};
use crate::resolve::Target;
use crate::types::{
    ChatChunk, ChatRequest, ChatResponse, Choice, ChunkChoice, Content, Delta, Message, Usage,
};
use crate::wire::{ChatWire, ChunkDecoder, WireRequest};

/// Chat over `/completions`.
#[derive(Debug)]
pub struct ByCompletions;

/// What of chat `/completions` has no word for.
const UNKNOWN: &[&str] = &[
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "functions",
    "function_call",
    "response_format",
    "reasoning_effort",
    "modalities",
    "audio",
    "prediction",
    "web_search_options",
    "store",
    "metadata",
    "service_tier",
    "verbosity",
];

impl ChatWire for ByCompletions {
    fn unsupported(&self, _target: &Target, params: &Map<String, Value>) -> Vec<&'static str> {
        UNKNOWN
            .iter()
            .copied()
            .filter(|name| params.contains_key(*name))
            .collect()
    }

    fn request(&self, target: &Target, request: ChatRequest) -> Result<WireRequest> {
        let mut params = request.params;
        if let Some(limit) = params.shift_remove("max_completion_tokens") {
            params.insert("max_tokens".to_owned(), limit);
        }
        // Chat says with two parameters what is a number of alternatives here.
        let top = params.shift_remove("top_logprobs");
        match params.shift_remove("logprobs") {
            Some(Value::Bool(true)) => {
                params.insert("logprobs".to_owned(), top.unwrap_or_else(|| json!(1)));
            }
            Some(count @ Value::Number(_)) => {
                params.insert("logprobs".to_owned(), count);
            }
            _ => {}
        }
        let mut body = Map::from_iter([
            ("model".to_owned(), target.model.clone().into()),
            ("prompt".to_owned(), prompt(&request.messages)?.into()),
        ]);
        body.extend(params);
        if request.stream {
            body.insert("stream".to_owned(), true.into());
        }
        body.extend(
            target
                .body
                .iter()
                .map(|(name, value)| (name.clone(), value.clone())),
        );
        request::post(target, "completions", &body)
    }

    fn response(&self, _target: &Target, body: &Bytes) -> Result<ChatResponse> {
        let whole: Value = response::parse(body)?;
        let Some(choices) = whole.get("choices").and_then(Value::as_array) else {
            let error = error::from_event(body);
            return Err(if whole.get("error").is_some() {
                error
            } else {
                response::unreadable(body, "it has no choices")
            });
        };
        let choices = choices.iter().map(|choice| Choice {
            finish_reason: Some(text(choice, "finish_reason").unwrap_or_else(|| "stop".to_owned())),
            index: index(choice),
            message: Message {
                role: Some("assistant".to_owned()),
                content: Some(Content::Text(text(choice, "text").unwrap_or_default())),
                ..Message::default()
            },
            logprobs: choice.get("logprobs").filter(|given| !given.is_null()).cloned(),
            ..Choice::default()
        });
        Ok(ChatResponse {
            id: text(&whole, "id"),
            created: whole.get("created").and_then(Value::as_i64),
            model: text(&whole, "model"),
            system_fingerprint: text(&whole, "system_fingerprint"),
            choices: choices.collect(),
            usage: usage(&whole),
            ..ChatResponse::default()
        })
    }

    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        error::from_status(status, headers, body)
    }

    fn framer(&self, _target: &Target) -> Box<dyn Framer> {
        Box::new(SseFramer::new())
    }

    fn decoder(&self, _target: &Target) -> Box<dyn ChunkDecoder> {
        Box::new(Decoder::default())
    }
}

/// The texts of the messages, a blank line between them.
fn prompt(messages: &[Value]) -> Result<String> {
    let mut texts = Vec::with_capacity(messages.len());
    for (index, message) in messages.iter().enumerate() {
        match message.get("content") {
            Some(Value::String(text)) => texts.push(text.clone()),
            Some(Value::Array(parts)) => {
                let pieces = parts
                    .iter()
                    .map(|part| part.get("text").and_then(Value::as_str))
                    .collect::<Option<String>>();
                texts.push(pieces.ok_or_else(|| {
                    Error::bad_request(format!(
                        "messages[{index}] holds more than text, which /completions does not take"
                    ))
                })?);
            }
            _ => {}
        }
    }
    Ok(texts.join("\n\n"))
}

fn text(object: &Value, name: &str) -> Option<String> {
    object.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn index(choice: &Value) -> u32 {
    let index = choice.get("index").and_then(Value::as_u64).unwrap_or(0);
    u32::try_from(index).unwrap_or(0)
}

fn usage(whole: &Value) -> Option<Usage> {
    let usage = whole.get("usage").filter(|usage| !usage.is_null())?;
    serde_json::from_value(usage.clone()).ok()
}

#[derive(Debug, Default)]
struct Decoder {
    begun: bool,
    done: bool,
}

impl ChunkDecoder for Decoder {
    fn decode(&mut self, frame: Frame<'_>, chunks: &mut Vec<ChatChunk>) -> Result<()> {
        let data = frame.data.trim_ascii();
        if data.is_empty() || self.done {
            return Ok(());
        }
        if data == b"[DONE]" {
            self.done = true;
            return Ok(());
        }
        let event: Value = serde_json::from_slice(data).map_err(|error| {
            let why = format!("an event of the stream is corrupt: {error}");
            response::unreadable(&Bytes::copy_from_slice(data), &why)
        })?;
        if event.get("error").is_some_and(|error| !error.is_null()) {
            return Err(error::from_event(&Bytes::copy_from_slice(data)));
        }
        let role = (!self.begun).then(|| "assistant".to_owned());
        self.begun = true;
        let choices = event.get("choices").and_then(Value::as_array);
        let choices = choices.into_iter().flatten().map(|choice| ChunkChoice {
            finish_reason: text(choice, "finish_reason"),
            index: index(choice),
            delta: Delta {
                role: role.clone(),
                content: text(choice, "text").map(Content::Text),
                ..Delta::default()
            },
            logprobs: choice.get("logprobs").filter(|given| !given.is_null()).cloned(),
            ..ChunkChoice::default()
        });
        chunks.push(ChatChunk {
            id: text(&event, "id"),
            created: event.get("created").and_then(Value::as_i64),
            model: text(&event, "model"),
            system_fingerprint: text(&event, "system_fingerprint"),
            choices: choices.collect(),
            usage: usage(&event),
            ..ChatChunk::default()
        });
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.done
    }
}
