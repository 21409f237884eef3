//! A `GenerateContentResponse` as it is read: texts lie where they came, and only what is handed on whole becomes a tree.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::types::lenient;
use crate::verbatim;

/// A plain answer, or an event of a stream. `C` is what the counts are read as.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase", bound(deserialize = "C: Deserialize<'de>"))]
pub(super) struct Event<'a, C> {
    #[serde(default, borrow, deserialize_with = "lenient::borrowed")]
    pub response_id: Option<Cow<'a, str>>,
    #[serde(default, borrow, deserialize_with = "lenient::borrowed")]
    pub model_version: Option<Cow<'a, str>>,
    #[serde(default, borrow, deserialize_with = "lenient::nullable")]
    pub candidates: Vec<Candidate<'a>>,
    #[serde(default)]
    pub prompt_feedback: Option<Value>,
    #[serde(default = "none")]
    pub usage_metadata: Option<C>,
    #[serde(default)]
    pub error: Option<serde::de::IgnoredAny>,
}

fn none<C>() -> Option<C> {
    None
}

/// One alternative.
#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Candidate<'a> {
    #[serde(default, borrow, deserialize_with = "lenient::nullable")]
    pub content: Content<'a>,
    /// Where it stands among the alternatives; left out, by its position.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub index: Option<i64>,
    #[serde(default, borrow, deserialize_with = "lenient::borrowed")]
    pub finish_reason: Option<Cow<'a, str>>,
    #[serde(default, borrow, deserialize_with = "lenient::borrowed")]
    pub finish_message: Option<Cow<'a, str>>,
    #[serde(default)]
    pub grounding_metadata: Option<Value>,
    #[serde(default)]
    pub url_context_metadata: Option<Value>,
    #[serde(default)]
    pub safety_ratings: Option<Value>,
    #[serde(default)]
    pub citation_metadata: Option<Value>,
    #[serde(default)]
    pub logprobs_result: Option<Value>,
}

#[derive(Debug, Default, serde::Deserialize)]
pub(super) struct Content<'a> {
    #[serde(default, borrow, deserialize_with = "lenient::nullable")]
    pub parts: Vec<Part<'a>>,
}

/// One part; what has no field here is in `rest`.
#[derive(Debug, Default)]
pub(super) struct Part<'a> {
    pub text: Option<Cow<'a, str>>,
    pub thought: Option<Value>,
    pub signature: Option<Cow<'a, str>>,
    pub call: Option<Call<'a>>,
    pub data: Option<Blob<'a>>,
    pub rest: Map<String, Value>,
}

/// A call of a function.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Call<'a> {
    #[serde(default, borrow, deserialize_with = "lenient::borrowed")]
    pub id: Option<Cow<'a, str>>,
    #[serde(default, borrow, deserialize_with = "lenient::borrowed")]
    pub name: Option<Cow<'a, str>>,
    /// The arguments as they were written.
    #[serde(default, borrow, deserialize_with = "verbatim::text")]
    pub args: Option<Cow<'a, str>>,
    /// Pieces of the arguments.
    #[serde(default)]
    pub partial_args: Option<Value>,
    #[serde(default)]
    pub will_continue: Option<Value>,
}

impl Call<'_> {
    /// Whether more of it is to come.
    pub(super) fn goes_on(&self) -> bool {
        self.will_continue == Some(Value::Bool(true))
    }

    /// Whether it is not the whole call.
    pub(super) fn is_piece(&self) -> bool {
        self.partial_args.is_some() || self.goes_on()
    }
}

/// A file by value.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Blob<'a> {
    #[serde(default, borrow, deserialize_with = "lenient::borrowed")]
    pub mime_type: Option<Cow<'a, str>>,
    #[serde(default, borrow, deserialize_with = "lenient::borrowed")]
    pub data: Option<Cow<'a, str>>,
}

/// A text read by [`lenient::borrowed`].
struct Text<'a>(Option<Cow<'a, str>>);

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        lenient::borrowed(deserializer).map(Self)
    }
}

impl Part<'_> {
    /// The part as it came, for those that are none of the known kinds.
    pub(super) fn into_value(self) -> Value {
        let mut part = self.rest;
        if let Some(thought) = self.thought {
            part.insert("thought".to_owned(), thought);
        }
        if let Some(signature) = self.signature {
            part.insert("thoughtSignature".to_owned(), signature.into());
        }
        part.into()
    }
}

// A derived reader with a flattened rest would read every part twice.
impl<'de> Deserialize<'de> for Part<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Part<'de>;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a part")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Part<'de>, A::Error> {
                let mut part = Part::default();
                while let Some(Text(Some(name))) = object.next_key()? {
                    match &*name {
                        "text" => part.text = object.next_value::<Text<'de>>()?.0,
                        "thoughtSignature" => part.signature = object.next_value::<Text<'de>>()?.0,
                        "thought" => part.thought = object.next_value()?,
                        "functionCall" => part.call = object.next_value()?,
                        "inlineData" => part.data = object.next_value()?,
                        _ => drop(part.rest.insert(name.into_owned(), object.next_value()?)),
                    }
                }
                Ok(part)
            }
        }
        deserializer.deserialize_map(Fields)
    }
}
