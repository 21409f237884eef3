//! Ollama's own dialect: `/api/chat` and `/api/embed` (docs.ollama.com/api). Both of its names go there: `/api/generate`
//! would lose the model's own chat template and its tool calls.

mod embed;
mod message;
mod params;
mod request;
mod response;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use http::HeaderMap;
use url::Url;

use crate::error::{Error, Result};
use crate::framing::{Framer, NdjsonFramer};
use crate::providers::cache_marks;
use crate::providers::openai;
use crate::registry::{COMPATIBLE, Provider};
use crate::resolve::Target;
use crate::types::{ChatRequest, ChatResponse};
use crate::wire::{ChatWire, ChunkDecoder, WireRequest};

pub use embed::Embed;

/// Ollama's row.
pub(crate) const ROW: Provider = Provider {
    name: "ollama",
    label: "Ollama",
    base_url: "http://localhost:11434",
    base_env: &["OLLAMA_API_BASE"],
    key_env: &["OLLAMA_API_KEY"],
    key_settings: &["ollama_key"],
    key_optional: true,
    chat: Some(&Chat),
    embed: Some(&Embed),
    params: params::rules,
    embed_params: params::embed_rules,
    ..COMPATIBLE
};

/// The same under its other name.
pub(crate) const CHAT: Provider = Provider {
    name: "ollama_chat",
    label: "Ollama_chat",
    ..ROW
};

/// Chat in Ollama's dialect.
#[derive(Debug)]
pub struct Chat;

impl ChatWire for Chat {
    fn takes_address(&self, _target: &Target, _file: &crate::media::Remote<'_>) -> bool {
        false
    }

    fn unsupported(
        &self,
        _target: &Target,
        params: &serde_json::Map<String, serde_json::Value>,
    ) -> Vec<&'static str> {
        // A model may be offered tools, or none; it cannot be made to use one.
        let required = params.get("tool_choice").and_then(serde_json::Value::as_str) == Some("required");
        if required {
            vec!["tool_choice"]
        } else {
            crate::params::choice_without_tools(params)
        }
    }
    fn left_out(&self, _target: &Target, request: &ChatRequest) -> Vec<String> {
        // Nobody is told who the end user is, and the choice of a legacy function is the model's.
        ["user", "function_call"]
            .into_iter()
            .filter(|name| request.params.contains_key(*name))
            .map(str::to_owned)
            .chain(cache_marks::left_out(request))
            .collect()
    }
    fn request(&self, target: &Target, request: ChatRequest) -> Result<WireRequest> {
        request::write(target, request)
    }
    fn response(&self, target: &Target, body: &Bytes) -> Result<ChatResponse> {
        response::read(target, body)
    }
    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        openai::error::from_status(status, headers, body)
    }
    fn framer(&self, _target: &Target) -> Box<dyn Framer> {
        Box::new(NdjsonFramer::new())
    }
    fn decoder(&self, _target: &Target) -> Box<dyn ChunkDecoder> {
        Box::new(response::Decoder::default())
    }
}

/// Where `operation` lives. Bases are given as the host, as the host with `/api` (or `/v1`, which is Ollama's other
/// dialect), or as the whole address of one operation.
fn url(target: &Target, operation: &str) -> Url {
    let path = target.base_url.path().trim_end_matches('/');
    let path = ["/api/chat", "/api/generate", "/api/embed", "/api", "/v1"]
        .iter()
        .find_map(|known| path.strip_suffix(known))
        .unwrap_or(path)
        .to_owned();
    let mut url = target.url("");
    url.set_path(&format!("{path}/api/{operation}"));
    url
}
