//! Answers that were written from an object of ours: from JSON to that object at once, with nothing in between.
//!
//! What such an answer seldom holds (log probabilities, audio, custom tools, nested counts) is not read here: an error
//! says so, and the way by `ChatResponse` is taken.

use std::borrow::Cow;
use std::fmt;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyFloat, PyInt, PyList, PyString};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::super::instance::Class;
use super::classes::Classes;

/// A stored chat answer as `ModelResponse`; an error for one that is not plain enough.
pub(in crate::python) fn stored_chat<'py>(
    py: Python<'py>,
    classes: &Classes,
    body: &[u8],
    meta: &Bound<'py, PyAny>,
) -> serde_json::Result<Bound<'py, PyAny>> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let seed = Reader {
        py,
        classes,
        meta,
        kind: Kind::Response,
    };
    let answer = seed.deserialize(&mut reader)?;
    reader.end()?;
    Ok(answer)
}

/// A JSON value as Python's own types.
pub(in crate::python) struct Plain<'py>(pub(in crate::python) Python<'py>);

impl<'de, 'py> DeserializeSeed<'de> for Plain<'py> {
    type Value = Bound<'py, PyAny>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de, 'py> Visitor<'de> for Plain<'py> {
    type Value = Bound<'py, PyAny>;
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(self.0.None().into_bound(self.0))
    }
    fn visit_bool<E: Error>(self, flag: bool) -> Result<Self::Value, E> {
        let flag = flag.into_pyobject(self.0).map_err(E::custom)?;
        Ok(flag.to_owned().into_any())
    }
    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(PyInt::new(self.0, number).into_any())
    }
    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(PyInt::new(self.0, number).into_any())
    }
    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(PyFloat::new(self.0, number).into_any())
    }
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(PyString::new(self.0, text).into_any())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let list = PyList::empty(self.0);
        while let Some(item) = items.next_element_seed(Plain(self.0))? {
            list.append(item).map_err(A::Error::custom)?;
        }
        Ok(list.into_any())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let dict = PyDict::new(self.0);
        while let Some(name) = entries.next_key_seed(Name)? {
            let value = entries.next_value_seed(Plain(self.0))?;
            dict.set_item(PyString::intern(self.0, &name), value)
                .map_err(A::Error::custom)?;
        }
        Ok(dict.into_any())
    }
}

/// A key, where it lies.
pub(in crate::python) struct Name;

impl<'de> DeserializeSeed<'de> for Name {
    type Value = Cow<'de, str>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Name {
    type Value = Cow<'de, str>;
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a name")
    }
    fn visit_borrowed_str<E>(self, name: &'de str) -> Result<Self::Value, E> {
        Ok(Cow::Borrowed(name))
    }
    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Cow::Owned(name.to_owned()))
    }
}

/// What stands at a place of the answer.
#[derive(Clone, Copy)]
enum Kind {
    Response,
    Choices,
    Choice,
    Message,
    ToolCalls,
    ToolCall,
    Function,
    Usage,
    CompletionDetails,
    PromptDetails,
    /// A number, a text or nothing, where an object would have a class of its own.
    Scalar,
    Any,
}

impl Kind {
    /// The class of its objects.
    fn class(self, classes: &Classes) -> Option<&Class> {
        Some(match self {
            Self::Response => &classes.response,
            Self::Choice => &classes.choices,
            Self::Message => &classes.message,
            Self::ToolCall => &classes.tool_call,
            Self::Function => &classes.function,
            Self::Usage => &classes.usage,
            Self::CompletionDetails => &classes.completion_details,
            Self::PromptDetails => &classes.prompt_details,
            Self::Choices | Self::ToolCalls | Self::Scalar | Self::Any => return None,
        })
    }

    /// What stands under a name; None for what is rare.
    fn part(self, name: &str) -> Option<Self> {
        Some(match (self, name) {
            (Self::Response, "choices") => Self::Choices,
            (Self::Response, "usage") => Self::Usage,
            (Self::Choice, "message") => Self::Message,
            (Self::Choice, "finish_reason" | "index" | "provider_specific_fields") => Self::Any,
            (Self::Message, "tool_calls") => Self::ToolCalls,
            (Self::Message, "function_call") | (Self::Choice, "logprobs") => Self::Scalar,
            (
                Self::Message,
                "content"
                | "role"
                | "annotations"
                | "images"
                | "provider_specific_fields"
                | "reasoning_content"
                | "reasoning_items"
                | "thinking_blocks",
            ) => Self::Any,
            (Self::ToolCall, "function") => Self::Function,
            (Self::ToolCall, "custom") | (Self::Choice | Self::Message, _) => return None,
            (Self::Usage, "completion_tokens_details") => Self::CompletionDetails,
            (Self::Usage, "prompt_tokens_details") => Self::PromptDetails,
            (Self::Usage | Self::CompletionDetails | Self::PromptDetails, _) => Self::Scalar,
            _ => Self::Any,
        })
    }

    /// What stands in its list.
    fn item(self) -> Option<Self> {
        match self {
            Self::Choices => Some(Self::Choice),
            Self::ToolCalls => Some(Self::ToolCall),
            Self::Any => Some(Self::Any),
            _ => None,
        }
    }
}

/// Reads what stands at one place.
struct Reader<'a, 'py> {
    py: Python<'py>,
    classes: &'a Classes,
    meta: &'a Bound<'py, PyAny>,
    kind: Kind,
}

impl Reader<'_, '_> {
    fn at(&self, kind: Kind) -> Self {
        Self { kind, ..*self }
    }
}

fn rare<E: Error>() -> E {
    E::custom("not read here")
}

impl<'de, 'py> DeserializeSeed<'de> for Reader<'_, 'py> {
    type Value = Bound<'py, PyAny>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        match self.kind {
            Kind::Any => Plain(self.py).deserialize(deserializer),
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de, 'py> Visitor<'de> for Reader<'_, 'py> {
    type Value = Bound<'py, PyAny>;
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a part of an answer")
    }
    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Plain(self.py).visit_unit()
    }
    fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
        self.scalar()?.visit_i64(number)
    }
    fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
        self.scalar()?.visit_u64(number)
    }
    fn visit_f64<E: Error>(self, number: f64) -> Result<Self::Value, E> {
        self.scalar()?.visit_f64(number)
    }
    fn visit_bool<E: Error>(self, flag: bool) -> Result<Self::Value, E> {
        self.scalar()?.visit_bool(flag)
    }
    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        self.scalar()?.visit_str(text)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let kind = self.kind.item().ok_or_else(rare)?;
        let list = PyList::empty(self.py);
        while let Some(item) = items.next_element_seed(self.at(kind))? {
            list.append(item).map_err(A::Error::custom)?;
        }
        Ok(list.into_any())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let class = self.kind.class(self.classes).ok_or_else(rare)?;
        let fields = class.fields(self.py).map_err(A::Error::custom)?;
        let extra = PyDict::new(self.py);
        let mut counted = false;
        while let Some(name) = entries.next_key_seed(Name)? {
            let kind = self.kind.part(&name).ok_or_else(rare)?;
            let value = entries.next_value_seed(self.at(kind))?;
            if value.is_none() {
                // A declared field is None already. Another was left out of the object that was written, but for
                // the provider's own.
                if class.declared(self.py, &name).is_none()
                    && matches!(self.kind, Kind::Response | Kind::ToolCall | Kind::Function)
                {
                    extra.set_item(&*name, value).map_err(A::Error::custom)?;
                }
                continue;
            }
            counted |= matches!(kind, Kind::Usage);
            match class.declared(self.py, &name) {
                Some(name) => fields.set_item(name, value),
                None => extra.set_item(PyString::intern(self.py, &name), value),
            }
            .map_err(A::Error::custom)?;
        }
        let meta = match self.kind {
            Kind::Response if counted => Some(self.meta),
            Kind::Response => return Err(rare()),
            _ => None,
        };
        class
            .instance(self.py, fields, extra, meta)
            .map_err(A::Error::custom)
    }
}

impl<'py> Reader<'_, 'py> {
    /// The reader of a number or a text, where one may stand.
    fn scalar<E: Error>(&self) -> Result<Plain<'py>, E> {
        match self.kind {
            Kind::Scalar => Ok(Plain(self.py)),
            _ => Err(rare()),
        }
    }
}
