//! JSON Schema as Google's own `Schema` (a subset of OpenAPI 3.0's), without losing a leaf.

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};

/// `schema` in the subset.
///
/// # Errors
/// `BadRequest` that names the place the subset has no words for.
pub(super) fn openapi(schema: &Value) -> Result<Value> {
    node(schema, schema, "#", &mut Vec::new())
}

fn refused(at: &str, why: &str) -> Error {
    Error::bad_request(format!("schema at {at}: {why}"))
}

fn node(schema: &Value, root: &Value, at: &str, open: &mut Vec<String>) -> Result<Value> {
    let Some(schema) = schema.as_object() else {
        return Err(refused(at, "is not an object"));
    };
    if let Some(Value::String(reference)) = schema.get("$ref") {
        if open.contains(reference) {
            return Err(refused(at, &format!("{reference} refers to itself")));
        }
        let found = reference
            .strip_prefix('#')
            .and_then(|pointer| root.pointer(pointer));
        let mut merged = found
            .and_then(Value::as_object)
            .cloned()
            .ok_or_else(|| refused(at, &format!("{reference} refers to nothing")))?;
        let siblings = schema.iter().filter(|(name, _)| *name != "$ref");
        merged.extend(siblings.map(|(name, value)| (name.clone(), value.clone())));
        open.push(reference.clone());
        let inlined = node(&Value::Object(merged), root, at, open);
        open.pop();
        return inlined;
    }
    let mut out = Map::new();
    let mut nullable = false;
    let is = |kind: &str| schema.get("type").and_then(Value::as_str) == Some(kind);
    if is("array") && !schema.contains_key("items") {
        return Err(refused(at, "a list of whatever"));
    }
    for (name, value) in schema {
        let below = format!("{at}/{name}");
        match (name.as_str(), value) {
            ("$schema" | "$id" | "$defs" | "definitions" | "strict", _)
            | ("additionalProperties", Value::Bool(false)) => {}
            // That any others may come says nothing where some are named, and everything where none is.
            ("additionalProperties", Value::Bool(true)) if schema.contains_key("properties") => {}
            ("properties", Value::Object(properties)) => {
                let mut read = Map::new();
                for (name, property) in properties {
                    read.insert(
                        name.clone(),
                        node(property, root, &format!("{below}/{name}"), open)?,
                    );
                }
                if !read.is_empty() {
                    out.insert(name.clone(), Value::Object(read));
                }
            }
            ("items", _) => drop(out.insert(name.clone(), node(value, root, &below, open)?)),
            ("anyOf", Value::Array(variants)) => {
                let null = |variant: &&Value| variant.get("type").and_then(Value::as_str) == Some("null");
                let has_null = variants.iter().any(|variant| null(&variant));
                let mut read = Vec::new();
                for (index, variant) in variants.iter().enumerate().filter(|(_, variant)| !null(variant)) {
                    let mut variant = node(variant, root, &format!("{below}/{index}"), open)?;
                    if has_null && let Some(variant) = variant.as_object_mut() {
                        variant.insert("nullable".to_owned(), Value::Bool(true));
                    }
                    read.push(variant);
                }
                out.insert(name.clone(), Value::Array(read));
            }
            ("type", Value::Array(types)) => {
                let mut named: Vec<&Value> = types.iter().collect();
                named.retain(|name| name.as_str() != Some("null"));
                nullable = named.len() < types.len();
                match named.as_slice() {
                    [one] => drop(out.insert(name.clone(), (*one).clone())),
                    _ => return Err(refused(&below, "several types")),
                }
            }
            ("type", Value::String(kind)) if kind == "null" => return Err(refused(&below, "null alone")),
            ("const", Value::String(_)) => drop(out.insert("enum".to_owned(), json!([value]))),
            ("enum", Value::Array(values)) if values.iter().all(Value::is_string) => {
                out.insert(name.clone(), value.clone());
            }
            ("format", Value::String(format))
                if matches!(
                    format.as_str(),
                    "enum" | "date-time" | "float" | "double" | "int32" | "int64"
                ) =>
            {
                out.insert(name.clone(), value.clone());
            }
            (
                "type" | "title" | "description" | "nullable" | "maxItems" | "minItems" | "required"
                | "minProperties" | "maxProperties" | "minLength" | "maxLength" | "pattern" | "example"
                | "propertyOrdering" | "default" | "minimum" | "maximum",
                _,
            ) => drop(out.insert(name.clone(), value.clone())),
            _ => return Err(refused(&below, "Google's schemas have no word for it")),
        }
    }
    if out.contains_key("anyOf") && out.len() > 1 {
        return beside_any_of(out, at);
    }
    if out.contains_key("enum") && !out.contains_key("type") {
        out.insert("type".to_owned(), "string".into());
    }
    if nullable {
        out.insert("nullable".to_owned(), Value::Bool(true));
    }
    Ok(Value::Object(out))
}

/// Google takes nothing beside `anyOf`: what is said of all variants is said of each.
fn beside_any_of(mut out: Map<String, Value>, at: &str) -> Result<Value> {
    let Some(Value::Array(mut variants)) = out.shift_remove("anyOf") else {
        return Err(refused(at, "anyOf is not a list"));
    };
    for variant in variants.iter_mut().filter_map(Value::as_object_mut) {
        let nullable = variant.get("nullable").and_then(Value::as_bool) == Some(true);
        for (name, value) in &out {
            // That nothing is the default goes without saying where nothing is allowed.
            let implied = name == "default" && value.is_null() && nullable;
            // A variant's own words about itself are nearer.
            let nearer = matches!(name.as_str(), "title" | "description" | "default");
            match variant.get(name) {
                None if implied => {}
                None => drop(variant.insert(name.clone(), value.clone())),
                Some(own) if nearer || own == value => {}
                Some(_) => return Err(refused(at, &format!("{name} both beside anyOf and within"))),
            }
        }
    }
    Ok(json!({"anyOf": variants}))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_nulls_and_constants() {
        let schema = json!({"type": "object", "additionalProperties": false, "$defs": {"A": {"type": "number", "default": 1.5}},
            "properties": {"a": {"$ref": "#/$defs/A", "title": "T"}, "b": {"anyOf": [{"type": "string"}, {"type": "null"}]},
                "c": {"const": "x"}, "d": {"type": ["integer", "null"]}, "e": {"type": "object", "properties": {}}}});
        assert_eq!(
            openapi(&schema).unwrap(),
            json!({"type": "object", "properties": {"a": {"type": "number", "default": 1.5, "title": "T"},
                "b": {"anyOf": [{"type": "string", "nullable": true}]}, "c": {"enum": ["x"], "type": "string"},
                "d": {"type": "integer", "nullable": true}, "e": {"type": "object"}}})
        );
    }

    #[test]
    fn what_stands_beside_any_of_is_said_of_every_variant() {
        let schema = json!({"title": "A", "description": "d", "default": null,
            "anyOf": [{"type": "string", "description": "own"}, {"type": "integer"}, {"type": "null"}]});
        assert_eq!(
            openapi(&schema).unwrap(),
            json!({"anyOf": [{"type": "string", "description": "own", "nullable": true, "title": "A"},
                {"type": "integer", "nullable": true, "title": "A", "description": "d"}]})
        );
        let both = json!({"type": "object", "properties": {"a": {"type": "string"}},
            "anyOf": [{"properties": {"b": {"type": "string"}}}]});
        assert!(openapi(&both).unwrap_err().message().contains("properties"));
        let list = openapi(&json!({"type": "object", "properties": {"a": {"type": "array"}}}));
        assert!(list.unwrap_err().message().contains("#/properties/a"));
    }

    #[test]
    fn what_cannot_be_said_is_named() {
        let recursive = json!({"$ref": "#/$defs/N", "$defs": {"N": {"type": "object", "properties": {"n": {"$ref": "#/$defs/N"}}}}});
        assert!(
            openapi(&recursive)
                .unwrap_err()
                .message()
                .contains("#/properties/n")
        );
        let closed = json!({"type": "object", "properties": {"a": {"type": "integer", "enum": [1]}}});
        assert!(
            openapi(&closed)
                .unwrap_err()
                .message()
                .contains("#/properties/a/enum")
        );
    }
}
