//! Schemas of tools. Not every model on Bedrock looks up `$ref`, so what it names is put in its place. A definition that
//! holds itself cannot be put in place without end: it stays a `$ref`, and the definitions it needs stay with it.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};

/// A schema with more nodes than this once everything is in its place keeps its references: doubling definitions
/// doubling others must not fill the memory.
const MOST: usize = 20_000;
/// Where schemas keep definitions.
const DEFINITIONS: &[&str] = &["$defs", "definitions"];
/// Keys whose values are data, in which `$ref` is no reference.
const DATA: &[&str] = &["enum", "const", "default", "examples", "example"];
/// Keys whose values are maps from names to schemas: a property may be called `enum`.
const NAMED: &[&str] = &[
    "properties",
    "patternProperties",
    "dependentSchemas",
    "$defs",
    "definitions",
];
/// Keys that only describe: beside a reference they win over the definition's own.
const NOTES: &[&str] = &[
    "title",
    "description",
    "default",
    "examples",
    "example",
    "deprecated",
    "readOnly",
    "writeOnly",
];

/// A schema as Converse takes it: an object at the top, without what only a schema's author needs.
///
/// # Errors
/// `BadRequest` that names the path of a reference to nothing.
pub(super) fn input(schema: Value, is_claude: bool, place: &str) -> Result<Value> {
    let Value::Object(mut map) = resolved(schema, place)? else {
        return Err(Error::bad_request(format!("{place} is not an object")));
    };
    map.shift_remove("$schema");
    map.shift_remove("$id");
    if !is_claude {
        map.shift_remove("additionalProperties");
        map.shift_remove("strict");
    }
    map.entry("type").or_insert_with(|| json!("object"));
    map.entry("properties").or_insert_with(|| json!({}));
    map.entry("required").or_insert_with(|| json!([]));
    Ok(Value::Object(map))
}

fn resolved(schema: Value, place: &str) -> Result<Value> {
    if !has_reference(&schema) {
        return Ok(schema);
    }
    let mut resolver = Resolver {
        root: &schema,
        place,
        kept: BTreeSet::new(),
        nodes: 0,
    };
    let mut whole = match resolver.resolve(&schema, &mut Vec::new(), "") {
        Ok(whole) => whole,
        // Too large with everything in its place: as it was given.
        Err(Stop::TooLarge) => return Ok(schema),
        Err(Stop::Wrong(error)) => return Err(error),
    };
    let kept = resolver.kept;
    if let Some(map) = whole.as_object_mut() {
        // Whoever still needs a definition of the root finds it where it was.
        for name in DEFINITIONS {
            if let Some(Value::Object(definitions)) = map.get_mut(*name) {
                definitions.retain(|key, _| {
                    let own = format!("/{name}/{}", escaped(key));
                    let inside = |pointer: &String| {
                        pointer
                            .strip_prefix(&own)
                            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
                    };
                    kept.iter().any(inside)
                });
                if definitions.is_empty() {
                    map.shift_remove(*name);
                }
            }
        }
    }
    Ok(whole)
}

enum Stop {
    TooLarge,
    Wrong(Error),
}

struct Resolver<'a> {
    root: &'a Value,
    place: &'a str,
    /// What references that stay name.
    kept: BTreeSet<String>,
    nodes: usize,
}

impl Resolver<'_> {
    /// `schema` with everything in its place. `within` are the references that led here.
    fn resolve(
        &mut self,
        schema: &Value,
        within: &mut Vec<String>,
        path: &str,
    ) -> std::result::Result<Value, Stop> {
        self.nodes += 1;
        if self.nodes > MOST {
            return Err(Stop::TooLarge);
        }
        match schema {
            Value::Array(items) => {
                let mut list = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    list.push(self.resolve(item, within, &format!("{path}[{index}]"))?);
                }
                Ok(Value::Array(list))
            }
            Value::Object(map) => match map.get("$ref").and_then(Value::as_str) {
                Some(reference) if reference.starts_with('#') => self.reference(map, reference, within, path),
                _ => self.members(map, within, path).map(Value::Object),
            },
            other => Ok(other.clone()),
        }
    }

    fn members(
        &mut self,
        map: &Map<String, Value>,
        within: &mut Vec<String>,
        path: &str,
    ) -> std::result::Result<Map<String, Value>, Stop> {
        let mut whole = Map::with_capacity(map.len());
        for (name, value) in map {
            let path = format!("{path}.{name}");
            let value = if DATA.contains(&name.as_str()) {
                value.clone()
            } else if path.len() == name.len() + 1 && DEFINITIONS.contains(&name.as_str()) {
                self.definitions(name, value, within, &path)?
            } else if let (true, Value::Object(named)) = (NAMED.contains(&name.as_str()), value) {
                let mut schemas = Map::with_capacity(named.len());
                for (name, schema) in named {
                    schemas.insert(
                        name.clone(),
                        self.resolve(schema, within, &format!("{path}.{name}"))?,
                    );
                }
                Value::Object(schemas)
            } else {
                self.resolve(value, within, &path)?
            };
            whole.insert(name.clone(), value);
        }
        Ok(whole)
    }

    /// The definitions of the root. In one that stays, a reference to itself stays as well.
    fn definitions(
        &mut self,
        name: &str,
        definitions: &Value,
        within: &mut Vec<String>,
        path: &str,
    ) -> std::result::Result<Value, Stop> {
        let mut whole = Map::new();
        for (key, schema) in definitions.as_object().into_iter().flatten() {
            within.push(format!("/{name}/{}", escaped(key)));
            let schema = self.resolve(schema, within, &format!("{path}.{key}"));
            within.pop();
            whole.insert(key.clone(), schema?);
        }
        Ok(Value::Object(whole))
    }

    fn reference(
        &mut self,
        map: &Map<String, Value>,
        reference: &str,
        within: &mut Vec<String>,
        path: &str,
    ) -> std::result::Result<Value, Stop> {
        let pointer = decoded(reference.trim_start_matches('#'));
        let Some(named) = self.root.pointer(&pointer) else {
            return Err(Stop::Wrong(Error::bad_request(format!(
                "{}{path}: {reference:?} names nothing in the schema",
                self.place
            ))));
        };
        // A reference to the whole, or to where it stands itself, has no end.
        if pointer.is_empty() || within.contains(&pointer) {
            self.kept.insert(pointer);
            return self.members(map, within, path).map(Value::Object);
        }
        within.push(pointer.clone());
        let definition = self.resolve(named, within, path);
        within.pop();
        let definition = definition?;
        let mut beside = map.clone();
        beside.shift_remove("$ref");
        let beside = self.members(&beside, within, path)?;
        Ok(joined(definition, beside))
    }
}

/// A definition and what stands beside the reference to it: both hold.
fn joined(definition: Value, beside: Map<String, Value>) -> Value {
    if beside.is_empty() {
        return definition;
    }
    let Value::Object(mut whole) = definition else {
        return definition;
    };
    let differs = |(name, value): (&String, &Value)| {
        !NOTES.contains(&name.as_str()) && whole.get(name).is_some_and(|own| own != value)
    };
    if beside.iter().any(differs) {
        let mut both = Map::new();
        both.insert("allOf".to_owned(), json!([whole]));
        both.extend(beside);
        return Value::Object(both);
    }
    whole.extend(beside);
    Value::Object(whole)
}

fn has_reference(schema: &Value) -> bool {
    match schema {
        Value::Array(items) => items.iter().any(has_reference),
        Value::Object(map) => {
            map.get("$ref").is_some_and(Value::is_string)
                || DEFINITIONS.iter().any(|name| map.contains_key(*name))
                || map.values().any(has_reference)
        }
        _ => false,
    }
}

/// A name as a step of a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A fragment without its percent signs.
fn decoded(fragment: &str) -> String {
    let mut bytes = Vec::with_capacity(fragment.len());
    let mut rest = fragment.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match hex.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if *first == b'%' => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(schema: Value) -> Value {
        input(schema, true, "parameters").unwrap()
    }

    #[test]
    fn definitions_are_put_in_their_place() {
        let schema = json!({"type": "object", "$schema": "s", "required": ["a"],
            "properties": {"a": {"$ref": "#/$defs/A"}, "list": {"type": "array", "items": {"$ref": "#/$defs/A", "description": "mine"}}},
            "$defs": {"A": {"type": "object", "description": "its", "properties": {"b": {"$ref": "#/$defs/B~1x"}}}, "B/x": {"enum": [1, {"$ref": "#/nothing"}]}}});
        assert_eq!(
            of(schema),
            json!({"type": "object", "required": ["a"], "properties": {
                "a": {"type": "object", "description": "its", "properties": {"b": {"enum": [1, {"$ref": "#/nothing"}]}}},
                "list": {"type": "array", "items": {"type": "object", "description": "mine", "properties": {"b": {"enum": [1, {"$ref": "#/nothing"}]}}}}}})
        );
    }

    #[test]
    fn what_holds_itself_stays_a_reference_and_loses_nothing() {
        let node = json!({"type": "object", "properties": {"v": {"type": "string"}, "next": {"anyOf": [{"$ref": "#/$defs/N"}, {"type": "null"}]}}});
        let schema = json!({"type": "object", "required": [], "properties": {"n": {"$ref": "#/$defs/N"}}, "$defs": {"N": node, "Unused": {"type": "string"}}});
        let whole = of(schema);
        assert_eq!(whole["properties"]["n"], node);
        assert_eq!(whole["$defs"], json!({"N": node}));
        let itself = json!({"type": "object", "required": [], "properties": {"child": {"$ref": "#"}}});
        assert_eq!(of(itself.clone()), itself);
    }

    #[test]
    fn both_hold_where_definition_and_reference_differ() {
        let schema = json!({"properties": {"a": {"$ref": "#/$defs/A", "minimum": 2}}, "$defs": {"A": {"type": "integer", "minimum": 1}}});
        assert_eq!(
            of(schema)["properties"]["a"],
            json!({"allOf": [{"type": "integer", "minimum": 1}], "minimum": 2})
        );
    }

    #[test]
    fn a_reference_to_nothing_is_an_error_with_its_path() {
        let schema = json!({"properties": {"a": {"items": [{"$ref": "#/$defs/Gone"}]}}});
        let error = input(schema, true, "tools[0].function.parameters").unwrap_err();
        assert!(
            error
                .message()
                .contains("tools[0].function.parameters.properties.a.items[0]"),
            "{error}"
        );
    }

    #[test]
    fn definitions_that_double_keep_their_references() {
        let mut definitions = Map::new();
        for index in 0..40 {
            let next = json!({"$ref": format!("#/$defs/D{}", index + 1)});
            definitions.insert(
                format!("D{index}"),
                json!({"type": "object", "properties": {"a": next, "b": next}}),
            );
        }
        definitions.insert("D40".to_owned(), json!({"type": "string"}));
        let schema = json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/D0"}}, "required": [], "$defs": definitions});
        assert_eq!(of(schema.clone()), schema);
    }
}
