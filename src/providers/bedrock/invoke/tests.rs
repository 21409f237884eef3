use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use super::*;
use crate::framing::eventstream::message;
use crate::options::CallOptions;
use crate::providers::bedrock::Chat;
use crate::resolve::Surroundings;
use crate::stream::{Assembler, Machine};
use crate::types::{ChatChunk, Content};

const CLAUDE: &str = "bedrock/invoke/anthropic.claude-3-5-sonnet-20240620-v1:0";
const ARN: &str = "arn:aws:bedrock:us-east-1:123456789012:imported-model/abc";

struct Nothing;
impl Surroundings for Nothing {
    fn env(&self, _: &str) -> Option<String> {
        None
    }
}

fn target(model: &str) -> Target {
    Target::resolve(model, &CallOptions::default(), &Nothing).unwrap()
}

fn asked(model: &str, params: Value, stream: bool) -> Result<(Target, WireRequest, Value)> {
    let mut target = target(model);
    let messages = json!([{"role": "system", "content": "S"}, {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "yo"}, {"role": "user", "content": [{"type": "text", "text": "more"}]}]);
    let request = ChatRequest {
        model: model.into(),
        messages: messages.as_array().cloned().unwrap(),
        params: params.as_object().cloned().unwrap(),
        stream,
    };
    target.notes = Chat.notes(&target, &request);
    let written = Chat.request(&target, request)?;
    let body = serde_json::from_slice(&written.body).unwrap();
    Ok((target, written, body))
}

fn body(model: &str, params: Value) -> Value {
    asked(model, params, false).unwrap().2
}

#[test]
fn claude_speaks_anthropics_dialect() {
    let params = json!({"temperature": 0.5, "stop": "E", "guardrailConfig": {"guardrailIdentifier": "g", "guardrailVersion": "1", "trace": "enabled"},
        "requestMetadata": {"team": "a"}, "service_tier": "auto"});
    let (_, written, body) = asked(CLAUDE, params, true).unwrap();
    let text = |text: &str| json!([{"type": "text", "text": text}]);
    assert_eq!(
        body,
        json!({"messages": [{"role": "user", "content": text("hi")}, {"role": "assistant", "content": text("yo")}, {"role": "user", "content": text("more")}],
            "system": text("S"), "temperature": 0.5, "stop_sequences": ["E"], "max_tokens": 4096, "anthropic_version": "bedrock-2023-05-31"})
    );
    assert!(written.url.path().ends_with("/invoke-with-response-stream"));
    let header = |name: &str| written.headers[name].to_str().unwrap();
    assert_eq!(header("x-amzn-bedrock-guardrailidentifier"), "g");
    assert_eq!(header("x-amzn-bedrock-trace"), "ENABLED");
    assert_eq!(header("x-amzn-bedrock-service-tier"), "default");
    assert_eq!(header("x-amzn-bedrock-request-metadata"), r#"{"team":"a"}"#);
    let schema = json!({"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object", "properties": {}, "additionalProperties": false}}});
    let sonnet = "bedrock/invoke/us.anthropic.claude-sonnet-4-5-20250929-v1:0";
    let params = json!({"response_format": schema, "anthropic_beta": ["b"], "tools": [{"type": "computer_20250124", "name": "computer"}]});
    let (_, _, body) = asked(sonnet, params, false).unwrap();
    assert_eq!(body["output_config"]["format"]["type"], "json_schema");
    assert_eq!(body["anthropic_beta"], json!(["b", "computer-use-2025-01-24"]));
}

#[test]
fn every_other_dialect_has_its_body() {
    let settings = || json!({"max_tokens": 5, "temperature": 0.5, "top_p": 0.9});
    let llama = "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nS<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nhi<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\nyo<|eot_id|><|start_header_id|>user<|end_header_id|>\n\nmore<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n";
    let expected = json!({"prompt": llama, "max_gen_len": 5, "temperature": 0.5, "top_p": 0.9});
    assert_eq!(
        body("bedrock/invoke/meta.llama3-1-8b-instruct-v1:0", settings()),
        expected
    );
    assert_eq!(body(&format!("bedrock/llama/{ARN}"), settings()), expected);
    let (_, written, _) = asked(&format!("bedrock/llama/{ARN}"), settings(), false).unwrap();
    assert!(
        written.url.path().contains("imported-model%2Fabc/invoke"),
        "{}",
        written.url
    );
    let mistral = body(
        "bedrock/invoke/mistral.mistral-7b-instruct-v0:2",
        json!({"max_tokens": 5, "stop": "E"}),
    );
    assert_eq!(
        mistral,
        json!({"prompt": "<s>[INST] S\n\nhi [/INST] yo</s>[INST] more [/INST]", "max_tokens": 5, "stop": ["E"]})
    );
    let titan = body(
        "bedrock/invoke/amazon.titan-text-express-v1",
        json!({"max_tokens": 5, "stop": ["E"]}),
    );
    assert_eq!(
        titan,
        json!({"inputText": "S\n\nUser: hi\nBot: yo\nUser: more\nBot:", "textGenerationConfig": {"maxTokenCount": 5, "stopSequences": ["E"]}})
    );
    let command = body("bedrock/invoke/cohere.command-r-v1:0", json!({"top_p": 0.9}));
    assert_eq!(
        command,
        json!({"message": "more", "chat_history": [{"role": "USER", "message": "hi"}, {"role": "CHATBOT", "message": "yo"}], "preamble": "S", "p": 0.9})
    );
    let deepseek = body("bedrock/invoke/us.deepseek.r1-v1:0", json!({"max_tokens": 5}));
    assert_eq!(
        deepseek,
        json!({"prompt": "<｜begin▁of▁sentence｜>S<｜User｜>hi<｜Assistant｜>yo<｜end▁of▁sentence｜><｜User｜>more<｜Assistant｜><think>\n", "max_tokens": 5})
    );
    let qwen = body(&format!("bedrock/qwen3/{ARN}"), json!({}));
    assert!(
        qwen["prompt"]
            .as_str()
            .unwrap()
            .ends_with("<|im_start|>user\nmore<|im_end|>\n<|im_start|>assistant\n")
    );
    let oss = body(
        "bedrock/invoke/openai.gpt-oss-120b-1:0",
        json!({"max_tokens": 5, "stream_options": {"include_usage": true}}),
    );
    assert_eq!(
        (&oss["model"], &oss["messages"][1]["content"]),
        (&json!("openai.gpt-oss-120b-1:0"), &json!("hi"))
    );
    assert!(oss.get("stream").is_none() && oss.get("stream_options").is_none());
    let nova = body("bedrock/invoke/us.amazon.nova-pro-v1:0", json!({"max_tokens": 5}));
    assert_eq!(
        (&nova["schemaVersion"], &nova["inferenceConfig"]),
        (&json!("messages-v1"), &json!({"maxTokens": 5}))
    );
}

#[test]
fn what_a_dialect_cannot_say_is_refused() {
    for model in [
        format!("bedrock/invoke/{ARN}"),
        "bedrock/invoke/stability.x".to_owned(),
    ] {
        let error = asked(&model, json!({}), false).unwrap_err();
        assert!(error.message().contains("converse/"), "{error}");
    }
    let rules = |model: &str| (crate::registry::provider("bedrock").unwrap().params)(model);
    let refuses =
        |model: &str, name: &str| rules(model).unsupported.iter().any(|group| group.contains(&name));
    assert!(refuses("invoke/meta.llama3-1-8b-instruct-v1:0", "tools"));
    assert!(refuses("invoke/meta.llama3-1-8b-instruct-v1:0", "stop"));
    assert!(!refuses("invoke/mistral.mistral-7b-instruct-v0:2", "stop"));
    let mut target = target("bedrock/invoke/amazon.titan-text-express-v1");
    target.notes = Map::new();
    let image = json!({"role": "user", "content": [{"type": "image_url", "image_url": "data:image/png;base64,QQ=="}]});
    let mut request = ChatRequest::new("m");
    request.messages.push(image);
    assert!(
        Chat.request(&target, request)
            .unwrap_err()
            .message()
            .contains("messages[0]")
    );
}

#[test]
fn every_dialects_answer() {
    let read = |model: &str, answer: Value| {
        let answer = Chat
            .response(&target(model), &Bytes::from(answer.to_string()))
            .unwrap();
        let choice = answer.choices.into_iter().next().unwrap();
        let text = match choice.message.content {
            Some(Content::Text(text)) => text,
            other => panic!("{other:?}"),
        };
        let usage = answer
            .usage
            .map(|usage| (usage.prompt_tokens.unwrap(), usage.completion_tokens.unwrap()));
        (text, choice.finish_reason.unwrap_or_default(), usage)
    };
    let expected = |usage| ("Hi".to_owned(), "length".to_owned(), usage);
    let llama = json!({"generation": "Hi", "prompt_token_count": 3, "generation_token_count": 1, "stop_reason": "length"});
    assert_eq!(
        read("bedrock/invoke/meta.llama3-1-8b-instruct-v1:0", llama),
        expected(Some((3, 1)))
    );
    let mistral = json!({"outputs": [{"text": "Hi", "stop_reason": "length"}]});
    assert_eq!(
        read("bedrock/invoke/mistral.mistral-7b-instruct-v0:2", mistral),
        expected(None)
    );
    let titan = json!({"inputTextTokenCount": 3, "results": [{"tokenCount": 1, "outputText": "Hi", "completionReason": "LENGTH"}]});
    assert_eq!(
        read("bedrock/invoke/amazon.titan-text-express-v1", titan),
        expected(Some((3, 1)))
    );
    let command = json!({"text": "Hi", "finish_reason": "MAX_TOKENS"});
    assert_eq!(
        read("bedrock/invoke/cohere.command-r-v1:0", command),
        expected(None)
    );
    let large = json!({"choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}, "stop_reason": "length"}]});
    assert_eq!(
        read("bedrock/invoke/mistral.mistral-large-2407-v1:0", large),
        expected(None)
    );
    let claude = json!({"id": "m", "type": "message", "role": "assistant", "content": [{"type": "text", "text": "Hi"}],
        "stop_reason": "max_tokens", "usage": {"input_tokens": 3, "output_tokens": 1}});
    assert_eq!(read(CLAUDE, claude), expected(Some((3, 1))));
    let nova = json!({"output": {"message": {"role": "assistant", "content": [{"text": "Hi"}]}}, "stopReason": "max_tokens", "usage": {"inputTokens": 3, "outputTokens": 1, "totalTokens": 4}});
    assert_eq!(
        read("bedrock/invoke/amazon.nova-pro-v1:0", nova),
        expected(Some((3, 1)))
    );
    let deepseek = json!({"choices": [{"text": "hm\n</think>\n\nHi", "stop_reason": "length"}]});
    assert_eq!(
        read("bedrock/invoke/us.deepseek.r1-v1:0", deepseek),
        expected(None)
    );
    let counts = HeaderMap::from_iter([
        (
            http::HeaderName::from_static("x-amzn-bedrock-input-token-count"),
            http::HeaderValue::from_static("3"),
        ),
        (
            http::HeaderName::from_static("x-amzn-bedrock-output-token-count"),
            http::HeaderValue::from_static("1"),
        ),
    ]);
    let counted = Chat
        .counted(&target("bedrock/invoke/us.deepseek.r1-v1:0"), &counts)
        .unwrap();
    assert_eq!(counted.total_tokens, Some(4));
}

fn wrapped(events: &[Value]) -> Vec<u8> {
    let wrap = |event: &Value| {
        let bytes = STANDARD.encode(event.to_string());
        let payload = json!({"bytes": bytes, "p": "abcdefgh"}).to_string();
        message(
            &[
                (":event-type", "chunk"),
                (":content-type", "application/json"),
                (":message-type", "event"),
            ],
            payload.as_bytes(),
        )
    };
    events.iter().flat_map(wrap).collect()
}

/// Text, thoughts, why it ended and how it counts.
fn streamed(model: &str, pieces: &[&[u8]]) -> (String, String, String, Option<(i64, i64)>, Result<()>) {
    let target = target(model);
    let mut machine = Machine::new(
        Chat.framer(&target),
        Chat.decoder(&target),
        Assembler::new("m", true),
    );
    let mut chunks: Vec<ChatChunk> = Vec::new();
    let mut end = Ok(());
    for piece in pieces {
        end = end.and_then(|()| machine.push(piece, &mut chunks));
    }
    let end = end.and_then(|()| machine.finish(&mut chunks));
    let (mut text, mut thought, mut reason, mut usage) = (String::new(), String::new(), String::new(), None);
    for chunk in chunks {
        if let Some(counts) = &chunk.usage {
            usage = counts.prompt_tokens.zip(counts.completion_tokens);
        }
        for choice in chunk.choices {
            if let Some(Content::Text(piece)) = choice.delta.content {
                text.push_str(&piece);
            }
            thought.push_str(
                choice
                    .delta
                    .extra
                    .get("reasoning_content")
                    .and_then(Value::as_str)
                    .unwrap_or_default(),
            );
            reason.push_str(&choice.finish_reason.unwrap_or_default());
        }
    }
    (text, thought, reason, usage, end)
}

const METRICS: &str = "amazon-bedrock-invocationMetrics";

#[test]
fn every_dialects_stream() {
    let metrics =
        json!({"inputTokenCount": 3, "outputTokenCount": 2, "invocationLatency": 1, "firstByteLatency": 1});
    let streams = [
        (
            CLAUDE,
            vec![
                json!({"type": "message_start", "message": {"id": "m", "model": "claude", "usage": {"input_tokens": 3, "output_tokens": 1}}}),
                json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
                json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hé"}}),
                json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "llo"}}),
                json!({"type": "content_block_stop", "index": 0}),
                json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}}),
                json!({"type": "message_stop", METRICS: metrics}),
            ],
        ),
        (
            "bedrock/invoke/meta.llama3-1-8b-instruct-v1:0",
            vec![
                json!({"generation": "Hé", "prompt_token_count": 3, "generation_token_count": 1, "stop_reason": null}),
                json!({"generation": "llo", "prompt_token_count": null, "generation_token_count": 2, "stop_reason": "stop", METRICS: metrics}),
            ],
        ),
        (
            "bedrock/invoke/amazon.titan-text-express-v1",
            vec![
                json!({"outputText": "Hé", "index": 0, "totalOutputTextTokenCount": null, "completionReason": null, "inputTextTokenCount": 3}),
                json!({"outputText": "llo", "index": 0, "totalOutputTextTokenCount": 2, "completionReason": "FINISH", METRICS: metrics}),
            ],
        ),
        (
            "bedrock/invoke/cohere.command-r-v1:0",
            vec![
                json!({"event_type": "text-generation", "text": "Hé", "is_finished": false}),
                json!({"event_type": "text-generation", "text": "llo", "is_finished": false}),
                json!({"event_type": "stream-end", "finish_reason": "COMPLETE", "is_finished": true, "response": {"text": "Héllo"}, METRICS: metrics}),
            ],
        ),
        (
            "bedrock/invoke/amazon.nova-pro-v1:0",
            vec![
                json!({"messageStart": {"role": "assistant"}}),
                json!({"contentBlockDelta": {"delta": {"text": "Hé"}, "contentBlockIndex": 0}}),
                json!({"contentBlockDelta": {"delta": {"text": "llo"}, "contentBlockIndex": 0}}),
                json!({"messageStop": {"stopReason": "end_turn"}}),
                json!({"metadata": {"usage": {"inputTokens": 3, "outputTokens": 2, "totalTokens": 5}}, METRICS: metrics}),
            ],
        ),
        (
            "bedrock/invoke/mistral.mistral-large-2407-v1:0",
            vec![
                json!({"choices": [{"index": 0, "message": {"role": "assistant"}, "delta": {"content": "Hé"}, "stop_reason": null}]}),
                json!({"choices": [{"index": 0, "delta": {"content": "llo"}, "stop_reason": "stop"}], METRICS: metrics}),
            ],
        ),
    ];
    for (model, events) in streams {
        let stream = wrapped(&events);
        let (text, _, reason, usage, end) = streamed(model, &[&stream]);
        assert!(end.is_ok(), "{model}: {end:?}");
        assert_eq!(
            (text.as_str(), reason.as_str(), usage),
            ("Héllo", "stop", Some((3, 2))),
            "{model}"
        );
        for cut in (0..stream.len()).step_by(7) {
            let (before, after) = stream.split_at(cut);
            assert_eq!(
                streamed(model, &[before, after]).0,
                "Héllo",
                "{model} cut at {cut}"
            );
        }
        // Before its end it is no answer.
        let short = wrapped(&events[..events.len() / 2]);
        assert_eq!(
            streamed(model, &[&short]).4.unwrap_err().kind(),
            crate::ErrorKind::IncompleteStream,
            "{model}"
        );
        let mut broken = short;
        broken.extend(message(
            &[
                (":message-type", "exception"),
                (":exception-type", "throttlingException"),
            ],
            br#"{"message": "slow"}"#,
        ));
        assert_eq!(
            streamed(model, &[&broken]).4.unwrap_err().kind(),
            crate::ErrorKind::RateLimit,
            "{model}"
        );
    }
}

#[test]
fn a_thought_ends_wherever_its_mark_is_cut() {
    let whole = "hm\n</think>\n\nHéllo </think> again";
    let positions: Vec<usize> = whole.char_indices().map(|(position, _)| position).collect();
    for cut in positions {
        let (before, after) = whole.split_at(cut);
        let stream = wrapped(&[
            json!({"choices": [{"text": before, "stop_reason": null}]}),
            json!({"choices": [{"text": after, "stop_reason": "stop"}]}),
        ]);
        let (text, thought, reason, ..) = streamed("bedrock/invoke/us.deepseek.r1-v1:0", &[&stream]);
        assert_eq!(
            (text.as_str(), thought.as_str(), reason.as_str()),
            ("Héllo </think> again", "hm\n", "stop"),
            "{cut}"
        );
    }
}
