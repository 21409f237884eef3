//! `/embeddings`.

use bytes::Bytes;
use http::HeaderMap;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};

use super::{error, request, response, vectors};
use crate::error::{Error, Result};
use crate::resolve::Target;
use crate::types::{EmbedRequest, EmbeddingResponse, Vector};
use crate::wire::{EmbedWire, WireRequest};

/// Embeddings in OpenAI's dialect.
#[derive(Debug)]
pub struct Embed;

impl EmbedWire for Embed {
    fn most_inputs(&self, target: &Target, _request: &EmbedRequest) -> usize {
        target.provider.quirks.most_inputs
    }

    fn request(&self, target: &Target, request: EmbedRequest) -> Result<WireRequest> {
        request::post(
            target,
            "embeddings",
            &Body {
                target,
                request: &request,
            },
        )
    }

    fn response(&self, _target: &Target, body: &Bytes) -> Result<EmbeddingResponse> {
        let mut answer = read(body)?;
        if answer.data.is_empty() {
            response::refuse_error(&answer.extra, body)?;
            return Err(response::unreadable(body, "it has no embeddings"));
        }
        // Everything that is counted is input; some servers give only the sum.
        if let Some(usage) = &mut answer.usage {
            usage.prompt_tokens = usage.prompt_tokens.or(usage.total_tokens);
        }
        // The document promises the order of the inputs; `index` is the order.
        if answer
            .data
            .windows(2)
            .any(|pair| matches!(pair, [before, after] if before.index > after.index))
        {
            answer.data.sort_by_key(|embedding| embedding.index);
        }
        Ok(answer)
    }

    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        error::from_status(status, headers, body)
    }
}

fn read(body: &Bytes) -> Result<EmbeddingResponse> {
    if let Some((rest, vectors)) = vectors::cut_out(body) {
        let mut answer: EmbeddingResponse =
            serde_json::from_slice(&rest).map_err(|error| response::unreadable(body, &error.to_string()))?;
        if answer.data.len() == vectors.len() {
            for (embedding, vector) in answer.data.iter_mut().zip(vectors) {
                embedding.embedding = Vector::Floats(vector);
            }
            return Ok(answer);
        }
    }
    response::parse(body)
}

struct Body<'a> {
    target: &'a Target,
    request: &'a EmbedRequest,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let extra = &self.target.body;
        let mut map = serializer.serialize_map(None)?;
        if !extra.contains_key("model") {
            map.serialize_entry("model", &self.target.model)?;
        }
        if !extra.contains_key("input") {
            map.serialize_entry("input", &self.request.input)?;
        }
        request::write_params(&mut map, &self.request.params, extra)?;
        map.end()
    }
}
