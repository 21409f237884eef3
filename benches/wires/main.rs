//! What the wires cost the processor: a request written, an answer read, a chunk of a stream read, and a long history.
//! No network, no Python. `cargo bench` prints a table with what each wire costs more than OpenAI's, then the single
//! figures. The goals are in `table.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    missing_docs
)]

mod table;
mod traffic;

use bytes::Bytes;
use divan::Bencher;
use divan::counter::ItemsCount;
use edgequake_llm::resolve::{Environment, Target};
use edgequake_llm::types::{ChatChunk, ChatResponse};
use edgequake_llm::wire::WireRequest;
use edgequake_llm::{CallOptions, ChatRequest, Secret};
use serde_json::{Value, json};

/// Chunks of a stream.
const CHUNKS: usize = 500;
/// OpenAI's comes first: the others are compared with it.
const MODELS: &[&str] = &[
    "openai/gpt-4o",
    "anthropic/claude-sonnet-4-5",
    "gemini/gemini-2.5-flash",
    "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0",
    "bedrock/invoke/anthropic.claude-sonnet-4-5-20250929-v1:0",
    "mistral/mistral-large-latest",
    "cohere/command-a-03-2025",
    "ollama_chat/llama3.2",
];

fn main() {
    table::print();
    divan::main();
}

/// A wire and where it leads.
struct Wire(Target);

fn wire(model: &str) -> Wire {
    let mut options = CallOptions {
        api_key: Some(Secret::new("key-of-the-bench")),
        base_url: Some("http://localhost:9".to_owned()),
        ..CallOptions::default()
    };
    options
        .provider_options
        .set("aws_region_name", json!("us-east-1"));
    Wire(Target::resolve(model, &options, &Environment).unwrap())
}

impl Wire {
    fn write(&self, request: ChatRequest) -> WireRequest {
        self.0.provider.chat.unwrap().request(&self.0, request).unwrap()
    }

    fn read(&self, body: &Bytes) -> ChatResponse {
        self.0.provider.chat.unwrap().response(&self.0, body).unwrap()
    }

    fn read_stream(&self, bytes: &[u8]) -> Vec<ChatChunk> {
        let wire = self.0.provider.chat.unwrap();
        let (mut framer, mut decoder) = (wire.framer(&self.0), wire.decoder(&self.0));
        let mut chunks = Vec::new();
        for piece in bytes.chunks(16 * 1024) {
            framer
                .push(piece, &mut |frame| decoder.decode(frame, &mut chunks))
                .unwrap();
        }
        assert!(chunks.len() >= CHUNKS, "{}", chunks.len());
        chunks
    }
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

/// A turn of an agent.
fn short() -> ChatRequest {
    request(turn("What is the weather like?"))
}

/// 200 messages, 2 MB.
fn long() -> ChatRequest {
    let text = "lorem ipsum \"dolor\" sit\n".repeat(650);
    let turns = turn(&text).into_iter().skip(1).cycle().take(200);
    request(turns.collect())
}

fn body(model: &str) -> Bytes {
    Bytes::from(traffic::answer(model).to_string())
}

#[divan::bench(args = MODELS)]
fn a_request_written(bencher: Bencher<'_, '_>, model: &str) {
    let (wire, request) = (wire(model), short());
    bencher
        .with_inputs(|| request.clone())
        .bench_values(|request| wire.write(request));
}

#[divan::bench(args = MODELS)]
fn a_history_of_2_megabytes(bencher: Bencher<'_, '_>, model: &str) {
    let (wire, request) = (wire(model), long());
    bencher
        .with_inputs(|| request.clone())
        .bench_values(|request| wire.write(request));
}

#[divan::bench(args = MODELS)]
fn an_answer_read(bencher: Bencher<'_, '_>, model: &str) {
    let (wire, body) = (wire(model), body(model));
    bencher.bench(|| wire.read(&body));
}

#[divan::bench(args = MODELS)]
fn a_stream_of_500_chunks_read(bencher: Bencher<'_, '_>, model: &str) {
    let (wire, bytes) = (wire(model), traffic::stream(model, CHUNKS, false).unwrap());
    bencher
        .counter(ItemsCount::new(CHUNKS))
        .bench(|| wire.read_stream(&bytes));
}
