//! What the wires cost the processor: a request written, an answer read, a chunk of a stream read, and a long history.
//! No network, no Python. `cargo bench` prints the table; the goal of a native wire is within 20 us per call and 2 us per
//! chunk of what OpenAI's takes, and 10 ms for a history of 2 MB in 200 messages.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::fmt::Write as _;

use bytes::Bytes;
use divan::Bencher;
use divan::counter::ItemsCount;
use edgequake_llm::resolve::{Environment, Target};
use edgequake_llm::{CallOptions, ChatRequest, Secret};
use serde_json::{Value, json};

/// Chunks of text in a stream.
const CHUNKS: usize = 500;
const MODELS: &[&str] = &[
    "openai/gpt-4o",
    "anthropic/claude-sonnet-4-5",
    "gemini/gemini-2.5-flash",
    "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0",
    "mistral/mistral-large-latest",
    "cohere/command-a-03-2025",
    "ollama_chat/llama3.2",
];

fn main() {
    divan::main();
}

fn target(model: &str) -> Target {
    let mut options = CallOptions {
        api_key: Some(Secret::new("key-of-the-bench")),
        base_url: Some("http://localhost:9".to_owned()),
        ..CallOptions::default()
    };
    options
        .provider_options
        .set("aws_region_name", json!("us-east-1"));
    Target::resolve(model, &options, &Environment).unwrap()
}

/// A call of a tool and its answer in between, as an agent's turn has it.
fn turn(text: &str) -> Vec<Value> {
    let call = json!({"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": "{\"city\": \"Oslo\"}"}});
    vec![
        json!({"role": "system", "content": "Be brief."}),
        json!({"role": "user", "content": [{"type": "text", "text": text}]}),
        json!({"role": "assistant", "content": null, "tool_calls": [call]}),
        json!({"role": "tool", "tool_call_id": "call_1", "content": "4 degrees"}),
        json!({"role": "assistant", "content": text}),
        json!({"role": "user", "content": text}),
    ]
}

fn request(messages: Vec<Value>) -> ChatRequest {
    let schema = json!({"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]});
    let tool = json!({"type": "function", "function": {"name": "weather", "description": "Tells it", "parameters": schema}});
    let mut request = ChatRequest::new("m");
    request.messages = messages;
    request
        .param("tools", json!([tool]))
        .param("max_tokens", 100)
        .param("temperature", 0.5)
}

#[divan::bench(args = MODELS)]
fn a_request_written(bencher: Bencher<'_, '_>, model: &str) {
    let target = target(model);
    let wire = target.provider.chat.unwrap();
    let request = request(turn("What is the weather like?"));
    bencher
        .with_inputs(|| request.clone())
        .bench_values(|request| wire.request(&target, request).unwrap());
}

#[divan::bench(args = MODELS)]
fn a_history_of_2_megabytes(bencher: Bencher<'_, '_>, model: &str) {
    let target = target(model);
    let wire = target.provider.chat.unwrap();
    let text = "lorem ipsum \"dolor\" sit\n".repeat(650);
    let turns = turn(&text).into_iter().skip(1).cycle().take(200);
    let request = request(turns.collect());
    bencher
        .with_inputs(|| request.clone())
        .bench_values(|request| wire.request(&target, request).unwrap());
}

fn answer(model: &str) -> Value {
    let text = "It is cold in Oslo, four degrees, with a wind from the north. ".repeat(4);
    match model.split('/').next().unwrap() {
        "anthropic" => {
            json!({"id": "m", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn",
            "content": [{"type": "text", "text": text}], "usage": {"input_tokens": 30, "output_tokens": 60}})
        }
        "gemini" => {
            json!({"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP", "index": 0}],
            "usageMetadata": {"promptTokenCount": 30, "candidatesTokenCount": 60, "totalTokenCount": 90}})
        }
        "bedrock" => {
            json!({"output": {"message": {"role": "assistant", "content": [{"text": text}]}}, "stopReason": "end_turn",
            "usage": {"inputTokens": 30, "outputTokens": 60, "totalTokens": 90}, "metrics": {"latencyMs": 1}})
        }
        "cohere" => {
            json!({"id": "m", "finish_reason": "COMPLETE", "message": {"role": "assistant", "content": [{"type": "text", "text": text}]},
            "usage": {"billed_units": {"input_tokens": 30, "output_tokens": 60}, "tokens": {"input_tokens": 30, "output_tokens": 60}}})
        }
        "ollama_chat" => {
            json!({"model": "m", "created_at": "2025-01-01T00:00:00Z", "message": {"role": "assistant", "content": text},
            "done": true, "done_reason": "stop", "prompt_eval_count": 30, "eval_count": 60})
        }
        _ => json!({"id": "m", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 30, "completion_tokens": 60, "total_tokens": 90}}),
    }
}

#[divan::bench(args = MODELS)]
fn an_answer_read(bencher: Bencher<'_, '_>, model: &str) {
    let target = target(model);
    let wire = target.provider.chat.unwrap();
    let body = Bytes::from(answer(model).to_string());
    bencher.bench(|| wire.response(&target, &body).unwrap());
}

/// Chunks of text, and nothing else: what a stream is made of.
fn stream(model: &str) -> Vec<u8> {
    let mut text = String::new();
    for number in 0..CHUNKS {
        let word = format!(" word{number}");
        match model.split('/').next().unwrap() {
            "anthropic" => {
                let event = json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": word}});
                write!(text, "event: content_block_delta\ndata: {event}\n\n").unwrap();
            }
            "gemini" => {
                let event = json!({"candidates": [{"content": {"parts": [{"text": word}], "role": "model"}, "index": 0}],
                    "usageMetadata": {"promptTokenCount": 30, "totalTokenCount": 30}, "modelVersion": "m"});
                write!(text, "data: {event}\r\n\r\n").unwrap();
            }
            "cohere" => {
                let event = json!({"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": word}}}});
                write!(text, "event: content-delta\ndata: {event}\n\n").unwrap();
            }
            "ollama_chat" => {
                let line = json!({"model": "m", "created_at": "2025-01-01T00:00:00Z", "message": {"role": "assistant", "content": word}, "done": false});
                writeln!(text, "{line}").unwrap();
            }
            _ => {
                let event = json!({"id": "m", "object": "chat.completion.chunk", "created": 1, "model": "m", "system_fingerprint": "fp",
                    "choices": [{"index": 0, "delta": {"content": word}, "logprobs": null, "finish_reason": null}]});
                write!(text, "data: {event}\n\n").unwrap();
            }
        }
    }
    text.into_bytes()
}

// Bedrock's frames are binary and made by nobody but its servers; their payload is read as the others' is.
#[divan::bench(args = MODELS.iter().filter(|model| !model.starts_with("bedrock")))]
fn a_stream_of_500_chunks_read(bencher: Bencher<'_, '_>, model: &str) {
    let target = target(model);
    let wire = target.provider.chat.unwrap();
    let bytes = stream(model);
    bencher.counter(ItemsCount::new(CHUNKS)).bench(|| {
        let (mut framer, mut decoder) = (wire.framer(&target), wire.decoder(&target));
        let mut chunks = Vec::new();
        for piece in bytes.chunks(16 * 1024) {
            framer
                .push(piece, &mut |frame| decoder.decode(frame, &mut chunks))
                .unwrap();
        }
        assert!(chunks.len() >= CHUNKS, "{model}: {}", chunks.len());
        chunks
    });
}
