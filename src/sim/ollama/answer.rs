//! An answer in one piece and line by line.

use serde_json::{Map, Value, json};

use crate::sim::answer::Answer;
use crate::sim::stream::{Event, Place};

/// Every answer is of this moment, so that it is the same tomorrow.
const CREATED: &str = "2023-11-14T22:13:20.000000Z";

/// An answer and what is told about it.
#[derive(Debug)]
pub(super) struct Spoken<'m> {
    pub(super) model: &'m str,
    pub(super) answer: Answer,
    pub(super) prompt: usize,
    /// A message of a chat, rather than the continuation of a prompt.
    pub(super) turns: bool,
}

impl Spoken<'_> {
    pub(super) fn whole(&self) -> Value {
        let text = self.answer.words().concat();
        let thought = self.answer.reasoning.concat();
        let mut frame = self.frame(&text, &thought, self.calls());
        frame.extend(self.end());
        Value::Object(frame)
    }

    pub(super) fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        let mut push = |place, mut frame: Map<String, Value>, end: Option<Map<String, Value>>| {
            frame.insert("done".to_owned(), end.is_some().into());
            frame.extend(end.unwrap_or_default());
            events.push(Event::new(place, Value::Object(frame).to_string()));
        };
        for piece in &self.answer.reasoning {
            push(Place::Content, self.frame("", piece, Vec::new()), None);
        }
        for piece in self.answer.words() {
            push(Place::Content, self.frame(piece, "", Vec::new()), None);
        }
        // Each call comes whole.
        for call in self.calls() {
            push(Place::Content, self.frame("", "", vec![call]), None);
        }
        push(Place::Closing, self.frame("", "", Vec::new()), Some(self.end()));
        events
    }

    fn frame(&self, text: &str, thought: &str, calls: Vec<Value>) -> Map<String, Value> {
        let mut frame = Map::new();
        frame.insert("model".to_owned(), self.model.into());
        frame.insert("created_at".to_owned(), CREATED.into());
        let mut said = Map::new();
        let key = if self.turns { "content" } else { "response" };
        if self.turns {
            said.insert("role".to_owned(), "assistant".into());
        }
        said.insert(key.to_owned(), text.into());
        if !thought.is_empty() {
            said.insert("thinking".to_owned(), thought.into());
        }
        if !calls.is_empty() {
            said.insert("tool_calls".to_owned(), calls.into());
        }
        if self.turns {
            frame.insert("message".to_owned(), said.into());
        } else {
            frame.extend(said);
        }
        frame
    }

    fn calls(&self) -> Vec<Value> {
        let call = |(index, call): (usize, &crate::sim::tools::Call)| {
            let arguments: Value = serde_json::from_str(&call.arguments).unwrap_or_default();
            json!({"function": {"index": index, "name": call.name, "arguments": arguments}})
        };
        self.answer.calls().iter().enumerate().map(call).collect()
    }

    /// What only the last line tells; times are in nanoseconds.
    fn end(&self) -> Map<String, Value> {
        let reason = if self.answer.finish == "length" {
            "length"
        } else {
            "stop"
        };
        let counted = self.answer.tokens().1;
        let end = json!({
            "done": true,
            "done_reason": reason,
            "total_duration": 4_000_000,
            "load_duration": 1_000_000,
            "prompt_eval_count": self.prompt,
            "prompt_eval_duration": 1_000_000,
            "eval_count": counted,
            "eval_duration": 2_000_000,
        });
        end.as_object().cloned().unwrap_or_default()
    }
}
