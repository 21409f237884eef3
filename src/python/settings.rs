//! The module's attributes, as they are at this moment: what a program assigns counts at its next call.

use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use serde_json::Value;

use super::from_python::to_json;
use super::handler::Callable;
use super::{callable, simulator};
use crate::auth::token::TokenSource;
use crate::error::Result;
use crate::resolve::Surroundings;
use crate::transport::Handler;

/// The attributes of the Python module and the process environment.
pub(super) struct Settings<'a, 'py> {
    attributes: &'a Bound<'py, PyDict>,
}

impl<'a, 'py> Settings<'a, 'py> {
    pub(super) fn new(attributes: &'a Bound<'py, PyDict>) -> Self {
        Self { attributes }
    }

    /// Python, which holds them.
    pub(super) fn py(&self) -> Python<'py> {
        self.attributes.py()
    }

    /// The attribute, when it is set to something.
    pub(super) fn get(&self, name: &str) -> Option<Bound<'py, PyAny>> {
        self.attributes
            .get_item(name)
            .ok()
            .flatten()
            .filter(|value| !value.is_none())
    }
}

impl Settings<'_, '_> {
    /// What a client keeps for a provider.
    fn of_provider(&self, kind: &str, provider: &str) -> Option<String> {
        let kept = self.get(kind)?.cast_into::<PyDict>().ok()?;
        kept.get_item(provider).ok()??.extract().ok()
    }

    /// Whether environment variables count.
    pub(super) fn has_environment(&self) -> bool {
        self.get("use_environment")
            .is_none_or(|value| value.is_truthy().unwrap_or(true))
    }

    /// Who looks at requests on their way out: hooks first, whoever answers in the network's place last.
    pub(super) fn handlers(&self) -> Vec<Arc<dyn Handler>> {
        let mut handlers: Vec<Arc<dyn Handler>> = Vec::new();
        let mut add = |ask: Bound<'_, PyAny>, start| {
            let ask = Arc::new(ask.unbind());
            handlers.push(Arc::new(Callable { ask, start }));
        };
        if let Some(hooks) = self.get("request_hooks")
            && let Ok(hooks) = hooks.try_iter()
        {
            hooks.flatten().for_each(|hook| add(hook, "start_hook"));
        }
        // A client's own, or the process's.
        let process = || {
            let attributes = self.get("_process")?.cast_into::<PyDict>().ok()?;
            attributes.get_item("_network").ok()?
        };
        let network = self.get("_network").or_else(process);
        if let Some(network) = network.filter(|network| !network.is_none()) {
            add(network, "start");
        }
        handlers
    }
}

impl Surroundings for Settings<'_, '_> {
    fn setting(&self, name: &str) -> Option<String> {
        let value = self.get(name)?;
        let text = value.cast::<PyString>().ok()?.to_cow().ok()?.into_owned();
        (!text.is_empty()).then_some(text)
    }

    fn key_of(&self, provider: &str) -> Option<String> {
        self.of_provider("api_keys", provider)
    }

    fn base_of(&self, provider: &str) -> Option<String> {
        self.of_provider("api_bases", provider)
    }

    fn env(&self, name: &str) -> Option<String> {
        if !self.has_environment() {
            return None;
        }
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }

    fn structure(&self, name: &str) -> Result<Option<Value>> {
        self.get(name).map(|value| to_json(&value, name)).transpose()
    }

    fn switch(&self, name: &str) -> bool {
        self.get(name)
            .is_some_and(|value| value.is_truthy().unwrap_or(false))
    }

    fn token_source(&self, kind: &str, details: &Value) -> Option<Result<Arc<dyn TokenSource>>> {
        Some(callable::default_source(self.attributes.py(), kind, details))
    }

    fn simulator(&self) -> Result<String> {
        simulator::implicit()
    }
}
