//! Claude: Anthropic's body without the model, which stands in the path (platform.claude.com, "Claude on Vertex AI").

use http::{HeaderName, HeaderValue};
use serde_json::json;

use super::publisher::bare;
use super::site;
use crate::error::Result;
use crate::providers::{anthropic, gemini};
use crate::resolve::Target;
use crate::types::ChatRequest;
use crate::wire::WireRequest;

/// The version of the dialect, in the body here.
const VERSION: &str = "vertex-2023-10-16";

pub(super) fn write(target: &Target, request: ChatRequest) -> Result<WireRequest> {
    let name = bare(&target.model);
    let method = if request.stream {
        "streamRawPredict"
    } else {
        "rawPredict"
    };
    let stream = request.stream;
    let anthropic::Body { mut fields, betas } = anthropic::body(anthropic::Model::on_vertex(name), request)?;
    fields.insert("anthropic_version".to_owned(), VERSION.into());
    if stream {
        fields.insert("stream".to_owned(), json!(true));
    }
    for (name, value) in &target.body {
        fields.insert(name.clone(), value.clone());
    }
    let url = site::model(target, &format!("publishers/anthropic/models/{name}"), method)?;
    let mut written = gemini::post(url, &fields)?;
    written.headers.insert(
        HeaderName::from_static("anthropic-version"),
        HeaderValue::from_static("2023-06-01"),
    );
    if let Some(betas) = anthropic::betas(target, &betas)? {
        written.headers.insert(anthropic::BETA, betas);
    }
    Ok(written)
}
