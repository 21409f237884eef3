//! The vocabulary: OpenAI's request and answer shapes, with every key this crate does not know kept beside the ones it
//! does, so nothing a user sends or a provider answers is lost.

mod chat;
mod chunk;
mod embed;
mod endpoint;
pub(crate) mod lenient;
mod request;
mod usage;

pub use chat::{ChatResponse, Choice, Content, FunctionCall, Message, ToolCall};
pub use chunk::{ChatChunk, ChunkChoice, Delta, ToolCallDelta};
pub use embed::{Embedding, EmbeddingResponse, Vector};
pub use endpoint::{EndpointAnswer, EndpointRequest, Operation, Piece, Upload};
pub use request::{ChatRequest, EmbedRequest};
pub use usage::Usage;

/// Keys beside the known ones, in the order in which they came.
pub type Extra = serde_json::Map<String, serde_json::Value>;
