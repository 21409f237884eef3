//! `edgequake-llm`: one client for language-model providers.
//!
//! A call goes to a [`Provider`](registry::Provider) over a wire (pure translation), through a transport (pool, time
//! limits, retries), and comes back as OpenAI-shaped types whatever the provider speaks. Streams are handed over as they
//! arrive; an end without a finish is an error, never an invented stop.
//!
//! ```no_run
//! # async fn run() -> Result<(), edgequake_llm::Error> {
//! use edgequake_llm::{CallOptions, ChatRequest, Client};
//! let client = Client::new();
//! let mut stream = client.chat_stream(ChatRequest::new("openai/gpt-4o-mini").user("Hello"), CallOptions::default()).await?;
//! loop {
//!     let chunks = stream.next_batch().await?;
//!     if chunks.is_empty() {
//!         break;
//!     }
//! }
//! # Ok(()) }
//! ```

pub mod auth;
mod bridge;
mod client;
mod defect;
mod error;
mod finish;
pub mod framing;
mod media;
mod multipart;
mod options;
pub mod params;
mod providers;
pub mod registry;
pub mod resolve;
mod secret;
pub mod sim;
mod stream;
pub mod tokens;
pub mod transport;
pub mod types;
mod verbatim;
pub mod wire;

#[cfg(feature = "python")]
mod python;

pub use client::{
    Answered, Changes, Client, Meta, Prepared, PreparedChat, PreparedEmbed, PreparedEndpoint, Shown,
    prepare_chat, prepare_embed, prepare_endpoint,
};
pub use error::{Error, ErrorKind, Partial, Result};
pub use finish::openai_word;
pub use media::{FilePolicy, Part, Remote};
pub use options::{CallOptions, ProviderOptions, Timeouts};
pub use secret::Secret;
pub use stream::{ChatStream, EndpointStream};
pub use types::{
    ChatChunk, ChatRequest, ChatResponse, EmbedRequest, EmbeddingResponse, EndpointAnswer, EndpointRequest,
    Operation, Piece, Upload,
};
