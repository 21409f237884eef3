//! Messages as `contents` and `system_instruction`.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::Family;
use super::parts::{self, Places};
use crate::error::{Error, Result};

/// Between a call's id and its thought signature, so that the signature survives callers who keep ids only.
pub(super) const MARK: &str = "__thought__";
/// Base64 of `skip_thought_signature_validator`: what Google documents for calls that another model made.
const FOREIGN: &str = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=";

/// What the messages say.
#[derive(Default)]
pub(super) struct Read {
    pub contents: Vec<Value>,
    pub system: Vec<Value>,
    pub resolution: Option<&'static str>,
}

#[derive(PartialEq, Clone, Copy)]
enum Turn {
    User,
    Model,
    Tool,
}

pub(super) fn read(messages: Vec<Value>, family: Family, places: Places) -> Result<Read> {
    let mut read = Read::default();
    let mut turns: Vec<(Turn, Vec<Value>)> = Vec::new();
    let mut names: HashMap<String, String> = HashMap::new();
    for message in messages {
        let content = message.get("content").unwrap_or(&Value::Null);
        let (turn, parts) = match message.get("role").and_then(Value::as_str).unwrap_or_default() {
            "system" | "developer" => {
                read.system
                    .extend(parts::read(content, places, &mut read.resolution)?);
                continue;
            }
            "assistant" | "model" => (
                Turn::Model,
                assistant(&message, family, places, &mut names, &mut read.resolution)?,
            ),
            "tool" | "function" => (Turn::Tool, result(&message, family, places, &names)?),
            "user" => (Turn::User, parts::read(content, places, &mut read.resolution)?),
            other => {
                return Err(Error::bad_request(format!(
                    "a message has the role {other:?}, which Gemini has no word for"
                )));
            }
        };
        match turns.last_mut() {
            Some((last, said)) if *last == turn => said.extend(parts),
            _ if parts.is_empty() => {}
            _ => turns.push((turn, parts)),
        }
    }
    if turns.is_empty() {
        // Google wants a turn; instructions alone are none.
        turns.push((Turn::User, vec![json!({"text": "."})]));
    }
    for (turn, mut parts) in turns {
        if turn == Turn::User && parts.iter().all(|part| part.get("text").is_none()) {
            parts.push(json!({"text": " "}));
        }
        let role = if turn == Turn::Model { "model" } else { "user" };
        read.contents.push(json!({"role": role, "parts": parts}));
    }
    Ok(read)
}

fn assistant(
    message: &Value,
    family: Family,
    places: Places,
    names: &mut HashMap<String, String>,
    resolution: &mut Option<&'static str>,
) -> Result<Vec<Value>> {
    let mut out = Vec::new();
    let thoughts: Vec<&str> = match message.get("thinking_blocks").and_then(Value::as_array) {
        Some(blocks) if !blocks.is_empty() => {
            let thoughts = blocks.iter().filter_map(|block| block.get("thinking"));
            thoughts.filter_map(Value::as_str).collect()
        }
        _ => message
            .get("reasoning_content")
            .and_then(Value::as_str)
            .into_iter()
            .collect(),
    };
    let thoughts = thoughts.iter().filter(|thought| !thought.is_empty());
    out.extend(thoughts.map(|thought| json!({"thought": true, "text": thought})));
    let mut said = parts::read(message.get("content").unwrap_or(&Value::Null), places, resolution)?;
    let calls = message
        .get("tool_calls")
        .and_then(Value::as_array)
        .filter(|calls| !calls.is_empty());
    if calls.is_none()
        && let Some(signature) = message
            .get("provider_specific_fields")
            .and_then(|fields| fields.get("thought_signatures"))
            .and_then(Value::as_array)
            .and_then(|signatures| signatures.last())
        && let Some(last) = said.last_mut().and_then(Value::as_object_mut)
    {
        last.insert("thoughtSignature".to_owned(), signature.clone());
    }
    out.append(&mut said);
    for image in message
        .get("images")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(url) = image
            .get("image_url")
            .and_then(|image| image.get("url"))
            .and_then(Value::as_str)
        {
            out.push(parts::media(url, None, places)?);
        }
    }
    let mut first = true;
    for call in calls.into_iter().flatten() {
        let id = call.get("id").and_then(Value::as_str).unwrap_or_default();
        let (id, marked) = id.split_once(MARK).unwrap_or((id, ""));
        let function = call.get("function").unwrap_or(&Value::Null);
        let mut part = function_call(function, family, id)?;
        let kept = call
            .get("provider_specific_fields")
            .and_then(|fields| fields.get("thought_signature"));
        let signature = kept.and_then(Value::as_str).unwrap_or(marked);
        let signature = if signature.is_empty() && first && family.generation >= 3 {
            FOREIGN
        } else {
            signature
        };
        first = false;
        if !signature.is_empty() {
            part.insert("thoughtSignature".to_owned(), signature.into());
        }
        if let Some(name) = function.get("name").and_then(Value::as_str) {
            names.insert(id.to_owned(), name.to_owned());
        }
        out.push(Value::Object(part));
    }
    if let Some(legacy) = message.get("function_call").filter(|call| !call.is_null()) {
        let mut part = function_call(legacy, family, "")?;
        if family.generation >= 3 && first {
            part.insert("thoughtSignature".to_owned(), FOREIGN.into());
        }
        out.push(Value::Object(part));
    }
    Ok(out)
}

fn function_call(function: &Value, family: Family, id: &str) -> Result<Map<String, Value>> {
    let name = function.get("name").cloned().unwrap_or_default();
    let args = match function.get("arguments") {
        None | Some(Value::Null) => json!({}),
        Some(Value::String(text)) if text.trim().is_empty() => json!({}),
        Some(Value::String(text)) => serde_json::from_str(text).map_err(|error| {
            Error::bad_request(format!("the arguments of a call of {name} are not JSON: {error}"))
        })?,
        Some(other) => other.clone(),
    };
    let mut call = json!({"name": name, "args": args});
    if family.generation >= 3 && !id.is_empty() {
        call.as_object_mut()
            .map(|call| call.insert("id".to_owned(), id.into()));
    }
    Ok(Map::from_iter([("function_call".to_owned(), call)]))
}

fn result(
    message: &Value,
    family: Family,
    places: Places,
    names: &HashMap<String, String>,
) -> Result<Vec<Value>> {
    let id = message
        .get("tool_call_id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let id = id.split_once(MARK).map_or(id, |(id, _)| id);
    let name = names
        .get(id)
        .map(String::as_str)
        .or_else(|| message.get("name").and_then(Value::as_str));
    let name = name.ok_or_else(|| {
        Error::bad_request(format!(
            "a tool result names the call {id:?}, which no message before it makes"
        ))
    })?;
    let read = parts::read(message.get("content").unwrap_or(&Value::Null), places, &mut None)?;
    let (texts, media): (Vec<Value>, Vec<Value>) =
        read.into_iter().partition(|part| part.get("text").is_some());
    let text: String = texts
        .iter()
        .filter_map(|part| part.get("text").and_then(Value::as_str))
        .collect();
    let response = serde_json::from_str::<Map<String, Value>>(&text)
        .map_or_else(|_| json!({"content": text}), Value::Object);
    let mut answer = json!({"name": name, "response": response});
    if family.generation >= 3 && !id.is_empty() {
        answer
            .as_object_mut()
            .map(|answer| answer.insert("id".to_owned(), id.into()));
    }
    let mut out = vec![json!({"function_response": answer})];
    out.extend(media);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contents(model: &str, messages: Value) -> Value {
        let Value::Array(messages) = messages else {
            return Value::Null;
        };
        let read = read(messages, Family::of_name(model), Places::Own).unwrap();
        json!([read.contents, read.system])
    }

    #[test]
    fn roles_merge_and_results_find_their_names() {
        let call = |id: &str| json!({"id": id, "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}});
        let messages = json!([{"role": "system", "content": "s"}, {"role": "user", "content": "a"}, {"role": "user", "content": "b"},
            {"role": "assistant", "content": null, "tool_calls": [call("c1__thought__S"), call("c2")]},
            {"role": "tool", "tool_call_id": "c1__thought__S", "content": "R1"}, {"role": "tool", "tool_call_id": "c2", "content": "{\"x\":1}"},
            {"role": "user", "content": "thanks"}]);
        assert_eq!(
            contents("gemini-2.5-flash", messages),
            json!([[{"role": "user", "parts": [{"text": "a"}, {"text": "b"}]},
                {"role": "model", "parts": [{"function_call": {"name": "f", "args": {"a": 1}}, "thoughtSignature": "S"}, {"function_call": {"name": "f", "args": {"a": 1}}}]},
                {"role": "user", "parts": [{"function_response": {"name": "f", "response": {"content": "R1"}}}, {"function_response": {"name": "f", "response": {"x": 1}}}]},
                {"role": "user", "parts": [{"text": "thanks"}]}], [{"text": "s"}]])
        );
        let foreign = json!([{"role": "assistant", "tool_calls": [call("c1")]}]);
        assert_eq!(
            contents("gemini-3-pro-preview", foreign)[0][0]["parts"][0]["thoughtSignature"],
            FOREIGN
        );
        assert_eq!(
            contents("gemini-2.5-pro", json!([{"role": "system", "content": "s"}]))[0][0]["parts"],
            json!([{"text": "."}])
        );
    }
}
