//! What was stored and can be asked for again.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::Value;

/// A stored thing: what is said of it, and what belongs to it.
#[derive(Debug, Clone)]
pub(in crate::sim) struct Stored {
    pub(super) about: Value,
    pub(super) content: Bytes,
}

/// Everything stored, by id; the kind is the id's prefix.
#[derive(Debug, Default)]
pub(in crate::sim) struct Storage {
    things: Mutex<BTreeMap<String, Stored>>,
}

impl Storage {
    // A panic elsewhere must not take what is stored with it.
    fn things(&self) -> MutexGuard<'_, BTreeMap<String, Stored>> {
        self.things.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn put(&self, id: &str, about: Value, content: impl Into<Bytes>) {
        let content = content.into();
        self.things().insert(id.to_owned(), Stored { about, content });
    }

    pub(super) fn get(&self, id: &str) -> Option<Stored> {
        self.things().get(id).cloned()
    }

    pub(super) fn remove(&self, id: &str) -> Option<Stored> {
        self.things().remove(id)
    }

    /// Everything whose id starts so.
    pub(super) fn all(&self, prefix: &str) -> Vec<Value> {
        let things = self.things();
        let found = things.iter().filter(|(id, _)| id.starts_with(prefix));
        found.map(|(_, stored)| stored.about.clone()).collect()
    }
}
