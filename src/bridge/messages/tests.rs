use serde_json::{Value, json};

use super::*;
use crate::registry;
use crate::types::Operation;

fn bridged(params: Value) -> Bridged {
    let mut request = EndpointRequest::new(Operation::Messages, "groq/m");
    request.params = params.as_object().cloned().unwrap();
    through_chat(registry::provider("groq").unwrap(), request).unwrap()
}

#[test]
fn a_turn_as_chat() {
    let bridged = bridged(json!({
        "max_tokens": 9,
        "system": [{"type": "text", "text": "Be terse.", "cache_control": {"type": "ephemeral"}}],
        "stop_sequences": ["x"],
        "metadata": {"user_id": "u"},
        "thinking": {"type": "enabled", "budget_tokens": 2048},
        "tools": [{"name": "f", "description": "d", "input_schema": {"type": "object"}}],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": true},
        "messages": [
            {"role": "user", "content": [
                {"type": "text", "text": "Look"},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "eA=="}},
            ]},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "s"},
                {"type": "text", "text": "One moment."},
                {"type": "tool_use", "id": "a", "name": "f", "input": {"x": 1}},
            ]},
            {"role": "user", "content": [
                {"type": "text", "text": "Go on"},
                {"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text", "text": "1"}]},
            ]},
        ],
    }));
    assert_eq!(
        bridged.request.messages,
        vec![
            json!({"role": "system", "content": [{"type": "text", "text": "Be terse.", "cache_control": {"type": "ephemeral"}}]}),
            json!({"role": "user", "content": [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,eA=="}}]}),
            json!({
                "role": "assistant", "content": "One moment.",
                "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{\"x\":1}"}}],
                "thinking_blocks": [{"type": "thinking", "thinking": "Hm.", "signature": "s"}],
            }),
            json!({"role": "tool", "tool_call_id": "a", "content": "1"}),
            json!({"role": "user", "content": [{"type": "text", "text": "Go on"}]}),
        ]
    );
    assert_eq!(
        Value::Object(bridged.request.params),
        json!({
            "stop": ["x"],
            "tools": [{"type": "function", "function": {"name": "f", "description": "d", "parameters": {"type": "object"}}}],
            "parallel_tool_calls": false,
            "tool_choice": "required",
            "reasoning_effort": "medium",
            "user": "u",
            "max_tokens": 9,
        })
    );
}

#[test]
fn an_answer_as_a_message() {
    let mut bridged = bridged(json!({"max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}));
    let answer = json!({"id": "c1", "model": "m", "choices": [{"finish_reason": "tool_calls", "message": {
        "content": "Hi", "reasoning_content": "Hm.",
        "tool_calls": [{"id": "a", "function": {"name": "f", "arguments": "{\"x\":1}"}}]}}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 4, "prompt_tokens_details": {"cached_tokens": 3}}});
    let EndpointAnswer::Json(message) = bridged.bridge.answer(serde_json::from_value(answer).unwrap()) else {
        panic!("no JSON")
    };
    assert_eq!(
        message,
        json!({
            "id": "c1", "type": "message", "role": "assistant", "model": "m",
            "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": ""},
                {"type": "text", "text": "Hi"},
                {"type": "tool_use", "id": "a", "name": "f", "input": {"x": 1}},
            ],
            "stop_reason": "tool_use", "stop_sequence": null,
            "usage": {"input_tokens": 7, "output_tokens": 4, "cache_read_input_tokens": 3, "cache_creation_input_tokens": 0},
        })
    );
}

#[test]
fn a_stream_as_blocks() {
    let mut bridged = bridged(json!({"max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}));
    let mut pieces = Vec::new();
    let delta = |delta: Value| json!({"id": "c1", "model": "m", "choices": [{"index": 0, "delta": delta}]});
    let call = |index: u32, id: Option<&str>, arguments: &str| json!({"tool_calls": [{"index": index, "id": id, "function": {"name": "f", "arguments": arguments}}]});
    for chunk in [
        delta(json!({"reasoning_content": "Hm."})),
        delta(json!({"thinking_blocks": [{"type": "thinking", "thinking": "", "signature": "s"}]})),
        delta(json!({"content": "Hey"})),
        delta(call(0, Some("a"), "{")),
        delta(call(0, None, "}")),
        delta(call(1, Some("b"), "{}")),
        json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}),
        json!({"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}),
    ] {
        bridged
            .bridge
            .chunk(serde_json::from_value(chunk).unwrap(), &mut pieces);
    }
    bridged.bridge.finish(&mut pieces);
    let brief: Vec<String> = pieces
        .into_iter()
        .map(|piece| {
            let Piece::Event(event) = piece else {
                panic!("bytes")
            };
            let kind = event["type"].as_str().unwrap();
            let index = event.get("index").map(Value::to_string).unwrap_or_default();
            let more = event
                .pointer("/delta/type")
                .or_else(|| event.pointer("/content_block/type"))
                .or_else(|| event.pointer("/delta/stop_reason"));
            format!(
                "{kind} {index} {}",
                more.and_then(Value::as_str).unwrap_or_default()
            )
        })
        .collect();
    assert_eq!(
        brief,
        [
            "message_start  ",
            "content_block_start 0 thinking",
            "content_block_delta 0 thinking_delta",
            "content_block_delta 0 signature_delta",
            "content_block_stop 0 ",
            "content_block_start 1 text",
            "content_block_delta 1 text_delta",
            "content_block_stop 1 ",
            "content_block_start 2 tool_use",
            "content_block_delta 2 input_json_delta",
            "content_block_delta 2 input_json_delta",
            "content_block_stop 2 ",
            "content_block_start 3 tool_use",
            "content_block_delta 3 input_json_delta",
            "content_block_stop 3 ",
            "message_delta  tool_use",
            "message_stop  ",
        ]
    );
}
