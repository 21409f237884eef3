//! OpenAI's dialect: `/chat/completions` and `/embeddings`, which most other providers speak too.

mod by_completions;
mod by_responses;
pub(crate) mod by_tool;
mod content;
pub(crate) mod departures;
mod embed;
pub(crate) mod endpoints;
pub(crate) mod error;
pub(crate) mod legacy;
pub mod params;
pub(crate) mod places;
pub(crate) mod reasoning;
pub(crate) mod request;
pub(crate) mod response;
mod stream;
mod vectors;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value};

use crate::error::{Error, Result};
use crate::framing::{Framer, SseFramer};
use crate::providers::cache_marks;
use crate::registry::OPENAI;
use crate::resolve::Target;
use crate::types::{ChatRequest, ChatResponse};
use crate::wire::{ChatWire, ChunkDecoder, WireRequest};

pub use by_completions::ByCompletions;
pub use embed::Embed;

/// Chat in OpenAI's dialect.
#[derive(Debug)]
pub struct Chat;

impl ChatWire for Chat {
    fn unsupported(&self, target: &Target, params: &Map<String, Value>) -> Vec<&'static str> {
        if by_responses::is_used(target) {
            return by_responses::unsupported(params);
        }
        let formats = target.provider.quirks.formats;
        let kind = params
            .get("response_format")
            .and_then(|format| format.get("type"));
        let unknown = kind
            .and_then(Value::as_str)
            .is_some_and(|kind| !formats.is_empty() && !formats.contains(&kind));
        let mut refused: Vec<&'static str> = unknown.then_some("response_format").into_iter().collect();
        if target.provider.name == OPENAI.name && params::is_silenced_in_vain(&target.model, params) {
            refused.push("reasoning_effort");
        }
        refused
    }
    fn left_out(&self, target: &Target, request: &ChatRequest) -> Vec<String> {
        let mut left_out = Vec::new();
        if by_responses::is_used(target) {
            left_out = by_responses::left_out(request);
        }
        if request::is_unmarked(target) {
            left_out.extend(cache_marks::left_out(request));
        }
        left_out
    }
    fn notes(&self, target: &Target, request: &ChatRequest) -> Map<String, Value> {
        by_tool::notes(target, request)
    }
    fn request(&self, target: &Target, request: ChatRequest) -> Result<WireRequest> {
        if by_responses::is_used(target) {
            return by_responses::write(target, request);
        }
        request::write(target, request)
    }
    fn response(&self, target: &Target, body: &Bytes) -> Result<ChatResponse> {
        if by_responses::is_used(target) {
            return by_responses::read(body);
        }
        response::read(target, body)
    }
    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        error::from_status(status, headers, body)
    }
    fn framer(&self, _target: &Target) -> Box<dyn Framer> {
        Box::new(SseFramer::new())
    }
    fn decoder(&self, target: &Target) -> Box<dyn ChunkDecoder> {
        if by_responses::is_used(target) {
            return Box::new(by_responses::Decoder::default());
        }
        Box::new(stream::Decoder::new(target))
    }
}

/// Whether a bare model name is OpenAI's.
#[must_use]
pub fn owns_model(model: &str) -> bool {
    const FAMILIES: &[&str] = &[
        "gpt-3.5",
        "gpt-4",
        "gpt-5",
        "gpt-audio",
        "gpt-realtime",
        "gpt-image",
        "chatgpt-",
        "o1",
        "o3",
        "o4",
        "codex-mini",
        "computer-use-preview",
        "text-embedding-3",
        "text-embedding-ada",
        "text-moderation",
        "omni-moderation",
        "whisper-",
        "tts-",
        "dall-e-",
        "sora-",
    ];
    // A fine-tune names its base model after the prefix.
    let base = model.strip_prefix("ft:").unwrap_or(model);
    FAMILIES.iter().any(|family| {
        base.strip_prefix(family).is_some_and(|rest| {
            // `o1` and `o3-mini` are OpenAI's, `o1x` is nobody's.
            rest.is_empty() || family.ends_with('-') || rest.starts_with(['-', '.', ':', 'o'])
        })
    })
}
