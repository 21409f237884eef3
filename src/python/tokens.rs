//! Token counts for Python. Texts are counted without the GIL.

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::guard::guarded;
use crate::tokens::Encoding;

fn encoding(name: &str) -> PyResult<Encoding> {
    Encoding::named(name).ok_or_else(|| PyValueError::new_err(format!("no encoding {name:?}")))
}

/// The name of the encoding that a model's texts are counted with.
#[pyfunction]
pub(super) fn token_encoding(model: &str) -> &'static str {
    Encoding::of_model(model).name()
}

/// How many tokens a text has in the encoding of that name.
#[pyfunction]
pub(super) fn count_tokens(py: Python<'_>, name: &str, text: &str) -> PyResult<usize> {
    let encoding = encoding(name)?;
    guarded(py, || Ok(py.detach(|| encoding.count(text))))
}

/// The tokens of a text.
#[pyfunction]
pub(super) fn encode_tokens(py: Python<'_>, name: &str, text: &str) -> PyResult<Vec<u32>> {
    let encoding = encoding(name)?;
    guarded(py, || Ok(py.detach(|| encoding.encode(text))))
}

/// The text of tokens; a `ValueError` for a number that is no token.
#[pyfunction]
pub(super) fn decode_tokens(py: Python<'_>, name: &str, tokens: Vec<u32>) -> PyResult<String> {
    let encoding = encoding(name)?;
    guarded(py, || Ok(py.detach(|| encoding.decode(&tokens))))?
        .ok_or_else(|| PyValueError::new_err("a number among the tokens is no token of this encoding"))
}
