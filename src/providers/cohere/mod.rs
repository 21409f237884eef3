//! Cohere's second dialect: `v2/chat` and `v2/embed` (docs.cohere.com/reference/chat, /reference/embed).

mod embed;
mod error;
mod params;
mod request;
mod response;
mod stream;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value};
use url::Url;

use crate::error::{Error, Result};
use crate::framing::{Framer, SseFramer};
use crate::providers::cache_marks;
use crate::registry::{COMPATIBLE, Provider, Quirks};
use crate::resolve::Target;
use crate::types::{ChatRequest, ChatResponse};
use crate::wire::{ChatWire, ChunkDecoder, WireRequest};

pub use embed::Embed;

/// Cohere's row.
pub(crate) const ROW: Provider = Provider {
    name: "cohere",
    label: "Cohere",
    base_url: "https://api.cohere.com",
    base_env: &["COHERE_API_BASE"],
    key_env: &["COHERE_API_KEY", "CO_API_KEY"],
    key_settings: &["cohere_key"],
    chat: Some(&Chat),
    embed: Some(&Embed),
    endpoints: &[super::rerank::Rerank::row(&super::rerank::COHERE)],
    params: params::rules,
    embed_params: params::embed_rules,
    quirks: Quirks {
        refused_parts: &["file", "input_audio", "video_url"],
        ..Quirks::COMPATIBLE
    },
    ..COMPATIBLE
};

/// The same under its other name.
pub(crate) const CHAT: Provider = Provider {
    name: "cohere_chat",
    label: "Cohere_chat",
    ..ROW
};

/// Chat in Cohere's dialect.
#[derive(Debug)]
pub struct Chat;

impl ChatWire for Chat {
    fn unsupported(&self, _target: &Target, params: &Map<String, Value>) -> Vec<&'static str> {
        params::unsayable(params)
    }
    fn left_out(&self, _target: &Target, request: &ChatRequest) -> Vec<String> {
        // Nobody is told who the end user is.
        let user = request.params.contains_key("user");
        let user = user.then(|| "user".to_owned());
        user.into_iter().chain(cache_marks::left_out(request)).collect()
    }
    fn request(&self, target: &Target, request: ChatRequest) -> Result<WireRequest> {
        request::write(target, request)
    }
    fn response(&self, target: &Target, body: &Bytes) -> Result<ChatResponse> {
        response::read(target, body)
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

/// Where `operation` lives. Bases are given as the host, as the host with its version, or as the whole address of one
/// operation.
fn url(target: &Target, operation: &str) -> Url {
    let path = target.base_url.path().trim_end_matches('/');
    let path = path
        .strip_suffix("/chat")
        .or_else(|| path.strip_suffix("/embed"))
        .unwrap_or(path);
    let path = path.strip_suffix("/v2").unwrap_or(path).to_owned();
    let mut url = target.url("");
    url.set_path(&format!("{path}/v2/{operation}"));
    url
}
