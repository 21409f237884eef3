use bytes::Bytes;
use serde_json::{Value, json};

use super::*;
use crate::framing::Frame;
use crate::types::{ChatChunk, ChatRequest};
use crate::wire::ChunkDecoder;

fn target(model: &str) -> Target {
    let options = crate::options::CallOptions {
        api_key: Some(crate::secret::Secret::new("k")),
        ..Default::default()
    };
    Target::resolve(model, &options, &crate::resolve::Environment).unwrap()
}

fn sent(model: &str, messages: Value, params: Value) -> Value {
    let request = ChatRequest {
        model: model.to_owned(),
        messages: messages.as_array().unwrap().clone(),
        params: params.as_object().unwrap().clone(),
        stream: false,
    };
    let written = write(&target(model), request).unwrap();
    assert_eq!(written.url.path(), "/v1/responses");
    serde_json::from_slice(&written.body).unwrap()
}

#[test]
fn models_without_chat() {
    for model in [
        "o1-pro",
        "o3-pro-2025-06-10",
        "gpt-5-pro",
        "gpt-5.2-codex",
        "gpt-5.1-codex-max",
        "codex-mini-latest",
        "responses/gpt-4o",
        "o4-mini-deep-research",
    ] {
        assert!(is_used(&target(&format!("openai/{model}"))), "{model}");
    }
    for model in [
        "gpt-5",
        "gpt-5-mini",
        "o3",
        "gpt-4o",
        "gpt-5.1-chat-latest",
        "my-gpt-5-pro",
    ] {
        assert!(!is_used(&target(&format!("openai/{model}"))), "{model}");
    }
}

#[test]
fn a_conversation_with_tools() {
    let call = json!({"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{\"a\":1}"}});
    let body = sent(
        "openai/responses/gpt-4o",
        json!([
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": [
                {"type": "text", "text": "What?"},
                {"type": "image_url", "image_url": {"url": "https://a/b.png", "detail": "low"}},
                {"type": "file", "file": {"file_id": "f1"}}]},
            {"role": "assistant", "content": null, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": "42"},
        ]),
        json!({"max_tokens": 9, "reasoning_effort": "low", "verbosity": "low", "n": 1, "temperature": 0.5,
            "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}],
            "tool_choice": {"type": "function", "function": {"name": "f"}},
            "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": {}, "strict": true}}}),
    );
    assert_eq!(
        body,
        json!({
            "model": "gpt-4o",
            "input": [
                {"role": "system", "content": "Be brief."},
                {"role": "user", "content": [
                    {"type": "input_text", "text": "What?"},
                    {"type": "input_image", "image_url": "https://a/b.png", "detail": "low"},
                    {"type": "input_file", "file_id": "f1"}]},
                {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{\"a\":1}"},
                {"type": "function_call_output", "call_id": "c1", "output": "42"},
            ],
            "max_output_tokens": 9,
            "reasoning": {"effort": "low"},
            "temperature": 0.5,
            "tools": [{"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": false}],
            "tool_choice": {"type": "function", "name": "f"},
            "text": {"verbosity": "low", "format": {"type": "json_schema", "name": "s", "schema": {}, "strict": true}},
        })
    );
    let refused = unsupported(json!({"stop": "x", "n": 2, "top_p": 1}).as_object().unwrap());
    assert_eq!(refused, ["stop", "n"]);
}

#[test]
fn an_answer() {
    let body = json!({
        "id": "resp_1", "created_at": 5, "model": "o3-pro", "status": "completed", "error": null, "service_tier": "flex",
        "output": [
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}, {"text": "So."}]},
            {"type": "message", "content": [{"type": "output_text", "text": "Hi", "annotations": [
                {"type": "url_citation", "url": "u", "title": "t"}]}]},
            {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"},
        ],
        "usage": {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7,
            "input_tokens_details": {"cached_tokens": 1}, "output_tokens_details": {"reasoning_tokens": 2}},
    });
    let answer = read(&Bytes::from(body.to_string())).unwrap();
    let choice = &answer.choices[0];
    assert_eq!(choice.finish_reason.as_deref(), Some("tool_calls"));
    assert_eq!(choice.message.content.as_ref().unwrap().as_text(), Some("Hi"));
    assert_eq!(choice.message.extra["reasoning_content"], "Hm.\n\nSo.");
    assert_eq!(
        choice.message.extra["annotations"][0]["url_citation"]["title"],
        "t"
    );
    assert_eq!(choice.message.tool_calls[0].id.as_deref(), Some("c1"));
    let usage = answer.usage.unwrap();
    assert_eq!((usage.prompt_tokens, usage.completion_tokens), (Some(3), Some(4)));
    assert_eq!(usage.completion_tokens_details.unwrap()["reasoning_tokens"], 2);
    assert_eq!(
        (answer.created, &answer.extra["service_tier"]),
        (Some(5), &json!("flex"))
    );
    let cut =
        json!({"output": [], "status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}});
    let cut = read(&Bytes::from(cut.to_string())).unwrap();
    assert_eq!(cut.choices[0].finish_reason.as_deref(), Some("length"));
    let failed =
        json!({"status": "failed", "error": {"code": "server_error", "message": "broken"}, "output": []});
    assert!(read(&Bytes::from(failed.to_string())).is_err());
}

#[test]
fn events() {
    let mut decoder = Decoder::default();
    let mut chunks: Vec<ChatChunk> = Vec::new();
    let mut feed = |event: Value| {
        let data = event.to_string();
        decoder
            .decode(
                Frame {
                    name: "",
                    data: data.as_bytes(),
                },
                &mut chunks,
            )
            .map(|()| decoder.is_done())
    };
    feed(json!({"type": "response.created", "response": {"id": "r", "model": "o3-pro", "created_at": 1}}))
        .unwrap();
    feed(json!({"type": "response.reasoning_summary_part.added", "summary_index": 1})).unwrap();
    feed(json!({"type": "response.output_text.delta", "delta": "He"})).unwrap();
    feed(json!({"type": "response.output_item.added", "output_index": 2,
        "item": {"type": "function_call", "call_id": "c", "name": "f"}}))
    .unwrap();
    feed(json!({"type": "response.function_call_arguments.delta", "output_index": 2, "delta": "{}"}))
        .unwrap();
    feed(json!({"type": "response.something_new"})).unwrap();
    let done = feed(
        json!({"type": "response.completed", "response": {"usage": {"input_tokens": 1, "output_tokens": 2,
        "total_tokens": 3}}}),
    );
    assert!(done.unwrap());
    assert_eq!(chunks.len(), 6);
    assert!(chunks.iter().all(|chunk| chunk.id.as_deref() == Some("r")));
    assert_eq!(chunks[0].choices[0].delta.role.as_deref(), Some("assistant"));
    assert_eq!(chunks[1].choices[0].delta.extra["reasoning_content"], "\n\n");
    let call = &chunks[4].choices[0].delta.tool_calls[0];
    assert_eq!(
        (call.index, call.function.as_ref().unwrap().arguments.as_str()),
        (Some(0), "{}")
    );
    assert_eq!(chunks[5].choices[0].finish_reason.as_deref(), Some("tool_calls"));
    assert_eq!(chunks[5].usage.as_ref().unwrap().total_tokens, Some(3));
    let mut other = Decoder::default();
    let failed = json!({"type": "response.failed", "response": {"error": {"message": "no"}}}).to_string();
    let frame = Frame {
        name: "",
        data: failed.as_bytes(),
    };
    assert!(other.decode(frame, &mut Vec::new()).is_err());
}

#[test]
fn results_of_custom_tools_are_of_a_kind_of_their_own() {
    let custom = json!({"id": "c1", "type": "custom", "custom": {"name": "shell", "input": "ls"}});
    let function = json!({"id": "c2", "type": "function", "function": {"name": "f", "arguments": "{}"}});
    let body = sent(
        "openai/responses/gpt-5",
        json!([
            {"role": "user", "content": "Go"},
            {"role": "assistant", "tool_calls": [custom, function]},
            {"role": "tool", "tool_call_id": "c1", "content": "a.txt"},
            {"role": "tool", "tool_call_id": "c2", "content": "done"},
        ]),
        json!({}),
    );
    assert_eq!(
        body["input"].as_array().unwrap()[3..],
        [
            json!({"type": "custom_tool_call_output", "call_id": "c1", "output": "a.txt"}),
            json!({"type": "function_call_output", "call_id": "c2", "output": "done"}),
        ]
    );
}

#[test]
fn sealed_reasoning_comes_and_goes_back() {
    let item = json!({"type": "reasoning", "id": "rs_1", "encrypted_content": "gAAA", "summary": [{"type": "summary_text", "text": "hm"}], "status": null});
    let body = json!({"id": "r", "status": "completed", "output": [item, {"type": "message", "content": [{"type": "output_text", "text": "a"}]}]});
    let answer = read(&Bytes::from(body.to_string())).unwrap();
    let kept = &answer.choices[0].message.extra["reasoning_items"];
    let sealed = json!({"type": "reasoning", "id": "rs_1", "encrypted_content": "gAAA", "summary": [{"type": "summary_text", "text": "hm"}]});
    assert_eq!(*kept, json!([sealed]));
    let history = json!([{"role": "assistant", "content": "a", "reasoning_items": kept}]);
    let body = sent(
        "openai/responses/gpt-5",
        history,
        json!({"include": ["reasoning.encrypted_content"], "logprobs": true}),
    );
    assert_eq!(
        body["input"],
        json!([sealed, {"role": "assistant", "content": "a"}])
    );
    assert_eq!(
        body["include"],
        json!(["reasoning.encrypted_content", "message.output_text.logprobs"])
    );

    let mut decoder = Decoder::default();
    let mut chunks: Vec<ChatChunk> = Vec::new();
    let event = json!({"type": "response.output_item.done", "item": item}).to_string();
    let frame = Frame {
        name: "",
        data: event.as_bytes(),
    };
    decoder.decode(frame, &mut chunks).unwrap();
    assert_eq!(
        chunks[0].choices[0].delta.extra["reasoning_items"],
        json!([sealed])
    );
}

#[test]
fn what_has_no_place_is_named() {
    let named = |message: Value| {
        let mut request = ChatRequest::new("m");
        request.messages = vec![message];
        super::left_out(&request)
    };
    assert_eq!(
        named(json!({"role": "user", "name": "ann", "content": "a"})),
        ["messages[*].name"]
    );
    assert_eq!(
        named(json!({"role": "assistant", "content": "a", "thinking_blocks": [{"type": "thinking"}]})),
        ["messages[*].thinking_blocks"]
    );
    assert!(named(json!({"role": "tool", "name": "f", "tool_call_id": "c", "content": "a"})).is_empty());
    assert!(named(json!({"role": "user", "name": null, "content": "a"})).is_empty());
}
