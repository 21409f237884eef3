//! AWS Bedrock: `Converse` and `ConverseStream`, one dialect for every model that Bedrock hosts; each model's own through
//! `InvokeModel`, where the name asks for it; embeddings.

mod content;
mod embed;
mod error;
mod ids;
mod invoke;
mod media;
mod messages;
mod model;
mod params;
mod request;
mod rerank;
mod response;
mod schema;
mod spaced;
mod stream;
mod tools;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value};

use crate::auth::aws::{self, Aws};
use crate::error::{Error, Result};
use crate::framing::{EventStreamFramer, Framer};
use crate::providers::anthropic;
use crate::registry::{Auth, KeyOrder, OPENAI, Provider};
use crate::resolve::Target;
use crate::types::{ChatRequest, ChatResponse, Operation, Usage};
use crate::wire::{ChatWire, ChunkDecoder, WireRequest};
use model::{Model, Route};

/// Chat by the route that the model's name says.
#[derive(Debug)]
pub struct Chat;

/// Chat through Converse.
#[derive(Debug)]
struct Converse;

/// Bedrock. An API key is optional: without one the request is signed.
pub(crate) const ROW: Provider = Provider {
    name: "bedrock",
    label: "Bedrock",
    base_url: "",
    site: Some(|call| {
        let named = call.around.env("AWS_BEDROCK_RUNTIME_ENDPOINT");
        if let Some(named) = named {
            return Ok(named);
        }
        let region = aws::region(call)?;
        let suffix = if region.starts_with("cn-") { ".cn" } else { "" };
        Ok(format!("https://bedrock-runtime.{region}.amazonaws.com{suffix}"))
    }),
    base_settings: &[],
    base_env: &[],
    key_env: &["AWS_BEARER_TOKEN_BEDROCK"],
    key_settings: &[],
    key_order: KeyOrder::EnvironmentFirst,
    key_optional: true,
    auth: Auth::Signed(&Aws { service: "bedrock" }),
    chat: Some(&Chat),
    embed: Some(&embed::Embed),
    endpoints: &[(&[Operation::Rerank], &rerank::Rerank)],
    params: params::rules,
    embed_params: embed::rules,
    ..OPENAI
};

fn wire(target: &Target) -> &'static dyn ChatWire {
    match Model::of(target).route {
        Route::Converse => &Converse,
        Route::Invoke => &invoke::Invoke,
    }
}

impl ChatWire for Chat {
    fn unsupported(&self, target: &Target, params: &Map<String, Value>) -> Vec<&'static str> {
        wire(target).unsupported(target, params)
    }
    fn left_out(&self, target: &Target, request: &ChatRequest) -> Vec<String> {
        wire(target).left_out(target, request)
    }
    fn takes_address(&self, target: &Target, file: &crate::media::Remote<'_>) -> bool {
        wire(target).takes_address(target, file)
    }
    fn notes(&self, target: &Target, request: &ChatRequest) -> Map<String, Value> {
        wire(target).notes(target, request)
    }
    fn request(&self, target: &Target, request: ChatRequest) -> Result<WireRequest> {
        wire(target).request(target, request)
    }
    fn response(&self, target: &Target, body: &Bytes) -> Result<ChatResponse> {
        wire(target).response(target, body)
    }
    fn counted(&self, target: &Target, headers: &HeaderMap) -> Option<Usage> {
        wire(target).counted(target, headers)
    }
    fn error(&self, target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        wire(target).error(target, status, headers, body)
    }
    fn framer(&self, target: &Target) -> Box<dyn Framer> {
        wire(target).framer(target)
    }
    fn decoder(&self, target: &Target) -> Box<dyn ChunkDecoder> {
        wire(target).decoder(target)
    }
}

impl ChatWire for Converse {
    fn takes_address(&self, _target: &Target, _file: &crate::media::Remote<'_>) -> bool {
        false
    }

    fn unsupported(&self, target: &Target, params: &Map<String, Value>) -> Vec<&'static str> {
        // Converse knows auto, any and one tool by its name.
        let none = params.get("tool_choice").and_then(Value::as_str) == Some("none");
        if none {
            vec!["tool_choice"]
        } else if let Some(claude) = Model::of(target).claude() {
            anthropic::params::refused(params, claude)
        } else {
            crate::params::choice_without_tools(params)
        }
    }
    fn left_out(&self, target: &Target, request: &ChatRequest) -> Vec<String> {
        let params = &request.params;
        let given = |name: &str| params.get(name).filter(|value| !value.is_null());
        let mut left_out = Vec::new();
        if given("user").is_some() {
            left_out.push("user".to_owned());
        }
        // Several calls at once are what every model may make unless it is told not to.
        let one = given("parallel_tool_calls").and_then(Value::as_bool) == Some(false);
        if one && !(Model::of(target).calls_one_at_a_time() && given("tools").is_some()) {
            left_out.push("parallel_tool_calls".to_owned());
        }
        let format = given("response_format");
        let json = format.and_then(|format| format.get("type")?.as_str()) == Some("json_object");
        if json && format.is_some_and(|format| format.get("response_schema").is_none()) {
            left_out.push("response_format".to_owned());
        }
        left_out
    }
    fn notes(&self, target: &Target, request: &ChatRequest) -> Map<String, Value> {
        tools::notes(Model::of(target), request)
    }
    fn request(&self, target: &Target, request: ChatRequest) -> Result<WireRequest> {
        request::write(target, &request)
    }
    fn response(&self, target: &Target, body: &Bytes) -> Result<ChatResponse> {
        response::read(target, body)
    }
    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        error::from_status(status, headers, body)
    }
    fn framer(&self, _target: &Target) -> Box<dyn Framer> {
        Box::new(EventStreamFramer::new())
    }
    fn decoder(&self, target: &Target) -> Box<dyn ChunkDecoder> {
        Box::new(stream::Decoder::new(&target.notes))
    }
}

#[cfg(test)]
mod tests;
