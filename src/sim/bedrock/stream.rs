//! The same answer as events.

use serde_json::{Value, json};

use super::answer::{self, Conversed};
use crate::sim::stream::{Event, Place};
use crate::sim::words;

pub(super) fn events(spoken: &Conversed) -> Vec<Event> {
    let mut lane = Lane::default();
    lane.push("messageStart", Place::Opening, json!({"role": "assistant"}));
    let answer = &spoken.answer;
    if !answer.reasoning.is_empty() {
        for piece in &answer.reasoning {
            lane.delta(json!({"reasoningContent": {"text": piece}}));
        }
        let signature = answer::signature(&answer.reasoning.concat());
        lane.delta(json!({"reasoningContent": {"signature": signature}}));
        lane.stop();
    }
    if !answer.words().is_empty() {
        for piece in answer.words() {
            lane.delta(json!({"text": piece}));
        }
        lane.stop();
    }
    for call in answer.calls() {
        let start = json!({"toolUse": {"toolUseId": answer::id(call), "name": call.name}});
        let index = lane.index;
        let block = json!({"contentBlockIndex": index, "start": start});
        lane.push("contentBlockStart", Place::Opening, block);
        for piece in words::pieces(&call.arguments) {
            lane.delta(json!({"toolUse": {"input": piece}}));
        }
        lane.stop();
    }
    let stop = json!({"stopReason": spoken.stop_reason()});
    lane.push("messageStop", Place::Closing, stop);
    let end = json!({"usage": spoken.usage(), "metrics": {"latencyMs": 1}});
    lane.push("metadata", Place::Closing, end);
    lane.events
}

#[derive(Default)]
struct Lane {
    events: Vec<Event>,
    index: usize,
}

impl Lane {
    fn push(&mut self, name: &'static str, place: Place, mut data: Value) {
        // Padding against those who read along by length.
        let length = 1 + data.to_string().len() % 20;
        if let Some(data) = data.as_object_mut() {
            let padding: String = ('a'..='z').cycle().take(length).collect();
            data.insert("p".to_owned(), padding.into());
        }
        self.events.push(Event::named(name, place, data.to_string()));
    }

    fn delta(&mut self, delta: Value) {
        let index = self.index;
        let block = json!({"contentBlockIndex": index, "delta": delta});
        self.push("contentBlockDelta", Place::Content, block);
    }

    fn stop(&mut self) {
        let index = self.index;
        self.push(
            "contentBlockStop",
            Place::Opening,
            json!({"contentBlockIndex": index}),
        );
        self.index += 1;
    }
}
