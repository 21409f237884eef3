//! Writes a request.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::{Map, Value, json};
use url::Url;

use super::{blocks, tools};
use crate::auth::aws;
use crate::error::{Error, Result};
use crate::resolve::Target;
use crate::types::ChatRequest;
use crate::wire::WireRequest;

/// Parameters of Converse itself, which pass as they are.
const OWN: &[&str] = &[
    "guardrailConfig",
    "performanceConfig",
    "requestMetadata",
    "serviceTier",
    "additionalModelResponseFieldPaths",
    "promptVariables",
    "outputConfig",
];
/// Said elsewhere, or meaning nothing to Converse.
const ELSEWHERE: &[&str] = &[
    "tools",
    "tool_choice",
    "response_format",
    "stream",
    "stream_options",
    "user",
    "n",
    "web_search_options",
];

pub(super) fn write(target: &Target, request: &ChatRequest) -> Result<WireRequest> {
    let model = model_id(&target.model);
    let params = &request.params;
    let tool_config = tools::config(model, params)?;
    let (system, messages) = blocks::split(model, &request.messages, tool_config.is_none())?;
    let mut body = Map::new();
    body.insert("messages".to_owned(), Value::Array(messages));
    if !system.is_empty() {
        body.insert("system".to_owned(), Value::Array(system));
    }
    let mut config = Map::new();
    let mut fields = Map::new();
    for (name, value) in params.iter().filter(|(_, value)| !value.is_null()) {
        match name.as_str() {
            "max_tokens" if params.contains_key("max_completion_tokens") => {}
            "max_tokens" | "max_completion_tokens" => set(&mut config, "maxTokens", value.clone()),
            "temperature" => set(&mut config, "temperature", value.clone()),
            "top_p" => set(&mut config, "topP", value.clone()),
            "stop" if value.is_string() => set(&mut config, "stopSequences", json!([value])),
            "stop" => set(&mut config, "stopSequences", value.clone()),
            "top_k" if model.contains("nova") => set(&mut fields, "inferenceConfig", json!({"topK": value})),
            "service_tier" => {
                let tier = value.as_str().filter(|tier| *tier != "auto").unwrap_or("default");
                set(&mut body, "serviceTier", json!({"type": tier}));
            }
            "reasoning_effort" => effort(model, value, &mut fields)?,
            "parallel_tool_calls" if tools::has_structured_output(model) && tool_config.is_some() => {
                let one = value.as_bool() == Some(false);
                set(
                    &mut fields,
                    "tool_choice",
                    json!({"type": "auto", "disable_parallel_tool_use": one}),
                );
            }
            "parallel_tool_calls" => {}
            own if OWN.contains(&own) => set(&mut body, own, value.clone()),
            "additionalModelRequestFields" => fields.extend(value.as_object().cloned().unwrap_or_default()),
            elsewhere if ELSEWHERE.contains(&elsewhere) => {}
            unknown => set(&mut fields, unknown, value.clone()),
        }
    }
    if let Some(budget) = fields
        .get("thinking")
        .and_then(|thinking| thinking.get("budget_tokens")?.as_i64())
    {
        config.entry("maxTokens").or_insert_with(|| json!(budget + 4096));
    }
    if fields.contains_key("thinking") {
        body.entry("additionalModelResponseFieldPaths")
            .or_insert_with(|| json!(["/usage/output_tokens_details"]));
    }
    set(&mut body, "inferenceConfig", Value::Object(config));
    if !fields.is_empty() {
        set(&mut body, "additionalModelRequestFields", Value::Object(fields));
    }
    if let Some(tool_config) = tool_config {
        set(&mut body, "toolConfig", tool_config);
    }
    if let Some(format) = tools::schema(params).filter(|_| tools::has_structured_output(model)) {
        let mut schema = json!({"schema": format.get("schema").unwrap_or(&Value::Null).to_string()});
        for name in ["name", "description"] {
            if let (Some(schema), Some(value)) = (schema.as_object_mut(), format.get(name)) {
                schema.insert(name.to_owned(), value.clone());
            }
        }
        let output = json!({"textFormat": {"type": "json_schema", "structure": {"jsonSchema": schema}}});
        set(&mut body, "outputConfig", output);
    }
    body.extend(target.body.clone());
    let body = serde_json::to_vec(&body)
        .map_err(|error| Error::bad_request(format!("the request cannot be written as JSON: {error}")))?;
    let operation = if request.stream {
        "converse-stream"
    } else {
        "converse"
    };
    let headers =
        HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    Ok(WireRequest {
        method: Method::POST,
        url: url(
            target,
            &format!("model/{}/{operation}", aws::percent_encode(model)),
        )?,
        headers,
        body: Bytes::from(body),
    })
}

fn set(map: &mut Map<String, Value>, name: &str, value: Value) {
    map.insert(name.to_owned(), value);
}

/// The endpoint of this option wins over every other.
fn url(target: &Target, path: &str) -> Result<Url> {
    let Some(endpoint) = target.options.text("aws_bedrock_runtime_endpoint") else {
        return Ok(target.url(path));
    };
    let base_url = Url::parse(endpoint)
        .ok()
        .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
        .ok_or_else(|| Error::bad_request("aws_bedrock_runtime_endpoint is not an http(s) URL"))?;
    let mut url = base_url.clone();
    url.set_path(&format!("{}/{path}", base_url.path().trim_end_matches('/')));
    url.query_pairs_mut().extend_pairs(&target.query);
    if target.query.is_empty() {
        url.set_query(base_url.query());
    }
    Ok(url)
}

/// The id without the route and the region that may stand before it.
fn model_id(model: &str) -> &str {
    let mut model = model.strip_prefix("converse/").unwrap_or(model);
    if let Some((region, rest)) = model.split_once('/')
        && aws::is_region(region)
    {
        model = rest;
    }
    model
}

fn effort(model: &str, value: &Value, fields: &mut Map<String, Value>) -> Result<()> {
    let word = value.as_str().unwrap_or_default();
    if model.contains("gpt-oss") {
        set(fields, "reasoning_effort", value.clone());
        return Ok(());
    }
    if word == "none" {
        return Ok(());
    }
    if model.contains("nova") {
        set(
            fields,
            "reasoningConfig",
            json!({"type": "enabled", "maxReasoningEffort": word}),
        );
        return Ok(());
    }
    let budget = match word {
        "minimal" | "low" => 1024,
        "medium" => 2048,
        "high" => 4096,
        "xhigh" => 8192,
        "max" => 16384,
        _ => return Err(Error::bad_request(format!("Unmapped reasoning effort: {value}"))),
    };
    fields
        .entry("thinking")
        .or_insert_with(|| json!({"type": "enabled", "budget_tokens": budget}));
    Ok(())
}
