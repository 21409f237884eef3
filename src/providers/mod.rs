//! The dialects. Each folder is one wire: request, response, stream, error.

pub mod anthropic;
pub mod openai;
