//! One model of every dialect; the first byte of an input, a letter from `a` on, names it.

use edgequake_llm::resolve::{Surroundings, Target};
use edgequake_llm::{CallOptions, ProviderOptions, Secret};

pub const ROWS: [&str; 14] = [
    "openai/gpt-4o",
    "anthropic/claude-sonnet-4-5",
    "gemini/gemini-2.5-flash",
    "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0",
    "bedrock/invoke/anthropic.claude-3-haiku-20240307-v1:0",
    "bedrock/invoke/meta.llama3-8b-instruct-v1:0",
    "cohere_chat/command-r-plus",
    "mistral/mistral-large-latest",
    "ollama_chat/llama3",
    "azure/gpt-4o",
    "vertex_ai/gemini-2.5-flash",
    "vertex_ai/claude-sonnet-4-5",
    "groq/llama-3.3-70b-versatile",
    "deepseek/deepseek-reasoner",
];

/// Nothing but what the caller says.
struct Nowhere;

impl Surroundings for Nowhere {
    fn env(&self, _: &str) -> Option<String> {
        None
    }
}

pub fn around() -> impl Surroundings {
    Nowhere
}

pub fn options() -> CallOptions {
    let mut known = ProviderOptions::default();
    for (name, value) in [
        ("aws_access_key_id", "AKIAIOSFODNN7EXAMPLE"),
        ("aws_secret_access_key", "fuzz"),
        ("aws_region_name", "us-east-1"),
        ("vertex_project", "p"),
        ("vertex_location", "us-central1"),
        ("api_version", "2024-10-21"),
    ] {
        known.set(name, value.into());
    }
    CallOptions {
        api_key: Some(Secret::new("fuzz")),
        base_url: Some("http://127.0.0.1:9".to_owned()),
        provider_options: known,
        ..CallOptions::default()
    }
}

/// The row that an input names, and the rest of the input.
pub fn split(data: &[u8]) -> Option<(&'static str, &[u8])> {
    let (first, rest) = data.split_first()?;
    Some((ROWS[usize::from(first.wrapping_sub(b'a')) % ROWS.len()], rest))
}

#[allow(dead_code)]
pub fn target(row: &str) -> Target {
    Target::resolve(row, &options(), &around()).expect("a row resolves")
}
