//! What the registry says about itself, for documentation and for programs that ask.

use serde::Serialize;
use serde_json::Value;

use super::{Auth, Provider, providers};

/// Parameters of a chat in OpenAI's vocabulary, and what LiteLLM counts among them.
pub const CHAT_PARAMS: &[&str] = &[
    "frequency_penalty",
    "logit_bias",
    "logprobs",
    "top_logprobs",
    "max_tokens",
    "max_completion_tokens",
    "modalities",
    "prediction",
    "n",
    "presence_penalty",
    "seed",
    "stop",
    "stream",
    "stream_options",
    "temperature",
    "top_p",
    "tools",
    "tool_choice",
    "functions",
    "function_call",
    "max_retries",
    "extra_headers",
    "parallel_tool_calls",
    "audio",
    "web_search_options",
    "service_tier",
    "safety_identifier",
    "prompt_cache_key",
    "prompt_cache_retention",
    "store",
    "response_format",
    "reasoning_effort",
    "thinking",
    "verbosity",
    "user",
];
/// Parameters of an embedding request.
pub const EMBED_PARAMS: &[&str] = &["dimensions", "encoding_format", "user", "timeout"];

/// One provider, as it may be shown.
#[derive(Debug, Clone, Serialize)]
pub struct About {
    /// The prefix of `provider/model`.
    pub name: &'static str,
    /// How error messages call it.
    pub label: &'static str,
    /// Base URL; empty where the caller gives one or it depends on the call.
    pub base_url: &'static str,
    /// Whether the base depends on the call (a region, an account).
    pub base_depends: bool,
    /// Environment variables that hold its key, first wins.
    pub key_env: &'static [&'static str],
    /// Environment variables that name another base, first wins.
    pub base_env: &'static [&'static str],
    /// `bearer`, the name of a header, or `signed`.
    pub auth: &'static str,
    /// Whether it answers without a key.
    pub key_optional: bool,
    /// What it can be asked.
    pub operations: Vec<&'static str>,
    /// Whether it speaks OpenAI's dialect.
    pub openai_dialect: bool,
}

/// Every provider, in the registry's order.
#[must_use]
pub fn about_all() -> Vec<About> {
    providers().map(about).collect()
}

/// What may be said of one.
#[must_use]
pub fn about(row: &'static Provider) -> About {
    let operations = [
        row.chat.is_some().then_some("chat"),
        row.embed.is_some().then_some("embedding"),
    ];
    About {
        name: row.name,
        label: row.label,
        base_url: row.base_url,
        base_depends: row.site.is_some(),
        key_env: row.key_env,
        base_env: row.base_env,
        auth: match row.auth {
            Auth::Bearer => "bearer",
            Auth::Header(name) => name,
            Auth::Headers(_) => "headers",
            Auth::Signed(_) => "signed",
        },
        key_optional: row.key_optional,
        operations: operations
            .into_iter()
            .flatten()
            .chain(
                row.endpoints
                    .iter()
                    .flat_map(|(operations, _)| operations.iter().map(|operation| operation.name())),
            )
            .collect(),
        openai_dialect: row.speaks_openai(),
    }
}

/// The parameters of OpenAI's vocabulary that a model of `row` takes; `embedding` asks for those of embeddings.
#[must_use]
pub fn supported_params(row: &Provider, model: &str, embedding: bool) -> Vec<&'static str> {
    let (all, rules) = if embedding {
        (EMBED_PARAMS, row.embed_rules(model))
    } else {
        (CHAT_PARAMS, row.rules(model))
    };
    let formats = row.quirks.formats;
    all.iter()
        .copied()
        .filter(|name| rules.takes(model, name, &Value::Null))
        .filter(|name| *name != "response_format" || formats.is_empty() || formats.contains(&"json_schema"))
        .collect()
}
