//! Schemas of answers, for models that answer to one: closed, and written as a text.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;
use serde_json::{Map, Value, json};

use super::schema::{DATA, NAMED};

/// Every object says that it has no more than it names, as these models demand.
pub(super) fn close(schema: &mut Value) {
    walk(schema, &mut |map| {
        if map.get("type").and_then(Value::as_str) == Some("object")
            && !map.contains_key("additionalProperties")
        {
            map.insert("additionalProperties".to_owned(), json!(false));
        }
    });
}

/// A schema as a text, with the spaces that Python writes.
pub(super) fn text(schema: &Value) -> String {
    let mut written = Vec::new();
    let mut serializer = serde_json::Serializer::with_formatter(&mut written, Spaced);
    // A value of JSON can always be written as JSON.
    let _ = schema.serialize(&mut serializer);
    String::from_utf8_lossy(&written).into_owned()
}

struct Spaced;
impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }
    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        if first { Ok(()) } else { writer.write_all(b", ") }
    }
    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}

fn walk(schema: &mut Value, visit: &mut dyn FnMut(&mut Map<String, Value>)) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, visit)),
        Value::Object(map) => {
            visit(map);
            for (name, value) in map.iter_mut() {
                match value {
                    _ if DATA.contains(&name.as_str()) => {}
                    Value::Object(named) if NAMED.contains(&name.as_str()) => {
                        named.values_mut().for_each(|schema| walk(schema, visit));
                    }
                    value => walk(value, visit),
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_closed_and_data_is_left_alone() {
        let mut schema = json!({"type": "object", "properties": {"default": {"type": "object", "default": {"type": "object"}}, "open": {"type": "object", "additionalProperties": true}}});
        close(&mut schema);
        assert_eq!(schema["additionalProperties"], json!(false));
        assert_eq!(
            schema["properties"]["default"],
            json!({"type": "object", "default": {"type": "object"}, "additionalProperties": false})
        );
        assert_eq!(schema["properties"]["open"]["additionalProperties"], json!(true));
    }

    #[test]
    fn texts_are_spaced() {
        assert_eq!(
            text(&json!({"a": [1, {"b": "c:,"}], "d": {}})),
            r#"{"a": [1, {"b": "c:,"}], "d": {}}"#
        );
    }
}
