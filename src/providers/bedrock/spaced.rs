//! JSON as a text in a text, with the spaces that Python writes.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

pub(super) fn text(value: &Value) -> String {
    let mut written = Vec::new();
    // A value of JSON can always be written as JSON.
    let _ = value.serialize(&mut Serializer::with_formatter(&mut written, Spaced));
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn spaces_stand_between_and_not_within() {
        assert_eq!(
            text(&json!({"a": [1, {"b": "c:,"}], "d": {}})),
            r#"{"a": [1, {"b": "c:,"}], "d": {}}"#
        );
    }
}
