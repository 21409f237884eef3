use serde_json::{Value, json};

use super::*;
use crate::error::ErrorKind;
use crate::options::CallOptions;
use crate::resolve::Environment;
use crate::secret::Secret;
use crate::stream::{Assembler, Machine};
use crate::types::{ChatChunk, Content, EmbedRequest, Vector};
use crate::wire::EmbedWire;

fn target_at(model: &str, base: &str) -> Target {
    let options = CallOptions {
        api_key: Some(Secret::new("k")),
        base_url: Some(base.into()),
        ..CallOptions::default()
    };
    Target::resolve(model, &options, &Environment).unwrap()
}

fn target(model: &str) -> Target {
    target_at(model, "https://api.cohere.com")
}

const MODEL: &str = "cohere_chat/command-a-03-2025";

fn body(model: &str, messages: Value, mut params: Value) -> Value {
    let target = target(model);
    let map = params.as_object_mut().unwrap();
    let rules = target.provider.rules(&target.model);
    crate::params::apply(map, rules, &crate::params::ParamPolicy::default(), "cohere", "m").unwrap();
    let mut request = ChatRequest {
        model: model.to_owned(),
        messages: messages.as_array().cloned().unwrap(),
        params: map.clone(),
        stream: false,
    };
    for name in Chat.left_out(&target, &request) {
        request.params.shift_remove(&name);
    }
    let sent = Chat.request(&target, request).unwrap();
    assert_eq!(sent.url.as_str(), "https://api.cohere.com/v2/chat");
    serde_json::from_slice(&sent.body).unwrap()
}

fn hi() -> Value {
    json!([{"role": "user", "content": "hi"}])
}

#[test]
fn parameters_in_coheres_words() {
    let sent = body(
        MODEL,
        hi(),
        json!({"max_tokens": 1, "max_completion_tokens": 2, "top_p": 0.9, "stop": "END", "seed": 1, "n": 1, "user": "u",
            "frequency_penalty": 0.5, "documents": ["d"], "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}}}),
    );
    assert_eq!(
        sent,
        json!({"model": "command-a-03-2025", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 2, "p": 0.9,
            "stop_sequences": ["END"], "seed": 1, "frequency_penalty": 0.5, "documents": ["d"],
            "response_format": {"type": "json_object", "json_schema": {"type": "object"}}})
    );
    let thinking = body(
        "cohere/command-a-reasoning-08-2025",
        hi(),
        json!({"thinking": {"type": "enabled", "budget_tokens": 9}}),
    );
    assert_eq!(
        thinking["thinking"],
        json!({"type": "enabled", "token_budget": 9})
    );
}

#[test]
fn four_forms_of_tool_choice() {
    let tools = json!([{"type": "function", "function": {"name": "f", "parameters": {}}},
        {"type": "function", "function": {"name": "g", "parameters": {}}, "cache_control": {"type": "ephemeral"}}]);
    let chosen = |choice: Value| {
        let sent = body(MODEL, hi(), json!({"tool_choice": choice, "tools": tools}));
        (
            sent["tool_choice"].clone(),
            sent["tools"].as_array().unwrap().len(),
        )
    };
    assert_eq!(chosen(json!("auto")), (Value::Null, 2));
    assert_eq!(chosen(json!("none")), (json!("NONE"), 2));
    assert_eq!(chosen(json!("required")), (json!("REQUIRED"), 2));
    let named = json!({"type": "function", "function": {"name": "g"}});
    assert_eq!(chosen(named), (json!("REQUIRED"), 1));
}

#[test]
fn strictness_is_told_once_and_arguments_are_an_object() {
    let tool = |name: &str, strict: bool| json!({"type": "function", "function": {"name": name, "strict": strict, "parameters": {}}});
    let sent = |tools: Value| {
        let messages = json!([{"role": "user", "content": "hi"}, {"role": "assistant", "content": null, "tool_calls": [
            {"id": "a", "type": "function", "function": {"name": "f", "arguments": ""}}]}, {"role": "tool", "tool_call_id": "a", "content": "R"}]);
        body(MODEL, messages, json!({"tools": tools}))
    };
    let strict = sent(json!([tool("f", true), tool("g", true)]));
    assert_eq!(strict["strict_tools"], true);
    assert_eq!(
        strict["tools"][0]["function"],
        json!({"name": "f", "parameters": {}})
    );
    assert_eq!(
        strict["messages"][1]["tool_calls"][0]["function"]["arguments"],
        "{}"
    );
    assert_eq!(
        sent(json!([tool("f", true), tool("g", false)]))["strict_tools"],
        Value::Null
    );
}

#[test]
fn an_answer_goes_back_as_it_came() {
    let answer = json!({"id": "1", "finish_reason": "TOOL_CALL", "message": {"role": "assistant", "tool_plan": "I will look.",
        "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}},
            {"id": "b", "type": "function", "function": {"name": "g", "arguments": "{}"}}]},
        "usage": {"billed_units": {"input_tokens": 1, "output_tokens": 2}, "tokens": {"input_tokens": 10.0, "output_tokens": 5.0}, "cached_tokens": 4}});
    let read = Chat
        .response(&target(MODEL), &Bytes::from(answer.to_string()))
        .unwrap();
    let choice = &read.choices[0];
    assert_eq!(choice.finish_reason.as_deref(), Some("tool_calls"));
    assert_eq!(choice.message.tool_calls.len(), 2);
    let usage = read.usage.unwrap();
    assert_eq!(
        (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens),
        (Some(10), Some(5), Some(15))
    );
    assert_eq!(usage.prompt_tokens_details.unwrap()["cached_tokens"], 4);
    let back = serde_json::to_value(&choice.message).unwrap();
    let sent = body(
        MODEL,
        json!([{"role": "user", "content": "hi"}, back, {"role": "tool", "tool_call_id": "a", "content": "R"}]),
        json!({}),
    );
    assert_eq!(
        sent["messages"][1],
        json!({"role": "assistant", "tool_calls": answer["message"]["tool_calls"], "tool_plan": "I will look."})
    );
}

#[test]
fn text_thinking_and_citations() {
    let answer = json!({"id": "1", "finish_reason": "MAX_TOKENS", "message": {"role": "assistant",
        "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "It is "}, {"type": "text", "text": "sunny"}],
        "citations": [{"start": 6, "end": 11, "text": "sunny", "sources": [{"type": "document", "id": "doc:0", "document": {"title": "Weather"}}]}]}});
    let model = "cohere/command-a-reasoning-08-2025";
    let read = Chat
        .response(&target(model), &Bytes::from(answer.to_string()))
        .unwrap();
    let choice = &read.choices[0];
    assert_eq!(choice.finish_reason.as_deref(), Some("length"));
    assert_eq!(choice.message.content, Some(Content::Text("It is sunny".into())));
    assert_eq!(choice.message.extra["reasoning_content"], "hm");
    assert_eq!(
        choice.message.extra["annotations"],
        json!([{"type": "url_citation", "url_citation": {"start_index": 6, "end_index": 11, "title": "Weather", "url": "doc:0"}}])
    );
    let back = serde_json::to_value(&choice.message).unwrap();
    let sent = body(model, json!([back]), json!({}));
    assert_eq!(
        sent["messages"][0]["content"],
        json!([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "It is sunny"}])
    );
}

const EVENTS: &[&str] = &[
    r#"{"type":"message-start","id":"m1","delta":{"message":{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}}}"#,
    r#"{"type":"tool-plan-delta","delta":{"message":{"tool_plan":"I will"}}}"#,
    r#"{"type":"tool-call-start","index":0,"delta":{"message":{"tool_calls":{"id":"a","type":"function","function":{"name":"f","arguments":""}}}}}"#,
    r#"{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"{\"x\":"}}}}}"#,
    r#"{"type":"tool-call-delta","index":0,"delta":{"message":{"tool_calls":{"function":{"arguments":"1}"}}}}}"#,
    r#"{"type":"tool-call-end","index":0}"#,
    r#"{"type":"content-start","index":0,"delta":{"message":{"content":{"type":"thinking","thinking":""}}}}"#,
    r#"{"type":"content-delta","index":0,"delta":{"message":{"content":{"thinking":"hm"}}}}"#,
    r#"{"type":"content-end","index":0}"#,
    r#"{"type":"content-delta","index":1,"delta":{"message":{"content":{"text":"sch\u00f6n ☀"}}}}"#,
    r#"{"type":"citation-start","index":0,"delta":{"message":{"citations":{"start":0,"end":5,"text":"schön","sources":[{"type":"tool","id":"a:0"}]}}}}"#,
    r#"{"type":"citation-end","index":0}"#,
    r#"{"type":"some-day","index":0}"#,
    r#"{"type":"message-end","delta":{"finish_reason":"TOOL_CALL","usage":{"tokens":{"input_tokens":3,"output_tokens":4}}}}"#,
];

fn wire_bytes(events: &[&str]) -> Vec<u8> {
    events
        .iter()
        .flat_map(|event| format!("event: x\ndata: {event}\n\n").into_bytes())
        .collect()
}

fn streamed(pieces: &[&[u8]]) -> Result<Vec<ChatChunk>> {
    let target = target(MODEL);
    let mut machine = Machine::new(
        Chat.framer(&target),
        Chat.decoder(&target),
        Assembler::new("m", true),
    );
    let mut chunks = Vec::new();
    for piece in pieces {
        machine.push(piece, &mut chunks)?;
    }
    machine.finish(&mut chunks).map(|()| chunks)
}

#[test]
fn every_event_and_every_cut() {
    let bytes = wire_bytes(EVENTS);
    let whole = streamed(&[&bytes]).unwrap();
    let deltas: Vec<Value> = whole
        .iter()
        .map(|chunk| serde_json::to_value(&chunk.choices[0].delta).unwrap())
        .collect();
    assert_eq!(whole[0].id.as_deref(), Some("m1"));
    assert_eq!(
        deltas[0]["provider_specific_fields"],
        json!({"tool_plan": "I will"})
    );
    let arguments: String = deltas
        .iter()
        .filter_map(|delta| delta["tool_calls"][0]["function"]["arguments"].as_str())
        .collect();
    assert_eq!(arguments, r#"{"x":1}"#);
    assert!(deltas.iter().any(|delta| delta["reasoning_content"] == "hm"));
    assert!(deltas.iter().any(|delta| delta["content"] == "schön ☀"));
    assert!(
        deltas
            .iter()
            .any(|delta| delta["annotations"][0]["url_citation"]["url"] == "a:0")
    );
    let finishes: Vec<_> = whole
        .iter()
        .filter_map(|chunk| chunk.choices[0].finish_reason.clone())
        .collect();
    assert_eq!(finishes, ["tool_calls"]);
    assert_eq!(
        whole.last().unwrap().usage.as_ref().unwrap().total_tokens,
        Some(7)
    );
    for cut in 0..=bytes.len() {
        assert_eq!(
            streamed(&[&bytes[..cut], &bytes[cut..]]).unwrap(),
            whole,
            "cut at {cut}"
        );
    }
}

#[test]
fn broken_streams() {
    let kind = |events: &[&str]| streamed(&[&wire_bytes(events)]).unwrap_err().kind();
    assert_eq!(kind(&EVENTS[..9]), ErrorKind::IncompleteStream);
    assert_eq!(kind(&["{\"type\":"]), ErrorKind::ResponseValidation);
    assert_eq!(
        kind(&[r#"{"type":"message-end","delta":{"finish_reason":"ERROR","error":"it broke"}}"#]),
        ErrorKind::InternalServer
    );
    assert_eq!(kind(&[r#"{"message":"overloaded"}"#]), ErrorKind::InternalServer);
}

#[test]
fn embeddings_there_and_back() {
    let target = target("cohere/embed-v4.0");
    let ask = |request: EmbedRequest| -> Value {
        let sent = Embed.request(&target, request).unwrap();
        assert_eq!(sent.url.as_str(), "https://api.cohere.com/v2/embed");
        serde_json::from_slice(&sent.body).unwrap()
    };
    assert_eq!(
        ask(EmbedRequest::new("cohere/embed-v4.0", json!(["a", "b"]))),
        json!({"model": "embed-v4.0", "texts": ["a", "b"], "input_type": "search_document", "embedding_types": ["float"]})
    );
    let sent = ask(EmbedRequest::new("x", json!("a"))
        .param("input_type", "search_query")
        .param("encoding_format", "base64"));
    assert_eq!(
        (&sent["input_type"], &sent["embedding_types"]),
        (&json!("search_query"), &json!(["base64"]))
    );
    let sent = ask(EmbedRequest::new("x", json!(["data:image/png;base64,AA"])));
    assert_eq!(
        (&sent["input_type"], &sent["images"]),
        (&json!("image"), &json!(["data:image/png;base64,AA"]))
    );
    assert!(
        Embed
            .request(&target, EmbedRequest::new("x", json!([1, 2])))
            .is_err()
    );

    let answer = json!({"id": "1", "embeddings": {"float": [[0.5, 1], [2, 3]]}, "meta": {"billed_units": {"input_tokens": 2, "image_tokens": 0}}});
    let read = Embed.response(&target, &Bytes::from(answer.to_string())).unwrap();
    assert_eq!(read.data[1].embedding, Vector::Floats(vec![2.0, 3.0]));
    assert_eq!(read.data[1].index, 1);
    assert_eq!(read.usage.unwrap().prompt_tokens, Some(2));
    let answer = json!({"embeddings": {"int8": [[1, -2]]}});
    let read = Embed.response(&target, &Bytes::from(answer.to_string())).unwrap();
    assert_eq!(read.data[0].embedding, Vector::Floats(vec![1.0, -2.0]));
}

#[test]
fn bases_errors_and_refusals() {
    for base in [
        "http://h",
        "http://h/",
        "http://h/v2",
        "http://h/v2/chat",
        "http://h/v2/embed/",
    ] {
        assert_eq!(
            url(&target_at(MODEL, base), "chat").as_str(),
            "http://h/v2/chat",
            "{base}"
        );
    }
    let kind = |status, body: &'static str| {
        Chat.error(
            &target(MODEL),
            status,
            HeaderMap::new(),
            Bytes::from_static(body.as_bytes()),
        )
        .kind()
    };
    assert_eq!(
        kind(
            400,
            r#"{"message":"too many tokens: total must be at most 4081"}"#
        ),
        ErrorKind::ContextWindowExceeded
    );
    assert_eq!(
        kind(401, r#"{"id":"1","message":"invalid api token"}"#),
        ErrorKind::Authentication
    );
    assert_eq!(
        kind(404, r#"{"message":"model 'x' not found"}"#),
        ErrorKind::NotFound
    );
    assert_eq!(kind(429, r#"{"message":"slow"}"#), ErrorKind::RateLimit);
    let mut params = json!({"n": 2}).as_object().cloned().unwrap();
    let policy = crate::params::ParamPolicy::default();
    assert!(crate::params::apply(&mut params, params::rules("command-r"), &policy, "cohere", "m").is_err());
}

#[test]
fn json_with_tools_or_documents_is_refused_and_legacy_calls_are_modern() {
    let unsayable = |params: Value| Chat.unsupported(&target(MODEL), params.as_object().unwrap());
    let json = json!({"type": "json_object"});
    assert_eq!(
        unsayable(json!({"response_format": json, "tools": [{}]})),
        ["response_format"]
    );
    assert_eq!(
        unsayable(json!({"response_format": json, "documents": ["d"]})),
        ["response_format"]
    );
    assert!(unsayable(json!({"response_format": {"type": "text"}, "tools": [{}]})).is_empty());
    assert!(unsayable(json!({"response_format": json, "tools": []})).is_empty());
    let sent = body(
        MODEL,
        json!([{"role": "user", "content": "q"}, {"role": "assistant", "content": null, "function_call": {"name": "f", "arguments": "{}"}},
            {"role": "function", "name": "f", "content": "1"}]),
        json!({}),
    );
    assert_eq!(sent["messages"][1]["tool_calls"][0]["function"]["name"], "f");
    assert_eq!(
        sent["messages"][2],
        json!({"role": "tool", "content": "1", "tool_call_id": sent["messages"][1]["tool_calls"][0]["id"]})
    );
}

#[test]
fn a_file_is_refused_with_its_place() {
    let request = ChatRequest {
        model: MODEL.to_owned(),
        messages: vec![
            json!({"role": "user", "content": [{"type": "text", "text": "sum"}, {"type": "file", "file": {}}]}),
        ],
        ..ChatRequest::default()
    };
    let refused = Chat.request(&target(MODEL), request).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::BadRequest);
    assert!(refused.message().contains("messages[0].content[1]"), "{refused}");
}
