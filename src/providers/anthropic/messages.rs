//! Messages: the system prompt apart, turns of user and assistant in alternation, tool results in the user's turns.

use std::collections::VecDeque;

use serde_json::{Map, Value, json};

use super::content::{self, cached, text_block};
use super::exact;
use crate::error::{Error, Result};
use crate::providers::tool_names::{ToolNames, safe};
use crate::verbatim;

/// What a request's messages become.
#[derive(Debug)]
pub(super) struct Conversation<'a> {
    names: &'a ToolNames,
    pub system: Vec<Value>,
    pub turns: Vec<Value>,
    /// Whether a tool was called or has answered.
    pub has_tools: bool,
    notes: Vec<Value>,
    /// Legacy calls that await their answer, which names the function only.
    legacy: VecDeque<(String, String)>,
    legacy_count: usize,
}

const NOTE: &str = "Operator note (not from the user):";

/// Reads OpenAI's messages.
pub(super) fn read(messages: Vec<Value>, names: &ToolNames) -> Result<Conversation<'_>> {
    let mut conversation = Conversation {
        names,
        system: Vec::new(),
        turns: Vec::new(),
        has_tools: false,
        notes: Vec::new(),
        legacy: VecDeque::new(),
        legacy_count: 0,
    };
    for (index, message) in messages.into_iter().enumerate() {
        if let Value::Object(message) = message {
            conversation
                .message(message)
                .map_err(|error| Error::bad_request(format!("messages[{index}]: {}", error.message())))?;
        }
    }
    let notes = std::mem::take(&mut conversation.notes);
    if !notes.is_empty() {
        conversation.turn("user", notes);
    }
    if conversation.turns.is_empty() {
        return Err(Error::bad_request(
            "Anthropic requires at least one non-system message",
        ));
    }
    conversation.tidy();
    Ok(conversation)
}

impl Conversation<'_> {
    fn message(&mut self, mut message: Map<String, Value>) -> Result<()> {
        let role = message
            .get("role")
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned();
        let body = message.shift_remove("content");
        let cache = message.shift_remove("cache_control");
        match role.as_str() {
            "system" | "developer" => self.system(body, cache),
            "user" => {
                let mut blocks = content::user(body, cache)?;
                blocks.splice(0..0, std::mem::take(&mut self.notes));
                self.turn("user", blocks);
                Ok(())
            }
            "assistant" => self.assistant(message, body, cache),
            "tool" | "function" => self.result(&message, body, cache),
            _ => Err(Error::bad_request(format!(
                "role {role:?} is unknown to anthropic"
            ))),
        }
    }

    fn system(&mut self, body: Option<Value>, cache: Option<Value>) -> Result<()> {
        let mut blocks = match body {
            Some(Value::String(text)) if !text.trim().is_empty() => vec![text_block(text)],
            Some(Value::Array(items)) => content::parts(items)?,
            _ => return Ok(()),
        };
        cached(blocks.last_mut(), cache);
        if self.turns.is_empty() {
            self.system.append(&mut blocks);
        } else if !blocks.is_empty() {
            self.notes.push(text_block(NOTE.to_owned()));
            self.notes.append(&mut blocks);
        }
        Ok(())
    }

    fn assistant(
        &mut self,
        mut message: Map<String, Value>,
        body: Option<Value>,
        cache: Option<Value>,
    ) -> Result<()> {
        if let Some(mut blocks) = exact::of(&message, body.as_ref()) {
            self.has_tools |= blocks.iter().any(|block| has_type(block, "tool_use"));
            cached(blocks.iter_mut().rev().find(|block| !is_thought(block)), cache);
            self.turn("assistant", blocks);
            return Ok(());
        }
        let mut blocks = Vec::new();
        // What sums up the conversation so far stands before everything.
        let summaries = message
            .get("provider_specific_fields")
            .and_then(|fields| fields.get("compaction_blocks"))
            .and_then(Value::as_array);
        blocks.extend(summaries.into_iter().flatten().cloned());
        let parts = match body {
            Some(Value::String(text)) if !text.trim().is_empty() => vec![text_block(text)],
            Some(Value::Array(items)) => content::parts(items)?,
            _ => Vec::new(),
        };
        // Blocks of thought are signed: they are handed back as they came. Without a signature they are another
        // provider's, which this one refuses.
        if !parts.iter().any(is_thought)
            && let Some(Value::Array(thoughts)) = message.shift_remove("thinking_blocks")
        {
            blocks.extend(thoughts.into_iter().filter(is_thought));
        }
        let calls = match message.shift_remove("tool_calls") {
            Some(Value::Array(calls)) => calls,
            _ => Vec::new(),
        };
        let results = hosted_results(message.get("provider_specific_fields"));
        let (hosted, calls): (Vec<Value>, Vec<Value>) = calls.into_iter().partition(is_hosted);
        for call in hosted {
            let block = self.tool_use(call, "server_tool_use")?;
            let result = results
                .iter()
                .find(|result| result.get("tool_use_id") == block.get("id"));
            // A hosted call belongs in the history only together with what it gave.
            if let Some(result) = result {
                blocks.push(block);
                blocks.push((*result).clone());
            }
        }
        let mut cache = cache;
        if !parts.is_empty() {
            blocks.extend(parts);
            cached(blocks.last_mut(), cache.take());
        }
        for call in calls {
            self.has_tools = true;
            blocks.push(self.tool_use(call, "tool_use")?);
        }
        if let Some(call) = message.shift_remove("function_call").filter(Value::is_object) {
            self.has_tools = true;
            let name = call
                .get("name")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned();
            let id = format!("call_function_{}", self.legacy_count);
            self.legacy_count += 1;
            blocks.push(self.tool_use(json!({"id": id, "function": call}), "tool_use")?);
            self.legacy.push_back((name, id));
        }
        // Without text the mark is on the last call; thoughts cannot bear it.
        cached(blocks.last_mut().filter(|block| !is_thought(block)), cache);
        if !blocks.is_empty() {
            self.turn("assistant", blocks);
        }
        Ok(())
    }

    fn result(
        &mut self,
        message: &Map<String, Value>,
        body: Option<Value>,
        cache: Option<Value>,
    ) -> Result<()> {
        self.has_tools = true;
        let text = |name: &str| message.get(name).and_then(Value::as_str);
        let id = match text("tool_call_id") {
            Some(id) => safe_id(id),
            None => {
                let name = text("name").unwrap_or_default();
                let position = self.legacy.iter().position(|(called, _)| called == name);
                let call = position.and_then(|position| self.legacy.remove(position));
                call.map(|(_, id)| id).ok_or_else(|| {
                    Error::bad_request("a tool's answer names no call: tool_call_id is missing")
                })?
            }
        };
        let mut lifted = cache;
        let said = match body {
            Some(Value::Array(items)) => {
                let mut blocks = content::parts(items)?;
                // The dialect caches the result as a whole, not a block inside it.
                for block in blocks.iter_mut().filter_map(Value::as_object_mut) {
                    lifted = block.shift_remove("cache_control").or(lifted);
                }
                Value::Array(blocks)
            }
            Some(Value::String(text)) => Value::String(text),
            None | Some(Value::Null) => Value::String(String::new()),
            Some(other) => Value::String(other.to_string()),
        };
        let mut block = json!({"type": "tool_result", "tool_use_id": id, "content": said});
        if let (Some(block), Some(is_error)) = (block.as_object_mut(), message.get("is_error")) {
            block.insert("is_error".to_owned(), is_error.clone());
        }
        cached(Some(&mut block), lifted);
        self.turn("user", vec![block]);
        Ok(())
    }

    fn tool_use(&self, mut call: Value, kind: &str) -> Result<Value> {
        let id = safe_id(call.get("id").and_then(Value::as_str).unwrap_or_default());
        let function = call.get("function");
        let name = function
            .and_then(|function| function.get("name"))
            .and_then(Value::as_str);
        let name = self.names.sent(name.unwrap_or_default());
        let input = match function.and_then(|function| function.get("arguments")) {
            Some(Value::String(text)) if !text.trim().is_empty() => {
                verbatim::given(text).map_err(|error| {
                    Error::bad_request(format!("arguments of tool call {id:?} are not JSON: {error}"))
                })?
            }
            Some(object @ Value::Object(_)) => object.clone(),
            _ => json!({}),
        };
        let input = match input {
            Value::Null => json!({}),
            Value::Object(_) => input,
            _ => {
                return Err(Error::bad_request(format!(
                    "arguments of tool call {id:?} are not an object"
                )));
            }
        };
        let mut block = json!({"type": kind, "id": id, "name": name, "input": input});
        let cache = call.get_mut("cache_control").map(Value::take);
        cached(Some(&mut block), cache);
        Ok(block)
    }

    /// Adds blocks to the turn of `role`, which is the last one or a new one.
    fn turn(&mut self, role: &str, blocks: Vec<Value>) {
        if let Some(last) = self.turns.last_mut()
            && last.get("role").and_then(Value::as_str) == Some(role)
            && let Some(content) = last.get_mut("content").and_then(Value::as_array_mut)
        {
            content.extend(blocks);
            return;
        }
        self.turns.push(json!({"role": role, "content": blocks}));
    }

    /// Results come first in a turn, and the text an answer starts with ends without blanks: the dialect insists.
    fn tidy(&mut self) {
        for turn in &mut self.turns {
            if let Some(blocks) = turn.get_mut("content").and_then(Value::as_array_mut) {
                blocks.sort_by_key(|block| !(has_type(block, "tool_result")));
            }
        }
        let Some(last) = self.turns.last_mut() else { return };
        if last.get("role").and_then(Value::as_str) == Some("assistant")
            && let Some(blocks) = last.get_mut("content").and_then(Value::as_array_mut)
            && let Some(Value::String(text)) = blocks.last_mut().and_then(|block| block.get_mut("text"))
        {
            text.truncate(text.trim_end().len());
        }
    }
}

pub(super) fn has_type(block: &Value, kind: &str) -> bool {
    block.get("type").and_then(Value::as_str) == Some(kind)
}

fn is_thought(block: &Value) -> bool {
    let signed = block
        .get("signature")
        .and_then(Value::as_str)
        .is_some_and(|signature| !signature.is_empty());
    has_type(block, "redacted_thinking") || (has_type(block, "thinking") && signed)
}

fn is_hosted(call: &Value) -> bool {
    call.get("id")
        .and_then(Value::as_str)
        .is_some_and(|id| id.starts_with("srvtoolu_"))
}

fn hosted_results(fields: Option<&Value>) -> Vec<&Value> {
    ["web_search_results", "tool_results"]
        .into_iter()
        .filter_map(|name| fields?.get(name)?.as_array())
        .flatten()
        .collect()
}

/// The dialect's ids have letters, digits, `_` and `-`.
fn safe_id(id: &str) -> String {
    safe(id).into_owned()
}
