//! What a server tells about its models and itself.

use serde_json::{Value, json};

use super::request::object;
use crate::sim::errors::ApiError;
use crate::sim::faults::Fault;
use crate::sim::hash;
use crate::sim::reply::Reply;
use crate::sim::server::Ask;

const MODIFIED: &str = "2023-11-14T22:13:20.000000Z";
/// Any other name is served, too; these are for clients that show a list.
const LISTED: &[&str] = &["llama3.2:latest", "nomic-embed-text:latest"];

fn details() -> Value {
    json!({
        "parent_model": "",
        "format": "gguf",
        "family": "llama",
        "families": ["llama"],
        "parameter_size": "3.2B",
        "quantization_level": "Q4_K_M",
    })
}

pub(in crate::sim) fn tags(_ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let model = |name: &&str| {
        json!({
            "name": name,
            "model": name,
            "modified_at": MODIFIED,
            "size": 2_019_393_189_u64,
            "digest": hash::hex(hash::fnv(name.as_bytes())).repeat(4),
            "details": details(),
        })
    };
    let models: Vec<Value> = LISTED.iter().map(model).collect();
    Ok(Reply::json(200, &json!({"models": models})))
}

pub(in crate::sim) fn show(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let body = object(ask.body)?;
    // Older clients call it a name.
    let named = body.get("model").or(body.get("name")).and_then(Value::as_str);
    let Some(model) = named.filter(|name| !name.is_empty()) else {
        return Err(super::error::invalid("model is required"));
    };
    let fault = Fault::of(ask, model);
    if let Some(reply) = fault.refusal(ask) {
        return Ok(reply);
    }
    let capabilities: &[&str] = if model.contains("embed") {
        &["embedding"]
    } else {
        &["completion", "tools", "vision", "thinking"]
    };
    let shown = json!({
        "modelfile": format!("FROM {model}"),
        "parameters": "stop \"<|eot_id|>\"",
        "template": "{{ .System }}{{ .Prompt }}{{ .Tools }}",
        "details": details(),
        "model_info": {
            "general.architecture": "llama",
            "general.parameter_count": 3_212_749_888_u64,
            "llama.context_length": 131_072,
            "llama.embedding_length": 768,
        },
        "capabilities": capabilities,
        "modified_at": MODIFIED,
    });
    Ok(Reply::json(200, &shown))
}

pub(in crate::sim) fn version(_ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    Ok(Reply::json(200, &json!({"version": "0.12.0"})))
}
