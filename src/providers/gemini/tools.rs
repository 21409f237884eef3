//! Tools and how they are to be chosen.

use serde_json::{Map, Value, json};

use super::schema;
use crate::error::{Error, Result};

/// The list of tools: functions together, then Google's own one by one.
pub(super) fn list(params: &mut Map<String, Value>) -> Result<Vec<Value>> {
    let mut functions = Vec::new();
    let mut own = Vec::new();
    if let Some(Value::Array(tools)) = params.shift_remove("tools") {
        for (index, mut tool) in tools.into_iter().enumerate() {
            if let Some(tool) = tool.as_object_mut() {
                tool.shift_remove("cache_control");
            }
            match tool.get("type").and_then(Value::as_str) {
                Some("function") => functions.push(declaration(tool.get("function").unwrap_or(&tool))?),
                Some("web_search" | "web_search_preview") => own.push(json!({"googleSearch": {}})),
                None if tool.is_object() => own.push(spelt(tool)),
                kind => {
                    return Err(Error::bad_request(format!(
                        "tools[{index}].type {kind:?} is no tool that Gemini knows"
                    )));
                }
            }
        }
    }
    if let Some(Value::Array(legacy)) = params.shift_remove("functions") {
        for function in &legacy {
            functions.push(declaration(function)?);
        }
    }
    if params.shift_remove("web_search_options").is_some() {
        own.push(json!({"googleSearch": {}}));
    }
    let mut list = Vec::new();
    if !functions.is_empty() {
        list.push(json!({"function_declarations": functions}));
    }
    list.extend(own);
    Ok(list)
}

/// One of Google's own tools, in Google's spelling; the SDK for Python has another.
fn spelt(tool: Value) -> Value {
    const NAMES: &[(&str, &str)] = &[
        ("google_search", "googleSearch"),
        ("google_search_retrieval", "googleSearchRetrieval"),
        ("enterprise_web_search", "enterpriseWebSearch"),
        ("urlContext", "url_context"),
        ("google_maps", "googleMaps"),
        ("computer_use", "computerUse"),
        ("file_search", "fileSearch"),
        ("codeExecution", "code_execution"),
    ];
    let Value::Object(tool) = tool else { return tool };
    let spell = |name: String| {
        let known = NAMES.iter().find(|(known, _)| *known == name);
        known.map_or(name, |(_, own)| (*own).to_owned())
    };
    tool.into_iter()
        .map(|(name, value)| (spell(name), value))
        .collect()
}

fn declaration(function: &Value) -> Result<Value> {
    let mut out = Map::new();
    for name in ["name", "description"] {
        if let Some(value) = function.get(name).filter(|value| !value.is_null()) {
            out.insert(name.to_owned(), value.clone());
        }
    }
    if !out.contains_key("name") {
        return Err(Error::bad_request("a function of `tools` has no name"));
    }
    if let Some(parameters) = function
        .get("parameters")
        .filter(|parameters| !parameters.is_null())
    {
        match schema::openapi(parameters) {
            Ok(schema) => out.insert("parameters".to_owned(), schema),
            // What Google's own schemas have no word for is said in JSON Schema, which it takes beside them.
            Err(_) if parameters.is_object() => {
                out.insert("parametersJsonSchema".to_owned(), parameters.clone())
            }
            Err(error) => return Err(error),
        };
    }
    Ok(Value::Object(out))
}

/// `toolConfig`, where a choice is made.
pub(super) fn choice(params: &mut Map<String, Value>) -> Result<Option<Value>> {
    let hosted = params.shift_remove("include_server_side_tool_invocations");
    let mut config = chosen(params)?;
    if let Some(hosted) = hosted.filter(|hosted| !hosted.is_null()) {
        let config = config.get_or_insert_with(|| json!({}));
        if let Some(config) = config.as_object_mut() {
            config.insert("includeServerSideToolInvocations".to_owned(), hosted);
        }
    }
    Ok(config)
}

fn chosen(params: &mut Map<String, Value>) -> Result<Option<Value>> {
    if let Some(own) = ["toolConfig", "tool_config"]
        .iter()
        .find_map(|name| params.shift_remove(*name))
    {
        return Ok(Some(own));
    }
    let Some(choice) = params.shift_remove("tool_choice") else {
        return Ok(None);
    };
    let word = choice
        .as_str()
        .or_else(|| choice.get("type").and_then(Value::as_str));
    let named = choice
        .get("function")
        .and_then(|function| function.get("name"))
        .or_else(|| choice.get("name"));
    let config = match (word, named) {
        (Some("auto"), _) => json!({"mode": "AUTO"}),
        (Some("none"), _) => json!({"mode": "NONE"}),
        (Some("required" | "any"), _) => json!({"mode": "ANY"}),
        (Some("function" | "tool"), Some(name)) => json!({"mode": "ANY", "allowed_function_names": [name]}),
        _ => {
            return Err(Error::bad_request(format!(
                "tool_choice {choice} is no choice that Gemini knows"
            )));
        }
    };
    Ok(Some(json!({"functionCallingConfig": config})))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_own_tools_and_choices() {
        let mut params = Map::new();
        params.insert(
            "tools".into(),
            json!([{"type": "function", "function": {"name": "f", "strict": true, "parameters": {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": false}}},
                {"type": "function", "function": {"name": "g", "parameters": {"oneOf": []}}}, {"code_execution": {}}]),
        );
        params.insert(
            "tool_choice".into(),
            json!({"type": "function", "function": {"name": "f"}}),
        );
        assert_eq!(
            json!(list(&mut params).unwrap()),
            json!([{"function_declarations": [{"name": "f", "parameters": {"type": "object", "properties": {"a": {"type": "string"}}}},
                {"name": "g", "parametersJsonSchema": {"oneOf": []}}]}, {"code_execution": {}}])
        );
        assert_eq!(
            choice(&mut params).unwrap(),
            Some(json!({"functionCallingConfig": {"mode": "ANY", "allowed_function_names": ["f"]}}))
        );
        assert!(params.is_empty());
    }
}
