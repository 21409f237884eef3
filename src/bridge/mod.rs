//! Operations done as chat, for providers that have chat and not the operation.

use crate::error::Result;
use crate::types::{ChatChunk, ChatRequest, ChatResponse, EndpointAnswer, EndpointRequest, Piece};

/// Turns a chat answer into the operation's.
pub(crate) trait Bridge: Send {
    /// A whole answer.
    fn answer(&mut self, answer: ChatResponse) -> EndpointAnswer;

    /// A step of a stream; what it means is appended to `pieces`.
    fn chunk(&mut self, chunk: ChatChunk, pieces: &mut Vec<Piece>);

    /// The end of a stream.
    fn finish(&mut self, pieces: &mut Vec<Piece>);
}

/// A request turned into chat.
pub(crate) struct Bridged {
    /// The chat.
    pub request: ChatRequest,
    /// Parameters chat cannot say: dropped where the caller allows that, else the call is refused.
    pub refused: Vec<String>,
    /// Parameters that change nothing about the answer: dropped and reported.
    pub dropped: Vec<String>,
    /// The way back.
    pub bridge: Box<dyn Bridge>,
}

/// The request as chat; none where there is no bridge for the operation.
pub(crate) fn through_chat(request: EndpointRequest) -> Option<Result<Bridged>> {
    let _ = request;
    None
}
