//! What a stream is read from, and how its items become Python objects.

use pyo3::prelude::*;

use super::guard::{caught, guarded};
use super::meta::PyMeta;
use super::to_python::{self, ChunkBuilder};
use crate::client::Meta;
use crate::defect;
use crate::error::Result;
use crate::stream::{ChatStream, EndpointStream};
use crate::types::{ChatChunk, Piece, Usage};

/// Chat, or another operation.
pub(super) enum Source {
    Chat(Box<ChatStream>),
    Endpoint(Box<EndpointStream>),
}

/// What a stream hands over.
#[expect(
    clippy::large_enum_variant,
    reason = "chunks are the common case; a box for each would cost more"
)]
pub(super) enum Item {
    Chunk(ChatChunk),
    Piece(Piece),
}

impl Source {
    /// What is known before the first item.
    pub(super) fn meta(&self) -> &Meta {
        match self {
            Self::Chat(stream) => stream.meta(),
            Self::Endpoint(stream) => stream.meta(),
        }
    }

    /// Token counts of a chat, once they are known.
    pub(super) fn usage(&self) -> Option<Usage> {
        match self {
            Self::Chat(stream) => stream.usage(),
            Self::Endpoint(_) => None,
        }
    }

    /// What a chat that is left or over had said, where the provider did not count it.
    pub(super) fn uncounted(&self) -> Option<(String, usize)> {
        match self {
            Self::Chat(stream) if stream.usage().is_none() => Some(stream.said()),
            _ => None,
        }
    }

    /// Every item that is ready, waiting for the first; an empty list is the end.
    pub(super) async fn next_batch(&mut self) -> Result<Vec<Item>> {
        match self {
            Self::Chat(stream) => {
                let chunks = caught(stream.next_batch()).await?;
                Ok(chunks.into_iter().map(Item::Chunk).collect())
            }
            Self::Endpoint(stream) => {
                let pieces = caught(stream.next_batch()).await?;
                Ok(pieces.into_iter().map(Item::Piece).collect())
            }
        }
    }
}

/// Makes Python objects of items.
pub(super) struct Builder(ChunkBuilder);

impl Builder {
    pub(super) fn new(py: Python<'_>, meta: &Py<PyMeta>) -> Self {
        Self(ChunkBuilder::new(meta.clone_ref(py).into_any()))
    }

    pub(super) fn item<'py>(&mut self, py: Python<'py>, item: &Item) -> PyResult<Bound<'py, PyAny>> {
        guarded(py, || match item {
            Item::Chunk(chunk) => {
                defect::at("item");
                self.0.chunk(py, to_python::load(py)?, chunk)
            }
            Item::Piece(piece) => to_python::piece(py, piece),
        })
    }
}
