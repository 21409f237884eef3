//! Arguments of tools, which are a text in OpenAI's dialect and an object in others. They cross over in the words they
//! were written in: a tree of JSON holds numbers as 64 bits hold them, and an id of thirty digits would come out another.

use std::borrow::Cow;
use std::fmt;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::marker::PhantomData;
use std::sync::LazyLock;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::error::{Error, Result};

/// The key that marks what is to be written as it is. Nobody can guess it, so nobody's own data is taken for it.
static MARK: LazyLock<String> = LazyLock::new(|| {
    let random = || RandomState::new().build_hasher().finish();
    format!("verbatim {:016x}{:016x}", random(), random())
});

/// The value that `text` is, for a tree that [`written`] writes; an object keeps its words.
pub(crate) fn given(text: &str) -> serde_json::Result<Value> {
    let raw = serde_json::from_str::<&RawValue>(text)?.get();
    Ok(match raw {
        "{}" => Value::Object(Map::new()),
        object if object.starts_with('{') => {
            Value::Object(Map::from_iter([(MARK.clone(), Value::from(object))]))
        }
        _ => serde_json::from_str(raw)?,
    })
}

/// The bytes of a request's body.
pub(crate) fn written(body: &Map<String, Value>) -> Result<Bytes> {
    serde_json::to_vec(&Written(body))
        .map(Bytes::from)
        .map_err(|error| Error::bad_request(format!("the request cannot be written as JSON: {error}")))
}

/// A tree with such values, to be written.
pub(crate) struct Written<'a, T>(pub &'a T);

impl Serialize for Written<'_, Map<String, Value>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        if self.0.len() == 1
            && let Some(Value::String(text)) = self.0.get(MARK.as_str())
        {
            let raw: &RawValue = serde_json::from_str(text).map_err(serde::ser::Error::custom)?;
            return raw.serialize(serializer);
        }
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, Written(value))))
    }
}

impl Serialize for Written<'_, Value> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(map) => Written(map).serialize(serializer),
            Value::Array(items) => serializer.collect_seq(items.iter().map(Written)),
            other => other.serialize(serializer),
        }
    }
}

/// What a provider wrote, without the blanks between its tokens and with texts spelt as we spell them: what a tree would
/// be written as, but for the numbers, which stay as they are.
pub(crate) fn compact(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    while let Some(at) = memchr::memchr(b'"', rest.as_bytes()) {
        let (between, from) = rest.split_at(at);
        let Some((quoted, after)) = text_end(from).and_then(|end| from.split_at_checked(end)) else {
            break;
        };
        out.extend(between.split_ascii_whitespace());
        let respelt = quoted
            .contains('\\')
            .then(|| serde_json::from_str::<String>(quoted).ok())
            .flatten();
        match respelt {
            Some(text) => out.push_str(&Value::String(text).to_string()),
            None => out.push_str(quoted),
        }
        rest = after;
    }
    out.extend(rest.split_ascii_whitespace());
    out
}

/// Where the text that begins with this quote ends.
fn text_end(text: &str) -> Option<usize> {
    let mut from = 1;
    loop {
        let at = from + memchr::memchr2(b'"', b'\\', text.as_bytes().get(from..)?)?;
        if text.as_bytes().get(at) == Some(&b'"') {
            return Some(at + 1);
        }
        from = at + 2;
    }
}

/// A field as the text it was written as.
pub(crate) fn text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<Option<Cow<'de, str>>, D::Error> {
    let raw = Option::<&RawValue>::deserialize(deserializer)?;
    Ok(raw.map(|raw| Cow::Borrowed(raw.get())))
}

/// The name of a field.
pub(crate) trait Field {
    const NAME: &'static str;
}

/// An object of which one field is read apart, as a `T`; where it stood is `null`.
#[derive(Debug, Clone)]
pub(crate) struct Apart<F, T> {
    pub field: Option<T>,
    pub rest: Map<String, Value>,
    name: PhantomData<F>,
}

// Anything but an object has no fields.
impl<F, T> Default for Apart<F, T> {
    fn default() -> Self {
        Self {
            field: None,
            rest: Map::new(),
            name: PhantomData,
        }
    }
}

/// An object of which one field stays the text it was written as.
pub(crate) type Kept<'a, F> = Apart<F, &'a RawValue>;

impl<F: Field> Kept<'_, F> {
    /// The text of the field; `{}` without it.
    pub(crate) fn text(&self) -> String {
        self.field
            .map_or_else(|| "{}".to_owned(), |raw| compact(raw.get()))
    }

    /// The whole object as a tree.
    pub(crate) fn whole(self) -> Map<String, Value> {
        let mut whole = self.rest;
        if let Some(raw) = self.field
            && let Some(place) = whole.get_mut(F::NAME)
        {
            *place = serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().into());
        }
        whole
    }
}

impl<'de, F: Field, T: Deserialize<'de>> Deserialize<'de> for Apart<F, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Fields<F, T>(PhantomData<(F, T)>);
        impl<'de, F: Field, T: Deserialize<'de>> Visitor<'de> for Fields<F, T> {
            type Value = Apart<F, T>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(
                self,
                mut object: A,
            ) -> std::result::Result<Self::Value, A::Error> {
                let mut apart = Apart::default();
                while let Some(name) = object.next_key::<String>()? {
                    let value = if name == F::NAME {
                        apart.field = object.next_value()?;
                        Value::Null
                    } else {
                        object.next_value()?
                    };
                    apart.rest.insert(name, value);
                }
                Ok(apart)
            }
            fn visit_unit<E>(self) -> std::result::Result<Self::Value, E> {
                Ok(Apart::default())
            }
            fn visit_bool<E>(self, _: bool) -> std::result::Result<Self::Value, E> {
                Ok(Apart::default())
            }
            fn visit_i64<E>(self, _: i64) -> std::result::Result<Self::Value, E> {
                Ok(Apart::default())
            }
            fn visit_u64<E>(self, _: u64) -> std::result::Result<Self::Value, E> {
                Ok(Apart::default())
            }
            fn visit_f64<E>(self, _: f64) -> std::result::Result<Self::Value, E> {
                Ok(Apart::default())
            }
            fn visit_str<E>(self, _: &str) -> std::result::Result<Self::Value, E> {
                Ok(Apart::default())
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> std::result::Result<Self::Value, A::Error> {
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Apart::default())
            }
        }
        deserializer.deserialize_any(Fields(PhantomData))
    }
}

/// A tree as it will be read.
#[cfg(test)]
pub(crate) fn told(tree: &Value) -> Value {
    serde_json::from_str(&serde_json::to_string(&Written(tree)).unwrap()).unwrap()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ODD: &str = r#"{"z":12345678901234567890123,"a":1.0,"huge":1e400,"a":[-0,1E5],"t":"a \" b"}"#;

    #[test]
    fn an_object_is_written_as_it_was_given() {
        let body =
            json!({"input": given(&format!("\n {ODD} ")).unwrap(), "own": {"x": 1}, "list": [{}, null]});
        let bytes = written(body.as_object().unwrap()).unwrap();
        let expected = format!(r#"{{"input":{ODD},"own":{{"x":1}},"list":[{{}},null]}}"#);
        assert_eq!(std::str::from_utf8(&bytes).unwrap(), expected);
        assert_eq!(given("{}").unwrap(), json!({}));
        assert_eq!(given("null").unwrap(), json!(null));
        for wrong in ["", "{", "{\"a\": NaN}", "{} {}", "{'a': 1}", "{\"a\":01}"] {
            assert!(given(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn nobody_can_pretend() {
        let own = json!({"a": {"verbatim": "]"}, "b": {"$serde_json::private::RawValue": "]"}});
        let bytes = written(own.as_object().unwrap()).unwrap();
        assert_eq!(bytes, own.to_string());
    }

    #[test]
    fn blanks_go_and_texts_are_spelt_as_ours() {
        let pretty =
            "{\n  \"z\" : 12345678901234567890123,\t\"a b\": [ 1.0, \"x\\u00e9\\/ \\\\\", \"\\ud800\" ]\r\n}";
        assert_eq!(
            compact(pretty),
            r#"{"z":12345678901234567890123,"a b":[1.0,"xé/ \\","\ud800"]}"#
        );
        assert_eq!(compact(ODD), ODD);
        let usual = json!({"a": [1, -2.5, "\u{1}\"\\\n\u{2028}é"], "b": {}, "": null, "c": true});
        for written in [usual.to_string(), serde_json::to_string_pretty(&usual).unwrap()] {
            assert_eq!(compact(&written), usual.to_string());
        }
        // What is no JSON is no reason to fail.
        for broken in ["\"", "{\"a\\", "\"\\"] {
            assert_eq!(compact(broken), broken);
        }
    }

    #[derive(Clone)]
    struct Input;
    impl Field for Input {
        const NAME: &'static str = "input";
    }

    #[test]
    fn one_field_stays_a_text() {
        let read = |json| serde_json::from_str::<Kept<'_, Input>>(json).unwrap();
        let call = read(r#"{"a": 1, "input": {"n": 1e400}, "b": 2}"#);
        assert_eq!(call.text(), r#"{"n":1e400}"#);
        assert_eq!(json!(call.rest), json!({"a": 1, "input": null, "b": 2}));
        let whole = read(r#"{"input": {"n": 1}, "b": 2}"#).whole();
        assert_eq!(Value::Object(whole).to_string(), r#"{"input":{"n":1},"b":2}"#);
        assert_eq!(read(r#"{"input": null}"#).text(), "{}");
        for other in ["null", "1", "-1", "1.5", "true", "\"x\"", "[1, [2]]"] {
            assert!(read(other).rest.is_empty(), "{other}");
        }
    }
}
