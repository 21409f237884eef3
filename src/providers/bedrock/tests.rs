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

#[test]
fn every_place_of_a_cache_point_with_its_time() {
    let mark = json!({"type": "ephemeral", "ttl": "1h"});
    let part = |text: &str| json!({"type": "text", "text": text, "cache_control": mark});
    let call = json!({"id": "1", "function": {"name": "f", "arguments": "{}"}, "cache_control": mark});
    let history = json!([{"role": "system", "content": [part("s")]}, {"role": "user", "content": [part("u"), part(" ")]},
        {"role": "assistant", "content": "a", "cache_control": mark, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "1", "content": [part("R")]}]);
    let tools = json!({"tools": [{"type": "function", "function": {"name": "f"}, "cache_control": mark}]});
    let point = json!({"cachePoint": {"type": "default", "ttl": "1h"}});
    let (_, _, body) = written(
        "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0",
        history.clone(),
        tools.clone(),
    );
    assert_eq!(body["system"], json!([{"text": "s"}, point]));
    assert_eq!(body["messages"][0]["content"], json!([{"text": "u"}, point]));
    let assistant = &body["messages"][1]["content"];
    assert_eq!((&assistant[1], &assistant[3]), (&point, &point));
    assert_eq!(body["messages"][2]["content"][1], point);
    assert_eq!(body["messages"][2]["content"].as_array().unwrap().len(), 2);
    assert_eq!(body["toolConfig"]["tools"][1], point);
    // Older ones have one time only, and others have no points.
    let (_, _, body) = written(CLAUDE, history.clone(), tools.clone());
    assert_eq!(body["system"][1], json!({"cachePoint": {"type": "default"}}));
    let (_, _, body) = written("bedrock/meta.llama3-1-70b-instruct-v1:0", history, tools);
    assert!(!body.to_string().contains("cachePoint"));
}

#[test]
fn guardrails_judge_the_last_turn_or_what_the_caller_says() {
    let guardrail = json!({"guardrailConfig": {"guardrailIdentifier": "g", "guardrailVersion": "1"}});
    let guarded = |text: &str| json!({"guardContent": {"text": {"text": text}}});
    let history = json!([{"role": "user", "content": "old"}, {"role": "assistant", "content": "a"}, {"role": "user", "content": "new"},
        {"role": "user", "content": [{"type": "guarded_text", "text": "g", "qualifiers": ["query"]}, {"type": "text", "text": "t"}]}]);
    let (_, _, body) = written(CLAUDE, history.clone(), guardrail);
    assert_eq!(body["messages"][0]["content"], json!([{"text": "old"}]));
    let marked = json!({"guardContent": {"text": {"text": "g", "qualifiers": ["query"]}}});
    assert_eq!(
        body["messages"][2]["content"],
        json!([guarded("new"), marked, {"text": "t"}])
    );
    assert!(body["guardrailConfig"].is_object());
    let (_, _, body) = written(CLAUDE, history, json!({}));
    assert_eq!(body["messages"][2]["content"][0], json!({"text": "new"}));
}

#[test]
fn instructions_amid_a_conversation_stay_where_they_are() {
    let history = json!([{"role": "system", "content": "s"}, {"role": "user", "content": "u"}, {"role": "developer", "content": "mid"}, {"role": "user", "content": "v"}]);
    let (_, _, body) = written(CLAUDE, history, json!({}));
    assert_eq!(body["system"], json!([{"text": "s"}]));
    let turn = body["messages"][0]["content"].as_array().unwrap();
    let texts: Vec<_> = turn.iter().map(|block| block["text"].as_str().unwrap()).collect();
    assert_eq!(texts, ["u", "Operator note (not from the user):", "mid", "v"]);
}

#[test]
fn thoughts_go_back_as_they_came_where_they_are_signed() {
    let blocks = json!([{"type": "thinking", "thinking": "t", "signature": "s"}, {"type": "redacted_thinking", "data": "QQ=="}, {"type": "thinking", "thinking": "unsigned"}]);
    let history = json!([{"role": "user", "content": "u"}, {"role": "assistant", "content": "a", "thinking_blocks": blocks}, {"role": "user", "content": "v"}]);
    let signed = json!([{"reasoningContent": {"reasoningText": {"text": "t", "signature": "s"}}}, {"reasoningContent": {"redactedContent": "QQ=="}}]);
    let sent = |model| written(model, history.clone(), json!({})).2["messages"][1]["content"].clone();
    let mut claude = signed.as_array().cloned().unwrap();
    let mut other = claude.clone();
    claude.extend([json!({"text": "unsigned"}), json!({"text": "a"})]);
    other.extend([
        json!({"reasoningContent": {"reasoningText": {"text": "unsigned"}}}),
        json!({"text": "a"}),
    ]);
    assert_eq!(sent(CLAUDE), json!(claude));
    assert_eq!(sent("bedrock/openai.gpt-oss-120b-1:0"), json!(other));
}

#[test]
fn the_words_of_claude() {
    let hi = || json!([{"role": "user", "content": "u"}]);
    let tool = json!({"type": "function", "function": {"name": "f"}});
    let computer = json!({"type": "computer_20250124", "name": "computer", "display_width_px": 1, "display_height_px": 1});
    let sonnet = "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    let (_, _, body) = written(
        sonnet,
        hi(),
        json!({"tools": [tool, computer], "parallel_tool_calls": false, "tool_choice": "required", "anthropic_beta": ["x"]}),
    );
    assert_eq!(body["toolConfig"]["toolChoice"], json!({"any": {}}));
    assert_eq!(
        body["additionalModelRequestFields"],
        json!({"anthropic_beta": ["x", "computer-use-2025-01-24"], "tool_choice": {"disable_parallel_tool_use": true}, "tools": [computer]})
    );
    let (_, _, body) = written(
        "bedrock/us.anthropic.claude-opus-4-6-v1",
        hi(),
        json!({"reasoning_effort": "high"}),
    );
    assert_eq!(
        body["additionalModelRequestFields"],
        json!({"thinking": {"type": "adaptive", "display": "summarized"}, "output_config": {"effort": "high"}})
    );
    let schema = json!({"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object", "properties": {}}}});
    let (_, _, body) = written(sonnet, hi(), json!({"response_format": schema}));
    assert_eq!(
        body["outputConfig"]["textFormat"]["structure"]["jsonSchema"],
        json!({"schema": r#"{"type": "object", "properties": {}, "additionalProperties": false}"#, "name": "n"})
    );
    // Claude cannot be forced while it thinks.
    let (_, _, body) = written(
        CLAUDE,
        hi(),
        json!({"response_format": schema, "thinking": {"type": "enabled", "budget_tokens": 1024}}),
    );
    assert!(body["toolConfig"].get("toolChoice").is_none());
}

#[test]
fn a_model_may_be_named_by_an_arn_of_its_own() {
    let arn = "arn:aws:bedrock:eu-central-1:123456789012:application-inference-profile/abc";
    let mut options = CallOptions::default();
    options.provider_options.set("model_id", json!(arn));
    let model = "bedrock/us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    let target = Target::resolve(model, &options, &Environment).unwrap();
    let request = ChatRequest::new("m").user("hi");
    let sent = Converse.request(&target, request).unwrap();
    assert_eq!(
        sent.url.as_str(),
        "https://bedrock-runtime.eu-central-1.amazonaws.com/model/arn%3Aaws%3Abedrock%3Aeu-central-1%3A123456789012%3Aapplication-inference-profile%2Fabc/converse"
    );
}

#[test]
fn what_bedrock_does_itself_is_no_call_of_the_callers() {
    let (target, ..) = written(CLAUDE, json!([{"role": "user", "content": "x"}]), json!({}));
    let hosted = json!({"toolUse": {"toolUseId": "1", "name": "nova_grounding", "input": {}, "type": "server_tool_use"}});
    let answer = json!({"output": {"message": {"content": [hosted, {"text": "a"}, {"image": {"format": "png", "source": {"bytes": "QQ=="}}}]}}, "stopReason": "end_turn",
        "usage": {"inputTokens": 1, "outputTokens": 2, "totalTokens": 13, "cacheWriteInputTokens": 10, "cacheDetails": [{"ttl": "5m", "inputTokens": 4}, {"ttl": "1h", "inputTokens": 6}]},
        "additionalModelResponseFields": {"usage": {"output_tokens_details": {"thinking_tokens": 1}}}});
    let read = Converse
        .response(&target, &Bytes::from(answer.to_string()))
        .unwrap();
    let message = &read.choices[0].message;
    assert!(message.tool_calls.is_empty());
    assert_eq!(
        message.extra["provider_specific_fields"]["contentBlocks"],
        json!([hosted])
    );
    assert_eq!(
        message.extra["images"][0]["image_url"]["url"],
        "data:image/png;base64,QQ=="
    );
    let usage = read.usage.unwrap();
    assert_eq!(
        usage.prompt_tokens_details.unwrap()["cache_creation_token_details"],
        json!({"ephemeral_5m_input_tokens": 4, "ephemeral_1h_input_tokens": 6})
    );
    assert_eq!(
        usage.completion_tokens_details.unwrap()["reasoning_tokens"],
        json!(1)
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
    let failed = message(
        &[
            (":message-type", "exception"),
            (":exception-type", "modelStreamErrorException"),
        ],
        br#"{"message": "m", "originalStatusCode": 429}"#,
    );
    assert_eq!(
        run(&target, &[&failed]).1.unwrap_err().kind(),
        crate::ErrorKind::RateLimit
    );
    // An end without a reason, whatever comes after it, is none.
    let mut stream = event(
        "contentBlockDelta",
        json!({"contentBlockIndex": 0, "delta": {"text": "t"}}),
    );
    stream.extend(event("messageStop", json!({})));
    stream.extend(event(
        "metadata",
        json!({"usage": {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}}),
    ));
    assert_eq!(
        run(&target, &[&stream]).1.unwrap_err().kind(),
        crate::ErrorKind::IncompleteStream
    );
    let thought = json!({"usage": {"output_tokens_details": {"thinking_tokens": 7}}});
    let mut stream = event(
        "messageStop",
        json!({"stopReason": "end_turn", "additionalModelResponseFields": thought}),
    );
    stream.extend(event("metadata", json!({"usage": {"inputTokens": 1, "outputTokens": 9, "totalTokens": 10}, "trace": {"guardrail": {}}})));
    let (chunks, end) = run(&target, &[&stream]);
    assert!(end.is_ok());
    let last = chunks.last().unwrap();
    let details = last
        .usage
        .as_ref()
        .unwrap()
        .completion_tokens_details
        .as_ref()
        .unwrap();
    assert_eq!(details["reasoning_tokens"], json!(7));
}
