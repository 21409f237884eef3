//! Schemas for the answer (platform.claude.com, "Structured outputs"). The provider compiles a schema into a grammar,
//! which has no words for bounds, patterns of names or conditions: such constraints are moved into the description, where
//! the model reads them. What the grammar would turn into something else is asked for through a tool.

use serde_json::{Map, Value, json};

use super::model::Model;
use crate::error::{Error, Result};

/// The tool that stands for a schema; its arguments are the answer.
const TOOL: &str = "json_tool_call";

/// Constraints that the grammar has no words for.
const UNSPOKEN: &[&str] = &[
    "minItems",
    "maxItems",
    "uniqueItems",
    "contains",
    "minContains",
    "maxContains",
    "prefixItems",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "minLength",
    "maxLength",
    "minProperties",
    "maxProperties",
    "patternProperties",
    "propertyNames",
    "dependentRequired",
    "dependentSchemas",
    "unevaluatedProperties",
    "if",
    "then",
    "else",
    "not",
];

/// How the answer's schema is asked for.
pub(crate) enum Asked<'a> {
    /// Not at all.
    No,
    /// In the provider's own way.
    Natively(&'a Value),
    /// Through a tool of this name.
    ByTool(&'a Value, String),
}

/// Reads `response_format`. JSON without a schema is a matter of the prompt: the dialect has no such mode.
pub(crate) fn asked<'a>(params: &'a Map<String, Value>, model: Model) -> Result<Asked<'a>> {
    let Some(format) = params.get("response_format").filter(|format| !format.is_null()) else {
        return Ok(Asked::No);
    };
    let schema = match format.get("type").and_then(Value::as_str).unwrap_or_default() {
        "json_schema" => format
            .get("json_schema")
            .and_then(|inner| inner.get("schema"))
            .filter(|schema| schema.is_object())
            .ok_or_else(|| Error::bad_request("response_format.json_schema.schema is not an object"))?,
        "json_object" => match format.get("response_schema") {
            Some(schema) if schema.is_object() => schema,
            _ => return Ok(Asked::No),
        },
        "text" => return Ok(Asked::No),
        other => {
            return Err(Error::bad_request(format!(
                "response_format.type {other:?} is none of text, json_object and json_schema"
            )));
        }
    };
    Ok(
        if model.has_structured_outputs() && is_spoken(schema, schema, &mut Vec::new()) {
            Asked::Natively(schema)
        } else {
            Asked::ByTool(schema, tool_name(params))
        },
    )
}

/// A name that none of the caller's tools has.
pub(crate) fn tool_name(params: &Map<String, Value>) -> String {
    let tools = params
        .get("tools")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let names = tools.filter_map(|tool| tool.get("function").unwrap_or(tool).get("name")?.as_str());
    let names: Vec<&str> = names.collect();
    let mut name = TOOL.to_owned();
    let mut number = 1;
    while names.contains(&name.as_str()) {
        number += 1;
        name = format!("{TOOL}_{number}");
    }
    name
}

/// Whether the grammar can say it: an object with names that the schema does not know becomes an empty one, and a schema
/// that contains itself is refused.
fn is_spoken<'a>(schema: &'a Value, root: &'a Value, under: &mut Vec<&'a str>) -> bool {
    let Some(map) = schema.as_object() else {
        return true;
    };
    let open = match map.get("additionalProperties") {
        Some(Value::Object(_)) => true,
        Some(Value::Bool(true)) | None => {
            let named = map.get("properties").and_then(Value::as_object);
            map.get("additionalProperties").is_some() && named.is_none_or(Map::is_empty)
        }
        _ => false,
    };
    if open {
        return false;
    }
    if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
        if under.contains(&reference) {
            return false;
        }
        let known = reference
            .strip_prefix('#')
            .and_then(|pointer| root.pointer(pointer));
        if let Some(known) = known {
            under.push(reference);
            let spoken = is_spoken(known, root, under);
            under.pop();
            if !spoken {
                return false;
            }
        }
    }
    map.iter().all(|(name, value)| match name.as_str() {
        "properties" => value
            .as_object()
            .is_none_or(|inner| inner.values().all(|inner| is_spoken(inner, root, under))),
        "items" => is_spoken(value, root, under),
        "anyOf" | "allOf" | "oneOf" => value
            .as_array()
            .is_none_or(|inner| inner.iter().all(|inner| is_spoken(inner, root, under))),
        _ => true,
    })
}

/// A schema as the grammar takes it.
pub(crate) fn grammatical(schema: &Value) -> Value {
    let Some(map) = schema.as_object() else {
        return schema.clone();
    };
    let each = |value: &Value| match value.as_object() {
        Some(inner) => Value::Object(
            inner
                .iter()
                .map(|(name, inner)| (name.clone(), grammatical(inner)))
                .collect(),
        ),
        None => value.clone(),
    };
    let all = |value: &Value| {
        value
            .as_array()
            .map(|inner| inner.iter().map(grammatical).collect::<Vec<_>>())
    };
    let (mut out, mut unspoken) = (Map::new(), Map::new());
    for (name, value) in map {
        match name.as_str() {
            // Of these the grammar has words for none and for one.
            "minItems" if matches!(value.as_u64(), Some(0 | 1)) => {
                out.insert(name.clone(), value.clone());
            }
            name if UNSPOKEN.contains(&name) => {
                // What is false constrains nothing.
                if *value != Value::Bool(false) {
                    unspoken.insert(name.to_owned(), value.clone());
                }
            }
            "properties" | "$defs" | "definitions" => {
                out.insert(name.clone(), each(value));
            }
            "items" => {
                out.insert(name.clone(), grammatical(value));
            }
            "allOf" => {
                out.insert(
                    name.clone(),
                    all(value).map_or_else(|| value.clone(), Value::Array),
                );
            }
            "anyOf" | "oneOf" => {
                let inner = all(value).unwrap_or_default();
                match out.get_mut("anyOf").and_then(Value::as_array_mut) {
                    Some(before) => before.extend(inner),
                    None => {
                        out.insert("anyOf".to_owned(), Value::Array(inner));
                    }
                }
            }
            _ => {
                out.insert(name.clone(), value.clone());
            }
        }
    }
    if !unspoken.is_empty() {
        let said = format!("Must satisfy {}", Value::Object(unspoken));
        let described = out
            .get("description")
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty());
        let description = described.map_or(said.clone(), |text| format!("{text}\n\n{said}"));
        out.insert("description".to_owned(), json!(description));
    }
    if out.get("type").and_then(Value::as_str) == Some("object") {
        out.insert("additionalProperties".to_owned(), json!(false));
    }
    Value::Object(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SONNET: &str = "claude-sonnet-4-5";

    fn format(schema: &Value) -> Map<String, Value> {
        let format = json!({"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": schema}}});
        format.as_object().cloned().unwrap()
    }

    #[test]
    fn constraints_become_words_everywhere() {
        let schema = json!({"type": "object", "description": "D", "minProperties": 1, "properties": {
            "a": {"type": "array", "minItems": 1, "maxItems": 3, "uniqueItems": false, "items": {"type": "integer", "minimum": 0}},
            "b": {"oneOf": [{"$ref": "#/$defs/B"}, {"type": "null"}]}},
            "$defs": {"B": {"type": "object", "properties": {"c": {"type": "string", "minLength": 2}}}}});
        assert_eq!(
            grammatical(&schema),
            json!({"type": "object", "description": "D\n\nMust satisfy {\"minProperties\":1}", "properties": {
                "a": {"type": "array", "minItems": 1, "items": {"type": "integer", "description": "Must satisfy {\"minimum\":0}"},
                    "description": "Must satisfy {\"maxItems\":3}"},
                "b": {"anyOf": [{"$ref": "#/$defs/B"}, {"type": "null"}]}},
                "$defs": {"B": {"type": "object", "properties": {"c": {"type": "string", "description": "Must satisfy {\"minLength\":2}"}},
                    "additionalProperties": false}},
                "additionalProperties": false})
        );
    }

    #[test]
    fn what_the_grammar_would_change_goes_through_a_tool() {
        let by_tool = |schema: Value| {
            matches!(
                asked(&format(&schema), Model::of(SONNET)).unwrap(),
                Asked::ByTool(..)
            )
        };
        assert!(by_tool(
            json!({"type": "object", "properties": {"m": {"type": "object", "additionalProperties": {"type": "integer"}}}})
        ));
        assert!(by_tool(
            json!({"$ref": "#/$defs/N", "$defs": {"N": {"type": "object", "properties": {"next": {"$ref": "#/$defs/N"}}}}})
        ));
        assert!(!by_tool(
            json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}, "b": {"$ref": "#/$defs/A"}},
            "$defs": {"A": {"type": "object", "properties": {}}}, "additionalProperties": true})
        ));
    }

    #[test]
    fn the_tools_name_is_its_own() {
        let mut params = format(&json!({"type": "object"}));
        params.insert(
            "tools".to_owned(),
            json!([{"type": "function", "function": {"name": "json_tool_call"}}]),
        );
        let asked = asked(&params, Model::of("claude-3-haiku-20240307")).unwrap();
        assert!(matches!(asked, Asked::ByTool(_, name) if name == "json_tool_call_2"));
    }
}
