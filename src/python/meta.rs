//! What is known about an answer, handed over as one object whose dicts are made when somebody looks.

use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::client::Meta;

/// The `_meta` of a response: see `types/metadata.py`.
#[pyclass(name = "Meta", module = "edgequake_python._eq_core", frozen)]
pub(super) struct PyMeta {
    meta: Meta,
}

impl PyMeta {
    pub(super) fn new(meta: Meta) -> Self {
        Self { meta }
    }
}

/// Headers with one value a name, as LiteLLM has them; a repeated header is joined.
pub(super) fn header_dict<'py>(
    py: Python<'py>,
    headers: &http::HeaderMap,
    prefix: &str,
) -> PyResult<Bound<'py, PyDict>> {
    let dict = PyDict::new(py);
    for name in headers.keys() {
        let values: Vec<String> = headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
            .collect();
        dict.set_item(format!("{prefix}{name}"), values.join(", "))?;
    }
    Ok(dict)
}

#[pymethods]
impl PyMeta {
    /// The provider's name.
    #[getter]
    fn provider(&self) -> &str {
        self.meta.provider
    }

    /// The model as the caller named it, without the provider.
    #[getter]
    fn model(&self) -> &str {
        &self.meta.model
    }

    /// Wall time of the call in milliseconds.
    #[getter]
    fn response_ms(&self) -> f64 {
        self.meta.elapsed.as_secs_f64() * 1000.0
    }

    /// The provider's id of the request.
    #[getter]
    fn request_id(&self) -> Option<&str> {
        [
            "x-request-id",
            "request-id",
            "x-amzn-requestid",
            "x-amz-request-id",
            "apim-request-id",
            "x-ms-request-id",
            "x-goog-request-id",
        ]
        .iter()
        .find_map(|name| self.meta.headers.get(*name))
        .and_then(|value| value.to_str().ok())
    }

    /// The provider's response headers, names in lower case.
    fn headers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        header_dict(py, &self.meta.headers, "")
    }

    /// LiteLLM's `_hidden_params`.
    fn hidden_params<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let meta = &self.meta;
        let headers = header_dict(py, &meta.headers, "llm_provider-")?;
        for name in [
            "x-ratelimit-limit-requests",
            "x-ratelimit-remaining-requests",
            "x-ratelimit-limit-tokens",
            "x-ratelimit-remaining-tokens",
        ] {
            if let Some(value) = meta.headers.get(name).and_then(|value| value.to_str().ok()) {
                headers.set_item(name, value)?;
            }
        }
        let dict = PyDict::new(py);
        dict.set_item("custom_llm_provider", meta.provider)?;
        dict.set_item("litellm_model_name", format!("{}/{}", meta.provider, meta.model))?;
        dict.set_item("api_base", &meta.url)?;
        dict.set_item("model_id", py.None())?;
        dict.set_item("response_cost", py.None())?;
        dict.set_item("additional_headers", headers)?;
        dict.set_item("_response_ms", self.response_ms())?;
        dict.set_item("attempts", meta.attempts)?;
        dict.set_item("dropped_params", &meta.dropped_params)?;
        Ok(dict)
    }
}
