//! `InvokeModel` and `InvokeModelWithResponseStream`: each model in its own dialect (docs.aws.amazon.com/bedrock,
//! "Inference request parameters and response fields"). It is there for what Converse does not pass on, and for imported
//! models.

mod claude;
mod headers;
mod prompt;
mod stream;
mod text;

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};

use super::model::Model;
use super::{error, params, request, response};
use crate::error::{Error, Result};
use crate::framing::{EventStreamFramer, Framer};
use crate::params::ParamRules;
use crate::providers::{anthropic, openai};
use crate::resolve::Target;
use crate::types::{ChatRequest, ChatResponse, Usage};
use crate::wire::{ChatWire, ChunkDecoder, WireRequest};

/// Chat in the model's own dialect.
#[derive(Debug)]
pub(super) struct Invoke;

/// Whose dialect a model speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// Anthropic's messages.
    Claude,
    /// Nova's, which is Converse's body.
    Nova,
    /// OpenAI's messages.
    Messages,
    /// A text to go on with, in the template of the family.
    Prompt(prompt::Family),
}

impl Dialect {
    fn of(model: Model<'_>) -> Option<Self> {
        if model.is_claude() {
            return Some(Self::Claude);
        }
        if model.is_nova() {
            return Some(Self::Nova);
        }
        if let Some(family) = prompt::Family::of(model) {
            return Some(Self::Prompt(family));
        }
        const MESSAGES: &[&str] = &[
            "openai", "mistral", "pixtral", "qwen", "deepseek", "ai21", "moonshot", "kimi", "minimax",
            "nvidia", "google", "zai", "writer",
        ];
        MESSAGES
            .iter()
            .any(|name| model.is(name))
            .then_some(Self::Messages)
    }
}

fn dialect(target: &Target) -> Option<Dialect> {
    Dialect::of(Model::of(target))
}

/// Which parameters a model takes.
pub(super) fn rules(model: Model<'_>) -> &'static ParamRules {
    match Dialect::of(model) {
        Some(Dialect::Claude) => anthropic::params::rules(model.family),
        Some(Dialect::Nova) => params::of_family(model),
        Some(Dialect::Prompt(family)) => family.rules(),
        Some(Dialect::Messages) | None => openai::params::unknown_model(model.family),
    }
}

impl ChatWire for Invoke {
    fn takes_address(&self, _target: &Target, _file: &crate::media::Remote<'_>) -> bool {
        false
    }
    fn unsupported(&self, target: &Target, params: &Map<String, Value>) -> Vec<&'static str> {
        match dialect(target) {
            Some(Dialect::Claude) => anthropic::Chat.unsupported(target, params),
            Some(Dialect::Nova) => super::Converse.unsupported(target, params),
            _ => Vec::new(),
        }
    }
    fn left_out(&self, target: &Target, request: &ChatRequest) -> Vec<String> {
        match dialect(target) {
            Some(Dialect::Claude) => claude::left_out(target, request),
            Some(Dialect::Nova) => super::Converse.left_out(target, request),
            Some(Dialect::Prompt(_)) if request.params.contains_key("user") => vec!["user".to_owned()],
            _ => Vec::new(),
        }
    }
    fn notes(&self, target: &Target, request: &ChatRequest) -> Map<String, Value> {
        match dialect(target) {
            Some(Dialect::Claude) => anthropic::Chat.notes(target, request),
            Some(Dialect::Nova) => super::Converse.notes(target, request),
            _ => Map::new(),
        }
    }
    fn request(&self, target: &Target, mut request: ChatRequest) -> Result<WireRequest> {
        let model = Model::of(target);
        let operation = if request.stream {
            "invoke-with-response-stream"
        } else {
            "invoke"
        };
        let post = |body: Map<String, Value>| request::post(target, model.id, operation, &body);
        let headers = headers::take(&mut request.params)?;
        let mut written = match Dialect::of(model) {
            Some(Dialect::Claude) => post(claude::body(target, model, request)?)?,
            Some(Dialect::Nova) => {
                let mut body = request::body(target, model, &request)?;
                body.insert("schemaVersion".to_owned(), json!("messages-v1"));
                body.extend(target.body.clone());
                post(body)?
            }
            Some(Dialect::Messages) => {
                // How it is to be answered is said by the operation.
                request.stream = false;
                request.params.shift_remove("stream_options");
                let named = Target {
                    model: model.id.to_owned(),
                    ..target.clone()
                };
                let body = openai::Chat.request(&named, request)?.body;
                WireRequest {
                    body,
                    ..post(Map::new())?
                }
            }
            Some(Dialect::Prompt(family)) => {
                let mut body = text::body(family, request)?;
                body.extend(target.body.clone());
                post(body)?
            }
            None => {
                return Err(Error::bad_request(format!(
                    "{:?} tells no dialect that `invoke/` could speak; take `converse/`, or pass the model's name as `model` \
                     and the ARN as `model_id`",
                    model.id
                )));
            }
        };
        written.headers.extend(headers);
        Ok(written)
    }
    fn response(&self, target: &Target, body: &Bytes) -> Result<ChatResponse> {
        let mut answer = match dialect(target) {
            Some(Dialect::Claude) => anthropic::Chat.response(target, body)?,
            Some(Dialect::Nova) => response::read(target, body)?,
            Some(Dialect::Prompt(family)) => text::read(family, body)?,
            Some(Dialect::Messages) | None => openai::Chat.response(target, &stream::with_reasons(body))?,
        };
        answer.model = Some(target.model.clone());
        Ok(answer)
    }
    fn counted(&self, _target: &Target, headers: &HeaderMap) -> Option<Usage> {
        let count = |name: &str| {
            let name = format!("x-amzn-bedrock-{name}-token-count");
            headers.get(name)?.to_str().ok()?.parse::<i64>().ok()
        };
        let (input, output) = (count("input")?, count("output")?);
        Some(Usage {
            prompt_tokens: Some(input),
            completion_tokens: Some(output),
            total_tokens: Some(input + output),
            ..Usage::default()
        })
    }
    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        error::from_status(status, headers, body)
    }
    fn framer(&self, _target: &Target) -> Box<dyn Framer> {
        Box::new(EventStreamFramer::new())
    }
    fn decoder(&self, target: &Target) -> Box<dyn ChunkDecoder> {
        let inner: Box<dyn ChunkDecoder> = match dialect(target) {
            Some(Dialect::Claude) => anthropic::Chat.decoder(target),
            Some(Dialect::Nova) => Box::new(stream::Events::new(&target.notes)),
            Some(Dialect::Prompt(family)) => Box::new(text::Decoder::new(family)),
            Some(Dialect::Messages) | None => openai::Chat.decoder(target),
        };
        Box::new(stream::Decoder::new(inner))
    }
}

#[cfg(test)]
mod tests;
