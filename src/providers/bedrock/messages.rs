//! Messages: OpenAI's as Converse's system blocks and turns of content blocks.

use serde_json::{Map, Value, json};

use super::content::{self, Writer};
use super::ids;
use super::media;
use super::model::Model;
use crate::error::{Error, Result};
use crate::providers::tool_names::ToolNames;
use crate::verbatim;

/// Converse has no place for instructions amid a conversation: they stand in the user's turn and say whose they are.
const NOTE: &str = "Operator note (not from the user):";

/// What a conversation is written by.
pub(super) struct Conversation<'a> {
    pub model: Model<'a>,
    pub names: &'a ToolNames,
    /// The call offers no tools, so Converse takes no tool blocks: calls and results are told as text.
    pub plain: bool,
    /// A guardrail judges the last turn of the user, where the caller does not say what it is to judge.
    pub guarded: bool,
}

impl Conversation<'_> {
    /// System blocks and turns.
    ///
    /// # Errors
    /// `BadRequest` that names the message.
    pub(super) fn read(&self, messages: &[Value]) -> Result<(Vec<Value>, Vec<Value>)> {
        let (mut system, mut turns) = (Vec::new(), Vec::<(&str, Vec<Value>)>::new());
        let last = self.last_turn(messages);
        let mut begun = false;
        for (index, message) in messages.iter().enumerate() {
            let writer = Writer {
                model: self.model,
                guarded: self.guarded && index >= last,
            };
            let place = |error: Error| error.within(&format!("messages[{index}]"));
            let role = message.get("role").and_then(Value::as_str).unwrap_or_default();
            let (side, blocks) = match role {
                "system" | "developer" => {
                    let unguarded = Writer {
                        guarded: false,
                        ..writer
                    };
                    let mut blocks = unguarded.content(message).map_err(place)?;
                    unguarded.cache(message, &mut blocks);
                    if !begun {
                        system.extend(blocks);
                        continue;
                    }
                    if !blocks.is_empty() {
                        blocks.insert(0, json!({"text": NOTE}));
                    }
                    ("user", blocks)
                }
                "assistant" => ("assistant", self.assistant(writer, message).map_err(place)?),
                "tool" | "function" => ("user", self.result(writer, message).map_err(place)?),
                "user" => {
                    let mut blocks = writer.content(message).map_err(place)?;
                    writer.cache(message, &mut blocks);
                    ("user", blocks)
                }
                other => {
                    return Err(place(Error::bad_request(format!(
                        "Bedrock has no role {other:?}"
                    ))));
                }
            };
            begun = true;
            match turns.last_mut() {
                _ if blocks.is_empty() => {}
                Some((last, before)) if *last == side => before.extend(blocks),
                _ => turns.push((side, blocks)),
            }
        }
        if turns.is_empty() {
            return Err(Error::bad_request(
                "Invalid Message: bedrock requires at least one non-system message that says something",
            ));
        }
        let turns = turns
            .into_iter()
            .map(|(role, content)| json!({"role": role, "content": content}));
        let mut turns: Vec<Value> = turns.collect();
        media::name_apart(&mut turns);
        Ok((system, turns))
    }

    /// Where the user's last turn begins.
    fn last_turn(&self, messages: &[Value]) -> usize {
        let said_by_user = |message: &&Value| match message.get("role").and_then(Value::as_str) {
            Some("user") => true,
            Some("tool" | "function") => self.plain,
            _ => false,
        };
        messages.len() - messages.iter().rev().take_while(said_by_user).count()
    }

    fn assistant(&self, writer: Writer<'_>, message: &Value) -> Result<Vec<Value>> {
        let list = |name: &str| message.get(name).and_then(Value::as_array).into_iter().flatten();
        let mut blocks: Vec<Value> = list("thinking_blocks")
            .filter_map(|block| content::thought(self.model, block))
            .collect();
        // What it signed comes first, in the order it was given.
        blocks.sort_by_key(|block| block.get("reasoningContent").is_none());
        // What Bedrock did itself goes back as it came.
        let kept = message.pointer("/provider_specific_fields/contentBlocks");
        if let Some(kept) = kept.and_then(Value::as_array).filter(|_| !self.plain) {
            blocks.extend(kept.iter().filter(|block| block.is_object()).cloned());
        }
        let writer = Writer {
            guarded: false,
            ..writer
        };
        blocks.extend(writer.content(message)?);
        writer.cache(message, &mut blocks);
        let calls = list("tool_calls").map(|call| (call.get("id"), call.get("function"), call));
        let legacy = message.get("function_call").filter(|call| !call.is_null());
        for (id, function, call) in calls.chain(legacy.map(|call| (call.get("name"), Some(call), call))) {
            let id = id.and_then(Value::as_str).unwrap_or_default();
            let text = |name: &str| function.and_then(|function| function.get(name)?.as_str());
            let name = text("name").unwrap_or_default();
            let arguments = text("arguments").unwrap_or_default();
            if self.plain {
                blocks.push(json!({"text": format!("[tool call {id}: {name}({arguments})]")}));
            } else {
                let input = input(id, function.and_then(|function| function.get("arguments")))?;
                blocks.push(json!({"toolUse": {"input": input, "name": self.names.sent(name), "toolUseId": ids::sent(id)}}));
            }
            writer.cache(call, &mut blocks);
        }
        Ok(blocks)
    }

    fn result(&self, writer: Writer<'_>, message: &Value) -> Result<Vec<Value>> {
        let id = message.get("tool_call_id").filter(|id| !id.is_null());
        let id = id
            .or_else(|| message.get("name"))
            .and_then(Value::as_str)
            .unwrap_or_default();
        let blocks = Writer {
            guarded: false,
            ..writer
        }
        .content(message)?;
        let (points, mut blocks): (Vec<_>, Vec<_>) = blocks
            .into_iter()
            .partition(|block| block.get("cachePoint").is_some());
        if self.plain {
            let texts: Vec<String> = blocks.iter().filter_map(said).collect();
            let told = format!("[tool result for {id}: {}]", texts.join("\n"));
            let mut plain = vec![if writer.guarded {
                json!({"guardContent": {"text": {"text": told}}})
            } else {
                json!({"text": told})
            }];
            plain.extend(blocks.into_iter().filter(|block| said(block).is_none()));
            return Ok(plain);
        }
        if blocks.is_empty() {
            // A result that says nothing is a result all the same.
            blocks.push(json!({"text": " "}));
        }
        let mut result = Map::new();
        result.insert("content".to_owned(), Value::Array(blocks));
        result.insert("toolUseId".to_owned(), json!(ids::sent(id)));
        let failed = message.get("is_error").and_then(Value::as_bool) == Some(true);
        if failed && self.model.tells_failures() {
            result.insert("status".to_owned(), json!("error"));
        }
        let mut result = vec![json!({"toolResult": result})];
        result.extend(points.into_iter().take(1));
        writer.cache(message, &mut result);
        Ok(result)
    }
}

/// What a block of a result says in words; JSON has a place of its own only in the result of a tool.
fn said(block: &Value) -> Option<String> {
    let text = block.get("text").and_then(Value::as_str).map(str::to_owned);
    text.or_else(|| block.get("json").map(Value::to_string))
}

/// Arguments as an object; a call without any has an empty one.
fn input(id: &str, arguments: Option<&Value>) -> Result<Value> {
    match arguments {
        None | Some(Value::Null) => Ok(json!({})),
        Some(Value::String(text)) if text.trim().is_empty() => Ok(json!({})),
        Some(Value::String(text)) => verbatim::given(text)
            .map_err(|_| Error::bad_request(format!("the arguments of tool call {id:?} are not JSON"))),
        Some(given) => Ok(given.clone()),
    }
}
