//! Answers in one piece and as chunks.

use serde_json::{Value, json};

use crate::sim::answer::Answer;
use crate::sim::hash;
use crate::sim::stream::{Event, Place};
use crate::sim::tools::Call;

const CREATED: u64 = 1_700_000_000;

/// Answers and what is told about them.
#[derive(Debug)]
pub(super) struct Spoken<'m> {
    pub(super) id: u64,
    pub(super) model: &'m str,
    pub(super) answers: Vec<Answer>,
    pub(super) prompt: usize,
}

impl Spoken<'_> {
    fn frame(&self, object: &str, choices: Vec<Value>, usage: Option<Value>) -> Value {
        let mut frame = json!({
            "id": hash::hex(self.id).repeat(2),
            "object": object,
            "created": CREATED,
            "model": self.model,
            "choices": choices,
        });
        if let (Some(frame), Some(usage)) = (frame.as_object_mut(), usage) {
            frame.insert("usage".to_owned(), usage);
        }
        frame
    }

    fn usage(&self) -> Value {
        let completion: usize = self.answers.iter().map(|answer| answer.tokens().1).sum();
        json!({
            "prompt_tokens": self.prompt,
            "completion_tokens": completion,
            "total_tokens": self.prompt + completion,
        })
    }

    pub(super) fn whole(&self) -> Value {
        let choice = |(index, answer): (usize, &Answer)| {
            let calls: Vec<Value> = answer.calls().iter().enumerate().map(call).collect();
            let text = answer.words().concat();
            let content = match answer.reasoning.as_slice() {
                [] => text.into(),
                thoughts => json!([thought(&thoughts.concat()), {"type": "text", "text": text}]),
            };
            let message = json!({
                "role": "assistant",
                "content": content,
                "tool_calls": if calls.is_empty() { Value::Null } else { calls.into() },
            });
            json!({"index": index, "message": message, "finish_reason": answer.finish})
        };
        let choices = self.answers.iter().enumerate().map(choice).collect();
        self.frame("chat.completion", choices, Some(self.usage()))
    }

    /// The chunks; calls come whole, with the end.
    pub(super) fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        let last = self.answers.len().saturating_sub(1);
        for (index, answer) in self.answers.iter().enumerate() {
            let mut push = |place, delta: Value, finish: Option<&str>| {
                let usage = (index == last && finish.is_some()).then(|| self.usage());
                let choice = json!({"index": index, "delta": delta, "finish_reason": finish});
                let chunk = self.frame("chat.completion.chunk", vec![choice], usage);
                events.push(Event::new(place, chunk.to_string()));
            };
            push(Place::Opening, json!({"role": "assistant", "content": ""}), None);
            for piece in &answer.reasoning {
                push(Place::Content, json!({"content": [thought(piece)]}), None);
            }
            // After a thought text comes in parts, too.
            for piece in answer.words() {
                let content = if answer.reasoning.is_empty() {
                    Value::from(piece.as_str())
                } else {
                    json!([{"type": "text", "text": piece}])
                };
                push(Place::Content, json!({"content": content}), None);
            }
            let calls: Vec<Value> = answer.calls().iter().enumerate().map(call).collect();
            let mut delta = json!({"content": ""});
            if let Some(delta) = delta.as_object_mut().filter(|_| !calls.is_empty()) {
                delta.insert("tool_calls".to_owned(), calls.into());
            }
            push(Place::Closing, delta, Some(answer.finish));
        }
        events
    }
}

fn thought(text: &str) -> Value {
    json!({"type": "thinking", "thinking": [{"type": "text", "text": text}]})
}

fn call((index, call): (usize, &Call)) -> Value {
    json!({
        "id": identifier(call),
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
        "index": index,
    })
}

/// Nine letters and digits.
fn identifier(call: &Call) -> String {
    hash::hex(hash::fnv(call.id.as_bytes())).chars().take(9).collect()
}
