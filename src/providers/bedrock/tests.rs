use serde_json::{Value, json};

use super::*;
use crate::framing::eventstream::message;
use crate::options::CallOptions;
use crate::resolve::Environment;
use crate::stream::{Assembler, Machine};
use crate::types::ChatChunk;

const CLAUDE: &str = "bedrock/converse/anthropic.claude-3-7-sonnet-20250219-v1:0";

fn written(model: &str, messages: Value, params: Value) -> (Target, WireRequest, Value) {
    let mut options = CallOptions::default();
    options
        .provider_options
        .set("aws_region_name", json!("eu-west-1"));
    options
        .provider_options
        .set("aws_bedrock_runtime_endpoint", json!("http://host:1/base"));
    let mut target = Target::resolve(model, &options, &Environment).unwrap();
    let request = ChatRequest {
        model: model.into(),
        messages: messages.as_array().cloned().unwrap(),
        params: params.as_object().cloned().unwrap(),
        stream: false,
    };
    target.notes = Converse.notes(&target, &request);
    let sent = Converse.request(&target, request).unwrap();
    let body = serde_json::from_slice(&sent.body).unwrap();
    (target, sent, body)
}

#[test]
fn a_plain_request() {
    let (_, sent, body) = written(
        CLAUDE,
        json!([{"role": "system", "content": "s"}, {"role": "user", "content": "hi"}]),
        json!({"max_tokens": 5, "stop": "E", "top_k": 3}),
    );
    assert_eq!(
        sent.url.as_str(),
        "http://host:1/base/model/anthropic.claude-3-7-sonnet-20250219-v1%3A0/converse"
    );
    assert_eq!(
        body,
        json!({"messages": [{"role": "user", "content": [{"text": "hi"}]}], "system": [{"text": "s"}],
            "inferenceConfig": {"maxTokens": 5, "stopSequences": ["E"]}, "additionalModelRequestFields": {"top_k": 3}})
    );
}

#[test]
fn tools_and_their_results() {
    let call = |id: &str| json!({"id": id, "type": "function", "function": {"name": "my.f", "arguments": "{\"a\":1}"}});
    let history = json!([{"role": "user", "content": "hi"}, {"role": "assistant", "content": null, "tool_calls": [call("1"), call("2")]},
        {"role": "tool", "tool_call_id": "1", "content": "R1"}, {"role": "tool", "tool_call_id": "2", "content": [{"type": "text", "text": "R2"}]}]);
    let tools = json!({"tools": [{"type": "function", "function": {"name": "my.f"}}]});
    let (target, _, body) = written(CLAUDE, history.clone(), tools);
    assert_eq!(body["messages"][2]["content"].as_array().unwrap().len(), 2);
    assert_eq!(body["toolConfig"]["tools"][0]["toolSpec"]["name"], "my_f");
    let answer = json!({"output": {"message": {"content": [{"toolUse": {"toolUseId": "9", "name": "my_f", "input": {}}}]}}, "stopReason": "tool_use",
        "usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 6, "cacheReadInputTokens": 3}});
    let read = Converse
        .response(&target, &Bytes::from(answer.to_string()))
        .unwrap();
    let choice = &read.choices[0];
    assert_eq!(choice.finish_reason.as_deref(), Some("tool_calls"));
    assert_eq!(
        choice.message.tool_calls[0]
            .function
            .as_ref()
            .unwrap()
            .name
            .as_deref(),
        Some("my.f")
    );
    assert_eq!(read.usage.unwrap().prompt_tokens, Some(4));
    let (_, _, body) = written(CLAUDE, history, json!({}));
    assert_eq!(
        body["messages"][1]["content"][0]["text"],
        "[tool call 1: my.f({\"a\":1})]"
    );
}

fn run(target: &Target, pieces: &[&[u8]]) -> (Vec<ChatChunk>, Result<()>) {
    let mut machine = Machine::new(
        Converse.framer(target),
        Converse.decoder(target),
        Assembler::new("m", true),
    );
    let mut chunks = Vec::new();
    for piece in pieces {
        if let Err(error) = machine.push(piece, &mut chunks) {
            return (chunks, Err(error));
        }
    }
    let end = machine.finish(&mut chunks);
    (chunks, end)
}

#[test]
fn a_stream_cut_anywhere() {
    let event = |name: &str, data: Value| {
        message(
            &[(":event-type", name), (":message-type", "event")],
            data.to_string().as_bytes(),
        )
    };
    let mut stream = event("messageStart", json!({"role": "assistant"}));
    stream.extend(event(
        "contentBlockDelta",
        json!({"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "t"}}}),
    ));
    stream.extend(event(
        "contentBlockDelta",
        json!({"contentBlockIndex": 1, "delta": {"text": "é"}}),
    ));
    stream.extend(event(
        "contentBlockStart",
        json!({"contentBlockIndex": 2, "start": {"toolUse": {"toolUseId": "1", "name": "f"}}}),
    ));
    stream.extend(event(
        "contentBlockDelta",
        json!({"contentBlockIndex": 2, "delta": {"toolUse": {"input": "{}"}}}),
    ));
    stream.extend(event("messageStop", json!({"stopReason": "tool_use"})));
    stream.extend(event(
        "metadata",
        json!({"usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}}),
    ));
    let (target, ..) = written(CLAUDE, json!([{"role": "user", "content": "x"}]), json!({}));
    let (whole, end) = run(&target, &[&stream]);
    assert!(end.is_ok());
    assert_eq!(
        whole[whole.len() - 2].choices[0].finish_reason.as_deref(),
        Some("tool_calls")
    );
    for cut in 0..stream.len() {
        let (before, after) = stream.split_at(cut);
        assert_eq!(run(&target, &[before, after]).0, whole, "{cut}");
    }
    let (_, end) = run(&target, &[&stream[..120]]);
    assert_eq!(end.unwrap_err().kind(), crate::ErrorKind::IncompleteStream);
    let thrown = message(
        &[
            (":message-type", "exception"),
            (":exception-type", "throttlingException"),
        ],
        b"{}",
    );
    assert_eq!(
        run(&target, &[&thrown]).1.unwrap_err().kind(),
        crate::ErrorKind::RateLimit
    );
}
