//! Providers that have no chat.

use super::{COMPATIBLE, Endpoint, OPENAI, Provider};
use crate::providers::openai::{self, endpoints::Endpoints};
use crate::providers::rerank::{self, Rerank};
use crate::types::Operation;

/// Jina: embeddings and reranking.
pub(super) const JINA: Provider = Provider {
    name: "jina_ai",
    label: "Jina_ai",
    base_url: "https://api.jina.ai/v1",
    base_env: &["JINA_AI_API_BASE"],
    key_env: &["JINA_AI_API_KEY", "JINA_API_KEY", "JINA_AI_TOKEN"],
    chat: None,
    embed: Some(&openai::Embed),
    endpoints: &[Rerank::row(&rerank::JINA)],
    ..COMPATIBLE
};

/// Infinity, a server for one's own models.
pub(super) const INFINITY: Provider = Provider {
    name: "infinity",
    label: "Infinity",
    base_url: "",
    base_env: &["INFINITY_API_BASE"],
    key_env: &["INFINITY_API_KEY"],
    key_optional: true,
    chat: None,
    embed: Some(&openai::Embed),
    endpoints: &[Rerank::row(&rerank::SERVER)],
    ..COMPATIBLE
};

const COMPLETIONS: Endpoint = (&[Operation::TextCompletion], &Endpoints);

/// OpenAI's `/completions`, whatever the model is called.
pub(super) const TEXT_COMPLETION: Provider = Provider {
    name: "text-completion-openai",
    label: "OpenAI",
    chat: None,
    embed: None,
    endpoints: &[COMPLETIONS],
    ..OPENAI
};
