//! Writes a request.

use http::{HeaderMap, HeaderValue, Method, header};
use serde_json::{Map, Value, json};

use super::auth::BETA;
use super::model::Model;
use super::schema::{self, Asked};
use super::{LONGEST_NAME, features, messages, params, tools};
use crate::error::Result;
use crate::options::USER_ID;
use crate::providers::tool_names::ToolNames;
use crate::resolve::Target;
use crate::types::ChatRequest;
use crate::verbatim;
use crate::wire::WireRequest;

/// A request without model and stream, which other hosts put elsewhere.
pub(crate) struct Body {
    pub fields: Map<String, Value>,
    /// Features to be named in `anthropic-beta`.
    pub betas: Vec<&'static str>,
}

/// Translates a request for `model`.
pub(crate) fn body(model: &str, request: ChatRequest) -> Result<Body> {
    body_of(Model::of(model), request)
}

/// Translates a request for a model of which it is known what it can at its host.
pub(crate) fn body_of(model: Model, request: ChatRequest) -> Result<Body> {
    let names = ToolNames::of(&request, LONGEST_NAME);
    let mut given = request.params;
    let conversation = messages::read(request.messages, &names)?;
    let mut out = Map::new();
    let mut betas = Vec::new();
    for name in ["n", "stream_options", "stream"] {
        given.shift_remove(name);
    }
    // The caller's own is there first, so that what is derived joins it.
    if let Some(config) = given.shift_remove("output_config").filter(Value::is_object) {
        out.insert("output_config".to_owned(), config);
    }
    out.insert("messages".to_owned(), Value::Array(conversation.turns));
    if !conversation.system.is_empty() {
        out.insert("system".to_owned(), Value::Array(conversation.system));
    }
    params::stop(&mut given, &mut out);
    params::metadata(&mut given, &mut out);
    params::reasoning(&mut given, &mut out, model)?;
    let mut list = Vec::new();
    let mut choice = tools::choice(
        given.shift_remove("tool_choice"),
        given.shift_remove("parallel_tool_calls"),
        &names,
    )?;
    match schema::asked(&given, model)? {
        Asked::No => {}
        Asked::Natively(schema) => {
            let format = json!({"type": "json_schema", "schema": schema::grammatical(schema)});
            if model.has_output_config() {
                params::set_output_config(&mut out, "format", format);
            } else {
                out.insert("output_format".to_owned(), format);
                tools::need(Some(features::SCHEMAS), &mut betas);
            }
        }
        Asked::ByTool(schema, name) => {
            // A model that thinks may not be forced to a tool.
            let forced = !out.contains_key("thinking") && model.can_be_forced();
            choice = forced.then(|| json!({"name": name, "type": "tool"}));
            list.push(json!({"name": name, "input_schema": schema}));
        }
    }
    given.shift_remove("response_format");
    if let Some(Value::Array(given)) = given.shift_remove("tools") {
        for tool in given {
            list.push(tools::tool(tool, &names, &mut betas)?);
        }
    }
    if let Some(options) = given
        .shift_remove("web_search_options")
        .filter(|options| !options.is_null())
    {
        list.push(tools::web_search(&options));
    }
    if list.is_empty() && conversation.has_tools {
        // A history with calls needs some tool to be declared.
        list.push(json!({"name": "dummy_tool", "input_schema": {"type": "object", "properties": {}}, "type": "custom",
            "description": "This is a dummy tool call"}));
    }
    if !list.is_empty() {
        out.insert("tools".to_owned(), Value::Array(list));
        if let Some(choice) = choice {
            out.insert("tool_choice".to_owned(), choice);
        }
    }
    let most = params::max_tokens(&mut given, &out, model);
    out.insert("max_tokens".to_owned(), most);
    if let Some(managed) = given.get_mut("context_management") {
        params::context_management(managed);
    }
    features::needed(&given, &out, &mut betas);
    out.extend(given.into_iter().filter(|(_, value)| !value.is_null()));
    Ok(Body { fields: out, betas })
}

pub(super) fn write(target: &Target, mut request: ChatRequest) -> Result<WireRequest> {
    // Of what describes a call to its watchers the provider is told who asks.
    if let Some(id) = target.options.text(USER_ID) {
        request
            .params
            .entry("metadata")
            .or_insert_with(|| json!({"user_id": id}));
    }
    let stream = request.stream;
    let Body { fields, betas } = body(&target.model, request)?;
    let mut whole = Map::new();
    whole.insert("model".to_owned(), json!(target.model));
    whole.extend(fields);
    if stream {
        whole.insert("stream".to_owned(), json!(true));
    }
    for (name, value) in &target.body {
        whole.insert(name.clone(), value.clone());
    }
    let mut headers = HeaderMap::from_iter([
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (header::ACCEPT, HeaderValue::from_static("application/json")),
    ]);
    for beta in betas {
        headers.append(BETA, HeaderValue::from_static(beta));
    }
    Ok(WireRequest {
        method: Method::POST,
        url: url(target),
        headers,
        body: verbatim::written(&whole)?,
    })
}

/// Where messages go. A base may name the version, or the whole path.
pub(super) fn url(target: &Target) -> url::Url {
    let mut url = target.url("v1/messages");
    let path = url.path().to_owned();
    for doubled in ["/v1/messages/v1/messages", "/v1/v1/messages"] {
        if let Some(start) = path.strip_suffix(doubled) {
            url.set_path(&format!("{start}/v1/messages"));
            break;
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::CallOptions;
    use crate::resolve::Environment;
    use crate::secret::Secret;

    fn sent(model: &str, messages: Value, params: Value) -> Value {
        let request = ChatRequest {
            model: model.to_owned(),
            messages: messages.as_array().cloned().unwrap(),
            params: params.as_object().cloned().unwrap(),
            stream: false,
        };
        verbatim::told(&Value::Object(body(model, request).unwrap().fields))
    }
    const SONNET: &str = "claude-sonnet-4-5";

    #[test]
    fn systems_apart_and_turns_merged() {
        let hi = |text: &str| json!({"type": "text", "text": text});
        let body = sent(
            SONNET,
            json!([{"role": "system", "content": "S1"}, {"role": "developer", "content": [{"type": "text", "text": "S2", "cache_control": {"type": "ephemeral"}}]},
                {"role": "user", "content": "hi"}, {"role": "user", "content": "again"}, {"role": "assistant", "content": "so "}]),
            json!({"stop": "E", "user": "u1", "max_tokens": 1, "max_completion_tokens": 2, "top_k": 5, "n": 1}),
        );
        assert_eq!(
            body,
            json!({"messages": [{"role": "user", "content": [hi("hi"), hi("again")]}, {"role": "assistant", "content": [hi("so")]}],
                "system": [hi("S1"), {"type": "text", "text": "S2", "cache_control": {"type": "ephemeral"}}],
                "stop_sequences": ["E"], "metadata": {"user_id": "u1"}, "max_tokens": 2, "top_k": 5})
        );
    }

    #[test]
    fn tools_results_and_thoughts() {
        let thought = json!({"type": "thinking", "thinking": "hm", "signature": "sig=="});
        let redacted = json!({"type": "redacted_thinking", "data": "enc"});
        let body = sent(
            SONNET,
            json!([{"role": "user", "content": "hi"},
                {"role": "assistant", "content": null, "thinking_blocks": [thought, redacted], "tool_calls": [
                    {"id": "call.1", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}},
                    {"id": "call_2", "type": "function", "function": {"name": "f", "arguments": ""}}]},
                {"role": "tool", "tool_call_id": "call.1", "content": "R1"},
                {"role": "tool", "tool_call_id": "call_2", "content": [{"type": "text", "text": "R2", "cache_control": {"type": "ephemeral"}}]}]),
            json!({"tools": [{"type": "function", "function": {"name": "f x", "description": "d", "strict": true, "parameters": {"type": "object", "$schema": "s"}}}],
                "tool_choice": "required", "parallel_tool_calls": false}),
        );
        assert_eq!(
            body["messages"][1]["content"],
            json!([thought, redacted, {"type": "tool_use", "id": "call_1", "name": "f", "input": {"a": 1}},
                {"type": "tool_use", "id": "call_2", "name": "f", "input": {}}])
        );
        assert_eq!(
            body["messages"][2]["content"],
            json!([{"type": "tool_result", "tool_use_id": "call_1", "content": "R1"},
                {"type": "tool_result", "tool_use_id": "call_2", "content": [{"type": "text", "text": "R2"}], "cache_control": {"type": "ephemeral"}}])
        );
        assert_eq!(
            body["tools"],
            json!([{"name": "f_x", "input_schema": {"type": "object"}, "type": "custom", "description": "d"}])
        );
        assert_eq!(
            body["tool_choice"],
            json!({"type": "any", "disable_parallel_tool_use": true})
        );
        assert_eq!(body["max_tokens"], 64_000);
    }

    #[test]
    fn effort_and_schema_by_model() {
        let hi = || json!([{"role": "user", "content": "hi"}]);
        let body = sent(SONNET, hi(), json!({"reasoning_effort": "low"}));
        assert_eq!(
            body["thinking"],
            json!({"type": "enabled", "budget_tokens": 1024})
        );
        assert_eq!(body["max_tokens"], 5120);
        let body = sent("claude-opus-4-6", hi(), json!({"reasoning_effort": "high"}));
        assert_eq!(body["output_config"], json!({"effort": "high"}));
        let format = json!({"response_format": {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}}});
        let body = sent(SONNET, hi(), format.clone());
        assert_eq!(
            body["output_format"]["schema"],
            json!({"type": "object", "additionalProperties": false})
        );
        let body = sent("claude-3-haiku-20240307", hi(), format);
        assert_eq!(
            body["tool_choice"],
            json!({"name": "json_tool_call", "type": "tool"})
        );
        assert_eq!(body["tools"][0]["name"], "json_tool_call");
    }

    #[test]
    fn legacy_calls_and_their_answers_share_an_id() {
        let body = sent(
            SONNET,
            json!([{"role": "user", "content": "hi"}, {"role": "assistant", "content": null, "function_call": {"name": "f", "arguments": "{}"}},
                {"role": "function", "name": "f", "content": "R"}]),
            json!({}),
        );
        let id = &body["messages"][1]["content"][0]["id"];
        assert!(id.is_string() && *id == body["messages"][2]["content"][0]["tool_use_id"]);
        assert_eq!(body["tools"][0]["name"], "dummy_tool");
    }

    #[test]
    fn bases_with_and_without_the_path() {
        for base in [
            "http://h",
            "http://h/",
            "http://h/v1",
            "http://h/v1/",
            "http://h/v1/messages",
        ] {
            let options = CallOptions {
                api_key: Some(Secret::new("k")),
                base_url: Some(base.to_owned()),
                ..CallOptions::default()
            };
            let target = Target::resolve("claude-sonnet-4-5", &options, &Environment).unwrap();
            let request = write(&target, ChatRequest::new("m").user("hi")).unwrap();
            assert_eq!(request.url.as_str(), "http://h/v1/messages", "{base}");
        }
    }

    #[test]
    fn only_a_system_message_is_refused() {
        let request = ChatRequest::new(SONNET).system("a");
        assert!(body(SONNET, request).is_err());
    }
}
