//! One streamed step of a chat answer.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{ChatResponse, Choice, Content, Extra, FunctionCall, ToolCall, Usage, lenient};

/// One step of `chat.completion.chunk` shape.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ChatChunk {
    /// The same for every chunk of an answer.
    #[serde(default, deserialize_with = "lenient::text")]
    pub id: Option<String>,
    /// Unix time, seconds.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub created: Option<i64>,
    /// The model that answers.
    #[serde(default, deserialize_with = "lenient::text")]
    pub model: Option<String>,
    /// Identifies the backend's configuration.
    #[serde(default, deserialize_with = "lenient::text")]
    pub system_fingerprint: Option<String>,
    /// What is new, per alternative.
    #[serde(default, deserialize_with = "lenient::nullable")]
    pub choices: Vec<ChunkChoice>,
    /// Token counts, on the last chunk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    /// Everything else.
    #[serde(flatten)]
    pub extra: Extra,
}

/// What is new in one alternative.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ChunkChoice {
    /// Why it ended, on its last chunk.
    #[serde(default, deserialize_with = "lenient::text")]
    pub finish_reason: Option<String>,
    /// Which alternative.
    #[serde(default, deserialize_with = "lenient::index")]
    pub index: u32,
    /// The new piece.
    #[serde(default, deserialize_with = "lenient::nullable")]
    pub delta: Delta,
    /// Log probabilities of the new tokens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Value>,
    /// Everything else.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A piece of a message.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Delta {
    /// New text.
    #[serde(default)]
    pub content: Option<Content>,
    /// `assistant`, on the first chunk.
    #[serde(default, deserialize_with = "lenient::text")]
    pub role: Option<String>,
    /// New pieces of tool calls.
    #[serde(
        default,
        deserialize_with = "lenient::nullable",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub tool_calls: Vec<ToolCallDelta>,
    /// The legacy form of one call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function_call: Option<FunctionCall>,
    /// Everything else: `reasoning_content`, `refusal`, `annotations`, ...
    #[serde(flatten)]
    pub extra: Extra,
}

impl Delta {
    /// Whether it carries nothing a reader could use (a role alone is nothing).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let no_text = match &self.content {
            None => true,
            Some(Content::Text(text)) => text.is_empty(),
            Some(Content::Parts(parts)) => parts.is_empty(),
        };
        no_text
            && self.tool_calls.is_empty()
            && self.function_call.is_none()
            && self.extra.values().all(|value| match value {
                Value::Null => true,
                Value::String(text) => text.is_empty(),
                Value::Array(items) => items.is_empty(),
                _ => false,
            })
    }
}

/// A piece of a tool call.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ToolCallDelta {
    /// On the first piece.
    #[serde(
        default,
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub id: Option<String>,
    /// `function`, on the first piece.
    #[serde(
        default,
        rename = "type",
        deserialize_with = "lenient::text",
        skip_serializing_if = "Option::is_none"
    )]
    pub kind: Option<String>,
    /// Name on the first piece, arguments in pieces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub function: Option<FunctionCall>,
    /// Which call; a server that leaves it out means the position in the list.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub index: Option<i64>,
    /// Everything else.
    #[serde(flatten)]
    pub extra: Extra,
}

/// A whole answer as one step, for servers that do not stream when asked to.
impl From<ChatResponse> for ChatChunk {
    fn from(whole: ChatResponse) -> Self {
        Self {
            id: whole.id,
            created: whole.created,
            model: whole.model,
            system_fingerprint: whole.system_fingerprint,
            choices: whole.choices.into_iter().map(ChunkChoice::from).collect(),
            usage: whole.usage,
            extra: whole.extra,
        }
    }
}

impl From<Choice> for ChunkChoice {
    fn from(whole: Choice) -> Self {
        let Choice {
            finish_reason,
            index,
            message,
            logprobs,
            extra,
        } = whole;
        let tool_calls = message
            .tool_calls
            .into_iter()
            .zip(0..)
            .map(|(call, index)| piece(call, index))
            .collect();
        let delta = Delta {
            content: message.content,
            role: message.role,
            tool_calls,
            function_call: message.function_call,
            extra: message.extra,
        };
        Self {
            finish_reason,
            index,
            delta,
            logprobs,
            extra,
        }
    }
}

fn piece(call: ToolCall, index: i64) -> ToolCallDelta {
    ToolCallDelta {
        id: call.id,
        kind: call.kind,
        function: call.function,
        index: Some(index),
        extra: call.extra,
    }
}
