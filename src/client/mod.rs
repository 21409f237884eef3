//! One call from a request to its answer: prepare (no I/O), then attempt until it succeeds or is final.

mod attempt;
mod call;
mod chat;
mod embed;
mod endpoint;

use crate::error::Result;
use crate::options::CallOptions;
use crate::resolve::Environment;
use crate::stream::ChatStream;
use crate::transport::Transport;
use crate::types::{ChatRequest, ChatResponse, EmbedRequest, EmbeddingResponse};

pub use call::{Answered, Changes, Meta, Prepared, Shown};
pub use chat::{PreparedChat, prepare_chat};
pub use embed::{PreparedEmbed, prepare_embed};
pub use endpoint::{PreparedEndpoint, prepare_endpoint};

/// A client for Rust programs: connections of its own, keys and bases from options and environment.
///
/// ```no_run
/// # async fn run() -> Result<(), edgequake_llm::Error> {
/// use edgequake_llm::{CallOptions, ChatRequest, Client};
/// let client = Client::new();
/// let request = ChatRequest::new("openai/gpt-4o-mini").user("Count 1 to 5");
/// let answered = client.chat(request, CallOptions::default()).await?;
/// println!("{:?}", answered.answer.choices);
/// # Ok(()) }
/// ```
#[derive(Debug, Default)]
pub struct Client {
    transport: Transport,
}

impl Client {
    /// A client without open connections.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One plain chat call.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn chat(&self, request: ChatRequest, options: CallOptions) -> Result<Answered<ChatResponse>> {
        prepare_chat(
            ChatRequest {
                stream: false,
                ..request
            },
            options,
            &Environment,
        )?
        .send(&self.transport)
        .await
    }

    /// One streamed chat call.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn chat_stream(&self, request: ChatRequest, options: CallOptions) -> Result<ChatStream> {
        prepare_chat(
            ChatRequest {
                stream: true,
                ..request
            },
            options,
            &Environment,
        )?
        .stream(&self.transport)
        .await
    }

    /// One embedding call.
    ///
    /// # Errors
    /// See [`crate::Error`].
    pub async fn embed(
        &self,
        request: EmbedRequest,
        options: CallOptions,
    ) -> Result<Answered<EmbeddingResponse>> {
        prepare_embed(request, options, &Environment)?
            .send(&self.transport)
            .await
    }
}
