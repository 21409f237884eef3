//! A request of Ollama's. Fields that it does not know it passes over; of the others it wants the right type.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::error::invalid;
use crate::sim::chat_request::ChatRequest;
use crate::sim::conversation::Conversation;
use crate::sim::errors::ApiError;

type Asked = (ChatRequest, bool);

pub(super) fn object(bytes: &[u8]) -> Result<Map<String, Value>, ApiError> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(body)) => Ok(body),
        _ if bytes.is_empty() => Err(invalid("missing request body")),
        _ => Err(invalid("invalid character in request body")),
    }
}

pub(super) fn model(body: &Map<String, Value>) -> Result<String, ApiError> {
    let model = typed(body.get("model"), "model", "string", Value::is_string)?;
    match model.and_then(Value::as_str) {
        Some(model) if !model.is_empty() => Ok(model.to_owned()),
        _ => Err(invalid("model is required")),
    }
}

/// A field that is there has to be of its type.
pub(super) fn typed<'v>(
    value: Option<&'v Value>,
    path: &str,
    wanted: &str,
    right: fn(&Value) -> bool,
) -> Result<Option<&'v Value>, ApiError> {
    let Some(value) = value.filter(|value| !value.is_null()) else {
        return Ok(None);
    };
    if right(value) {
        return Ok(Some(value));
    }
    let found = match value {
        Value::Array(_) => "array",
        Value::Object(_) => "object",
        Value::String(_) => "string",
        Value::Bool(_) => "bool",
        _ => "number",
    };
    Err(invalid(format!(
        "json: cannot unmarshal {found} into Go struct field {path} of type {wanted}"
    )))
}

pub(super) fn chat(bytes: &[u8]) -> Result<Asked, ApiError> {
    let body = object(bytes)?;
    let model = model(&body)?;
    let mut talk = Conversation::default();
    for tool in items(&body, "tools")? {
        let function = tool.get("function").unwrap_or(&Value::Null);
        let parameters = typed(
            function.get("parameters"),
            "ChatRequest.tools.function.parameters",
            "api.ToolFunctionParameters",
            Value::is_object,
        )?;
        let name = function.get("name").and_then(Value::as_str).unwrap_or_default();
        talk.tool(name, parameters);
    }
    for message in items(&body, "messages")? {
        turn(message, &mut talk)?;
    }
    finish(&body, talk, &model)
}

pub(super) fn generate(bytes: &[u8]) -> Result<Asked, ApiError> {
    let body = object(bytes)?;
    let model = model(&body)?;
    let mut talk = Conversation::default();
    if let Some(system) = typed(
        body.get("system"),
        "GenerateRequest.system",
        "string",
        Value::is_string,
    )? {
        talk.system(system.as_str().unwrap_or_default());
    }
    let prompt = typed(
        body.get("prompt"),
        "GenerateRequest.prompt",
        "string",
        Value::is_string,
    )?;
    images(body.get("images"), "GenerateRequest.images")?;
    talk.user(prompt.and_then(Value::as_str).unwrap_or_default());
    finish(&body, talk, &model)
}

fn items<'v>(body: &'v Map<String, Value>, key: &str) -> Result<&'v [Value], ApiError> {
    let path = format!("ChatRequest.{key}");
    let list = typed(body.get(key), &path, "[]api.Message", Value::is_array)?;
    Ok(list.and_then(Value::as_array).map_or(&[][..], Vec::as_slice))
}

fn turn(message: &Value, talk: &mut Conversation) -> Result<(), ApiError> {
    let path = |field: &str| format!("ChatRequest.messages.{field}");
    let content = typed(
        message.get("content"),
        &path("content"),
        "string",
        Value::is_string,
    )?;
    let text = content.and_then(Value::as_str).unwrap_or_default();
    images(message.get("images"), &path("images"))?;
    let field = |key: &str| message.get(key).and_then(Value::as_str);
    match field("role") {
        Some("system") => talk.system(text),
        Some("user") => talk.user(text),
        Some("tool") => {
            let name = field("tool_name").or(field("name"));
            talk.result(field("tool_call_id").unwrap_or_default(), name, text);
        }
        Some("assistant") => {
            let calls = typed(
                message.get("tool_calls"),
                &path("tool_calls"),
                "[]api.ToolCall",
                Value::is_array,
            )?;
            let mut read = Vec::new();
            for call in calls.and_then(Value::as_array).into_iter().flatten() {
                let arguments = typed(
                    call.pointer("/function/arguments"),
                    &path("tool_calls.function.arguments"),
                    "api.ToolCallFunctionArguments",
                    Value::is_object,
                )?;
                let name = call
                    .pointer("/function/name")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                let id = call.get("id").and_then(Value::as_str).unwrap_or_default();
                read.push((
                    id.to_owned(),
                    name.to_owned(),
                    arguments.cloned().unwrap_or_default(),
                ));
            }
            talk.assistant(text, read);
        }
        role => return Err(invalid(format!("invalid role: {role:?}"))),
    }
    Ok(())
}

fn images(images: Option<&Value>, path: &str) -> Result<(), ApiError> {
    let images = typed(images, path, "[]api.ImageData", Value::is_array)?;
    for image in images.and_then(Value::as_array).into_iter().flatten() {
        let data = image.as_str().unwrap_or_default();
        if data.is_empty() || STANDARD.decode(data).is_err() {
            return Err(invalid("illegal base64 data at input byte 0"));
        }
    }
    Ok(())
}

fn finish(body: &Map<String, Value>, mut talk: Conversation, model: &str) -> Result<Asked, ApiError> {
    match body.get("format") {
        None | Some(Value::Null) => {}
        Some(Value::String(format)) if format.is_empty() => {}
        Some(Value::String(format)) if format == "json" => talk.structured(None),
        Some(schema @ Value::Object(_)) => talk.structured(Some(schema)),
        Some(other) => {
            return Err(invalid(format!(
                "invalid format: {other}; expected \"json\" or a valid JSON Schema object"
            )));
        }
    }
    let options = typed(
        body.get("options"),
        "ChatRequest.options",
        "map[string]interface {}",
        Value::is_object,
    )?;
    if let Some(options) = options {
        // A negative number means as many as there are.
        let most = options.get("num_predict");
        typed(most, "options.num_predict", "int", |most| {
            most.is_i64() || most.is_u64()
        })?;
        talk.limit(most);
        let stop = typed(options.get("stop"), "options.stop", "[]string", |stop| {
            stop.is_array() || stop.is_string()
        })?;
        talk.stop(stop);
    }
    match body.get("think") {
        Some(Value::Bool(true)) => talk.reason(),
        Some(Value::String(level)) if ["high", "medium", "low"].contains(&level.as_str()) => talk.reason(),
        None | Some(Value::Null | Value::Bool(false)) => {}
        Some(other) => return Err(invalid(format!("invalid think value: {other}"))),
    }
    let stream = typed(
        body.get("stream"),
        "ChatRequest.stream",
        "bool",
        Value::is_boolean,
    )?;
    let streamed = stream != Some(&Value::Bool(false));
    Ok((talk.finish(model), streamed))
}
