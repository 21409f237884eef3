use serde_json::{Value, json};

use super::*;
use crate::error::ErrorKind;
use crate::options::CallOptions;
use crate::resolve::Environment;
use crate::stream::{Assembler, Machine};
use crate::types::{ChatChunk, Content, EmbedRequest, Vector};
use crate::wire::EmbedWire;

const MODEL: &str = "ollama_chat/llama3.2";

fn target_at(model: &str, base: &str) -> Target {
    let options = CallOptions {
        base_url: Some(base.into()),
        ..CallOptions::default()
    };
    Target::resolve(model, &options, &Environment).unwrap()
}

fn send(model: &str, messages: Value, params: Value) -> Result<Value> {
    let mut request = ChatRequest {
        model: model.to_owned(),
        messages: messages.as_array().cloned().unwrap(),
        params: params.as_object().cloned().unwrap(),
        stream: false,
    };
    let target = target_at(model, "http://localhost:11434");
    for name in Chat.left_out(&target, &request) {
        request.params.shift_remove(&name);
    }
    let sent = Chat.request(&target, request)?;
    assert_eq!(sent.url.as_str(), "http://localhost:11434/api/chat");
    Ok(serde_json::from_slice(&sent.body).unwrap())
}

fn hi() -> Value {
    json!([{"role": "user", "content": "hi"}])
}

#[test]
fn options_and_the_requests_own_keys() {
    let params = json!({"temperature": 0.5, "top_p": 0.9, "stop": "END", "seed": 1, "max_tokens": 1, "max_completion_tokens": 2,
        "num_ctx": 4096, "keep_alive": "5m", "stream_options": {"include_usage": true}, "user": "u", "presence_penalty": 0.1,
        "response_format": {"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}}});
    assert_eq!(
        send(MODEL, hi(), params).unwrap(),
        json!({"model": "llama3.2", "messages": [{"role": "user", "content": "hi", "images": []}], "keep_alive": "5m", "format": {"type": "object"},
            "options": {"temperature": 0.5, "top_p": 0.9, "stop": "END", "seed": 1, "num_predict": 2, "num_ctx": 4096, "presence_penalty": 0.1}, "stream": false})
    );
    let sent = send(MODEL, hi(), json!({"response_format": {"type": "json_object"}})).unwrap();
    assert_eq!(sent["format"], "json");
    for (model, effort, think) in [
        (MODEL, "low", json!(true)),
        (MODEL, "none", json!(false)),
        (MODEL, "minimal", json!(false)),
        ("ollama/gpt-oss:20b", "high", json!("high")),
    ] {
        assert_eq!(
            send(model, hi(), json!({"reasoning_effort": effort})).unwrap()["think"],
            think
        );
    }
}

#[test]
fn tools_and_what_of_them_may_be_called() {
    let tools = json!([{"type": "function", "function": {"name": "f"}}, {"type": "function", "function": {"name": "g"}}]);
    let offered = |choice: Value| {
        let sent = send(MODEL, hi(), json!({"tools": tools, "tool_choice": choice})).unwrap();
        sent["tools"].as_array().map_or(0, Vec::len)
    };
    let named = json!({"type": "function", "function": {"name": "g"}});
    assert_eq!(
        (
            offered(json!("auto")),
            offered(json!("required")),
            offered(json!("none")),
            offered(named)
        ),
        (2, 2, 0, 1)
    );
    let sent = send(
        MODEL,
        hi(),
        json!({"functions": [{"name": "f"}], "function_call": "auto"}),
    )
    .unwrap();
    assert_eq!(
        sent["tools"],
        json!([{"type": "function", "function": {"name": "f"}}])
    );
}

#[test]
fn messages_in_ollamas_shape() {
    let call = |id: &str, name: &str, arguments: &str| json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}});
    let sent = send(MODEL, json!([
        {"role": "developer", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
        {"role": "user", "name": "bob", "content": [{"type": "text", "text": "see"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]},
        {"role": "assistant", "content": null, "reasoning_content": "hm", "tool_calls": [call("c1", "f", "{\"a\": \"1\"}"), call("c2", "g", "")]},
        {"role": "tool", "tool_call_id": "c2", "content": "R2"},
        {"role": "function", "name": "f", "content": "R1"}]), json!({})).unwrap();
    assert_eq!(
        sent["messages"],
        json!([
            {"role": "system", "content": "ab", "images": []},
            {"role": "user", "content": "see", "images": ["AAAA"]},
            {"role": "assistant", "thinking": "hm", "content": "", "images": [], "tool_calls": [
                {"function": {"name": "f", "arguments": {"a": "1"}}}, {"function": {"name": "g", "arguments": {}}}]},
            {"role": "tool", "content": "R2", "images": [], "tool_name": "g", "tool_call_id": "c2"},
            {"role": "tool", "content": "R1", "images": [], "tool_name": "f"}])
    );
}

#[test]
fn what_ollama_cannot_be_given_is_refused_with_its_place() {
    let with =
        |part: Value| send(MODEL, json!([{"role": "user", "content": [part]}]), json!({})).unwrap_err();
    let error = with(json!({"type": "image_url", "image_url": "https://example.com/a.png"}));
    assert_eq!(error.kind(), ErrorKind::ImageFetch);
    assert!(error.message().contains("messages[0].content[0]"));
    assert_eq!(
        with(json!({"type": "file", "file": {}})).kind(),
        ErrorKind::BadRequest
    );
    let mut params = json!({"n": 2, "logprobs": true}).as_object().cloned().unwrap();
    let policy = crate::params::ParamPolicy::default();
    assert!(crate::params::apply(&mut params, params::rules(""), &policy, "ollama", "m").is_err());
}

fn read(body: Value) -> Result<ChatResponse> {
    Chat.response(
        &target_at(MODEL, "http://localhost:11434"),
        &Bytes::from(body.to_string()),
    )
}

#[test]
fn plain_answers() {
    let answer = json!({"model": "llama3.2", "created_at": "2026-01-01T00:00:00.000000001Z", "done": true, "done_reason": "length",
        "message": {"role": "assistant", "content": "Hello", "thinking": "hm"}, "prompt_eval_count": 3, "eval_count": 4});
    let answered = read(answer).unwrap();
    let choice = &answered.choices[0];
    assert_eq!(choice.finish_reason.as_deref(), Some("length"));
    assert_eq!(choice.message.content, Some(Content::Text("Hello".into())));
    assert_eq!(choice.message.extra["reasoning_content"], "hm");
    assert_eq!(answered.usage.unwrap().total_tokens, Some(7));
    assert_eq!(answered.model.as_deref(), Some("ollama_chat/llama3.2"));

    let call =
        |name: &str| json!({"function": {"index": 0, "name": name, "arguments": {"city": "Paris", "n": 1}}});
    let answer = json!({"created_at": "t", "done": true, "done_reason": "stop", "message": {"content": "", "tool_calls": [call("f"), call("f")]}});
    let answered = read(answer.clone()).unwrap();
    let choice = &answered.choices[0];
    assert_eq!(choice.finish_reason.as_deref(), Some("tool_calls"));
    assert_eq!(choice.message.content, None);
    let calls = &choice.message.tool_calls;
    assert_eq!(
        calls[0].function.as_ref().unwrap().arguments,
        r#"{"city":"Paris","n":1}"#
    );
    assert!(calls[0].id.is_some() && calls[0].id != calls[1].id);
    assert_eq!(read(answer).unwrap(), answered);

    assert_eq!(
        read(json!({"error": "model runner crashed"})).unwrap_err().kind(),
        ErrorKind::InternalServer
    );
    assert_eq!(
        read(json!({"done": true})).unwrap_err().kind(),
        ErrorKind::ResponseValidation
    );
}

const STREAM: &str = concat!(
    "{\"created_at\":\"1\",\"message\":{\"role\":\"assistant\",\"content\":\"\",\"thinking\":\"hm\"},\"done\":false}\n",
    "{\"created_at\":\"2\",\"message\":{\"role\":\"assistant\",\"content\":\"gr\u{fc}n\"},\"done\":false}\n",
    "{\"created_at\":\"3\",\"message\":{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{\"a\":1}}}]},\"done\":false}\n",
    "{\"created_at\":\"4\",\"message\":{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"id\":\"x\",\"function\":{\"name\":\"g\",\"arguments\":{}}}]},\"done\":false}\n",
    "{\"created_at\":\"5\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":2,\"eval_count\":3}\n",
);

fn streamed(pieces: &[&[u8]]) -> Result<Vec<ChatChunk>> {
    let target = target_at(MODEL, "http://localhost:11434");
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
    assert_eq!(
        (&deltas[0]["role"], &deltas[0]["reasoning_content"]),
        (&json!("assistant"), &json!("hm"))
    );
    assert_eq!(deltas[1]["content"], "gr\u{fc}n");
    assert_eq!(
        deltas[2]["tool_calls"][0]["function"],
        json!({"arguments": "{\"a\":1}", "name": "f"})
    );
    assert_eq!(
        (
            &deltas[3]["tool_calls"][0]["index"],
            &deltas[3]["tool_calls"][0]["id"]
        ),
        (&json!(1), &json!("x"))
    );
    assert_eq!(whole[4].choices[0].finish_reason.as_deref(), Some("tool_calls"));
    assert_eq!(whole[5].usage.as_ref().unwrap().total_tokens, Some(5));
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
    let first = STREAM.split_inclusive('\n').next().unwrap();
    let kind = |last: &str| streamed(&[first.as_bytes(), last.as_bytes()]).unwrap_err().kind();
    assert_eq!(kind(""), ErrorKind::IncompleteStream);
    assert_eq!(kind("{\"message\":"), ErrorKind::IncompleteStream);
    assert_eq!(kind("{\"message\":\n"), ErrorKind::ResponseValidation);
    assert_eq!(
        kind("{\"error\":\"an error was encountered while running the model\"}\n"),
        ErrorKind::InternalServer
    );
}

#[test]
fn embeddings_there_and_back() {
    let target = target_at("ollama/nomic-embed-text", "http://h/api");
    let request = EmbedRequest::new("x", json!(["a"]))
        .param("dimensions", 8)
        .param("num_ctx", 9)
        .param("encoding_format", "float");
    let sent = Embed.request(&target, request).unwrap();
    assert_eq!(sent.url.as_str(), "http://h/api/embed");
    let body: Value = serde_json::from_slice(&sent.body).unwrap();
    assert_eq!(
        body,
        json!({"model": "nomic-embed-text", "input": ["a"], "dimensions": 8, "options": {"num_ctx": 9}})
    );
    let base64 = EmbedRequest::new("x", json!("a")).param("encoding_format", "base64");
    assert_eq!(
        Embed.request(&target, base64).unwrap_err().kind(),
        ErrorKind::UnsupportedParams
    );
    let answer = Bytes::from_static(br#"{"model":"m","embeddings":[[0.5,1],[2,3]],"prompt_eval_count":4}"#);
    let read = Embed.response(&target, &answer).unwrap();
    assert_eq!(read.data[1].embedding, Vector::Floats(vec![2.0, 3.0]));
    assert_eq!(read.usage.unwrap().prompt_tokens, Some(4));
}

#[test]
fn bases_and_errors() {
    for base in [
        "http://h",
        "http://h/",
        "http://h/api",
        "http://h/api/generate",
        "http://h/api/chat/",
    ] {
        assert_eq!(
            url(&target_at(MODEL, base), "chat").as_str(),
            "http://h/api/chat",
            "{base}"
        );
    }
    let error = Chat.error(
        &target_at(MODEL, "http://h"),
        404,
        HeaderMap::new(),
        Bytes::from_static(br#"{"error":"model 'x' not found"}"#),
    );
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::NotFound, "model 'x' not found")
    );
}

#[test]
fn answers_of_generate_are_read_too() {
    let answered = read(json!({"model": "llama3.2", "created_at": "t", "response": "Hello", "thinking": "hm", "done": true,
        "done_reason": "stop", "context": [1, 2], "prompt_eval_count": 1, "eval_count": 2,
        "logprobs": [{"token": "Hello", "logprob": -0.1, "bytes": [72], "top_logprobs": [{"token": "Hello", "logprob": -0.1}]}]}))
    .unwrap();
    let choice = &answered.choices[0];
    assert_eq!(choice.message.content, Some(Content::Text("Hello".into())));
    assert_eq!(choice.message.extra["reasoning_content"], "hm");
    assert_eq!(choice.logprobs.as_ref().unwrap()["content"][0]["token"], "Hello");
    let lines = concat!(
        "{\"created_at\":\"1\",\"response\":\"Hel\",\"done\":false}\n",
        "{\"created_at\":\"2\",\"response\":\"lo\",\"done\":false}\n",
        "{\"created_at\":\"3\",\"response\":\"\",\"done\":true,\"done_reason\":\"length\",\"eval_count\":3}\n",
    );
    let chunks = streamed(&[lines.as_bytes()]).unwrap();
    let said: String = chunks
        .iter()
        .filter_map(|chunk| chunk.choices[0].delta.content.as_ref()?.as_text())
        .collect();
    assert_eq!(said, "Hello");
    let finishes: Vec<_> = chunks
        .iter()
        .filter_map(|chunk| chunk.choices[0].finish_reason.as_deref())
        .collect();
    assert_eq!(finishes, ["length"]);
}
