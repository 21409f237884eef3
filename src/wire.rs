//! A wire is one operation in one dialect: pure functions from a request to bytes and from bytes to an answer. No I/O,
//! no clock, no keys: authentication and transport come after, so the bytes a wire makes are the bytes that are sent.

use bytes::Bytes;
use http::{HeaderMap, Method};
use serde_json::{Map, Value};
use url::Url;

use crate::error::{Error, Partial, Result};
use crate::framing::{Frame, Framer, SseFramer};
use crate::media::Remote;
use crate::params::ParamRules;
use crate::resolve::Target;
use crate::types::{
    ChatChunk, ChatRequest, ChatResponse, EmbedRequest, EmbeddingResponse, EndpointAnswer, EndpointRequest,
    Operation, Piece, Usage,
};

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

    /// What of a request the dialect has no place for, where that is no reason to refuse the call: it is reported as
    /// dropped. A parameter of such a name is taken out; of a path (`metadata.team`) the wire takes care.
    fn left_out(&self, _target: &Target, _request: &ChatRequest) -> Vec<String> {
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

    /// How a plain answer counts, where its headers say it and not its body.
    fn counted(&self, _target: &Target, _headers: &HeaderMap) -> Option<Usage> {
        None
    }

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

    /// Counts that came and were not put into a chunk, where a provider counts in every event: asked for when the answer
    /// breaks off.
    fn usage(&self) -> Option<Usage> {
        None
    }
}

/// Embeddings in one dialect.
pub trait EmbedWire: Send + Sync {
    /// How many inputs one request takes.
    fn most_inputs(&self, _target: &Target, _request: &EmbedRequest) -> usize {
        usize::MAX
    }

    /// What must be known of the request to read its answer, for [`Target::notes`].
    fn notes(&self, _target: &Target, _request: &EmbedRequest) -> Map<String, Value> {
        Map::new()
    }

    /// The tokens of the input, where the headers of an answer count them and not its body.
    fn counted(&self, _headers: &HeaderMap) -> Option<i64> {
        None
    }

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

/// Any other operation in one dialect. One wire may speak several; which of them a provider has is said by its row.
pub trait EndpointWire: Send + Sync {
    /// Whether it does the operation for this model.
    fn takes(&self, _operation: Operation, _model: &str) -> bool {
        true
    }

    /// Which parameters a model takes.
    fn rules(&self, _operation: Operation, _model: &str) -> &ParamRules {
        &ParamRules::ALL
    }

    /// Writes the request.
    ///
    /// # Errors
    /// `BadRequest` or `UnsupportedParams` for what the dialect cannot say.
    fn request(&self, target: &Target, request: EndpointRequest) -> Result<WireRequest>;

    /// Reads a plain answer.
    ///
    /// # Errors
    /// `ResponseValidation` when the body is not the dialect, or the error that a 200 body carries.
    fn response(
        &self,
        target: &Target,
        operation: Operation,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<EndpointAnswer>;

    /// Reads an answer with an error status.
    fn error(&self, target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error;

    /// A reader of the events of a stream; none where a stream is plain bytes.
    fn events(&self, _target: &Target, _operation: Operation) -> Option<Box<dyn EventReader>> {
        None
    }

    /// How this dialect frames events.
    fn framer(&self, _target: &Target) -> Box<dyn Framer> {
        Box::new(SseFramer::new())
    }
}

/// Reads the events of one stream.
pub trait EventReader: Send {
    /// Reads one event and appends what it says to `pieces`.
    ///
    /// # Errors
    /// A corrupt event, or the error that the event reports.
    fn read(&mut self, frame: Frame<'_>, pieces: &mut Vec<Piece>) -> Result<()>;

    /// Whether the provider has said that the answer is whole, in its own way.
    fn is_complete(&self) -> bool;

    /// Whether nothing that may still come is to be read.
    fn is_done(&self) -> bool {
        self.is_complete()
    }

    /// What had come when it broke.
    fn partial(&self) -> Partial;
}
