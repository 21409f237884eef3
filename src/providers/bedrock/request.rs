//! Writes a request to Converse.

use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::{Map, Value, json};
use url::Url;

use super::messages::Conversation;
use super::model::Model;
use super::spaced;
use super::tools::{self, Tools};
use crate::auth::aws;
use crate::error::{Error, Result};
use crate::providers::anthropic;
use crate::providers::anthropic::schema::Asked;
use crate::resolve::Target;
use crate::types::ChatRequest;
use crate::verbatim;
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
    "projectIdentifier",
];
/// Said elsewhere, or meaning nothing to Converse.
const ELSEWHERE: &[&str] = &[
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "response_format",
    "stream",
    "stream_options",
    "user",
    "n",
    "web_search_options",
];
/// Anthropic's header of features, which Converse takes in the body.
const BETA: &str = "anthropic-beta";

pub(super) fn write(target: &Target, request: &ChatRequest) -> Result<WireRequest> {
    let model = Model::of(target);
    let mut body = body(target, model, request)?;
    body.extend(target.body.clone());
    let operation = if request.stream {
        "converse-stream"
    } else {
        "converse"
    };
    post(target, model.id, operation, &body)
}

/// Everything of the body but what the caller adds to it.
pub(super) fn body(target: &Target, model: Model<'_>, request: &ChatRequest) -> Result<Map<String, Value>> {
    let params = &request.params;
    let names = tools::names(request);
    let tools = Tools::of(model, params, &names)?;
    let conversation = Conversation {
        model,
        names: &names,
        plain: tools.is_empty(),
        guarded: params.get("guardrailConfig").is_some_and(Value::is_object),
    };
    let (system, messages) = conversation.read(&request.messages)?;
    let mut body = Map::new();
    body.insert("messages".to_owned(), Value::Array(messages));
    if !system.is_empty() {
        body.insert("system".to_owned(), Value::Array(system));
    }
    let mut config = Map::new();
    let mut fields = Map::new();
    for (name, value) in params.iter().filter(|(_, value)| !value.is_null()) {
        match name.as_str() {
            "max_tokens" if has(params, "max_completion_tokens") => {}
            "max_tokens" | "max_completion_tokens" => set(&mut config, "maxTokens", value.clone()),
            "temperature" => set(&mut config, "temperature", value.clone()),
            "top_p" => set(&mut config, "topP", value.clone()),
            "stop" if value.is_string() => set(&mut config, "stopSequences", json!([value])),
            "stop" if value.as_array().is_some_and(Vec::is_empty) => {}
            "stop" => set(&mut config, "stopSequences", value.clone()),
            "top_k" if model.is_nova() => set(&mut fields, "inferenceConfig", json!({"topK": value})),
            "service_tier" => {
                let tier = value.as_str().filter(|tier| *tier != "auto").unwrap_or("default");
                set(&mut body, "serviceTier", json!({"type": tier}));
            }
            "reasoning_effort" | "thinking" if !model.thinks_in_own_words() => {}
            "reasoning_effort" => effort(model, value, &mut fields),
            own if OWN.contains(&own) => set(&mut body, own, value.clone()),
            "additionalModelRequestFields" => fields.extend(value.as_object().cloned().unwrap_or_default()),
            elsewhere if ELSEWHERE.contains(&elsewhere) => {}
            unknown => set(&mut fields, unknown, value.clone()),
        }
    }
    if !model.thinks_in_own_words() {
        thinking(model, params, &mut fields)?;
    }
    if model.calls_one_at_a_time() && tools.config.is_some() {
        one_at_a_time(params, &mut fields);
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
    if !tools.hosted.is_empty() {
        set(&mut fields, "tools", Value::Array(tools.hosted));
    }
    betas(target, model, &tools.betas, &mut fields);
    set(&mut body, "inferenceConfig", Value::Object(config));
    if !fields.is_empty() {
        set(&mut body, "additionalModelRequestFields", Value::Object(fields));
    }
    if let Some(config) = tools.config {
        set(&mut body, "toolConfig", config);
    }
    if let Asked::Natively(schema) = tools::asked(model, params)? {
        structured(params, schema, &mut body);
    }
    Ok(body)
}

fn has(params: &Map<String, Value>, name: &str) -> bool {
    params.get(name).is_some_and(|value| !value.is_null())
}

fn set(map: &mut Map<String, Value>, name: &str, value: Value) {
    map.insert(name.to_owned(), value);
}

/// `parallel_tool_calls` in Claude's own words: part of its choice, whose kind Converse says.
fn one_at_a_time(params: &Map<String, Value>, fields: &mut Map<String, Value>) {
    let Some(parallel) = params.get("parallel_tool_calls").and_then(Value::as_bool) else {
        return;
    };
    let mut choice = Map::new();
    if !has(params, "tool_choice") {
        set(&mut choice, "type", json!("auto"));
    }
    set(&mut choice, "disable_parallel_tool_use", json!(!parallel));
    set(fields, "tool_choice", Value::Object(choice));
}

/// Features of Claude: the caller's header, the caller's field, and what the tools need.
pub(super) fn betas(
    target: &Target,
    model: Model<'_>,
    needed: &[&'static str],
    fields: &mut Map<String, Value>,
) {
    if !(model.is_claude() || model.is_opaque()) {
        return;
    }
    let mut betas: Vec<String> = match fields.get("anthropic_beta") {
        Some(Value::Array(given)) => given
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_owned)
            .collect(),
        Some(Value::String(given)) => vec![given.clone()],
        _ => Vec::new(),
    };
    let header = target
        .headers
        .get_all(BETA)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let named = header
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|beta| !beta.is_empty());
    for beta in named.chain(needed.iter().copied()) {
        if !betas.iter().any(|known| known == beta) {
            betas.push(beta.to_owned());
        }
    }
    if !betas.is_empty() {
        set(fields, "anthropic_beta", json!(betas));
    }
}

/// The schema of an answer, for models that answer to one.
fn structured(params: &Map<String, Value>, schema: &Value, body: &mut Map<String, Value>) {
    let mut inner = Map::new();
    let schema = anthropic::schema::grammatical(schema);
    set(&mut inner, "schema", Value::String(spaced::text(&schema)));
    let named = params
        .get("response_format")
        .and_then(|format| format.get("json_schema"));
    for name in ["name", "description"] {
        if let Some(value) = named
            .and_then(|named| named.get(name))
            .filter(|value| value.is_string())
        {
            set(&mut inner, name, value.clone());
        }
    }
    let format = json!({"type": "json_schema", "structure": {"jsonSchema": inner}});
    let config = body.entry("outputConfig").or_insert_with(|| json!({}));
    if let Some(config) = config.as_object_mut() {
        config.entry("textFormat").or_insert(format);
    }
}

/// How hard to think, in the words of Nova and of OpenAI's open models.
fn effort(model: Model<'_>, value: &Value, fields: &mut Map<String, Value>) {
    let value = value.get("effort").unwrap_or(value);
    if !model.is_nova() {
        set(fields, "reasoning_effort", value.clone());
    } else if value != "none" {
        let value = if value == "minimal" {
            json!("low")
        } else {
            value.clone()
        };
        set(
            fields,
            "reasoningConfig",
            json!({"type": "enabled", "maxReasoningEffort": value}),
        );
    }
}

/// How hard to think, as Claude takes it; of what is behind an ARN the same is assumed.
fn thinking(model: Model<'_>, params: &Map<String, Value>, fields: &mut Map<String, Value>) -> Result<()> {
    let said = ["thinking", "reasoning_effort"];
    let mut said: Map<String, Value> = said
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), params.get(name)?.clone())))
        .collect();
    anthropic::params::reasoning(&mut said, fields, anthropic::Model::on_bedrock(model.family))
}

/// A POST of `body` to an operation of a model.
pub(super) fn post(
    target: &Target,
    id: &str,
    operation: &str,
    body: &Map<String, Value>,
) -> Result<WireRequest> {
    let path = format!("model/{}/{operation}", aws::percent_encode(id));
    post_to(url(target, &path)?, body)
}

/// A POST of `body`.
pub(super) fn post_to(url: Url, body: &Map<String, Value>) -> Result<WireRequest> {
    let headers =
        HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))]);
    Ok(WireRequest {
        method: Method::POST,
        url,
        headers,
        body: verbatim::written(body)?,
    })
}

/// The endpoint of this option wins over every other. The query is spelt as it is signed.
pub(super) fn url(target: &Target, path: &str) -> Result<Url> {
    let mut url = match target.options.text("aws_bedrock_runtime_endpoint") {
        None => target.url(path),
        Some(endpoint) => {
            let mut url = Url::parse(endpoint)
                .ok()
                .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
                .ok_or_else(|| Error::bad_request("aws_bedrock_runtime_endpoint is not an http(s) URL"))?;
            url.set_path(&format!("{}/{path}", url.path().trim_end_matches('/')));
            if !target.query.is_empty() {
                url.query_pairs_mut().extend_pairs(&target.query);
            }
            url
        }
    };
    if url.query().is_some() {
        let pairs = url
            .query_pairs()
            .map(|(name, value)| format!("{}={}", aws::percent_encode(&name), aws::percent_encode(&value)));
        let query = pairs.collect::<Vec<_>>().join("&");
        url.set_query(Some(&query));
    }
    Ok(url)
}
