//! Operations done as chat, for providers that have chat and not the operation.

mod completions;
mod messages;
mod responses;

use serde_json::{Map, Value};

use crate::error::Result;
use crate::registry::Provider;
use crate::types::{ChatChunk, ChatRequest, ChatResponse, EndpointAnswer, EndpointRequest, Operation, Piece};

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

/// The request as chat with `provider`; none where there is no bridge for the operation.
pub(crate) fn through_chat(provider: &Provider, request: EndpointRequest) -> Option<Result<Bridged>> {
    match request.operation {
        Operation::Responses => Some(responses::through_chat(request)),
        Operation::TextCompletion => Some(completions::through_chat(request)),
        Operation::Messages => Some(messages::through_chat(provider, request)),
        _ => None,
    }
}

/// Parameters on their way to chat: what is not taken out by name goes along as it is.
struct Params {
    given: Map<String, Value>,
    chat: Map<String, Value>,
    refused: Vec<String>,
    dropped: Vec<String>,
}

impl Params {
    fn new(given: Map<String, Value>) -> Self {
        Self {
            given,
            chat: Map::new(),
            refused: Vec::new(),
            dropped: Vec::new(),
        }
    }

    /// A parameter that was given and is not null.
    fn take(&mut self, name: &str) -> Option<Value> {
        self.given.shift_remove(name).filter(|value| !value.is_null())
    }

    /// It has the same meaning under another name.
    fn rename(&mut self, old: &str, new: &str) {
        if let Some(value) = self.take(old) {
            self.chat.insert(new.to_owned(), value);
        }
    }

    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.chat.insert(name.to_owned(), value.into());
    }

    /// Chat cannot say it, and the answer would be another.
    fn refuse(&mut self, names: &[&str]) {
        for name in names {
            // What asks for nothing is not missed.
            if self.take(name).is_some_and(|value| value != Value::Bool(false)) {
                self.refused.push((*name).to_owned());
            }
        }
    }

    /// Chat cannot say it, and the answer is the same.
    fn drop(&mut self, names: &[&str]) {
        for name in names {
            if self.take(name).is_some() {
                self.dropped.push((*name).to_owned());
            }
        }
    }

    /// The chat, with what is left of the parameters.
    fn bridged(
        mut self,
        model: String,
        messages: Vec<Value>,
        stream: bool,
        bridge: Box<dyn Bridge>,
    ) -> Bridged {
        self.chat
            .extend(self.given.into_iter().filter(|(_, value)| !value.is_null()));
        Bridged {
            request: ChatRequest {
                model,
                messages,
                stream,
                params: self.chat,
            },
            refused: self.refused,
            dropped: self.dropped,
            bridge,
        }
    }
}

/// An id for an answer whose provider gives none.
fn made_up_id() -> String {
    use std::hash::{BuildHasher, RandomState};
    let state = RandomState::new();
    format!("chatcmpl-{:016x}{:016x}", state.hash_one(0), state.hash_one(1))
}

/// Unix time, seconds.
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(0))
}
