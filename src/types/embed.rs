//! An embedding answer.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::{Extra, Usage, lenient};

/// One vector per input.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EmbeddingResponse {
    /// The model that answered.
    #[serde(default, deserialize_with = "lenient::text")]
    pub model: Option<String>,
    /// One entry per input, in the order of the inputs.
    #[serde(default, deserialize_with = "lenient::nullable")]
    pub data: Vec<Embedding>,
    /// Token counts.
    #[serde(default)]
    pub usage: Option<Usage>,
    /// Everything else.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One vector.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Embedding {
    /// Which input it belongs to.
    #[serde(default, deserialize_with = "lenient::index")]
    pub index: u32,
    /// The vector.
    pub embedding: Vector,
    /// Everything else.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A vector as numbers, or as the base64 of little-endian `f32` when the caller asked for that.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Vector {
    /// Numbers.
    Floats(Vec<f64>),
    /// Base64 text.
    Base64(String),
}

impl Vector {
    /// The same as base64, for callers who want that from a provider that gives numbers.
    pub(crate) fn become_base64(&mut self) {
        if let Self::Floats(numbers) = self {
            // OpenAI's form has single precision.
            #[allow(clippy::cast_possible_truncation)]
            let bytes: Vec<u8> = numbers
                .iter()
                .flat_map(|number| (*number as f32).to_le_bytes())
                .collect();
            *self = Self::Base64(STANDARD.encode(bytes));
        }
    }
}

impl<'de> Deserialize<'de> for Vector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct VectorVisitor;
        impl<'de> Visitor<'de> for VectorVisitor {
            type Value = Vector;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("a list of numbers or base64 text")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Vector, E> {
                Ok(Vector::Base64(text.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Vector, A::Error> {
                // 1,536 is the commonest length: one allocation for most answers.
                let mut floats = Vec::with_capacity(sequence.size_hint().unwrap_or(1536));
                while let Some(number) = sequence.next_element()? {
                    floats.push(number);
                }
                Ok(Vector::Floats(floats))
            }
        }
        deserializer.deserialize_any(VectorVisitor)
    }
}
