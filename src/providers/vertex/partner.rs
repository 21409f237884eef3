//! Models in OpenAI's dialect, or one close to it.

use serde_json::{Map, Value};

use super::publisher::{Publisher, bare};
use super::site;
use crate::error::Result;
use crate::providers::{mistral, openai};
use crate::resolve::Target;
use crate::types::ChatRequest;
use crate::wire::{ChatWire, WireRequest};

/// The address that all open models share, or that of a deployment.
pub(super) fn open(target: &Target, request: ChatRequest) -> Result<WireRequest> {
    let name = bare(&target.model);
    let endpoint = Publisher::of(&target.model) == Publisher::Endpoint;
    let path = if endpoint {
        format!("endpoints/{name}/chat/completions")
    } else {
        "endpoints/openapi/chat/completions".to_owned()
    };
    let model = if endpoint { name } else { &target.model };
    let mut written = openai::Chat.request(&named(target, model), request)?;
    written.url = site::below(target, &path)?;
    Ok(written)
}

/// Mistral's body, where the model is named without its version.
pub(super) fn mistral(target: &Target, request: ChatRequest) -> Result<WireRequest> {
    raw(target, request, "mistralai", &mistral::Chat)
}

/// Jamba's.
pub(super) fn ai21(target: &Target, request: ChatRequest) -> Result<WireRequest> {
    raw(target, request, "ai21", &openai::Chat)
}

fn raw(target: &Target, request: ChatRequest, publisher: &str, wire: &dyn ChatWire) -> Result<WireRequest> {
    let name = bare(&target.model);
    let method = if request.stream {
        "streamRawPredict"
    } else {
        "rawPredict"
    };
    let model = name.split('@').next().unwrap_or(name);
    let mut written = wire.request(&named(target, model), request)?;
    written.url = site::model(target, &format!("publishers/{publisher}/models/{name}"), method)?;
    Ok(written)
}

/// The target with the model's name as the body has it.
fn named(target: &Target, model: &str) -> Target {
    let notes: Map<String, Value> = target.notes.clone();
    Target {
        model: model.to_owned(),
        notes,
        ..target.clone()
    }
}
