//! A plain chat answer.

use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::{Extra, Usage, lenient};

/// One answer of `chat.completion` shape.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ChatResponse {
    /// The provider's id of the answer.
    #[serde(default, deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Unix time, seconds.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub created: Option<i64>,
    /// The model that answered.
    #[serde(default, deserialize_with = "lenient::text")]
    pub model: Option<String>,
    /// Identifies the backend's configuration.
    #[serde(default, deserialize_with = "lenient::text")]
    pub system_fingerprint: Option<String>,
    /// One or more alternatives; an answer without this key is no chat answer.
    #[serde(deserialize_with = "lenient::nullable")]
    pub choices: Vec<Choice>,
    /// Token counts.
    #[serde(default)]
    pub usage: Option<Usage>,
    /// Everything else, `service_tier` and `citations` for example.
    #[serde(flatten)]
    pub extra: Extra,
}

/// One alternative.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// Why it ended, in the provider's word.
    #[serde(default, deserialize_with = "lenient::text")]
    pub finish_reason: Option<String>,
    /// Its position.
    #[serde(default, deserialize_with = "lenient::index")]
    pub index: u32,
    /// What was said.
    #[serde(default, deserialize_with = "lenient::nullable")]
    pub message: Message,
    /// Log probabilities of the tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Value>,
    /// Everything else.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A message of the assistant.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// `assistant`.
    #[serde(default, deserialize_with = "lenient::text")]
    pub role: Option<String>,
    /// Its text; none for a pure tool call.
    #[serde(default)]
    pub content: Option<Content>,
    /// Calls of tools.
    #[serde(
        default,
        deserialize_with = "lenient::nullable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tool_calls: Vec<ToolCall>,
    /// The legacy form of one call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function_call: Option<FunctionCall>,
    /// Everything else: `reasoning_content`, `annotations`, `audio`, `refusal`, ...
    #[serde(flatten)]
    pub extra: Extra,
}

/// Text, or a list of typed parts as some providers answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Content {
    /// Plain text.
    Text(String),
    /// Typed parts.
    Parts(Vec<Value>),
}

impl Content {
    /// The text, when it is plain.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Parts(_) => None,
        }
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ContentVisitor;
        impl<'de> Visitor<'de> for ContentVisitor {
            type Value = Content;
            fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str("text or a list of content parts")
            }
            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Content, E> {
                Ok(Content::Text(text.to_owned()))
            }
            fn visit_string<E: serde::de::Error>(self, text: String) -> Result<Content, E> {
                Ok(Content::Text(text))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Content, A::Error> {
                let mut parts = Vec::new();
                while let Some(part) = sequence.next_element()? {
                    parts.push(part);
                }
                Ok(Content::Parts(parts))
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(self, _: A) -> Result<Content, A::Error> {
                Err(A::Error::custom("content is an object, not text or a list"))
            }
        }
        deserializer.deserialize_any(ContentVisitor)
    }
}

/// A call of a tool.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// The provider's id, to be named in the tool's answer.
    #[serde(default, deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// `function`, or `custom`.
    #[serde(default, rename = "type", deserialize_with = "lenient::text")]
    pub kind: Option<String>,
    /// The function and its arguments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<FunctionCall>,
    /// Everything else.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A function's name and its arguments as a string of JSON.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FunctionCall {
    /// JSON, as the model wrote it.
    #[serde(default, deserialize_with = "lenient::arguments")]
    pub arguments: String,
    /// The function's name.
    #[serde(default, deserialize_with = "lenient::text")]
    pub name: Option<String>,
    /// Everything else.
    #[serde(flatten)]
    pub extra: Extra,
}
