//! An answer in one piece.

use serde_json::{Value, json};

use crate::sim::answer::Answer;
use crate::sim::hash;
use crate::sim::tools::Call;

/// What comes before calls.
pub(super) const PLAN: &str = "I will use the tools that I was given.";

/// An answer and what is told about it.
#[derive(Debug)]
pub(super) struct Spoken {
    pub(super) id: u64,
    pub(super) answer: Answer,
    pub(super) prompt: usize,
}

pub(super) fn call(call: &Call, arguments: &str) -> Value {
    // Ids begin with the name of the tool.
    let id = call.id.replacen("call", &call.name, 1);
    json!({"id": id, "type": "function", "function": {"name": call.name, "arguments": arguments}})
}

impl Spoken {
    pub(super) fn whole(&self) -> Value {
        let mut content = Vec::new();
        if !self.answer.reasoning.is_empty() {
            content.push(json!({"type": "thinking", "thinking": self.answer.reasoning.concat()}));
        }
        if !self.answer.words().is_empty() {
            content.push(json!({"type": "text", "text": self.answer.words().concat()}));
        }
        let mut message = json!({"role": "assistant"});
        if let Some(message) = message.as_object_mut() {
            if !content.is_empty() {
                message.insert("content".to_owned(), content.into());
            }
            let calls: Vec<Value> = self
                .answer
                .calls()
                .iter()
                .map(|one| call(one, &one.arguments))
                .collect();
            if !calls.is_empty() {
                message.insert("tool_plan".to_owned(), PLAN.into());
                message.insert("tool_calls".to_owned(), calls.into());
            }
        }
        json!({
            "id": self.identifier(),
            "message": message,
            "finish_reason": self.finish(),
            "usage": self.usage(),
        })
    }

    pub(super) fn identifier(&self) -> String {
        let digits = hash::hex(self.id);
        let (first, second) = digits.split_at(8);
        format!("{first}-0000-4000-8000-0000{second}")
    }

    pub(super) fn finish(&self) -> &'static str {
        match self.answer.finish {
            "tool_calls" => "TOOL_CALL",
            "length" => "MAX_TOKENS",
            _ if self.answer.stopped_by.is_some() => "STOP_SEQUENCE",
            _ => "COMPLETE",
        }
    }

    pub(super) fn usage(&self) -> Value {
        let output = self.answer.tokens().1;
        // What the frame of the prompt costs is not billed.
        json!({
            "billed_units": {"input_tokens": self.prompt.saturating_sub(3), "output_tokens": output},
            "tokens": {"input_tokens": self.prompt, "output_tokens": output},
        })
    }
}
