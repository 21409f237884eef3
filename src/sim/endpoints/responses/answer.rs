//! A response: whole, and as the events that OpenAI documents.

use serde_json::{Map, Value, json};

use super::super::CREATED;
use crate::sim::answer::{Answer, Said};
use crate::sim::stream::{Event, Place};
use crate::sim::words;

pub(super) struct Turn<'t> {
    pub(super) id: String,
    pub(super) model: &'t str,
    pub(super) body: &'t Map<String, Value>,
    pub(super) answer: Answer,
    pub(super) prompt: usize,
}

impl Turn<'_> {
    fn echoed(&self, name: &str, default: Value) -> Value {
        self.body
            .get(name)
            .filter(|value| !value.is_null())
            .cloned()
            .unwrap_or(default)
    }

    fn frame(&self, status: &str, output: Vec<Value>, usage: Value) -> Value {
        let cut = status == "incomplete";
        json!({
            "id": self.id,
            "object": "response",
            "created_at": CREATED,
            "status": status,
            "background": self.echoed("background", json!(false)),
            "error": null,
            "incomplete_details": if cut { json!({"reason": "max_output_tokens"}) } else { Value::Null },
            "instructions": self.echoed("instructions", Value::Null),
            "max_output_tokens": self.echoed("max_output_tokens", Value::Null),
            "max_tool_calls": self.echoed("max_tool_calls", Value::Null),
            "model": self.model,
            "output": output,
            "parallel_tool_calls": self.echoed("parallel_tool_calls", json!(true)),
            "previous_response_id": self.echoed("previous_response_id", Value::Null),
            "prompt_cache_key": self.echoed("prompt_cache_key", Value::Null),
            "reasoning": self.echoed("reasoning", json!({"effort": null, "summary": null})),
            "safety_identifier": self.echoed("safety_identifier", Value::Null),
            "service_tier": "default",
            "store": self.echoed("store", json!(true)),
            "temperature": self.echoed("temperature", json!(1.0)),
            "text": self.echoed("text", json!({"format": {"type": "text"}})),
            "tool_choice": self.echoed("tool_choice", json!("auto")),
            "tools": self.echoed("tools", json!([])),
            "top_logprobs": self.echoed("top_logprobs", json!(0)),
            "top_p": self.echoed("top_p", json!(1.0)),
            "truncation": self.echoed("truncation", json!("disabled")),
            "usage": usage,
            "user": self.echoed("user", Value::Null),
            "metadata": self.echoed("metadata", json!({})),
        })
    }

    fn usage(&self) -> Value {
        let (reasoning, output) = self.answer.tokens();
        json!({
            "input_tokens": self.prompt,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens": output,
            "output_tokens_details": {"reasoning_tokens": reasoning},
            "total_tokens": self.prompt + output,
        })
    }

    pub(super) fn whole(&self) -> Value {
        let status = if self.answer.finish == "length" {
            "incomplete"
        } else {
            "completed"
        };
        self.frame(status, self.items(), self.usage())
    }

    fn short(&self) -> &str {
        self.id.strip_prefix("resp_").unwrap_or(&self.id)
    }

    fn items(&self) -> Vec<Value> {
        let mut items = Vec::new();
        if !self.answer.reasoning.is_empty() {
            let text = self.answer.reasoning.concat();
            items.push(json!({
                "id": format!("rs_{}", self.short()), "type": "reasoning",
                "summary": [{"type": "summary_text", "text": text}],
            }));
        }
        if let Some(part) = self.part(&self.answer.words().concat()) {
            items.push(self.message("completed", vec![part]));
        }
        for call in self.answer.calls() {
            items.push(json!({
                "id": format!("fc_{}", call.id), "type": "function_call", "status": "completed",
                "arguments": call.arguments, "call_id": call.id, "name": call.name,
            }));
        }
        items
    }

    fn message(&self, status: &str, content: Vec<Value>) -> Value {
        json!({"id": format!("msg_{}", self.short()), "type": "message", "status": status, "content": content, "role": "assistant"})
    }

    /// The content of the message, when there is one.
    fn part(&self, text: &str) -> Option<Value> {
        match self.answer.said {
            Said::Text(_) => {
                Some(json!({"type": "output_text", "annotations": [], "logprobs": [], "text": text}))
            }
            Said::Refusal(_) => Some(json!({"type": "refusal", "refusal": text})),
            _ => None,
        }
    }

    pub(super) fn events(&self, whole: &Value) -> Vec<Event> {
        let mut lane = Lane::default();
        let begun = self.frame("in_progress", Vec::new(), Value::Null);
        lane.push("response.created", Place::Opening, json!({"response": begun}));
        lane.push("response.in_progress", Place::Opening, json!({"response": begun}));
        let items = whole
            .get("output")
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        for (index, item) in items.iter().enumerate() {
            let id = item.get("id").cloned().unwrap_or_default();
            let of = |more: Value| {
                let mut fields = json!({"item_id": id, "output_index": index});
                if let (Some(fields), Value::Object(more)) = (fields.as_object_mut(), more) {
                    fields.extend(more);
                }
                fields
            };
            match item.get("type").and_then(Value::as_str) {
                Some("reasoning") => self.reasoning(&mut lane, index, item, of),
                Some("message") => self.said(&mut lane, index, of),
                _ => called(&mut lane, index, item, of),
            }
            lane.push(
                "response.output_item.done",
                Place::Opening,
                json!({"output_index": index, "item": item}),
            );
        }
        let last = if whole.get("status").is_some_and(|status| status == "incomplete") {
            "response.incomplete"
        } else {
            "response.completed"
        };
        lane.push(last, Place::Closing, json!({"response": whole}));
        lane.events
    }

    fn reasoning(&self, lane: &mut Lane, index: usize, item: &Value, of: impl Fn(Value) -> Value) {
        let begun = json!({"id": item.get("id"), "type": "reasoning", "summary": []});
        lane.push(
            "response.output_item.added",
            Place::Opening,
            json!({"output_index": index, "item": begun}),
        );
        let part = |text: &str| json!({"summary_index": 0, "part": {"type": "summary_text", "text": text}});
        lane.push(
            "response.reasoning_summary_part.added",
            Place::Opening,
            of(part("")),
        );
        for piece in &self.answer.reasoning {
            lane.push(
                "response.reasoning_summary_text.delta",
                Place::Content,
                of(json!({"summary_index": 0, "delta": piece})),
            );
        }
        let text = self.answer.reasoning.concat();
        lane.push(
            "response.reasoning_summary_text.done",
            Place::Opening,
            of(json!({"summary_index": 0, "text": text})),
        );
        lane.push(
            "response.reasoning_summary_part.done",
            Place::Opening,
            of(part(&text)),
        );
    }

    fn said(&self, lane: &mut Lane, index: usize, of: impl Fn(Value) -> Value) {
        let begun = self.message("in_progress", Vec::new());
        lane.push(
            "response.output_item.added",
            Place::Opening,
            json!({"output_index": index, "item": begun}),
        );
        let refused = matches!(self.answer.said, Said::Refusal(_));
        let (delta, done, key) = if refused {
            ("response.refusal.delta", "response.refusal.done", "refusal")
        } else {
            ("response.output_text.delta", "response.output_text.done", "text")
        };
        let part = |text: &str| json!({"content_index": 0, "part": self.part(text)});
        lane.push("response.content_part.added", Place::Opening, of(part("")));
        for piece in self.answer.words() {
            let mut fields = json!({"content_index": 0, "delta": piece});
            if let Some(fields) = fields.as_object_mut().filter(|_| !refused) {
                fields.insert("logprobs".to_owned(), json!([]));
            }
            lane.push(delta, Place::Content, of(fields));
        }
        let text = self.answer.words().concat();
        let mut fields = json!({"content_index": 0, key: text});
        if let Some(fields) = fields.as_object_mut().filter(|_| !refused) {
            fields.insert("logprobs".to_owned(), json!([]));
        }
        lane.push(done, Place::Opening, of(fields));
        lane.push("response.content_part.done", Place::Opening, of(part(&text)));
    }
}

fn called(lane: &mut Lane, index: usize, item: &Value, of: impl Fn(Value) -> Value) {
    let mut begun = item.clone();
    if let Some(begun) = begun.as_object_mut() {
        begun.insert("arguments".to_owned(), json!(""));
        begun.insert("status".to_owned(), json!("in_progress"));
    }
    lane.push(
        "response.output_item.added",
        Place::Opening,
        json!({"output_index": index, "item": begun}),
    );
    let arguments = item.get("arguments").and_then(Value::as_str).unwrap_or_default();
    for piece in words::pieces(arguments) {
        lane.push(
            "response.function_call_arguments.delta",
            Place::Content,
            of(json!({"delta": piece})),
        );
    }
    lane.push(
        "response.function_call_arguments.done",
        Place::Opening,
        of(json!({"name": item.get("name"), "arguments": arguments})),
    );
}

/// Events in order, each with its type and its number.
#[derive(Default)]
struct Lane {
    events: Vec<Event>,
}

impl Lane {
    fn push(&mut self, name: &'static str, place: Place, fields: Value) {
        let mut whole = json!({"type": name, "sequence_number": self.events.len()});
        if let (Some(whole), Value::Object(fields)) = (whole.as_object_mut(), fields) {
            whole.extend(fields);
        }
        self.events.push(Event::named(name, place, whole.to_string()));
    }
}
