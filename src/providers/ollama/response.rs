//! Reads answers: a plain one is one document, a stream is a document a step, of which the last says `done`.

use std::hash::{DefaultHasher, Hash, Hasher};

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::error::Result;
use crate::finish;
use crate::framing::Frame;
use crate::providers::openai;
use crate::resolve::Target;
use crate::types::{
    ChatChunk, ChatResponse, Choice, ChunkChoice, Content, Delta, Extra, FunctionCall, Message, ToolCall,
    ToolCallDelta, Usage,
};
use crate::wire::ChunkDecoder;

#[derive(Debug, Default, Deserialize)]
struct Step {
    #[serde(default)]
    created_at: Option<String>,
    #[serde(default)]
    message: Option<Said>,
    /// What `/api/generate` says instead of a message, `thinking` beside it.
    #[serde(default)]
    response: Option<String>,
    #[serde(default)]
    thinking: Option<String>,
    #[serde(default)]
    logprobs: Option<Vec<Value>>,
    #[serde(default)]
    done: bool,
    #[serde(default)]
    done_reason: Option<String>,
    #[serde(default)]
    prompt_eval_count: Option<i64>,
    #[serde(default)]
    eval_count: Option<i64>,
    #[serde(default)]
    error: Option<Value>,
}

#[derive(Debug, Default, Deserialize)]
struct Said {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    thinking: Option<String>,
    #[serde(default)]
    tool_calls: Option<Vec<ToolCall>>,
}

impl Step {
    fn usage(&self) -> Option<Usage> {
        if self.prompt_eval_count.is_none() && self.eval_count.is_none() {
            return None;
        }
        // A prompt that is wholly in the cache has no count.
        let (prompt, completion) = (self.prompt_eval_count.unwrap_or(0), self.eval_count.unwrap_or(0));
        Some(Usage {
            prompt_tokens: Some(prompt),
            completion_tokens: Some(completion),
            total_tokens: Some(prompt + completion),
            ..Usage::default()
        })
    }

    /// The message, whichever of the two operations said it.
    fn said(&mut self) -> Option<Said> {
        self.message.take().or_else(|| {
            let generated = Said {
                content: Some(self.response.take()?),
                thinking: self.thinking.take(),
                tool_calls: None,
            };
            Some(generated)
        })
    }

    /// Log probabilities in OpenAI's shape, which only lacks the wrapping here.
    fn logprobs(&mut self) -> Option<Value> {
        let tokens = self.logprobs.take().filter(|tokens| !tokens.is_empty())?;
        Some(json!({"content": tokens}))
    }

    /// Why it ended. Servers before 0.3 say only that it is done.
    fn finish(&mut self) -> Option<String> {
        let said = self.done_reason.take().filter(|reason| !reason.is_empty());
        self.done.then(|| said.unwrap_or_else(|| "stop".to_owned()))
    }

    fn calls(&mut self, before: usize) -> Vec<ToolCall> {
        let calls = self
            .message
            .as_mut()
            .and_then(|message| message.tool_calls.take());
        let mut calls = calls.unwrap_or_default();
        for (position, call) in calls.iter_mut().enumerate() {
            let position = before + position;
            if call.id.as_deref().is_none_or(str::is_empty) {
                call.id = Some(call_id(
                    self.created_at.as_deref(),
                    call.function.as_ref(),
                    position,
                ));
            }
            if let Some(function) = &mut call.function {
                function.extra.shift_remove("index");
            }
            call.kind = Some("function".to_owned());
        }
        calls
    }
}

/// An id where the server gives none: the same answer has the same ids, another answer (its time is told to the
/// nanosecond) has others.
fn call_id(created_at: Option<&str>, function: Option<&FunctionCall>, position: usize) -> String {
    let mut hasher = DefaultHasher::new();
    created_at.hash(&mut hasher);
    position.hash(&mut hasher);
    if let Some(function) = function {
        function.name.hash(&mut hasher);
        function.arguments.hash(&mut hasher);
    }
    format!("call_{:016x}", hasher.finish())
}

pub(super) fn read(target: &Target, body: &Bytes) -> Result<ChatResponse> {
    let mut step: Step = openai::response::parse(body)?;
    if step.error.is_some() {
        return Err(openai::error::from_event(body));
    }
    let finish_reason = step.finish();
    let (usage, tool_calls, logprobs) = (step.usage(), step.calls(0), step.logprobs());
    let Some(said) = step.said() else {
        return Err(openai::response::unreadable(body, "it has no message"));
    };
    let mut message = Message {
        role: Some("assistant".to_owned()),
        content: said
            .content
            .filter(|text| !text.is_empty() || tool_calls.is_empty())
            .map(Content::Text),
        tool_calls,
        function_call: None,
        extra: thought(said.thinking),
    };
    openai::reasoning::settle(&mut message, "");
    let mut choice = Choice {
        finish_reason,
        message,
        logprobs,
        ..Choice::default()
    };
    let calls_tools = !choice.message.tool_calls.is_empty();
    finish::normalize(&mut choice.finish_reason, &mut choice.extra, calls_tools);
    Ok(ChatResponse {
        model: Some(format!("{}/{}", target.provider.name, target.model)),
        choices: vec![choice],
        usage,
        ..ChatResponse::default()
    })
}

fn thought(thinking: Option<String>) -> Extra {
    let thinking = thinking.filter(|text| !text.is_empty());
    thinking
        .map(|text| ("reasoning_content".to_owned(), Value::String(text)))
        .into_iter()
        .collect()
}

/// Reads steps until one is the last.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    done: bool,
    calls: usize,
}

impl ChunkDecoder for Decoder {
    fn decode(&mut self, frame: Frame<'_>, chunks: &mut Vec<ChatChunk>) -> Result<()> {
        if self.done {
            return Ok(());
        }
        let body = || Bytes::copy_from_slice(frame.data);
        let mut step: Step = serde_json::from_slice(frame.data).map_err(|error| {
            openai::response::unreadable(&body(), &format!("a line of the stream is corrupt: {error}"))
        })?;
        if step.error.is_some() {
            return Err(openai::error::from_event(&body()));
        }
        let finish_reason = step.finish();
        let usage = step.done.then(|| step.usage()).flatten();
        // Calls come whole, and each is one of its own.
        let calls = step.calls(self.calls);
        let tool_calls = calls.into_iter().map(|call| self.piece(call)).collect();
        let logprobs = step.logprobs();
        let said = step.said().unwrap_or_default();
        let delta = Delta {
            content: said.content.filter(|text| !text.is_empty()).map(Content::Text),
            tool_calls,
            extra: thought(said.thinking),
            ..Delta::default()
        };
        chunks.push(ChatChunk {
            choices: vec![ChunkChoice {
                finish_reason,
                delta,
                logprobs,
                ..ChunkChoice::default()
            }],
            usage,
            ..ChatChunk::default()
        });
        self.done = step.done;
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.done
    }
}

impl Decoder {
    fn piece(&mut self, call: ToolCall) -> ToolCallDelta {
        let index = i64::try_from(self.calls).ok();
        self.calls += 1;
        ToolCallDelta {
            id: call.id,
            kind: call.kind,
            function: call.function,
            index,
            extra: call.extra,
        }
    }
}
