//! An item of a response while it is being streamed.

use serde_json::{Value, json};

use super::output;
use crate::types::{Extra, ToolCall};

/// An item under way.
pub(super) struct Item {
    /// Which alternative said it.
    pub(super) choice: u32,
    pub(super) what: What,
    /// Whether nothing more comes.
    pub(super) over: bool,
}

pub(super) enum What {
    Reasoning {
        text: String,
        blocks: Vec<Value>,
    },
    Message {
        text: String,
        refusal: String,
        annotations: Vec<Value>,
        logprobs: Vec<Value>,
    },
    Call {
        index: i64,
        call: Box<ToolCall>,
    },
    Image(Value),
}

impl Item {
    /// Its id in the response of that id.
    pub(super) fn id(&self, response: &str, position: usize) -> String {
        match &self.what {
            What::Reasoning { .. } => format!("rs_{response}_{position}"),
            What::Message { .. } => format!("msg_{response}_{position}"),
            What::Call { call, .. } => {
                let prefix = if call.extra.contains_key("custom") {
                    "ctc"
                } else {
                    "fc"
                };
                format!("{prefix}_{}", call.id.clone().unwrap_or_default())
            }
            What::Image(image) => image
                .get("id")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
        }
    }

    /// The item as it stands; before it is whole its content is empty.
    pub(super) fn json(&self, response: &str, position: usize, whole: bool) -> Value {
        let id = self.id(response, position);
        let status = if whole { "completed" } else { "in_progress" };
        match &self.what {
            What::Reasoning { text, blocks } => {
                let mut extra = Extra::new();
                extra.insert("reasoning_content".to_owned(), json!(text));
                extra.insert("thinking_blocks".to_owned(), json!(blocks));
                output::reasoning(&id, &extra)
                    .unwrap_or_else(|| json!({"id": id, "type": "reasoning", "summary": []}))
            }
            What::Message {
                text,
                refusal,
                annotations,
                logprobs,
            } => {
                let mut content = Vec::new();
                if whole && (!text.is_empty() || refusal.is_empty()) {
                    content.push(json!({"type": "output_text", "text": text, "annotations": annotations, "logprobs": logprobs}));
                }
                if whole && !refusal.is_empty() {
                    content.push(json!({"type": "refusal", "refusal": refusal}));
                }
                json!({"id": id, "type": "message", "status": status, "role": "assistant", "content": content})
            }
            What::Call { call, .. } => output::call_item(call, status),
            What::Image(image) => image.clone(),
        }
    }

    /// What is said of its parts when it is whole, before that it is: names of events and their fields.
    pub(super) fn last_words(&self, whole: &Value) -> Vec<(&'static str, Value)> {
        match &self.what {
            What::Reasoning { text, .. } if !text.is_empty() => {
                let part = json!({"type": "summary_text", "text": text});
                vec![
                    (
                        "response.reasoning_summary_text.done",
                        json!({"summary_index": 0, "text": text}),
                    ),
                    (
                        "response.reasoning_summary_part.done",
                        json!({"summary_index": 0, "part": part}),
                    ),
                ]
            }
            What::Message { text, refusal, .. } => {
                let said = if refusal.is_empty() {
                    (
                        "response.output_text.done",
                        json!({"content_index": 0, "text": text, "logprobs": []}),
                    )
                } else {
                    (
                        "response.refusal.done",
                        json!({"content_index": 0, "refusal": refusal}),
                    )
                };
                let part = whole.pointer("/content/0").cloned().unwrap_or_default();
                vec![
                    said,
                    (
                        "response.content_part.done",
                        json!({"content_index": 0, "part": part}),
                    ),
                ]
            }
            What::Call { call, .. } => match call.extra.get("custom") {
                Some(custom) => vec![(
                    "response.custom_tool_call_input.done",
                    json!({"input": custom.get("input")}),
                )],
                None => {
                    let function = call.function.clone().unwrap_or_default();
                    vec![(
                        "response.function_call_arguments.done",
                        json!({"name": function.name, "arguments": function.arguments}),
                    )]
                }
            },
            _ => Vec::new(),
        }
    }
}

/// A block comes in pieces: more of its text, then its signature.
pub(super) fn join_blocks<'a>(blocks: &mut Vec<Value>, more: impl Iterator<Item = &'a Value>) {
    for piece in more {
        let same = blocks.last_mut().filter(|last| {
            last.get("type") == piece.get("type")
                && piece.get("type").is_some_and(|kind| kind == "thinking")
                && last
                    .get("signature")
                    .is_none_or(|signature| signature.as_str().is_none_or(str::is_empty))
        });
        let Some(Value::Object(last)) = same else {
            blocks.push(piece.clone());
            continue;
        };
        for name in ["thinking", "signature"] {
            if let Some(more) = piece.get(name).and_then(Value::as_str) {
                let text = last.get(name).and_then(Value::as_str).unwrap_or_default();
                let text = format!("{text}{more}");
                last.insert(name.to_owned(), json!(text));
            }
        }
    }
}
