//! A wire is one operation in one dialect: pure functions from a request to bytes and from bytes to an answer. No I/O,
//! no clock, no keys: authentication and transport come after, so the bytes a wire makes are the bytes that are sent.

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::{Map, Value};
use url::Url;

use crate::error::{Error, Result};
use crate::framing::{Frame, Framer};
use crate::media::Remote;
use crate::resolve::Target;
use crate::types::{ChatChunk, ChatRequest, ChatResponse, EmbedRequest, EmbeddingResponse};

/// A request without authentication.
#[derive(Debug, Clone)]
pub struct WireRequest {
    /// Always a POST so far; here for wires that ask otherwise.
    pub method: Method,
    /// Where to.
    pub url: Url,
    /// Headers the dialect asks for.
    pub headers: HeaderMap,
    /// The bytes.
    pub body: Bytes,
}

/// Chat in one dialect.
pub trait ChatWire: Send + Sync {
    /// Parameters whose values the dialect cannot say for this model; they are dropped or refused as the caller allows.
    fn unsupported(&self, _target: &Target, _params: &Map<String, Value>) -> Vec<&'static str> {
        Vec::new()
    }

    /// Parameters that mean nothing to the dialect and change no answer; they are dropped and reported, never refused.
    fn left_out(&self, _target: &Target, _params: &Map<String, Value>) -> Vec<&'static str> {
        Vec::new()
    }

    /// Whether the provider takes this file by its address. One that it does not fetch is brought in and given by value,
    /// as a `data:` URL or a source of type `base64`.
    fn takes_address(&self, _target: &Target, _file: &Remote<'_>) -> bool {
        true
    }

    /// What must be known of the request to read its answer, for [`Target::notes`].
    fn notes(&self, _target: &Target, _request: &ChatRequest) -> Map<String, Value> {
        Map::new()
    }

    /// Writes the request.
    ///
    /// # Errors
    /// `BadRequest` or `UnsupportedParams` for what the dialect cannot say.
    fn request(&self, target: &Target, request: ChatRequest) -> Result<WireRequest>;

    /// Reads a plain answer.
    ///
    /// # Errors
    /// `ResponseValidation` when the body is not the dialect, or the error that a 200 body carries.
    fn response(&self, target: &Target, body: &Bytes) -> Result<ChatResponse>;

    /// Reads an answer with an error status.
    fn error(&self, target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error;

    /// How this dialect frames a stream.
    fn framer(&self, target: &Target) -> Box<dyn Framer>;

    /// A decoder at the start of a stream.
    fn decoder(&self, target: &Target) -> Box<dyn ChunkDecoder>;
}

/// Reads one stream's events.
pub trait ChunkDecoder: Send {
    /// Reads one event and appends what it says to `chunks`.
    ///
    /// # Errors
    /// A corrupt event, or the error that the event reports.
    fn decode(&mut self, frame: Frame<'_>, chunks: &mut Vec<ChatChunk>) -> Result<()>;

    /// Whether the provider has said that the answer is complete in its own way (`[DONE]`, `message_stop`).
    fn is_done(&self) -> bool;
}

/// Embeddings in one dialect.
pub trait EmbedWire: Send + Sync {
    /// Writes the request.
    ///
    /// # Errors
    /// `BadRequest` or `UnsupportedParams` for what the dialect cannot say.
    fn request(&self, target: &Target, request: EmbedRequest) -> Result<WireRequest>;

    /// Reads the answer.
    ///
    /// # Errors
    /// `ResponseValidation` when the body is not the dialect, or the error that a 200 body carries.
    fn response(&self, target: &Target, body: &Bytes) -> Result<EmbeddingResponse>;

    /// Reads an answer with an error status.
    fn error(&self, target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error;
}
