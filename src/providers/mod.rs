//! The dialects. Each folder is one wire: request, response, stream, error.

pub mod bedrock;
pub mod openai;
