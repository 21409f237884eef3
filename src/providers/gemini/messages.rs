//! Messages as `contents` and `system_instruction`.

use std::collections::HashMap;

use serde_json::{Map, Value, json};

use super::Family;
use super::parts::{self, Host, Level};
use super::said;
use crate::error::{Error, Result};
use crate::verbatim;

/// Between a call's id and its thought signature, so that the signature survives callers who keep ids only.
pub(super) const MARK: &str = "__thought__";
/// Base64 of `skip_thought_signature_validator`: what Google documents for calls that another model made.
const FOREIGN: &str = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=";

/// What the messages say.
#[derive(Default)]
pub(super) struct Read {
    pub contents: Vec<Value>,
    pub system: Vec<Value>,
    pub resolution: Option<Level>,
}

impl Read {
    /// Says the instructions in the first turn of the user's, for models that take none.
    pub(super) fn fold_system(&mut self) {
        let mut parts = std::mem::take(&mut self.system);
        match self.contents.first_mut() {
            Some(first) if first.get("role").is_some_and(|role| role == "user") => {
                if let Some(said) = first.get_mut("parts").and_then(Value::as_array_mut) {
                    parts.append(said);
                    *said = parts;
                }
            }
            _ => self.contents.insert(0, json!({"role": "user", "parts": parts})),
        }
    }
}

#[derive(PartialEq, Clone, Copy)]
enum Turn {
    User,
    Model,
    Tool,
}

pub(super) fn read(messages: Vec<Value>, family: Family, host: Host) -> Result<Read> {
    let mut read = Read::default();
    let mut turns: Vec<(Turn, Vec<Value>)> = Vec::new();
    let mut names: HashMap<String, String> = HashMap::new();
    for message in messages {
        let content = message.get("content").unwrap_or(&Value::Null);
        let (turn, parts) = match message.get("role").and_then(Value::as_str).unwrap_or_default() {
            "system" | "developer" => {
                read.system
                    .extend(parts::read(content, host, &mut read.resolution)?);
                continue;
            }
            "assistant" | "model" => (
                Turn::Model,
                assistant(&message, family, host, &mut names, &mut read.resolution)?,
            ),
            "tool" | "function" => (Turn::Tool, result(&message, family, host, &names)?),
            "user" => (Turn::User, parts::read(content, host, &mut read.resolution)?),
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
    host: Host,
    names: &mut HashMap<String, String>,
    resolution: &mut Option<Level>,
) -> Result<Vec<Value>> {
    let mut out = Vec::new();
    let fields = message.get("provider_specific_fields").unwrap_or(&Value::Null);
    let list = |name: &str| fields.get(name).and_then(Value::as_array).map(Vec::as_slice);
    let signatures = list("thought_signatures").unwrap_or_default();
    out.extend(thoughts(message, signatures));
    let content = message.get("content").unwrap_or(&Value::Null);
    let kept = list(said::KEPT).unwrap_or_default();
    match said::restored(content.as_str().unwrap_or_default(), kept) {
        Some(parts) if content.is_string() || content.is_null() => out.extend(parts),
        _ => out.extend(parts::read(content, host, resolution)?),
    }
    let calls = message
        .get("tool_calls")
        .and_then(Value::as_array)
        .filter(|calls| !calls.is_empty());
    // Of a history that kept the signatures only: what belongs to no call or thought is the text's.
    if kept.is_empty()
        && let Some(signature) = signatures
            .iter()
            .rfind(|signature| !is_placed(signature, message))
        && let Some(last) = out.last_mut().and_then(Value::as_object_mut)
        && !last.contains_key("thought")
    {
        last.insert("thoughtSignature".to_owned(), signature.clone());
    }
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
            let mut part = parts::media(url, None, host)?;
            let signature = image
                .get("provider_specific_fields")
                .and_then(|fields| fields.get("thought_signature"));
            if let (Some(signature), Some(part)) = (signature, part.as_object_mut()) {
                part.insert("thoughtSignature".to_owned(), signature.clone());
            }
            out.push(part);
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

/// The thoughts of a turn; their signatures only where Google gave them.
fn thoughts(message: &Value, signatures: &[Value]) -> Vec<Value> {
    let blocks = message.get("thinking_blocks").and_then(Value::as_array);
    let Some(blocks) = blocks.filter(|blocks| !blocks.is_empty()) else {
        let thought = message.get("reasoning_content").and_then(Value::as_str);
        let thought = thought.filter(|thought| !thought.is_empty());
        return thought
            .map(|thought| json!({"thought": true, "text": thought}))
            .into_iter()
            .collect();
    };
    let read = blocks.iter().filter_map(|block| {
        let thought = block.get("thinking").and_then(Value::as_str)?;
        let signature = block
            .get("signature")
            .filter(|signature| signatures.contains(signature));
        if thought.is_empty() && signature.is_none() {
            return None;
        }
        let mut part = json!({"thought": true, "text": thought});
        if let (Some(signature), Some(part)) = (signature, part.as_object_mut()) {
            part.insert("thoughtSignature".to_owned(), signature.clone());
        }
        Some(part)
    });
    read.collect()
}

/// Whether a signature has its place in a call or a thought of the message.
fn is_placed(signature: &Value, message: &Value) -> bool {
    let list = |name: &str| message.get(name).and_then(Value::as_array).into_iter().flatten();
    let text = signature.as_str().unwrap_or_default();
    list("thinking_blocks").any(|block| block.get("signature") == Some(signature))
        || list("images").any(|image| {
            let fields = image.get("provider_specific_fields");
            fields.and_then(|fields| fields.get("thought_signature")) == Some(signature)
        })
        || list("tool_calls").any(|call| {
            let fields = call.get("provider_specific_fields");
            let id = call.get("id").and_then(Value::as_str).unwrap_or_default();
            fields.and_then(|fields| fields.get("thought_signature")) == Some(signature)
                || id.split_once(MARK).is_some_and(|(_, marked)| marked == text)
        })
}

fn function_call(function: &Value, family: Family, id: &str) -> Result<Map<String, Value>> {
    let name = function.get("name").cloned().unwrap_or_default();
    let args = match function.get("arguments") {
        None | Some(Value::Null) => json!({}),
        Some(Value::String(text)) if text.trim().is_empty() => json!({}),
        Some(Value::String(text)) => verbatim::given(text).map_err(|error| {
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
    host: Host,
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
    let read = parts::read(message.get("content").unwrap_or(&Value::Null), host, &mut None)?;
    let (texts, media): (Vec<Value>, Vec<Value>) =
        read.into_iter().partition(|part| part.get("text").is_some());
    let text: String = texts
        .iter()
        .filter_map(|part| part.get("text").and_then(Value::as_str))
        .collect();
    let response = verbatim::given(&text).ok().filter(Value::is_object);
    let response = response.unwrap_or_else(|| json!({"content": text}));
    let mut answer = json!({"name": name, "response": response});
    if family.generation >= 3 && !id.is_empty() {
        answer
            .as_object_mut()
            .map(|answer| answer.insert("id".to_owned(), id.into()));
    }
    if family.generation >= 3 && !media.is_empty() {
        // These take files as part of the answer itself.
        answer
            .as_object_mut()
            .map(|answer| answer.insert("parts".to_owned(), media.into()));
        return Ok(vec![json!({"function_response": answer})]);
    }
    let mut out = vec![json!({"function_response": answer})];
    out.extend(media);
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const OWN: Host = Host {
        public: false,
        own_resolutions: false,
    };

    fn contents(model: &str, messages: Value) -> Value {
        let Value::Array(messages) = messages else {
            return Value::Null;
        };
        let read = read(messages, Family::of_name(model), OWN).unwrap();
        verbatim::told(&json!([read.contents, read.system]))
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

    #[test]
    fn files_of_a_result_stand_in_it_or_beside_it() {
        let messages = || {
            let call = json!({"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}});
            let image = json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}});
            json!([{"role": "assistant", "tool_calls": [call]},
                {"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": "a"}, image]}])
        };
        let data = json!({"inline_data": {"data": "AA==", "mime_type": "image/png"}});
        let older = contents("gemini-2.5-flash", messages());
        assert_eq!(older[0][1]["parts"][1], data);
        let newer = contents("gemini-3-flash-preview", messages());
        assert_eq!(
            newer[0][1]["parts"][0]["function_response"]["parts"],
            json!([data])
        );
    }

    #[test]
    fn models_without_instructions_are_told_in_the_first_turn() {
        let mut read = read(
            vec![
                json!({"role": "system", "content": "s"}),
                json!({"role": "user", "content": "u"}),
            ],
            Family::of_name("gemma-3-27b-it"),
            OWN,
        )
        .unwrap();
        read.fold_system();
        assert_eq!(read.contents[0]["parts"], json!([{"text": "s"}, {"text": "u"}]));
        assert!(read.system.is_empty());
    }
}
