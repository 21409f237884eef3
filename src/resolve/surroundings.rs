//! What a call may find out beside its arguments: environment, settings of the host language, the simulator's address.

use std::sync::Arc;

use serde_json::Value;

use crate::auth::token::TokenSource;
use crate::error::{Error, Result};

/// What a call may find out about its surroundings.
pub trait Surroundings {
    /// The key that is kept for a provider by its name.
    fn key_of(&self, _provider: &str) -> Option<String> {
        None
    }

    /// The base URL that is kept for a provider by its name.
    fn base_of(&self, _provider: &str) -> Option<String> {
        None
    }

    /// An environment variable; empty ones count as unset.
    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }
    /// A module attribute of the host language; none in plain Rust.
    fn setting(&self, _name: &str) -> Option<String> {
        None
    }
    /// A module attribute of the host language that may be a list or an object.
    ///
    /// # Errors
    /// When it holds what JSON cannot say.
    fn structure(&self, name: &str) -> Result<Option<Value>> {
        Ok(self.setting(name).map(Value::String))
    }
    /// Whether a module attribute of the host language is switched on.
    fn switch(&self, _name: &str) -> bool {
        false
    }
    /// Who gives out the tokens that the host language's own libraries know how to get: `kind` names the cloud, `details`
    /// what is known beside that. None where there is no host language.
    fn token_source(&self, _kind: &str, _details: &Value) -> Option<Result<Arc<dyn TokenSource>>> {
        None
    }
    /// Base URL of the built-in simulator, started if need be.
    ///
    /// # Errors
    /// When it cannot be started or there is none.
    fn simulator(&self) -> Result<String> {
        Err(Error::bad_request(
            "no simulator is running; start one with edgequake_llm::sim::Simulator and pass its base_url",
        ))
    }
}

/// The process environment and nothing else.
#[derive(Debug, Clone, Copy, Default)]
pub struct Environment;
impl Surroundings for Environment {}
