//! Tools and which of them the model may choose.

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::providers::tool_names::ToolNames;

/// Keys of the dialect's own that may stand on a tool or its function.
const OWN: &[&str] = &[
    "cache_control",
    "defer_loading",
    "allowed_callers",
    "input_examples",
    "eager_input_streaming",
];

/// Translates one tool and notes the feature it needs.
pub(crate) fn tool(tool: Value, names: &ToolNames, betas: &mut Vec<&'static str>) -> Result<Value> {
    let Value::Object(mut tool) = tool else {
        return Err(Error::bad_request("one of the tools is not an object"));
    };
    let kind = tool
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or("function")
        .to_owned();
    need(beta_of(&kind), betas);
    if ["defer_loading", "allowed_callers", "input_examples"]
        .iter()
        .any(|name| tool.contains_key(*name))
    {
        need(Some("advanced-tool-use-2025-11-20"), betas);
    }
    if kind != "function" || (!tool.contains_key("function") && tool.contains_key("input_schema")) {
        if tool.contains_key("custom") {
            return Err(Error::bad_request(
                "anthropic has no tools of type \"custom\" with a format",
            ));
        }
        // Some write a tool of the dialect in OpenAI's envelope.
        if let Some(Value::Object(mut function)) = tool.shift_remove("function") {
            if let Some(name) = function.shift_remove("name") {
                tool.insert("name".to_owned(), name);
            }
            if let Some(Value::Object(parameters)) = function.shift_remove("parameters") {
                tool.extend(parameters);
            }
        }
        return Ok(Value::Object(tool));
    }
    let mut function = match tool.shift_remove("function") {
        Some(Value::Object(function)) => function,
        _ => {
            return Err(Error::bad_request(
                "one of the tools is of type function and has none",
            ));
        }
    };
    let name = function
        .get("name")
        .and_then(Value::as_str)
        .filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Error::bad_request("the function of one of the tools has no name"))?;
    let name = names.sent(name).to_owned();
    let mut schema = match function.shift_remove("parameters") {
        Some(Value::Object(schema)) => schema,
        _ => Map::new(),
    };
    schema.shift_remove("$schema");
    if !schema.contains_key("type") {
        schema.insert("type".to_owned(), json!("object"));
        schema.entry("properties").or_insert_with(|| json!({}));
    }
    let mut out = Map::new();
    out.insert("name".to_owned(), json!(name));
    out.insert("input_schema".to_owned(), Value::Object(schema));
    out.insert("type".to_owned(), json!("custom"));
    if let Some(description) = function.shift_remove("description").filter(Value::is_string) {
        out.insert("description".to_owned(), description);
    }
    for name in OWN {
        let value = tool.shift_remove(*name).or_else(|| function.shift_remove(*name));
        if let Some(value) = value.filter(|value| !value.is_null()) {
            out.insert((*name).to_owned(), value);
        }
    }
    Ok(Value::Object(out))
}

/// Notes a feature once.
pub(super) fn need(beta: Option<&'static str>, betas: &mut Vec<&'static str>) {
    if let Some(beta) = beta.filter(|beta| !betas.contains(beta)) {
        betas.push(beta);
    }
}

/// The feature a tool of the dialect needs.
fn beta_of(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "computer_20241022" => "computer-use-2024-10-22",
        "computer_20250124" => "computer-use-2025-01-24",
        "computer_20251124" => "computer-use-2025-11-24",
        "code_execution_20250522" => "code-execution-2025-05-22",
        "code_execution_20250825" => "code-execution-2025-08-25",
        "web_fetch_20250910" => "web-fetch-2025-09-10",
        "memory_20250818" => "context-management-2025-06-27",
        "mcp_toolset" => "mcp-client-2025-11-20",
        kind if kind.starts_with("tool_search_tool_") => "advanced-tool-use-2025-11-20",
        kind if kind.starts_with("advisor_") => "advisor-tool-2026-03-01",
        _ => return None,
    })
}

/// `tool_choice` and `parallel_tool_calls`.
pub(super) fn choice(
    choice: Option<Value>,
    parallel: Option<Value>,
    names: &ToolNames,
) -> Result<Option<Value>> {
    let mut out = match choice {
        None | Some(Value::Null) => None,
        Some(Value::String(word)) => Some(match word.as_str() {
            "auto" => json!({"type": "auto"}),
            "none" => json!({"type": "none"}),
            "required" | "any" => json!({"type": "any"}),
            other => {
                return Err(Error::bad_request(format!(
                    "tool_choice {other:?} is unknown to anthropic"
                )));
            }
        }),
        Some(object) => {
            let named = object
                .get("function")
                .unwrap_or(&object)
                .get("name")
                .and_then(Value::as_str);
            match (object.get("type").and_then(Value::as_str), named) {
                (Some("function"), Some(name)) => Some(json!({"type": "tool", "name": names.sent(name)})),
                (Some("auto" | "any" | "none" | "tool"), _) => Some(object),
                _ => {
                    return Err(Error::bad_request(
                        "tool_choice is in no form that anthropic takes",
                    ));
                }
            }
        }
    };
    if let Some(parallel) = parallel.and_then(|parallel| parallel.as_bool()) {
        let choice = out.get_or_insert_with(|| json!({"type": "auto"}));
        if choice.get("type").and_then(Value::as_str) != Some("none")
            && let Some(choice) = choice.as_object_mut()
        {
            choice.insert("disable_parallel_tool_use".to_owned(), json!(!parallel));
        }
    }
    Ok(out)
}

/// `web_search_options`: the provider's own search.
pub(super) fn web_search(options: &Value) -> Value {
    let mut tool = json!({"type": "web_search_20250305", "name": "web_search"});
    let uses = match options.get("search_context_size").and_then(Value::as_str) {
        Some("low") => Some(1),
        Some("medium") => Some(5),
        Some("high") => Some(10),
        _ => None,
    };
    let place = options.get("user_location").and_then(|place| {
        let mut place = place.get("approximate").unwrap_or(place).as_object()?.clone();
        place.insert("type".to_owned(), json!("approximate"));
        Some(place)
    });
    if let Some(tool) = tool.as_object_mut() {
        if let Some(uses) = uses {
            tool.insert("max_uses".to_owned(), json!(uses));
        }
        if let Some(place) = place {
            tool.insert("user_location".to_owned(), Value::Object(place));
        }
    }
    tool
}
