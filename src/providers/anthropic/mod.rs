//! Anthropic's dialect: `/v1/messages`. The body builder, the reader and the decoder know nothing of hosts and keys, so
//! other hosts of Claude can use them.

mod auth;
mod content;
mod error;
mod messages;
mod model;
pub mod params;
mod request;
mod response;
mod stream;
mod tools;
mod usage;

pub(crate) use model::Model;
pub(crate) use tools::tool;

use bytes::Bytes;
use http::HeaderMap;

use crate::error::{Error, Result};
use crate::framing::{Framer, SseFramer};
use crate::params::ParamRules;
use crate::registry::{Auth, KeyOrder, OPENAI, Provider};
use crate::resolve::Target;
use crate::types::{ChatRequest, ChatResponse};
use crate::wire::{ChatWire, ChunkDecoder, WireRequest};

/// The tool that stands for a schema where a model has no structured outputs; its arguments are the answer.
const JSON_TOOL: &str = "json_tool_call";

/// Anthropic's own host.
pub(crate) const ROW: Provider = Provider {
    name: "anthropic",
    label: "Anthropic",
    base_url: "https://api.anthropic.com",
    base_settings: &["api_base"],
    base_env: &["ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL"],
    key_env: &["ANTHROPIC_API_KEY"],
    key_settings: &["anthropic_key", "api_key"],
    key_order: KeyOrder::SettingsFirst,
    auth: Auth::Signed(&auth::Key),
    headers: &[("anthropic-version", "2023-06-01")],
    chat: Some(&Chat),
    embed: None,
    params: params::rules,
    embed_params: |_| &ParamRules::ALL,
    ..OPENAI
};

/// Chat in Anthropic's dialect.
#[derive(Debug)]
pub struct Chat;

impl ChatWire for Chat {
    fn unsupported(
        &self,
        _target: &Target,
        params: &serde_json::Map<String, serde_json::Value>,
    ) -> Vec<&'static str> {
        crate::params::choice_without_tools(params)
    }
    fn request(&self, target: &Target, request: ChatRequest) -> Result<WireRequest> {
        request::write(target, request)
    }
    fn response(&self, _target: &Target, body: &Bytes) -> Result<ChatResponse> {
        response::read(body)
    }
    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        error::from_status(status, headers, body)
    }
    fn framer(&self, _target: &Target) -> Box<dyn Framer> {
        Box::new(SseFramer::new())
    }
    fn decoder(&self, _target: &Target) -> Box<dyn ChunkDecoder> {
        Box::new(stream::Decoder::default())
    }
}

/// Whether a bare model name is Anthropic's.
#[must_use]
pub fn owns_model(model: &str) -> bool {
    model.starts_with("claude-")
}
