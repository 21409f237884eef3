//! Token counts.

use serde::{Deserialize, Serialize};

use super::{Extra, lenient};

/// Token counts of one answer. `prompt_tokens` includes cached and cache-written tokens, `completion_tokens` includes
/// reasoning, for every provider.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the input.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub prompt_tokens: Option<i64>,
    /// Tokens of the answer.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub completion_tokens: Option<i64>,
    /// The sum.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub total_tokens: Option<i64>,
    /// `cached_tokens`, `audio_tokens`, ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_tokens_details: Option<Extra>,
    /// `reasoning_tokens`, `audio_tokens`, ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_tokens_details: Option<Extra>,
    /// What else the provider counts.
    #[serde(flatten)]
    pub extra: Extra,
}
