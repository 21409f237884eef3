use serde_json::{Value, json};

use super::*;
use crate::types::Operation;

fn bridged(params: Value) -> Bridged {
    let mut request = EndpointRequest::new(Operation::Responses, "groq/m");
    request.params = params.as_object().cloned().unwrap();
    through_chat(request).unwrap()
}

#[test]
fn parameters_under_chats_names() {
    let bridged = bridged(json!({
        "input": "Hi",
        "instructions": "Be terse.",
        "max_output_tokens": 9,
        "reasoning": {"effort": "low", "summary": "auto"},
        "text": {"format": {"type": "json_schema", "name": "n", "schema": {"type": "object"}, "strict": true}, "verbosity": "low"},
        "tools": [
            {"type": "function", "name": "f", "description": null, "parameters": {"type": "object"}, "strict": true},
            {"type": "web_search", "search_context_size": "low"},
        ],
        "tool_choice": {"type": "function", "name": "f"},
        "store": true,
        "truncation": "disabled",
        "background": false,
        "previous_response_id": "resp_1",
        "temperature": 0.5,
        "top_k": 3,
    }));
    assert_eq!(
        bridged.request.messages,
        vec![
            json!({"role": "system", "content": "Be terse."}),
            json!({"role": "user", "content": "Hi"})
        ]
    );
    assert_eq!(
        Value::Object(bridged.request.params),
        json!({
            "max_tokens": 9,
            "reasoning_effort": "low",
            "verbosity": "low",
            "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}, "strict": true}},
            "web_search_options": {"search_context_size": "low"},
            "tools": [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}, "strict": true}}],
            "tool_choice": {"type": "function", "function": {"name": "f"}},
            "temperature": 0.5,
            "top_k": 3,
        })
    );
    assert_eq!(bridged.refused, ["previous_response_id"]);
    assert_eq!(bridged.dropped, ["reasoning.summary", "store"]);
}

#[test]
fn items_become_messages_and_calls_gather() {
    let signed = json!([{"type": "thinking", "thinking": "Hm.", "signature": "s"}]);
    let bridged = bridged(json!({"input": [
        {"role": "user", "content": [{"type": "input_text", "text": "Look"}, {"type": "input_image", "image_url": "https://e/x.png", "detail": "low"}]},
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "Hm."}], "encrypted_content": signed.to_string()},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "One moment.", "annotations": []}]},
        {"type": "function_call", "call_id": "a", "name": "f", "arguments": "{}"},
        {"type": "function_call", "call_id": "b", "name": "g", "arguments": "{\"x\":1}"},
        {"type": "function_call_output", "call_id": "a", "output": "1"},
        {"type": "function_call_output", "call_id": "b", "output": [{"type": "input_text", "text": "2"}]},
    ]}));
    let call = |id: &str, name: &str, arguments: &str| json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments}});
    assert_eq!(
        bridged.request.messages,
        vec![
            json!({"role": "user", "content": [{"type": "text", "text": "Look"}, {"type": "image_url", "image_url": {"url": "https://e/x.png", "detail": "low"}}]}),
            json!({
                "role": "assistant", "content": "One moment.", "reasoning_content": "Hm.", "thinking_blocks": signed,
                "tool_calls": [call("a", "f", "{}"), call("b", "g", "{\"x\":1}")],
            }),
            json!({"role": "tool", "tool_call_id": "a", "content": "1"}),
            json!({"role": "tool", "tool_call_id": "b", "content": "2"}),
        ]
    );
}

#[test]
fn what_chat_has_no_place_for_is_refused_by_place() {
    let refused = |item: Value| {
        let mut request = EndpointRequest::new(Operation::Responses, "groq/m");
        request = request.param("input", json!([{"role": "user", "content": "Hi"}, item]));
        through_chat(request).err().unwrap().to_string()
    };
    assert!(refused(json!({"type": "item_reference", "id": "x"})).contains("input[1]"));
    assert!(refused(json!({"content": "no role"})).contains("input[1]"));
    assert!(
        refused(json!({"role": "user", "content": [{"type": "input_image", "file_id": "f"}]}))
            .contains("file_id")
    );
}

fn whole(answer: Value, given: Value) -> Value {
    let mut bridged = bridged(given);
    let EndpointAnswer::Json(response) = bridged.bridge.answer(serde_json::from_value(answer).unwrap())
    else {
        panic!("no JSON")
    };
    response
}

#[test]
fn an_answer_becomes_items() {
    let response = whole(
        json!({
            "id": "chatcmpl-1", "created": 5, "model": "m", "service_tier": "flex",
            "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {
                "role": "assistant", "content": "Hi", "reasoning_content": "Hm.",
                "annotations": [{"type": "url_citation", "url_citation": {"url": "u", "start_index": 0, "end_index": 1, "title": "t"}}],
                "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
            }}],
            "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7,
                "prompt_tokens_details": {"cached_tokens": 2}, "completion_tokens_details": {"reasoning_tokens": 1}},
        }),
        json!({"input": "Hi", "temperature": 0.5, "metadata": {"k": "v"}}),
    );
    assert_eq!(
        response["output"],
        json!([
            {"id": "rs_chatcmpl-1_0", "type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]},
            {"id": "msg_chatcmpl-1_0", "type": "message", "status": "completed", "role": "assistant", "content": [
                {"type": "output_text", "text": "Hi", "annotations": [{"type": "url_citation", "url": "u", "start_index": 0, "end_index": 1, "title": "t"}], "logprobs": []}]},
            {"id": "fc_a", "type": "function_call", "status": "completed", "call_id": "a", "name": "f", "arguments": "{}"},
        ])
    );
    assert_eq!(
        response["usage"],
        json!({"input_tokens": 3, "input_tokens_details": {"cached_tokens": 2}, "output_tokens": 4,
            "output_tokens_details": {"reasoning_tokens": 1}, "total_tokens": 7})
    );
    assert_eq!(response["status"], "completed");
    assert_eq!(response["service_tier"], "flex");
    assert_eq!(
        (&response["temperature"], &response["metadata"]),
        (&json!(0.5), &json!({"k": "v"}))
    );

    let cut = whole(
        json!({"choices": [{"finish_reason": "length", "message": {"content": "Hi"}}]}),
        json!({"input": "Hi"}),
    );
    assert_eq!(
        (&cut["status"], &cut["incomplete_details"]),
        (&json!("incomplete"), &json!({"reason": "max_output_tokens"}))
    );
}

#[test]
fn a_stream_becomes_events_in_the_documented_order() {
    let mut bridged = bridged(json!({"input": "Hi"}));
    let mut pieces = Vec::new();
    let delta = |delta: Value| json!({"id": "chatcmpl-1", "created": 5, "model": "m", "choices": [{"index": 0, "delta": delta}]});
    let call = |index: u32, id: Option<&str>, arguments: &str| json!({"tool_calls": [{"index": index, "id": id, "function": {"name": id.map(|_| "f"), "arguments": arguments}}]});
    for chunk in [
        delta(json!({"role": "assistant", "reasoning_content": "H"})),
        delta(
            json!({"reasoning_content": "m.", "thinking_blocks": [{"type": "thinking", "thinking": "Hm.", "signature": "s"}]}),
        ),
        delta(json!({"content": "He"})),
        delta(json!({"content": "y"})),
        delta(call(0, Some("a"), "")),
        delta(call(1, Some("b"), "{}")),
        delta(call(0, None, "{}")),
        json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}),
        json!({"choices": [{"index": 0, "delta": {}}], "usage": {"prompt_tokens": 3, "completion_tokens": 4}}),
    ] {
        bridged
            .bridge
            .chunk(serde_json::from_value(chunk).unwrap(), &mut pieces);
    }
    bridged.bridge.finish(&mut pieces);
    let events: Vec<Value> = pieces
        .into_iter()
        .map(|piece| match piece {
            Piece::Event(event) => event,
            Piece::Bytes(_) => panic!("bytes"),
        })
        .collect();
    let kinds: Vec<&str> = events
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.reasoning_summary_part.added",
            "response.reasoning_summary_text.delta",
            "response.reasoning_summary_text.delta",
            "response.reasoning_summary_text.done",
            "response.reasoning_summary_part.done",
            "response.output_item.done",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.output_item.added",
            "response.output_item.added",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.delta",
            "response.function_call_arguments.done",
            "response.output_item.done",
            "response.function_call_arguments.done",
            "response.output_item.done",
            "response.completed",
        ]
    );
    for (number, event) in events.iter().enumerate() {
        assert_eq!(event["sequence_number"], number);
    }
    let response = &events.last().unwrap()["response"];
    assert_eq!(response["usage"]["total_tokens"], 7);
    let output = response["output"].as_array().unwrap();
    assert_eq!(
        output[0]["encrypted_content"],
        json!(r#"[{"type":"thinking","thinking":"Hm.","signature":"s"}]"#)
    );
    assert_eq!(output[1]["content"][0]["text"], "Hey");
    assert_eq!(
        (&output[2]["call_id"], &output[2]["arguments"]),
        (&json!("a"), &json!("{}"))
    );
    // Every item is the one that its own last event showed.
    let done: Vec<&Value> = events
        .iter()
        .filter(|event| event["type"] == "response.output_item.done")
        .map(|event| &event["item"])
        .collect();
    assert_eq!(done, output.iter().collect::<Vec<_>>());
}
