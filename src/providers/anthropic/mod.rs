//! Anthropic's dialect: `/v1/messages`. The body builder, the reader and the decoder know nothing of hosts and keys, so
//! other hosts of Claude can use them.

mod auth;
mod content;
mod error;
mod exact;
mod features;
mod messages;
mod model;
mod native;
pub mod params;
mod request;
mod response;
pub(crate) mod schema;
mod stream;
mod tools;
mod usage;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value};

use self::schema::Asked;
use super::tool_names::ToolNames;
use crate::error::{Error, Result};
use crate::framing::{Framer, SseFramer};
use crate::params::ParamRules;
use crate::registry::{Auth, KeyOrder, OPENAI, Provider};
use crate::resolve::Target;
use crate::types::{ChatRequest, ChatResponse, Operation};
use crate::wire::{ChatWire, ChunkDecoder, WireRequest};

/// The longest name of a tool, in bytes.
const LONGEST_NAME: usize = 128;
/// Notes of a request: the tool that stands for its schema, whether a stream's blocks are gathered.
const SCHEMA_TOOL: &str = "schema_tool";
const GATHER: &str = "gather_blocks";

pub(crate) use auth::{BETA, betas};
pub(crate) use model::Model;
pub(crate) use request::{Body, body_of as body};
pub(crate) use tools::tool;

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
    token: (&[], &["ANTHROPIC_AUTH_TOKEN"]),
    auth: Auth::Signed(&auth::Key),
    headers: &[("anthropic-version", "2023-06-01")],
    chat: Some(&Chat),
    embed: None,
    endpoints: &[(&[Operation::Messages, Operation::ListModels], &native::Native)],
    params: params::rules,
    embed_params: |_| &ParamRules::ALL,
    ..OPENAI
};

/// Chat in Anthropic's dialect.
#[derive(Debug)]
pub struct Chat;

impl ChatWire for Chat {
    fn unsupported(&self, target: &Target, params: &Map<String, Value>) -> Vec<&'static str> {
        params::refused(params, Model::at(target))
    }
    fn left_out(&self, _target: &Target, request: &ChatRequest) -> Vec<String> {
        params::left_out(&request.params)
    }
    fn notes(&self, target: &Target, request: &ChatRequest) -> Map<String, Value> {
        let mut notes = Map::new();
        ToolNames::of(request, LONGEST_NAME).note(&mut notes);
        if let Ok(Asked::ByTool(_, name)) = schema::asked(&request.params, Model::at(target)) {
            notes.insert(SCHEMA_TOOL.to_owned(), Value::String(name));
        }
        if request.stream && exact::may_say_more(request) {
            notes.insert(GATHER.to_owned(), Value::Bool(true));
        }
        notes
    }
    fn request(&self, target: &Target, request: ChatRequest) -> Result<WireRequest> {
        request::write(target, request)
    }
    fn response(&self, target: &Target, body: &Bytes) -> Result<ChatResponse> {
        response::read(&target.notes, body)
    }
    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        error::from_status(status, headers, body)
    }
    fn framer(&self, _target: &Target) -> Box<dyn Framer> {
        Box::new(SseFramer::new())
    }
    fn decoder(&self, target: &Target) -> Box<dyn ChunkDecoder> {
        Box::new(stream::Decoder::new(&target.notes))
    }
}

/// Whether a bare model name is Anthropic's.
#[must_use]
pub fn owns_model(model: &str) -> bool {
    model.starts_with("claude-")
}
