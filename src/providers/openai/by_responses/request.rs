//! Writes a chat request as one of the Responses API.

use serde_json::{Map, Value, json};

use super::super::request::post;
use crate::error::{Error, Result};
use crate::resolve::Target;
use crate::types::ChatRequest;
use crate::wire::WireRequest;

/// Where a message keeps the items of its reasoning.
pub(super) const THOUGHTS: &str = "reasoning_items";

pub(in super::super) fn write(target: &Target, request: ChatRequest) -> Result<WireRequest> {
    let mut input = Vec::with_capacity(request.messages.len());
    for (index, message) in request.messages.into_iter().enumerate() {
        one(index, message, &mut input)?;
    }
    let mut body = Map::from_iter([
        ("model".to_owned(), super::name(target).into()),
        ("input".to_owned(), input.into()),
    ]);
    params(request.params, &mut body);
    if request.stream {
        body.insert("stream".to_owned(), true.into());
    }
    // The caller's extra body wins.
    body.extend(
        target
            .body
            .iter()
            .map(|(name, value)| (name.clone(), value.clone())),
    );
    post(target, "responses", &body)
}

/// The items that a message stands for.
fn one(index: usize, message: Value, input: &mut Vec<Value>) -> Result<()> {
    let Value::Object(mut message) = message else {
        return Err(Error::bad_request(format!("messages[{index}] is not an object")));
    };
    let role = text_of(&message, "role").unwrap_or_default();
    let content = message.shift_remove("content").unwrap_or_default();
    if let "tool" | "function" = role.as_str() {
        let id = text_of(&message, "tool_call_id").or_else(|| text_of(&message, "name"));
        let output = match content {
            Value::Array(list) => parts(index, list, "input_text")?.into(),
            Value::Null => json!(""),
            other => other,
        };
        let kind = if answers_custom(input, id.as_deref()) {
            "custom_tool_call_output"
        } else {
            "function_call_output"
        };
        input.push(json!({"type": kind, "call_id": id, "output": output}));
        return Ok(());
    }
    // What was thought stands before what was said of it.
    if let Some(Value::Array(thoughts)) = message.shift_remove(THOUGHTS) {
        input.extend(thoughts.into_iter().filter_map(thought));
    }
    let kind = if role == "assistant" {
        "output_text"
    } else {
        "input_text"
    };
    let content = match content {
        Value::Array(list) => parts(index, list, kind)?.into(),
        other => other,
    };
    let said = !content.is_null() && content != "" && content != json!([]);
    if said || role != "assistant" {
        input.push(json!({"role": role, "content": content}));
    }
    if let Some(Value::Array(calls)) = message.shift_remove("tool_calls") {
        input.extend(calls.iter().map(call));
    }
    if let Some(legacy) = message.get("function_call").filter(|call| call.is_object()) {
        // The older form has no ids: its answer names the function.
        let name = legacy.get("name").cloned().unwrap_or_default();
        let arguments = legacy.get("arguments").cloned().unwrap_or_else(|| json!("{}"));
        input.push(json!({"type": "function_call", "call_id": name, "name": name, "arguments": arguments}));
    }
    Ok(())
}

/// An item of reasoning as the input has it.
fn thought(item: Value) -> Option<Value> {
    const FIELDS: &[&str] = &["id", "summary", "encrypted_content", "content"];
    let Value::Object(given) = item else { return None };
    let mut item = Map::from_iter([("type".to_owned(), json!("reasoning"))]);
    item.extend(
        given
            .into_iter()
            .filter(|(name, value)| FIELDS.contains(&name.as_str()) && !value.is_null()),
    );
    item.entry("summary").or_insert_with(|| json!([]));
    Some(Value::Object(item))
}

/// Whether the call of this id is one of a custom tool, whose results are items of a kind of their own.
fn answers_custom(input: &[Value], id: Option<&str>) -> bool {
    let has = |item: &Value, name: &str, word: &str| item.get(name).is_some_and(|value| *value == *word);
    id.is_some_and(|id| {
        input
            .iter()
            .any(|item| has(item, "type", "custom_tool_call") && has(item, "call_id", id))
    })
}

fn text_of(object: &Map<String, Value>, name: &str) -> Option<String> {
    object.get(name).and_then(Value::as_str).map(str::to_owned)
}

fn call(call: &Value) -> Value {
    let id = call.get("id").cloned().unwrap_or_default();
    if let Some(custom) = call.get("custom") {
        let (name, given) = (custom.get("name"), custom.get("input"));
        return json!({"type": "custom_tool_call", "call_id": id, "name": name, "input": given});
    }
    let function = call.get("function").cloned().unwrap_or_default();
    let arguments = function.get("arguments").cloned().unwrap_or_else(|| json!("{}"));
    json!({"type": "function_call", "call_id": id, "name": function.get("name"), "arguments": arguments})
}

/// Parts of chat as parts of an item; `text` is what a text is called there.
fn parts(index: usize, list: Vec<Value>, text: &str) -> Result<Vec<Value>> {
    let part = |(position, part): (usize, Value)| {
        let kind = part
            .get("type")
            .and_then(Value::as_str)
            .unwrap_or("text")
            .to_owned();
        let get = |name: &str| part.get(name).cloned().unwrap_or_default();
        Ok(match kind.as_str() {
            "text" => json!({"type": text, "text": get("text")}),
            "refusal" => json!({"type": "refusal", "refusal": get("refusal")}),
            "image_url" => {
                let image = get("image_url");
                let url = image.get("url").cloned().unwrap_or_else(|| image.clone());
                let detail = image.get("detail").cloned().unwrap_or_else(|| json!("auto"));
                json!({"type": "input_image", "image_url": url, "detail": detail})
            }
            "file" => {
                let mut file = Map::from_iter([("type".to_owned(), json!("input_file"))]);
                let given = get("file");
                for name in ["file_id", "filename", "file_data", "file_url"] {
                    if let Some(value) = given.get(name) {
                        file.insert(name.to_owned(), value.clone());
                    }
                }
                Value::Object(file)
            }
            // What is the Responses API's already, `input_audio` among it.
            own if own.starts_with("input_") || own.starts_with("output_") => part,
            other => {
                return Err(Error::bad_request(format!(
                    "messages[{index}].content[{position}] is of type {other:?}, which the Responses API does not take"
                )));
            }
        })
    };
    list.into_iter().enumerate().map(part).collect()
}

/// Chat's parameters under the names that the Responses API has for them.
fn params(params: Map<String, Value>, body: &mut Map<String, Value>) {
    let mut text = Map::new();
    for (name, value) in params {
        match name.as_str() {
            "max_tokens" | "max_completion_tokens" => {
                body.insert("max_output_tokens".to_owned(), value);
            }
            "reasoning_effort" => {
                let reasoning = if value.is_object() {
                    value
                } else {
                    json!({"effort": value})
                };
                body.insert("reasoning".to_owned(), reasoning);
            }
            "verbosity" => {
                text.insert(name, value);
            }
            "response_format" => {
                text.insert("format".to_owned(), format(value));
            }
            "tools" => {
                let tools = value
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(tool)
                    .collect::<Vec<_>>();
                body.insert(name, tools.into());
            }
            "tool_choice" => {
                body.insert(name, flat(value));
            }
            "logprobs" => {
                if value == true {
                    include(body, vec![json!("message.output_text.logprobs")]);
                }
            }
            "include" if value.is_array() => {
                if let Value::Array(names) = value {
                    include(body, names);
                }
            }
            // Counts come unasked; one answer is all there is.
            "stream_options" | "n" => {}
            _ => {
                body.insert(name, value);
            }
        }
    }
    if !text.is_empty() {
        body.insert("text".to_owned(), Value::Object(text));
    }
}

/// Asks for more in the answer.
fn include(body: &mut Map<String, Value>, names: Vec<Value>) {
    let known = body.entry("include").or_insert_with(|| json!([]));
    if let Some(known) = known.as_array_mut() {
        known.extend(names);
    }
}

/// `{"type": "json_schema", "json_schema": {...}}` without the inner object.
fn format(value: Value) -> Value {
    let Some(Value::Object(schema)) = value.get("json_schema").cloned() else {
        return value;
    };
    let mut format = Map::from_iter([("type".to_owned(), json!("json_schema"))]);
    format.extend(schema);
    Value::Object(format)
}

/// A tool without the inner object. What chat means by no `strict` is false; here it would be true.
fn tool(tool: &Value) -> Value {
    let mut flat = flat(tool.clone());
    if let Some(tool) = flat.as_object_mut()
        && tool.get("type").is_some_and(|kind| kind == "function")
        && tool.get("strict").is_none_or(Value::is_null)
    {
        tool.insert("strict".to_owned(), false.into());
    }
    flat
}

/// `{"type": "function", "function": {"name": ...}}` as `{"type": "function", "name": ...}`, and the same of `custom`.
fn flat(value: Value) -> Value {
    let Value::Object(mut object) = value else {
        return value;
    };
    for name in ["function", "custom"] {
        if let Some(Value::Object(inner)) = object.get(name).cloned() {
            object.shift_remove(name);
            object.entry("type").or_insert_with(|| name.into());
            object.extend(inner);
        }
    }
    Value::Object(object)
}
