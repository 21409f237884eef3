//! Google's part of JSON Schema: what it asks of a schema, and the same as ordinary JSON Schema.

use serde_json::{Map, Value};

use super::request::{get, invalid, list, text};
use crate::sim::errors::ApiError;

const TYPES: &[&str] = &[
    "STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT", "NULL",
];

/// Checks what the fields of a schema mean, beyond their being known.
pub(super) fn check(schema: &Value, path: &str) -> Result<(), ApiError> {
    let refuse = |what: &str| Err(invalid(format!("* GenerateContentRequest.{path}{what}\n")));
    let kind = text(schema, "type").to_ascii_uppercase();
    let choices = list(get(schema, "anyOf"));
    if kind.is_empty() && choices.is_empty() && get(schema, "ref").is_none() {
        return refuse(".type: must be specified");
    }
    if !kind.is_empty() && !TYPES.contains(&kind.as_str()) {
        return Err(invalid(format!(
            "Invalid value at '{path}.type' (TYPE_ENUM), \"{kind}\""
        )));
    }
    let properties = get(schema, "properties").and_then(Value::as_object);
    // An object of the top may be empty: a function without parameters.
    if kind == "OBJECT" && properties.is_some_and(Map::is_empty) && !path.ends_with(".parameters") {
        return refuse(".properties: should be non-empty for OBJECT type");
    }
    if kind == "ARRAY" && get(schema, "items").is_none() {
        return refuse(".items: missing field.");
    }
    if get(schema, "enum").is_some() && kind != "STRING" {
        return refuse(".enum: only allowed for STRING type");
    }
    if list(get(schema, "enum")).iter().any(|word| word == "") {
        return refuse(".enum[0]: cannot be empty");
    }
    let format = text(schema, "format");
    if kind == "STRING" && !matches!(format, "" | "enum" | "date-time") {
        return refuse(".format: only 'enum' and 'date-time' are supported for STRING type");
    }
    for name in list(get(schema, "required")) {
        let name = name.as_str().unwrap_or_default();
        if !properties.is_some_and(|properties| properties.contains_key(name)) {
            return refuse(&format!(".required[0]: property is not defined: {name}"));
        }
    }
    for (name, property) in properties.into_iter().flatten() {
        check(property, &format!("{path}.properties[{name}]"))?;
    }
    if let Some(items) = get(schema, "items") {
        check(items, &format!("{path}.items"))?;
    }
    for (index, choice) in choices.iter().enumerate() {
        check(choice, &format!("{path}.any_of[{index}]"))?;
    }
    Ok(())
}

/// The same schema with the types in lower case and null as a type.
pub(super) fn standard(schema: &Value) -> Value {
    let Value::Object(fields) = schema else {
        return schema.clone();
    };
    let mut standard = Map::new();
    for (key, value) in fields {
        let (key, value) = match (key.as_str(), value) {
            ("type", Value::String(kind)) => ("type", kind.to_ascii_lowercase().into()),
            ("properties", Value::Object(properties)) => {
                let properties = properties
                    .iter()
                    .map(|(name, value)| (name.clone(), self::standard(value)));
                ("properties", Value::Object(properties.collect()))
            }
            ("items", items) => ("items", self::standard(items)),
            ("anyOf" | "any_of", Value::Array(choices)) => {
                ("anyOf", choices.iter().map(self::standard).collect())
            }
            ("minItems" | "maxItems" | "minLength" | "maxLength", Value::String(number)) => (
                key.as_str(),
                number.parse::<u64>().map_or(Value::Null, Value::from),
            ),
            (key, value) => (key, value.clone()),
        };
        standard.insert(key.to_owned(), value);
    }
    Value::Object(standard)
}
