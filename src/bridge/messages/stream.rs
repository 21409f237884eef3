//! A chat stream as Anthropic's events: blocks that begin, grow and end one after the other.

use serde_json::{Value, json};

use super::output;
use crate::bridge::made_up_id;
use crate::bridge::responses::text_of;
use crate::types::{ChatChunk, Piece, ToolCallDelta, Usage};

/// What the stream has said so far.
pub(super) struct Events {
    asked: String,
    begun: bool,
    open: Option<Block>,
    blocks: u64,
    reason: Option<String>,
    usage: Option<Usage>,
    /// Calls by chat's index, and the block each is.
    calls: Vec<(i64, u64)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Thinking,
    Text,
    Call(i64),
}

impl Events {
    pub(super) fn new(asked: String) -> Self {
        Self {
            asked,
            begun: false,
            open: None,
            blocks: 0,
            reason: None,
            usage: None,
            calls: Vec::new(),
        }
    }

    pub(super) fn chunk(&mut self, chunk: ChatChunk, pieces: &mut Vec<Piece>) {
        self.begin(&chunk, pieces);
        if chunk.usage.is_some() {
            self.usage = chunk.usage;
        }
        let Some(choice) = chunk.choices.into_iter().find(|choice| choice.index == 0) else {
            return;
        };
        let delta = choice.delta;
        self.thought(&delta.extra, pieces);
        let text = match text_of(delta.content.as_ref()) {
            text if text.is_empty() => output::refusal(&delta.extra).to_owned(),
            text => text,
        };
        if !text.is_empty() {
            self.enter(Block::Text, || json!({"type": "text", "text": ""}), pieces);
            self.grow(json!({"type": "text_delta", "text": text}), pieces);
        }
        for piece in delta.tool_calls {
            self.called(piece, pieces);
        }
        self.reason = self.reason.take().or(choice.finish_reason);
    }

    pub(super) fn finish(&mut self, pieces: &mut Vec<Piece>) {
        self.begin(&ChatChunk::default(), pieces);
        self.leave(pieces);
        push(
            pieces,
            json!({
                "type": "message_delta",
                "delta": {"stop_reason": output::stop_reason(self.reason.as_deref()), "stop_sequence": null},
                "usage": output::usage(self.usage.as_ref()),
            }),
        );
        push(pieces, json!({"type": "message_stop"}));
    }

    fn begin(&mut self, chunk: &ChatChunk, pieces: &mut Vec<Piece>) {
        if std::mem::replace(&mut self.begun, true) {
            return;
        }
        let message = json!({
            "id": chunk.id.clone().unwrap_or_else(made_up_id),
            "type": "message",
            "role": "assistant",
            "model": chunk.model.as_ref().unwrap_or(&self.asked),
            "content": [],
            "stop_reason": null,
            "stop_sequence": null,
            "usage": output::usage(None),
        });
        push(pieces, json!({"type": "message_start", "message": message}));
    }

    fn thought(&mut self, extra: &crate::types::Extra, pieces: &mut Vec<Piece>) {
        let text = extra
            .get("reasoning_content")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let blocks = extra.get("thinking_blocks").and_then(Value::as_array);
        let start = || json!({"type": "thinking", "thinking": "", "signature": ""});
        if !text.is_empty() {
            self.enter(Block::Thinking, start, pieces);
            self.grow(json!({"type": "thinking_delta", "thinking": text}), pieces);
        }
        for block in blocks.into_iter().flatten() {
            if block.get("type").is_some_and(|kind| kind == "redacted_thinking") {
                self.leave(pieces);
                self.start(block.clone(), pieces);
                self.stop(pieces);
                continue;
            }
            let signature = block.get("signature").and_then(Value::as_str).unwrap_or_default();
            if !signature.is_empty() {
                self.enter(Block::Thinking, start, pieces);
                self.grow(json!({"type": "signature_delta", "signature": signature}), pieces);
                self.leave(pieces);
            }
        }
    }

    fn called(&mut self, piece: ToolCallDelta, pieces: &mut Vec<Piece>) {
        let index = piece.index.unwrap_or(0);
        let function = piece.function.unwrap_or_default();
        let known = self.calls.iter().find(|(call, _)| *call == index);
        let block = match known {
            Some((_, block)) => *block,
            None => {
                let start = json!({"type": "tool_use", "id": piece.id, "name": function.name, "input": {}});
                self.enter(Block::Call(index), || start, pieces);
                self.calls.push((index, self.blocks));
                self.blocks
            }
        };
        if !function.arguments.is_empty() {
            // Of a call that another one has interrupted, more may come: the block's number tells.
            grow(
                block,
                json!({"type": "input_json_delta", "partial_json": function.arguments}),
                pieces,
            );
        }
    }

    /// The block that `piece` is of: goes on with it, or ends the one before and begins it.
    fn enter(&mut self, block: Block, start: impl FnOnce() -> Value, pieces: &mut Vec<Piece>) {
        if self.open == Some(block) {
            return;
        }
        self.leave(pieces);
        self.start(start(), pieces);
        self.open = Some(block);
    }

    fn start(&self, block: Value, pieces: &mut Vec<Piece>) {
        push(
            pieces,
            json!({"type": "content_block_start", "index": self.blocks, "content_block": block}),
        );
    }

    fn grow(&self, delta: Value, pieces: &mut Vec<Piece>) {
        grow(self.blocks, delta, pieces);
    }

    fn stop(&mut self, pieces: &mut Vec<Piece>) {
        push(
            pieces,
            json!({"type": "content_block_stop", "index": self.blocks}),
        );
        self.blocks += 1;
    }

    fn leave(&mut self, pieces: &mut Vec<Piece>) {
        if self.open.take().is_some() {
            self.stop(pieces);
        }
    }
}

fn grow(block: u64, delta: Value, pieces: &mut Vec<Piece>) {
    push(
        pieces,
        json!({"type": "content_block_delta", "index": block, "delta": delta}),
    );
}

fn push(pieces: &mut Vec<Piece>, event: Value) {
    pieces.push(Piece::Event(event));
}
