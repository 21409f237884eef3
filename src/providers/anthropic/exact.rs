//! Answers that OpenAI's vocabulary cannot repeat: hosted tools between thoughts, text with citations, summaries. Their
//! blocks are kept beside the translation, and go back as they came as long as the message still says the same. The
//! provider insists on it: a signed thought must come back in its place.

use serde_json::{Map, Value, json};

use super::messages::has_type;
use crate::types::ChatRequest;
use crate::verbatim;

/// Where the blocks are kept in `provider_specific_fields`.
pub(super) const BLOCKS: &str = "anthropic_content";

/// Whether an answer's blocks say more than their translation: thought, text, calls, in this order and nothing else.
pub(super) fn says_more<'a>(mut blocks: impl Iterator<Item = &'a Map<String, Value>>) -> bool {
    let mut last = 0;
    blocks.any(|block| {
        let place = match block.get("type").and_then(Value::as_str).unwrap_or_default() {
            "thinking" | "redacted_thinking" => 0,
            "text" if block.get("citations").is_none_or(Value::is_null) => 1,
            "tool_use" => 2,
            _ => return true,
        };
        let back = place < last;
        last = place;
        back
    })
}

/// Whether the answer to a request may be one of those, so that a stream's blocks are worth gathering.
pub(super) fn may_say_more(request: &ChatRequest) -> bool {
    let given = |name: &str| request.params.get(name).filter(|value| !value.is_null());
    let hosted = [
        "web_search_options",
        "mcp_servers",
        "context_management",
        "container",
    ];
    if hosted.iter().any(|name| given(name).is_some()) {
        return true;
    }
    let tools = given("tools").and_then(Value::as_array);
    let thinks = given("thinking").is_some() || given("reasoning_effort").is_some();
    tools.is_some_and(|tools| {
        (thinks && !tools.is_empty())
            || tools.iter().any(|tool| {
                tool.get("type")
                    .and_then(Value::as_str)
                    .is_some_and(|kind| kind != "function")
            })
    }) || request.messages.iter().any(cites)
}

/// Whether a message has documents that are to be cited.
fn cites(message: &Value) -> bool {
    let parts = message
        .get("content")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let mut parts = parts.filter(|part| part.is_object());
    parts.any(|part| {
        part.get("citations").is_some() || has_type(part, "search_result") || has_type(part, "tool_result")
    })
}

/// The blocks of an assistant's message as they came, if the message still says what they say.
pub(super) fn of(message: &Map<String, Value>, body: Option<&Value>) -> Option<Vec<Value>> {
    let blocks = message.get("provider_specific_fields")?.get(BLOCKS)?.as_array()?;
    let text_of = |name: &str| {
        let texts = blocks.iter().filter(|block| has_type(block, name));
        texts
            .filter_map(|block| block.get("text")?.as_str())
            .collect::<String>()
    };
    let said = match body {
        None | Some(Value::Null) => "",
        Some(Value::String(text)) => text,
        Some(_) => return None,
    };
    let made = message
        .get("tool_calls")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let calls: Vec<&Value> = made.clone().filter_map(|call| call.get("id")).collect();
    let called = blocks.iter().filter(|block| is_call(block));
    let called: Vec<&Value> = called.filter_map(|block| block.get("id")).collect();
    let thoughts = message
        .get("thinking_blocks")
        .and_then(Value::as_array)
        .map_or(0, Vec::len);
    let thought = blocks
        .iter()
        .filter(|block| has_type(block, "thinking") || has_type(block, "redacted_thinking"));
    if text_of("text") != said || calls != called || thoughts != thought.count() {
        return None;
    }
    let mut blocks = blocks.clone();
    // A tree holds the numbers of an input as 64 bits do; the text of the call has them whole.
    let inputs = blocks.iter_mut().filter(|block| is_call(block));
    for (input, call) in inputs.filter_map(|block| block.get_mut("input")).zip(made) {
        let arguments = call.pointer("/function/arguments").and_then(Value::as_str);
        if let Some(text) = arguments
            && serde_json::from_str::<Value>(text).map_or(true, |same| same == *input)
            && let Ok(same) = verbatim::given(text)
        {
            *input = same;
        }
    }
    Some(blocks)
}

fn is_call(block: &Value) -> bool {
    has_type(block, "tool_use") || has_type(block, "server_tool_use")
}

/// Gathers the blocks of a stream.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    blocks: Vec<(u64, Map<String, Value>, String)>,
}

impl Gathered {
    pub(super) fn start(&mut self, index: u64, block: Map<String, Value>) {
        self.blocks.push((index, block, String::new()));
    }

    pub(super) fn delta(&mut self, index: u64, delta: &Map<String, Value>) {
        let Some((_, block, input)) = self.blocks.iter_mut().find(|(at, ..)| *at == index) else {
            return;
        };
        for (name, piece) in delta {
            match (name.as_str(), piece) {
                ("partial_json", Value::String(piece)) => input.push_str(piece),
                ("citation", piece) => {
                    if let Some(list) = block
                        .entry("citations")
                        .or_insert_with(|| json!([]))
                        .as_array_mut()
                    {
                        list.push(piece.clone());
                    } else {
                        block.insert("citations".to_owned(), json!([piece]));
                    }
                }
                ("type", _) => {}
                (_, Value::String(piece)) => match block.get_mut(name) {
                    Some(Value::String(text)) => text.push_str(piece),
                    _ => {
                        block.insert(name.clone(), json!(piece));
                    }
                },
                (_, piece) => {
                    block.insert(name.clone(), piece.clone());
                }
            }
        }
    }

    /// The blocks, when they say more than what was streamed.
    pub(super) fn finish(&mut self) -> Option<Value> {
        let blocks = std::mem::take(&mut self.blocks)
            .into_iter()
            .map(|(_, mut block, input)| {
                if !input.is_empty()
                    && let Ok(input) = serde_json::from_str::<Value>(&input)
                {
                    block.insert("input".to_owned(), input);
                }
                Value::Object(block)
            });
        let blocks: Vec<Value> = blocks.collect();
        says_more(blocks.iter().filter_map(Value::as_object)).then_some(Value::Array(blocks))
    }
}
