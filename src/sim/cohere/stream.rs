//! The same answer as events.

use serde_json::{Value, json};

use super::answer::{self, PLAN, Spoken};
use crate::sim::stream::{Event, Place};
use crate::sim::words;

pub(super) fn events(spoken: &Spoken) -> Vec<Event> {
    let mut lane = Lane::default();
    let empty =
        json!({"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []});
    let start = json!({"id": spoken.identifier(), "delta": {"message": empty}});
    lane.push("message-start", Place::Opening, start);
    let answer = &spoken.answer;
    lane.content("thinking", &answer.reasoning);
    lane.content("text", answer.words());
    if !answer.calls().is_empty() {
        for piece in words::pieces(PLAN) {
            let delta = json!({"delta": {"message": {"tool_plan": piece}}});
            lane.push("tool-plan-delta", Place::Content, delta);
        }
    }
    for (index, call) in answer.calls().iter().enumerate() {
        let inside = |calls: Value| json!({"index": index, "delta": {"message": {"tool_calls": calls}}});
        lane.push("tool-call-start", Place::Content, inside(answer::call(call, "")));
        for piece in words::pieces(&call.arguments) {
            let delta = inside(json!({"function": {"arguments": piece}}));
            lane.push("tool-call-delta", Place::Content, delta);
        }
        lane.push("tool-call-end", Place::Opening, json!({"index": index}));
    }
    let delta = json!({"finish_reason": spoken.finish(), "usage": spoken.usage()});
    let end = json!({"id": spoken.identifier(), "delta": delta});
    lane.push("message-end", Place::Closing, end);
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

    fn content(&mut self, kind: &str, pieces: &[String]) {
        if pieces.is_empty() {
            return;
        }
        let index = self.index;
        let inside = |content: Value| json!({"index": index, "delta": {"message": {"content": content}}});
        self.push(
            "content-start",
            Place::Opening,
            inside(json!({"type": kind, kind: ""})),
        );
        for piece in pieces {
            self.push("content-delta", Place::Content, inside(json!({kind: piece})));
        }
        self.push("content-end", Place::Opening, json!({"index": index}));
        self.index += 1;
    }
}
