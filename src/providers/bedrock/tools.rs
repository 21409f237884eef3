//! Tools: OpenAI's functions as `toolSpec`, names Converse accepts, and the tool that forces a JSON answer.

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};

/// The tool whose arguments are the answer when a schema was asked for.
pub(super) const JSON_TOOL: &str = "json_tool_call";
const JSON_MODE: &str = "json_mode";

pub(super) fn is_claude(model: &str) -> bool {
    model.contains("anthropic") || model.contains("claude")
}

/// Claude models that answer to a schema by themselves (`outputConfig`).
pub(super) fn has_structured_output(model: &str) -> bool {
    ["sonnet-4-5", "haiku-4-5", "opus-4-5", "sonnet-4-6", "opus-4-6"]
        .iter()
        .any(|name| model.contains(name))
}

pub(super) fn schema(params: &Map<String, Value>) -> Option<&Map<String, Value>> {
    let format = params.get("response_format")?;
    (format.get("type").and_then(Value::as_str) == Some("json_schema"))
        .then(|| format.get("json_schema")?.as_object())
        .flatten()
}

/// The names that had to change, and whether the answer is the arguments of a tool.
pub(super) fn notes(model: &str, params: &Map<String, Value>) -> Map<String, Value> {
    let mut notes = Map::new();
    for tool in params
        .get("tools")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(name) = tool.pointer("/function/name").and_then(Value::as_str) {
            let sent = sanitized(name);
            if sent != name {
                notes.insert(sent, Value::from(name));
            }
        }
    }
    if schema(params).is_some() && !has_structured_output(model) {
        notes.insert(JSON_MODE.to_owned(), Value::Bool(true));
    }
    notes
}

/// Whether a call of `name` is the answer itself.
pub(super) fn is_answer(notes: &Map<String, Value>, name: &str) -> bool {
    name == JSON_TOOL && notes.get(JSON_MODE) == Some(&Value::Bool(true))
}

/// The caller's name of a tool.
pub(super) fn original<'a>(notes: &'a Map<String, Value>, name: &'a str) -> &'a str {
    notes.get(name).and_then(Value::as_str).unwrap_or(name)
}

/// Names are `[a-zA-Z0-9_-]{1,64}`.
pub(super) fn sanitized(name: &str) -> String {
    let valid = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '-');
    name.chars()
        .map(|character| if valid(character) { character } else { '_' })
        .take(64)
        .collect()
}

/// `toolConfig`, where there are tools.
pub(super) fn config(model: &str, params: &Map<String, Value>) -> Result<Option<Value>> {
    let mut tools = Vec::new();
    let forced = schema(params).filter(|_| !has_structured_output(model));
    if let Some(format) = forced {
        let schema = format.get("schema").cloned().unwrap_or_else(|| json!({}));
        let description = format
            .get("description")
            .cloned()
            .unwrap_or_else(|| json!(JSON_TOOL));
        tools.push(json!({"toolSpec": {"inputSchema": {"json": input_schema(model, schema)}, "name": JSON_TOOL, "description": description}}));
    }
    for (index, tool) in params
        .get("tools")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .enumerate()
    {
        if tool.get("toolSpec").is_some()
            || tool.get("systemTool").is_some()
            || tool.get("cachePoint").is_some()
        {
            tools.push(tool.clone());
            continue;
        }
        let function = tool.get("function").and_then(Value::as_object);
        let Some((function, name)) =
            function.and_then(|function| Some((function, function.get("name")?.as_str()?)))
        else {
            return Err(Error::bad_request(format!(
                "tools[{index}] is no function with a name, and Bedrock takes nothing else"
            )));
        };
        let schema = function
            .get("parameters")
            .filter(|schema| schema.is_object())
            .cloned();
        let schema = input_schema(model, schema.unwrap_or_else(|| json!({})));
        let mut spec = json!({"inputSchema": {"json": schema}, "name": sanitized(name)});
        let description = function
            .get("description")
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty());
        if let Some(spec) = spec.as_object_mut() {
            spec.insert("description".to_owned(), json!(description.unwrap_or(name)));
            if let Some(strict) = function
                .get("strict")
                .filter(|strict| strict.is_boolean() && is_claude(model))
            {
                spec.insert("strict".to_owned(), strict.clone());
            }
        }
        tools.push(json!({"toolSpec": spec}));
        let marked = tool
            .get("cache_control")
            .or_else(|| function.get("cache_control"));
        if marked.is_some_and(|mark| !mark.is_null()) && super::blocks::caches(model) {
            tools.push(json!({"cachePoint": {"type": "default"}}));
        }
    }
    if params.contains_key("web_search_options") && model.contains("nova") {
        tools.push(json!({"systemTool": {"name": "nova_grounding"}}));
    }
    if tools.is_empty() {
        return Ok(None);
    }
    let mut config = json!({"tools": tools});
    let choice = if forced.is_some() {
        (!model.contains("meta.llama")).then(|| json!({"tool": {"name": JSON_TOOL}}))
    } else {
        choice(params.get("tool_choice"))?
    };
    if let (Some(choice), Some(config)) = (choice, config.as_object_mut()) {
        config.insert("toolChoice".to_owned(), choice);
    }
    Ok(Some(config))
}

fn choice(choice: Option<&Value>) -> Result<Option<Value>> {
    let Some(choice) = choice else { return Ok(None) };
    if let Some(name) = choice.pointer("/function/name").and_then(Value::as_str) {
        return Ok(Some(json!({"tool": {"name": sanitized(name)}})));
    }
    match choice
        .as_str()
        .or_else(|| choice.get("type").and_then(Value::as_str))
    {
        Some("auto") => Ok(Some(json!({"auto": {}}))),
        Some("required" | "any") => Ok(Some(json!({"any": {}}))),
        _ if choice.is_null() => Ok(None),
        _ => Err(Error::bad_request(format!("Bedrock has no tool_choice {choice}"))),
    }
}

/// A schema as Converse takes it: an object at the top, without what only a schema's author needs.
fn input_schema(model: &str, mut schema: Value) -> Value {
    if let Some(map) = schema.as_object_mut() {
        map.shift_remove("$schema");
        map.shift_remove("$id");
        if !is_claude(model) {
            map.shift_remove("additionalProperties");
            map.shift_remove("strict");
        }
        map.entry("type").or_insert_with(|| json!("object"));
        map.entry("properties").or_insert_with(|| json!({}));
        map.entry("required").or_insert_with(|| json!([]));
    }
    schema
}
