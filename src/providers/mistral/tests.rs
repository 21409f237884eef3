use serde_json::{Value, json};

use super::*;
use crate::client::prepare_chat;
use crate::error::ErrorKind;
use crate::options::CallOptions;
use crate::params::ParamPolicy;
use crate::resolve::Environment;
use crate::secret::Secret;
use crate::stream::{Assembler, Machine};
use crate::types::Content;

fn target(model: &str) -> Target {
    let options = CallOptions {
        api_key: Some(Secret::new("k")),
        base_url: Some("https://api.mistral.ai/v1".into()),
        ..CallOptions::default()
    };
    Target::resolve(model, &options, &Environment).unwrap()
}

fn request(model: &str, messages: Value, params: Value) -> ChatRequest {
    ChatRequest {
        model: model.to_owned(),
        messages: messages.as_array().cloned().unwrap(),
        params: params.as_object().cloned().unwrap(),
        stream: false,
    }
}

fn body(model: &str, messages: Value, mut params: Value) -> Value {
    // As prepared: the rules first.
    let target = target(model);
    let params_map = params.as_object_mut().unwrap();
    let policy = ParamPolicy::default();
    crate::params::apply(
        params_map,
        target.provider.rules(&target.model),
        &policy,
        "mistral",
        &target.model,
    )
    .unwrap();
    let mut request = request(model, messages, params);
    for name in Chat.left_out(&target, &request) {
        request.params.shift_remove(&name);
    }
    let sent = Chat.request(&target, request).unwrap();
    assert_eq!(sent.url.as_str(), "https://api.mistral.ai/v1/chat/completions");
    serde_json::from_slice(&sent.body).unwrap()
}

const LARGE: &str = "mistral/mistral-large-latest";

#[test]
fn parameters_in_mistrals_words() {
    let sent = body(
        LARGE,
        json!([{"role": "user", "name": "bob", "content": "hi"}]),
        json!({"max_tokens": 10, "max_completion_tokens": 20, "seed": 3, "tool_choice": "required", "user": "u", "safe_prompt": true,
            "stream_options": {"include_usage": true}, "presence_penalty": 0.5, "n": 2}),
    );
    assert_eq!(
        sent,
        json!({"model": "mistral-large-latest", "messages": [{"role": "user", "content": "hi"}], "max_tokens": 20, "random_seed": 3,
            "tool_choice": "any", "safe_prompt": true, "presence_penalty": 0.5, "n": 2})
    );
    let named = json!({"type": "function", "function": {"name": "f"}});
    for choice in [json!("auto"), json!("none"), json!("any"), named] {
        let sent = body(
            LARGE,
            json!([{"role": "user", "content": "hi"}]),
            json!({"tool_choice": choice}),
        );
        assert_eq!(sent["tool_choice"], choice);
    }
}

#[test]
fn what_mistral_does_not_take_is_refused() {
    for (name, value) in [
        ("reasoning_effort", json!("low")),
        ("logprobs", json!(true)),
        ("store", json!(true)),
    ] {
        let given = request(
            LARGE,
            json!([{"role": "user", "content": "hi"}]),
            json!({name: value}),
        );
        let options = CallOptions {
            api_key: Some(Secret::new("k")),
            ..CallOptions::default()
        };
        let refused = prepare_chat(given, options, &Environment).err().unwrap();
        assert_eq!(refused.kind(), ErrorKind::UnsupportedParams, "{name}");
    }
}

#[test]
fn a_function_without_parameters_has_an_empty_object_of_them() {
    let tools = json!([{"type": "function", "function": {"name": "f"}}]);
    let sent = body(
        LARGE,
        json!([{"role": "user", "content": "hi"}]),
        json!({"tools": tools}),
    );
    let parameters = &sent["tools"][0]["function"]["parameters"];
    assert_eq!(*parameters, json!({"type": "object", "properties": {}}));
}

#[test]
fn messages_in_mistrals_shape() {
    let sent = body(
        LARGE,
        json!([
            {"role": "developer", "content": [{"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}, {"type": "text", "text": "b"}]},
            {"role": "user", "content": [{"type": "text", "text": "see"}, {"type": "image_url", "image_url": "https://example.com/a.png"},
                {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="}},
                {"type": "file", "file": {"file_id": "id-1"}}, {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "mp3"}}]},
            {"role": "assistant", "content": "b", "prefix": true, "reasoning_content": "hmm", "thinking_blocks": [], "provider_specific_fields": {},
                "tool_calls": [{"id": "callOne01", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
            {"role": "tool", "name": "f", "tool_call_id": "callOne01", "content": [{"type": "text", "text": "R"}]}]),
        json!({}),
    );
    assert_eq!(
        sent["messages"],
        json!([
            {"role": "system", "content": "ab"},
            {"role": "user", "content": [{"type": "text", "text": "see"}, {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
                {"type": "document_url", "document_url": "data:application/pdf;base64,JVBERi0=", "document_name": "a.pdf"},
                {"type": "file", "file_id": "id-1"}, {"type": "input_audio", "input_audio": "AAAA"}]},
            {"role": "assistant", "content": "b", "prefix": true,
                "tool_calls": [{"id": "callOne01", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
            {"role": "tool", "name": "f", "tool_call_id": "callOne01", "content": "R"}])
    );
}

#[test]
fn reasoning_goes_there_and_back() {
    let parts = json!([{"type": "thinking", "thinking": [{"type": "text", "text": "so "}, {"type": "text", "text": "be it"}], "signature": "s=="},
        {"type": "text", "text": "4"}]);
    let answer = json!({"id": "1", "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": parts}}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5, "prompt_tokens_details": {"cached_tokens": 1}}});
    let target = target("mistral/magistral-medium-latest");
    let read = Chat.response(&target, &Bytes::from(answer.to_string())).unwrap();
    let message = &read.choices[0].message;
    assert_eq!(message.content, Some(Content::Text("4".into())));
    assert_eq!(message.extra["reasoning_content"], "so be it");
    assert_eq!(
        read.usage.unwrap().prompt_tokens_details.unwrap()["cached_tokens"],
        1
    );

    let back = serde_json::to_value(message).unwrap();
    let sent = body(
        "mistral/magistral-medium-latest",
        json!([{"role": "user", "content": "2+2"}, back]),
        json!({"reasoning_effort": "low"}),
    );
    assert_eq!(
        sent["messages"][1],
        json!({"role": "assistant", "content": [
            {"type": "thinking", "thinking": [{"type": "text", "text": "so be it"}], "signature": "s=="}, {"type": "text", "text": "4"}]})
    );
    assert_eq!(
        (&sent["prompt_mode"], &sent["reasoning_effort"]),
        (&json!("reasoning"), &Value::Null)
    );
    let sent = body(
        "mistral/mistral-small-latest",
        json!([{"role": "user", "content": "x"}]),
        json!({"thinking": {"type": "enabled", "budget_tokens": 9}}),
    );
    assert_eq!(sent["reasoning_effort"], "high");
}

const STREAM: &str = concat!(
    "data: {\"id\":\"c\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}],\"p\":\"abc\"}\n\n",
    "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":[{\"type\":\"thinking\",\"thinking\":[{\"type\":\"text\",\"text\":\"Hm\"}]}]},\"finish_reason\":null}]}\n\n",
    "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"content\":[{\"type\":\"text\",\"text\":\"gr\u{fc}n\"}]},\"finish_reason\":null}]}\n\n",
    "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"},\"index\":0},{\"id\":\"b\",\"function\":{\"name\":\"g\",\"arguments\":\"{}\"},\"index\":1}]},\"finish_reason\":\"tool_calls\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}}\n\n",
    "data: [DONE]\n\n",
);

fn streamed(pieces: &[&[u8]]) -> Result<Vec<ChatChunk>> {
    let target = target(LARGE);
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
fn a_stream_cut_anywhere_gives_the_same_chunks() {
    let bytes = STREAM.as_bytes();
    let whole = streamed(&[bytes]).unwrap();
    let deltas: Vec<Value> = whole
        .iter()
        .map(|chunk| serde_json::to_value(&chunk.choices[0].delta).unwrap())
        .collect();
    assert_eq!(deltas[0]["reasoning_content"], "Hm");
    assert_eq!(deltas[1]["content"], "gr\u{fc}n");
    assert_eq!(deltas[2]["tool_calls"].as_array().unwrap().len(), 2);
    assert_eq!(whole[3].choices[0].finish_reason.as_deref(), Some("tool_calls"));
    assert_eq!(whole[4].usage.as_ref().unwrap().total_tokens, Some(3));
    for cut in 0..=bytes.len() {
        assert_eq!(
            streamed(&[&bytes[..cut], &bytes[cut..]]).unwrap(),
            whole,
            "cut at {cut}"
        );
    }
}

#[test]
fn errors_and_cuts_of_a_stream() {
    let cut = &STREAM.as_bytes()[..200];
    assert_eq!(streamed(&[cut]).unwrap_err().kind(), ErrorKind::IncompleteStream);
    let first = STREAM.split_inclusive("\n\n").next().unwrap();
    assert_eq!(
        streamed(&[first.as_bytes()]).unwrap_err().kind(),
        ErrorKind::IncompleteStream
    );
    let error = b"data: {\"error\":{\"message\":\"slow down\",\"code\":429}}\n\n";
    assert_eq!(streamed(&[error]).unwrap_err().kind(), ErrorKind::RateLimit);
}

#[test]
fn errors_by_status_and_words() {
    let kind = |status, body: &'static str| {
        Chat.error(
            &target(LARGE),
            status,
            HeaderMap::new(),
            Bytes::from_static(body.as_bytes()),
        )
        .kind()
    };
    let too_long = r#"{"object":"error","message":"Prompt contains 40001 tokens and 0 draft tokens, too large for model with 32768 maximum context length","type":"invalid_request_error","code":"3051"}"#;
    assert_eq!(kind(400, too_long), ErrorKind::ContextWindowExceeded);
    assert_eq!(
        kind(401, r#"{"message":"Unauthorized","request_id":"1"}"#),
        ErrorKind::Authentication
    );
    assert_eq!(
        kind(
            422,
            r#"{"object":"error","message":{"detail":[{"loc":["body"],"msg":"x"}]},"type":"invalid_request_error"}"#
        ),
        ErrorKind::BadRequest
    );
    assert_eq!(
        kind(429, r#"{"message":"Requests rate limit exceeded"}"#),
        ErrorKind::RateLimit
    );
}

/// Recorded streams, where they are at hand: text, reasoning, tools and finish as another client read them, however the
/// bytes are cut.
#[test]
fn recorded_streams() {
    use std::io::Read;
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../shared/recordings/mistral.jsonl.gz"
    );
    let Ok(file) = std::fs::File::open(path) else {
        return;
    };
    let mut rows = String::new();
    flate2::read::GzDecoder::new(file)
        .read_to_string(&mut rows)
        .unwrap();
    let (mut seen, mut wrong) = (0, Vec::new());
    for row in rows.lines() {
        let row: Value = serde_json::from_str(row).unwrap();
        let Some(resp) = row["resp"].as_str().filter(|_| row["call"]["stream"] == true) else {
            continue;
        };
        let bytes = resp.as_bytes();
        let whole = streamed(&[bytes]).unwrap();
        for size in [1, 7, 1000] {
            let pieces: Vec<&[u8]> = bytes.chunks(size).collect();
            assert_eq!(streamed(&pieces).unwrap(), whole, "{}", row["id"]);
        }
        let ours: Vec<Value> = whole
            .iter()
            .map(|chunk| serde_json::to_value(chunk).unwrap())
            .collect();
        let theirs = row["litellm"]["chunks"].as_array().cloned().unwrap_or_default();
        seen += 1;
        if read_together(&ours) != read_together(&theirs) {
            wrong.push(format!(
                "{}: {} / {}",
                row["id"],
                read_together(&ours),
                read_together(&theirs)
            ));
        }
    }
    assert!(wrong.is_empty(), "{} of {seen}: {wrong:#?}", wrong.len());
}

/// What the chunks of a stream say when they are put together.
fn read_together(chunks: &[Value]) -> Value {
    let choices = || {
        chunks
            .iter()
            .flat_map(|chunk| chunk["choices"].as_array().into_iter().flatten())
    };
    let text = |name: &str| -> String {
        choices()
            .filter_map(|choice| choice["delta"][name].as_str())
            .collect()
    };
    let arguments: String = choices()
        .flat_map(|choice| choice["delta"]["tool_calls"].as_array().into_iter().flatten())
        .filter_map(|call| call["function"]["arguments"].as_str())
        .collect();
    let finishes: Vec<&Value> = choices()
        .map(|choice| &choice["finish_reason"])
        .filter(|reason| !reason.is_null())
        .collect();
    json!([text("content"), text("reasoning_content"), arguments, finishes])
}

#[test]
fn ids_of_other_providers_become_nine_letters_and_digits() {
    let history = json!([{"role": "user", "content": "q"},
        {"role": "assistant", "content": "", "tool_calls": [
            {"id": "call_PTLP8xhu3uwZk4l3nlnrrJha", "type": "function", "function": {"name": "f", "arguments": "{}"}},
            {"id": "ot1MIoEMA", "type": "function", "function": {"name": "g", "arguments": "{}"}}]},
        {"role": "tool", "tool_call_id": "call_PTLP8xhu3uwZk4l3nlnrrJha", "content": "1"},
        {"role": "tool", "tool_call_id": "ot1MIoEMA", "content": "2"},
        {"role": "assistant", "content": null, "function_call": {"name": "h", "arguments": "{}"}},
        {"role": "function", "name": "h", "content": "3"}]);
    let sent = body("mistral/mistral-large-latest", history, json!({}));
    let id = |position: usize, pointer: &str| {
        sent["messages"][position]
            .pointer(pointer)
            .unwrap()
            .as_str()
            .unwrap()
    };
    let (first, second) = (id(1, "/tool_calls/0/id"), id(1, "/tool_calls/1/id"));
    assert!(
        first.len() == 9 && first.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        "{first}"
    );
    assert_eq!((id(2, "/tool_call_id"), id(3, "/tool_call_id")), (first, second));
    assert_eq!(second, "ot1MIoEMA");
    assert_eq!(id(5, "/tool_call_id"), id(4, "/tool_calls/0/id"));
    assert_eq!(sent["messages"][5]["role"], "tool");
}
