//! The dialects. Each folder is one wire: request, response, stream, error.

pub mod gemini;
pub mod openai;
