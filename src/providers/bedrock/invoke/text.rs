//! Models that go on with a text: what they are asked, and what they say.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::super::response::unreadable;
use super::prompt::{self, Family};
use super::stream::metrics;
use crate::error::{Error, Result};
use crate::finish;
use crate::framing::Frame;
use crate::types::{
    ChatChunk, ChatRequest, ChatResponse, Choice, ChunkChoice, Content, Delta, Message, Usage,
};
use crate::wire::ChunkDecoder;

/// Where a thought ends that began before the answer.
const THOUGHT_ENDS: &str = "</think>";

pub(super) fn body(family: Family, request: ChatRequest) -> Result<Map<String, Value>> {
    let ChatRequest {
        messages, mut params, ..
    } = request;
    let mut turns = prompt::turns(&messages)?;
    for name in ["n", "stream", "stream_options", "user"] {
        params.shift_remove(name);
    }
    params.retain(|_, value| !value.is_null());
    let mut take = |name: &str| params.shift_remove(name);
    let longest = take("max_completion_tokens").or_else(|| take("max_tokens"));
    let stop = take("stop").map(|stop| if stop.is_string() { json!([stop]) } else { stop });
    let (temperature, top_p, top_k) = (take("temperature"), take("top_p"), take("top_k"));
    let mut body = Map::new();
    let names: [&str; 5] = match family {
        Family::Llama2 | Family::Llama | Family::Qwen | Family::DeepSeek(true) => {
            ["max_gen_len", "temperature", "top_p", "top_k", "stop"]
        }
        Family::Mistral | Family::DeepSeek(false) => ["max_tokens", "temperature", "top_p", "top_k", "stop"],
        Family::Titan => ["maxTokenCount", "temperature", "topP", "topK", "stopSequences"],
        Family::Command => ["max_tokens", "temperature", "p", "k", "stop_sequences"],
    };
    let values = [longest, temperature, top_p, top_k, stop];
    let settings = names
        .into_iter()
        .zip(values)
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    match family {
        Family::Titan => {
            body.insert("inputText".to_owned(), json!(family.prompt(&turns)));
            body.insert(
                "textGenerationConfig".to_owned(),
                Value::Object(settings.collect()),
            );
        }
        Family::Command => {
            let last = turns.pop().filter(|turn| turn.role == "user");
            let last = last.ok_or_else(|| Error::bad_request("the last message is not the user's"))?;
            body.insert("message".to_owned(), json!(last.text));
            let (system, turns): (Vec<_>, Vec<_>) = turns.into_iter().partition(|turn| turn.role == "system");
            let history = turns.iter().map(|turn| {
                let role = if turn.role == "assistant" {
                    "CHATBOT"
                } else {
                    "USER"
                };
                json!({"role": role, "message": turn.text})
            });
            let history: Vec<Value> = history.collect();
            if !history.is_empty() {
                body.insert("chat_history".to_owned(), Value::Array(history));
            }
            if !system.is_empty() {
                let said: Vec<&str> = system.iter().map(|turn| turn.text.as_str()).collect();
                body.insert("preamble".to_owned(), json!(said.join("\n\n")));
            }
            body.extend(settings);
        }
        _ => {
            body.insert("prompt".to_owned(), json!(family.prompt(&turns)));
            body.extend(settings);
        }
    }
    body.extend(params);
    Ok(body)
}

/// What an answer, or a piece of one, says: text, why it ended, how it counts.
fn said(answer: &Value) -> Option<(&str, Option<&str>, Option<Usage>)> {
    let text = |pointer: &str| answer.pointer(pointer).and_then(Value::as_str);
    let count = |pointers: &[&str]| {
        pointers
            .iter()
            .find_map(|pointer| answer.pointer(pointer)?.as_i64())
    };
    const TEXTS: &[&str] = &[
        "/generation",
        "/outputs/0/text",
        "/results/0/outputText",
        "/outputText",
        "/choices/0/text",
        "/choices/0/message/content",
        "/text",
    ];
    const REASONS: &[&str] = &[
        "/stop_reason",
        "/outputs/0/stop_reason",
        "/results/0/completionReason",
        "/completionReason",
        "/choices/0/stop_reason",
        "/choices/0/finish_reason",
        "/finish_reason",
    ];
    let piece = TEXTS.iter().find_map(|pointer| text(pointer));
    let reason = REASONS
        .iter()
        .find_map(|pointer| text(pointer))
        .filter(|reason| !reason.is_empty());
    let input = count(&[
        "/prompt_token_count",
        "/inputTextTokenCount",
        "/usage/prompt_tokens",
    ]);
    let output = count(&[
        "/generation_token_count",
        "/results/0/tokenCount",
        "/totalOutputTextTokenCount",
        "/usage/completion_tokens",
    ]);
    let usage = input.zip(output).map(|(input, output)| Usage {
        prompt_tokens: Some(input),
        completion_tokens: Some(output),
        total_tokens: Some(input + output),
        ..Usage::default()
    });
    (piece.is_some() || reason.is_some()).then(|| (piece.unwrap_or_default(), reason, usage))
}

pub(super) fn read(family: Family, body: &Bytes) -> Result<ChatResponse> {
    let answer: Value = serde_json::from_slice(body).map_err(|error| unreadable(body, &error.to_string()))?;
    let (text, reason, usage) = said(&answer).ok_or_else(|| unreadable(body, "it has no text"))?;
    let mut extra = Map::new();
    let mut text = text;
    if family.thinks()
        && let Some((thought, rest)) = text.split_once(THOUGHT_ENDS)
    {
        extra.insert("reasoning_content".to_owned(), json!(thought.trim()));
        text = rest.trim_start();
    }
    let mut finish_reason = reason.map(str::to_owned);
    let mut choice_extra = Map::new();
    finish::normalize(&mut finish_reason, &mut choice_extra, false);
    let choice = Choice {
        finish_reason,
        message: Message {
            role: Some("assistant".to_owned()),
            content: Some(Content::Text(text.to_owned())),
            extra,
            ..Message::default()
        },
        extra: choice_extra,
        ..Choice::default()
    };
    Ok(ChatResponse {
        choices: vec![choice],
        usage,
        ..ChatResponse::default()
    })
}

/// Reads the pieces of a text.
#[derive(Debug)]
pub(super) struct Decoder {
    /// What came of a thought that has not ended and may be the beginning of its end; none once it has ended.
    thought: Option<String>,
    /// The answer has begun, after a thought.
    begun: bool,
}

impl Decoder {
    pub(super) fn new(family: Family) -> Self {
        Self {
            thought: family.thinks().then(String::new),
            begun: !family.thinks(),
        }
    }

    fn say(&mut self, text: &str, chunks: &mut Vec<ChatChunk>) {
        let mut text = text.to_owned();
        if let Some(mut held) = self.thought.take() {
            held.push_str(&text);
            if let Some((thought, rest)) = held.split_once(THOUGHT_ENDS) {
                push(thought_delta(thought), chunks);
                text = rest.to_owned();
            } else {
                let kept = (1..THOUGHT_ENDS.len()).rev().find(|length| {
                    THOUGHT_ENDS
                        .get(..*length)
                        .is_some_and(|beginning| held.ends_with(beginning))
                });
                let rest = held.split_off(held.len() - kept.unwrap_or(0));
                push(thought_delta(&held), chunks);
                self.thought = Some(rest);
                return;
            }
        }
        if !self.begun {
            text = text.trim_start().to_owned();
            self.begun = !text.is_empty();
        }
        if !text.is_empty() {
            let delta = Delta {
                content: Some(Content::Text(text)),
                ..Delta::default()
            };
            push(Some(delta), chunks);
        }
    }
}

fn thought_delta(thought: &str) -> Option<Delta> {
    (!thought.is_empty()).then(|| Delta {
        extra: Map::from_iter([("reasoning_content".to_owned(), json!(thought))]),
        ..Delta::default()
    })
}

fn push(delta: Option<Delta>, chunks: &mut Vec<ChatChunk>) {
    if let Some(delta) = delta {
        let choice = ChunkChoice {
            delta,
            ..ChunkChoice::default()
        };
        chunks.push(ChatChunk {
            choices: vec![choice],
            ..ChatChunk::default()
        });
    }
}

impl ChunkDecoder for Decoder {
    fn decode(&mut self, frame: Frame<'_>, chunks: &mut Vec<ChatChunk>) -> Result<()> {
        let piece: Value = serde_json::from_slice(frame.data).map_err(|failure| {
            let why = format!("a piece of the stream is corrupt: {failure}");
            unreadable(&Bytes::copy_from_slice(frame.data), &why)
        })?;
        if let Some((text, reason, _)) = said(&piece) {
            self.say(text, chunks);
            if let Some(reason) = reason {
                // A thought that never ended is a thought.
                push(self.thought.take().and_then(|held| thought_delta(&held)), chunks);
                let choice = ChunkChoice {
                    finish_reason: Some(reason.to_owned()),
                    ..ChunkChoice::default()
                };
                chunks.push(ChatChunk {
                    choices: vec![choice],
                    ..ChatChunk::default()
                });
            }
        }
        if let Some(usage) = metrics(&piece) {
            chunks.push(ChatChunk {
                usage: Some(usage),
                ..ChatChunk::default()
            });
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        false
    }
}
