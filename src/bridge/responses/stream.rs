//! A chat stream as the events of a response, in the order that OpenAI documents.

use serde_json::{Map, Value, json};

use super::item::{Item, What, join_blocks};
use super::output::{self, Frame};
use crate::bridge::{made_up_id, now};
use crate::types::{ChatChunk, ChunkChoice, Extra, Piece, ToolCall, ToolCallDelta, Usage};

/// What the stream has said so far.
pub(super) struct Events {
    frame: Frame,
    begun: bool,
    sequence: u64,
    id: String,
    created: i64,
    model: Option<String>,
    /// Items in order; those that are over are whole.
    items: Vec<Item>,
    reason: Option<String>,
    usage: Option<Usage>,
    tier: Option<Value>,
}

impl Events {
    pub(super) fn new(frame: Frame) -> Self {
        Self {
            frame,
            begun: false,
            sequence: 0,
            id: String::new(),
            created: 0,
            model: None,
            items: Vec::new(),
            reason: None,
            usage: None,
            tier: None,
        }
    }

    pub(super) fn chunk(&mut self, chunk: ChatChunk, pieces: &mut Vec<Piece>) {
        self.begin(&chunk, pieces);
        if let Some(tier) = chunk.extra.get("service_tier").filter(|tier| !tier.is_null()) {
            self.tier = Some(tier.clone());
        }
        if chunk.usage.is_some() {
            self.usage = chunk.usage;
        }
        for choice in chunk.choices {
            self.choice(choice, pieces);
        }
    }

    pub(super) fn finish(&mut self, pieces: &mut Vec<Piece>) {
        self.begin(&ChatChunk::default(), pieces);
        for position in 0..self.items.len() {
            self.close(position, pieces);
        }
        let output = self.whole_items();
        let reason = self.reason.clone().unwrap_or_else(|| "stop".to_owned());
        let mut response = self.frame.response(
            &self.id,
            Some(self.created),
            self.model.clone(),
            Some(&reason),
            output,
        );
        if let Some(fields) = response.as_object_mut() {
            fields.insert("usage".to_owned(), output::usage(self.usage.as_ref()));
            if let Some(tier) = self.tier.take() {
                fields.insert("service_tier".to_owned(), tier);
            }
        }
        let kind = if response
            .get("status")
            .is_some_and(|status| status == "incomplete")
        {
            "response.incomplete"
        } else {
            "response.completed"
        };
        self.event(kind, json!({"response": response}), pieces);
    }

    fn begin(&mut self, chunk: &ChatChunk, pieces: &mut Vec<Piece>) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        self.id = chunk.id.clone().unwrap_or_else(made_up_id);
        self.created = chunk.created.unwrap_or_else(now);
        self.model.clone_from(&chunk.model);
        for kind in ["response.created", "response.in_progress"] {
            let response =
                self.frame
                    .response(&self.id, Some(self.created), self.model.clone(), None, Vec::new());
            self.event(kind, json!({"response": response}), pieces);
        }
    }

    fn choice(&mut self, choice: ChunkChoice, pieces: &mut Vec<Piece>) {
        let number = choice.index;
        let extra = choice.delta.extra;
        self.thought(number, &extra, pieces);
        let text = output::text_of(choice.delta.content.as_ref());
        if !text.is_empty() {
            self.said(number, &text, choice.logprobs.as_ref(), pieces);
        }
        if let Some(refusal) = extra
            .get("refusal")
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
        {
            self.refused(number, refusal, pieces);
        }
        for annotation in output::annotations(extra.get("annotations")) {
            self.annotated(number, annotation, pieces);
        }
        for image in output::images(&format!("ig_{}_{}", self.id, self.items.len()), &extra) {
            let position = self.open(number, What::Image(image), pieces);
            self.close(position, pieces);
        }
        for piece in choice.delta.tool_calls {
            self.called(number, piece, pieces);
        }
        if choice.finish_reason.is_some() {
            self.reason = self.reason.take().or(choice.finish_reason);
        }
    }

    fn thought(&mut self, number: u32, extra: &Extra, pieces: &mut Vec<Piece>) {
        let more = extra
            .get("reasoning_content")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let new_blocks = extra.get("thinking_blocks").and_then(Value::as_array);
        if more.is_empty() && new_blocks.is_none_or(Vec::is_empty) {
            return;
        }
        let position = match self.current(number, |what| matches!(what, What::Reasoning { .. })) {
            Some(position) => position,
            None => {
                let what = What::Reasoning {
                    text: String::new(),
                    blocks: Vec::new(),
                };
                self.open(number, what, pieces)
            }
        };
        let item_id = self.item_id(position);
        let mut first = false;
        if let Some(Item {
            what: What::Reasoning { text, blocks },
            ..
        }) = self.items.get_mut(position)
        {
            first = text.is_empty() && !more.is_empty();
            text.push_str(more);
            join_blocks(blocks, new_blocks.into_iter().flatten());
        }
        if first {
            let part = json!({"item_id": item_id, "output_index": position, "summary_index": 0, "part": {"type": "summary_text", "text": ""}});
            self.event("response.reasoning_summary_part.added", part, pieces);
        }
        if !more.is_empty() {
            let delta =
                json!({"item_id": item_id, "output_index": position, "summary_index": 0, "delta": more});
            self.event("response.reasoning_summary_text.delta", delta, pieces);
        }
    }

    /// The message under way, which begins here if there is none; `part` is how its content begins.
    fn message(&mut self, number: u32, part: &Value, pieces: &mut Vec<Piece>) -> usize {
        if let Some(position) = self.current(number, |what| matches!(what, What::Message { .. })) {
            return position;
        }
        let what = What::Message {
            text: String::new(),
            refusal: String::new(),
            annotations: Vec::new(),
            logprobs: Vec::new(),
        };
        let position = self.open(number, what, pieces);
        let added = json!({"item_id": self.item_id(position), "output_index": position, "content_index": 0, "part": part});
        self.event("response.content_part.added", added, pieces);
        position
    }

    fn said(&mut self, number: u32, more: &str, given: Option<&Value>, pieces: &mut Vec<Piece>) {
        let part = json!({"type": "output_text", "text": "", "annotations": [], "logprobs": []});
        let position = self.message(number, &part, pieces);
        let tokens = given
            .and_then(|given| given.get("content"))
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default();
        let delta = json!({"item_id": self.item_id(position), "output_index": position, "content_index": 0, "delta": more, "logprobs": tokens});
        if let Some(Item {
            what: What::Message { text, logprobs, .. },
            ..
        }) = self.items.get_mut(position)
        {
            text.push_str(more);
            logprobs.extend(tokens);
        }
        self.event("response.output_text.delta", delta, pieces);
    }

    fn refused(&mut self, number: u32, more: &str, pieces: &mut Vec<Piece>) {
        let position = self.message(number, &json!({"type": "refusal", "refusal": ""}), pieces);
        if let Some(Item {
            what: What::Message { refusal, .. },
            ..
        }) = self.items.get_mut(position)
        {
            refusal.push_str(more);
        }
        let delta = json!({"item_id": self.item_id(position), "output_index": position, "content_index": 0, "delta": more});
        self.event("response.refusal.delta", delta, pieces);
    }

    fn annotated(&mut self, number: u32, annotation: Value, pieces: &mut Vec<Piece>) {
        let part = json!({"type": "output_text", "text": "", "annotations": [], "logprobs": []});
        let position = self.message(number, &part, pieces);
        let mut index = 0;
        if let Some(Item {
            what: What::Message { annotations, .. },
            ..
        }) = self.items.get_mut(position)
        {
            index = annotations.len();
            annotations.push(annotation.clone());
        }
        let added = json!({"item_id": self.item_id(position), "output_index": position, "content_index": 0, "annotation_index": index, "annotation": annotation});
        self.event("response.output_text.annotation.added", added, pieces);
    }

    fn called(&mut self, number: u32, piece: ToolCallDelta, pieces: &mut Vec<Piece>) {
        let wanted = piece.index.unwrap_or(0);
        let known = self.items.iter().position(|item| {
            item.choice == number && matches!(&item.what, What::Call { index, .. } if *index == wanted)
        });
        let more = piece
            .function
            .as_ref()
            .map_or_else(String::new, |function| function.arguments.clone());
        let custom = piece.extra.get("custom").cloned();
        let more = match &custom {
            Some(custom) => custom
                .get("input")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            None => more,
        };
        let position = known.unwrap_or_else(|| {
            let mut call = ToolCall {
                id: piece.id.clone(),
                kind: piece.kind.clone(),
                function: piece.function.clone(),
                extra: piece.extra.clone(),
            };
            if let Some(function) = &mut call.function {
                function.arguments.clear();
            }
            if let Some(custom) = call.extra.get_mut("custom").and_then(Value::as_object_mut) {
                custom.insert("input".to_owned(), json!(""));
            }
            let what = What::Call {
                index: wanted,
                call: Box::new(call),
            };
            self.open(number, what, pieces)
        });
        let mut is_custom = custom.is_some();
        if let Some(Item {
            what: What::Call { call, .. },
            ..
        }) = self.items.get_mut(position)
        {
            if let Some(Value::Object(custom)) = call.extra.get_mut("custom") {
                is_custom = true;
                let text = custom.get("input").and_then(Value::as_str).unwrap_or_default();
                let text = format!("{text}{more}");
                custom.insert("input".to_owned(), json!(text));
            } else {
                call.function.get_or_insert_default().arguments.push_str(&more);
            }
        }
        if !more.is_empty() {
            let kind = if is_custom {
                "response.custom_tool_call_input.delta"
            } else {
                "response.function_call_arguments.delta"
            };
            let delta = json!({"item_id": self.item_id(position), "output_index": position, "delta": more});
            self.event(kind, delta, pieces);
        }
    }

    /// The last item, when it is of this kind and under way.
    fn current(&self, number: u32, is: impl Fn(&What) -> bool) -> Option<usize> {
        let last = self.items.iter().rposition(|item| item.choice == number)?;
        self.items
            .get(last)
            .filter(|item| !item.over && is(&item.what))
            .map(|_| last)
    }

    /// Begins an item. What was said or thought before it is over; calls may go on side by side.
    fn open(&mut self, number: u32, what: What, pieces: &mut Vec<Piece>) -> usize {
        let before: Vec<usize> = self
            .items
            .iter()
            .enumerate()
            .filter(|(_, item)| item.choice == number && !matches!(item.what, What::Call { .. }))
            .map(|(position, _)| position)
            .collect();
        before
            .into_iter()
            .for_each(|position| self.close(position, pieces));
        let position = self.items.len();
        self.items.push(Item {
            choice: number,
            what,
            over: false,
        });
        let item = self.item(position, false);
        self.event(
            "response.output_item.added",
            json!({"output_index": position, "item": item}),
            pieces,
        );
        position
    }

    /// Says that an item is whole, once.
    fn close(&mut self, position: usize, pieces: &mut Vec<Piece>) {
        let Some(item) = self.items.get_mut(position) else {
            return;
        };
        if std::mem::replace(&mut item.over, true) {
            return;
        }
        let whole = self.item(position, true);
        let id = self.item_id(position);
        let said = self
            .items
            .get(position)
            .map_or_else(Vec::new, |item| item.last_words(&whole));
        for (kind, mut fields) in said {
            if let Some(fields) = fields.as_object_mut() {
                fields.insert("item_id".to_owned(), json!(id));
                fields.insert("output_index".to_owned(), json!(position));
            }
            self.event(kind, fields, pieces);
        }
        self.event(
            "response.output_item.done",
            json!({"output_index": position, "item": whole}),
            pieces,
        );
    }

    fn item_id(&self, position: usize) -> String {
        let item = self.items.get(position);
        item.map_or_else(String::new, |item| item.id(&self.id, position))
    }

    fn item(&self, position: usize, whole: bool) -> Value {
        let item = self.items.get(position);
        item.map_or(Value::Null, |item| item.json(&self.id, position, whole))
    }

    fn whole_items(&self) -> Vec<Value> {
        (0..self.items.len())
            .map(|position| self.item(position, true))
            .collect()
    }

    fn event(&mut self, kind: &str, fields: Value, pieces: &mut Vec<Piece>) {
        let mut event = Map::from_iter([
            ("type".to_owned(), json!(kind)),
            ("sequence_number".to_owned(), json!(self.sequence)),
        ]);
        if let Value::Object(fields) = fields {
            event.extend(fields);
        }
        self.sequence += 1;
        pieces.push(Piece::Event(Value::Object(event)));
    }
}
