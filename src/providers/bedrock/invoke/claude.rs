//! Claude: Anthropic's body, without the model and with the version of the dialect in it.

use serde_json::{Map, Value, json};

use super::super::model::Model;
use super::super::request;
use crate::error::Result;
use crate::providers::anthropic;
use crate::resolve::Target;
use crate::types::ChatRequest;
use crate::wire::ChatWire;

/// The version of the dialect.
const VERSION: &str = "bedrock-2023-05-31";
/// Who asks is not told: Bedrock's form of the dialect has no place for it.
const NOT_TOLD: &[&str] = &["user", "metadata"];

pub(super) fn left_out(target: &Target, request: &ChatRequest) -> Vec<String> {
    let mut left_out = anthropic::Chat.left_out(target, request);
    left_out.retain(|name| !NOT_TOLD.contains(&name.as_str()) && !name.starts_with("metadata."));
    let given = |name: &&&str| request.params.get(**name).is_some_and(|value| !value.is_null());
    left_out.extend(NOT_TOLD.iter().filter(given).map(|name| (*name).to_owned()));
    left_out
}

pub(super) fn body(
    target: &Target,
    model: Model<'_>,
    mut request: ChatRequest,
) -> Result<Map<String, Value>> {
    let own = request.params.shift_remove("anthropic_beta");
    let claude = anthropic::Model::on_bedrock(model.family);
    let anthropic::Body { mut fields, betas } = anthropic::body(claude, request)?;
    fields.insert("anthropic_version".to_owned(), json!(VERSION));
    if let Some(own) = own {
        fields.insert("anthropic_beta".to_owned(), own);
    }
    request::betas(target, model, &betas, &mut fields);
    fields.extend(target.body.clone());
    Ok(fields)
}
