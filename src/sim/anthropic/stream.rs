//! The same message as events.

use serde_json::{Value, json};

use super::answer::{self, Message};
use crate::sim::stream::{Event, Place};
use crate::sim::words;

pub(super) fn events(message: &Message<'_>) -> Vec<Event> {
    let mut lane = Lane::default();
    let frame = message.frame(Vec::new(), Value::Null, message.usage(1));
    lane.push("message_start", Place::Opening, json!({"message": frame}));
    let answer = &message.answer;
    if !answer.reasoning.is_empty() {
        lane.start(json!({"type": "thinking", "thinking": "", "signature": ""}));
        for piece in &answer.reasoning {
            lane.delta(json!({"type": "thinking_delta", "thinking": piece}));
        }
        let signature = answer::signature(&answer.reasoning.concat());
        lane.delta(json!({"type": "signature_delta", "signature": signature}));
        lane.stop();
    }
    if !answer.words().is_empty() {
        lane.start(json!({"type": "text", "text": ""}));
        for piece in answer.words() {
            lane.delta(json!({"type": "text_delta", "text": piece}));
        }
        lane.stop();
    }
    for call in answer.calls() {
        let id = answer::id(call);
        lane.start(json!({"type": "tool_use", "id": id, "name": call.name, "input": {}}));
        // The first piece is always empty.
        lane.delta(json!({"type": "input_json_delta", "partial_json": ""}));
        for piece in words::pieces(&call.arguments) {
            lane.delta(json!({"type": "input_json_delta", "partial_json": piece}));
        }
        lane.stop();
    }
    let end = json!({
        "delta": {"stop_reason": message.stop_reason(), "stop_sequence": answer.stopped_by},
        "usage": message.usage(answer.tokens().1),
    });
    lane.push("message_delta", Place::Closing, end);
    lane.push("message_stop", Place::Closing, json!({}));
    lane.events
}

#[derive(Default)]
struct Lane {
    events: Vec<Event>,
    index: usize,
}

impl Lane {
    /// Every event says its type twice: beside the data and in it.
    fn push(&mut self, name: &'static str, place: Place, data: Value) {
        let mut whole = json!({"type": name});
        if let (Some(whole), Value::Object(data)) = (whole.as_object_mut(), data) {
            whole.extend(data);
        }
        self.events.push(Event::named(name, place, whole.to_string()));
    }

    fn start(&mut self, block: Value) {
        let index = self.index;
        self.push(
            "content_block_start",
            Place::Opening,
            json!({"index": index, "content_block": block}),
        );
        if index == 0 {
            self.push("ping", Place::Opening, json!({}));
        }
    }

    fn delta(&mut self, delta: Value) {
        let index = self.index;
        self.push(
            "content_block_delta",
            Place::Content,
            json!({"index": index, "delta": delta}),
        );
    }

    fn stop(&mut self) {
        let index = self.index;
        self.push("content_block_stop", Place::Opening, json!({"index": index}));
        self.index += 1;
    }
}
