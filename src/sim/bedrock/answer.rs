//! An answer of Converse in one piece.

use serde_json::{Value, json};

use crate::sim::answer::{Answer, Said};
use crate::sim::tools::Call;

pub(super) use crate::sim::anthropic::signature;

/// An answer and what is told about it.
#[derive(Debug)]
pub(super) struct Conversed {
    pub(super) answer: Answer,
    pub(super) prompt: usize,
}

pub(super) fn id(call: &Call) -> String {
    call.id.replacen("call_", "tooluse_", 1)
}

impl Conversed {
    pub(super) fn whole(&self) -> Value {
        let mut content = Vec::new();
        if !self.answer.reasoning.is_empty() {
            let thought = self.answer.reasoning.concat();
            let signature = signature(&thought);
            content.push(
                json!({"reasoningContent": {"reasoningText": {"text": thought, "signature": signature}}}),
            );
        }
        if !self.answer.words().is_empty() {
            content.push(json!({"text": self.answer.words().concat()}));
        }
        for call in self.answer.calls() {
            let input: Value = serde_json::from_str(&call.arguments).unwrap_or_default();
            content.push(json!({"toolUse": {"toolUseId": id(call), "name": call.name, "input": input}}));
        }
        json!({
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": self.stop_reason(),
            "usage": self.usage(),
            "metrics": {"latencyMs": 1},
        })
    }

    pub(super) fn stop_reason(&self) -> &'static str {
        match (&self.answer.said, self.answer.finish) {
            (Said::Refusal(_), _) => "content_filtered",
            (_, "tool_calls") => "tool_use",
            (_, "length") => "max_tokens",
            _ if self.answer.stopped_by.is_some() => "stop_sequence",
            _ => "end_turn",
        }
    }

    pub(super) fn usage(&self) -> Value {
        let output = self.answer.tokens().1;
        json!({
            "inputTokens": self.prompt,
            "outputTokens": output,
            "totalTokens": self.prompt + output,
            "cacheReadInputTokens": 0,
            "cacheWriteInputTokens": 0,
        })
    }
}
