//! The dialects. Each folder is one wire: request, response, stream, error.

pub mod anthropic;
pub mod azure;
pub mod azure_ai;
pub mod bedrock;
mod cache_marks;
pub mod cohere;
pub mod gemini;
pub mod mistral;
pub mod ollama;
pub mod openai;
pub mod rerank;
pub(crate) mod tool_names;
pub mod vertex;
