//! A message in one piece.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::sim::answer::{Answer, Said};
use crate::sim::hash;
use crate::sim::tools::Call;

/// An answer and what is told about it.
#[derive(Debug)]
pub(super) struct Message<'m> {
    pub(super) id: u64,
    pub(super) model: &'m str,
    pub(super) answer: Answer,
    pub(super) prompt: usize,
    /// Whether the caller had something cached.
    pub(super) cached: bool,
}

/// What proves that a thought is the model's own.
pub(in crate::sim) fn signature(thought: &str) -> String {
    STANDARD.encode(format!(
        "simulated thought {}",
        hash::hex(hash::fnv(thought.as_bytes()))
    ))
}

pub(super) fn id(call: &Call) -> String {
    call.id.replacen("call_", "toolu_", 1)
}

impl Message<'_> {
    pub(super) fn frame(&self, content: Vec<Value>, stop: Value, usage: Value) -> Value {
        json!({
            "id": format!("msg_{}", hash::hex(self.id)),
            "type": "message",
            "role": "assistant",
            "model": self.model,
            "content": content,
            "stop_reason": stop,
            "stop_sequence": null,
            "usage": usage,
        })
    }

    pub(super) fn whole(&self) -> Value {
        let mut content = Vec::new();
        if !self.answer.reasoning.is_empty() {
            let thought = self.answer.reasoning.concat();
            let signature = signature(&thought);
            content.push(json!({"type": "thinking", "thinking": thought, "signature": signature}));
        }
        let words = self.answer.words();
        if !words.is_empty() {
            content.push(json!({"type": "text", "text": words.concat()}));
        }
        for call in self.answer.calls() {
            let input: Value = serde_json::from_str(&call.arguments).unwrap_or_default();
            content.push(json!({"type": "tool_use", "id": id(call), "name": call.name, "input": input}));
        }
        let mut whole = self.frame(
            content,
            self.stop_reason().into(),
            self.usage(self.answer.tokens().1),
        );
        if let Some(slot) = whole.get_mut("stop_sequence") {
            *slot = self.answer.stopped_by.as_deref().into();
        }
        whole
    }

    pub(super) fn stop_reason(&self) -> &'static str {
        match (&self.answer.said, self.answer.finish) {
            (Said::Refusal(_), _) => "refusal",
            (_, "tool_calls") => "tool_use",
            (_, "length") => "max_tokens",
            _ if self.answer.stopped_by.is_some() => "stop_sequence",
            _ => "end_turn",
        }
    }

    pub(super) fn usage(&self, output: usize) -> Value {
        // What was marked is written to the cache; the few tokens of the frame are not.
        let cached = if self.cached {
            self.prompt.saturating_sub(3)
        } else {
            0
        };
        json!({
            "input_tokens": self.prompt - cached,
            "cache_creation_input_tokens": cached,
            "cache_read_input_tokens": 0,
            "cache_creation": {"ephemeral_5m_input_tokens": cached, "ephemeral_1h_input_tokens": 0},
            "output_tokens": output,
            "service_tier": "standard",
        })
    }
}
