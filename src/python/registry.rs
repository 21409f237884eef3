//! What Python asks of the registry, and adds to it.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::Value;

use super::from_python::to_json;
use super::guard::guarded;
use super::{error, to_python};
use crate::error::Error;
use crate::registry::{self, Registration};
use crate::resolve;

/// Every provider as a dict, in the registry's order: name, label, base_url, base_depends, key_env, base_env, auth,
/// key_optional, operations, openai_dialect.
#[pyfunction]
pub(super) fn providers(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    guarded(py, || to_python::json(py, &value(&registry::about_all())?))
}

/// The provider of that name as such a dict, or None.
#[pyfunction]
pub(super) fn provider<'py>(py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    guarded(py, || {
        let row = registry::provider(name);
        row.map(|row| to_python::json(py, &value(&registry::about(row))?))
            .transpose()
    })
}

/// The parameters of OpenAI's vocabulary that a model of the provider takes, or None for an unknown provider.
#[pyfunction]
pub(super) fn supported_params(provider: &str, model: &str, embedding: bool) -> Option<Vec<&'static str>> {
    registry::provider(provider).map(|row| registry::supported_params(row, model, embedding))
}

/// `(provider, model)` of a model's name, an explicit provider and a base URL. Raises as a call would.
#[pyfunction]
#[pyo3(signature = (model, provider=None, base=None))]
pub(super) fn locate(
    py: Python<'_>,
    model: &str,
    provider: Option<&str>,
    base: Option<&str>,
) -> PyResult<(&'static str, String)> {
    guarded(py, || {
        let (row, model) =
            resolve::locate(model, provider, base).map_err(|error| error::raise(py, &error))?;
        Ok((row.name, model.to_owned()))
    })
}

/// Whether a base URL is the host of other providers, where this one's key has no business.
#[pyfunction]
pub(super) fn is_anothers_host(provider: &str, base: &str) -> bool {
    let row = registry::provider(provider);
    let host = registry::public_host(base);
    row.zip(host)
        .is_some_and(|(row, host)| registry::is_anothers(row, &host))
}

/// Names of LiteLLM's providers that have no row here.
#[pyfunction]
pub(super) fn absent_providers() -> Vec<&'static str> {
    registry::absent().collect()
}

/// Adds or replaces a provider; `fields` are those of `Registration`.
#[pyfunction]
pub(super) fn register_provider(py: Python<'_>, fields: &Bound<'_, PyDict>) -> PyResult<()> {
    guarded(py, || {
        let read = to_json(fields, "register_provider").and_then(|fields| {
            serde_json::from_value::<Registration>(fields)
                .map_err(|error| Error::bad_request(format!("register_provider: {error}")))
        });
        read.and_then(registry::register)
            .map(|_| ())
            .map_err(|error| error::raise(py, &error))
    })
}

/// Removes a provider that was added, and says whether there was one.
#[pyfunction]
pub(super) fn unregister_provider(name: &str) -> bool {
    registry::unregister(name)
}

fn value(about: &impl serde::Serialize) -> PyResult<Value> {
    serde_json::to_value(about).map_err(|error| pyo3::exceptions::PyRuntimeError::new_err(error.to_string()))
}
