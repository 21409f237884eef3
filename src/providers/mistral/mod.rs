//! Mistral's dialect: OpenAI's wire with its own names for some parameters, its own content parts and its own way to
//! show reasoning (docs.mistral.ai/api). Codestral is the same on another host with keys of its own.

mod error;
mod params;
mod reasoning;
mod request;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use http::HeaderMap;

use crate::error::{Error, Result};
use crate::framing::{Frame, Framer};
use crate::providers::cache_marks;
use crate::providers::openai;
use crate::registry::{COMPATIBLE, Provider, Quirks};
use crate::resolve::Target;
use crate::types::{ChatChunk, ChatRequest, ChatResponse};
use crate::wire::{ChatWire, ChunkDecoder, WireRequest};

/// Mistral's row.
pub(crate) const ROW: Provider = Provider {
    name: "mistral",
    label: "Mistral",
    base_url: "https://api.mistral.ai/v1",
    base_env: &["MISTRAL_AZURE_API_BASE", "MISTRAL_API_BASE"],
    key_env: &["MISTRAL_AZURE_API_KEY", "MISTRAL_API_KEY"],
    chat: Some(&Chat),
    params: params::rules,
    embed_params: params::embed_rules,
    quirks: Quirks {
        names_itself: false,
        ..Quirks::COMPATIBLE
    },
    ..COMPATIBLE
};

/// Codestral's own host.
pub(crate) const CODESTRAL: Provider = Provider {
    name: "codestral",
    label: "Codestral",
    base_url: "https://codestral.mistral.ai/v1",
    base_env: &["CODESTRAL_API_BASE"],
    key_env: &["CODESTRAL_API_KEY"],
    embed: None,
    quirks: Quirks::COMPATIBLE,
    ..ROW
};

/// Chat in Mistral's dialect.
#[derive(Debug)]
pub struct Chat;

impl ChatWire for Chat {
    fn left_out(&self, _target: &Target, request: &ChatRequest) -> Vec<String> {
        // Nobody is told who the end user is.
        let user = request.params.contains_key("user");
        let user = user.then(|| "user".to_owned());
        user.into_iter().chain(cache_marks::left_out(request)).collect()
    }

    fn request(&self, target: &Target, request: ChatRequest) -> Result<WireRequest> {
        openai::Chat.request(target, request::translated(&target.model, request)?)
    }

    fn response(&self, target: &Target, body: &Bytes) -> Result<ChatResponse> {
        openai::Chat.response(target, body)
    }

    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        error::from_status(status, headers, body)
    }

    fn framer(&self, target: &Target) -> Box<dyn Framer> {
        openai::Chat.framer(target)
    }

    fn decoder(&self, target: &Target) -> Box<dyn ChunkDecoder> {
        Box::new(Decoder(openai::Chat.decoder(target)))
    }
}

/// OpenAI's events with Mistral's filling.
struct Decoder(Box<dyn ChunkDecoder>);

impl ChunkDecoder for Decoder {
    fn decode(&mut self, frame: Frame<'_>, chunks: &mut Vec<ChatChunk>) -> Result<()> {
        let before = chunks.len();
        let read = self.0.decode(frame, chunks);
        for chunk in chunks.iter_mut().skip(before) {
            // Filling that hides the length of a piece from who listens on the line.
            chunk.extra.shift_remove("p");
        }
        read
    }

    fn is_done(&self) -> bool {
        self.0.is_done()
    }
}
