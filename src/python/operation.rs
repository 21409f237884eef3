//! The operations: from arguments to work that can be run anywhere, and whose outcome becomes Python on the thread that
//! wants it.

use std::pin::Pin;

use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use super::handler::PyAsked;
use super::meta::PyMeta;
use super::settings::Settings;
use super::source::Source;
use super::stream::{AsyncStream, SyncStream};
use super::{call, error, to_python};
use crate::client::{Answered, Shown};
use crate::defect;
use crate::error::{Error, Result};
use crate::transport::Transport;
use crate::types::{ChatResponse, EmbeddingResponse, EndpointAnswer, Operation};

/// Makes the Python result; called with the GIL.
pub(super) type Outcome = Box<dyn FnOnce(Python<'_>) -> PyResult<Py<PyAny>> + Send>;
/// A call under way.
pub(super) type Work = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// Who reads a stream.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// Synchronous code, on its own thread.
    Sync,
    /// An event loop.
    Async,
}

/// A plain call. `operation` is `chat`, `embed` or the name of an [`Operation`], whose outcome is the answer and its meta.
/// Everything that can be wrong before sending is said here.
pub(super) fn plain(
    py: Python<'_>,
    operation: &str,
    arguments: &Bound<'_, PyDict>,
    settings: &Bound<'_, PyDict>,
    transport: &Transport,
) -> PyResult<Work> {
    defect::at("arguments");
    let settings = Settings::new(settings);
    match operation {
        "chat" => {
            let sent = call::chat(arguments, &settings, false)
                .map_err(|error| error::raise(py, &error))?
                .send(transport);
            Ok(Box::pin(async move { chat_outcome(sent.await) }))
        }
        "embed" => {
            let sent = call::embed(arguments, &settings)
                .map_err(|error| error::raise(py, &error))?
                .send(transport);
            Ok(Box::pin(async move { embed_outcome(sent.await) }))
        }
        name => {
            let operation = named(name)?;
            let sent = call::endpoint(operation, arguments, &settings, false)
                .map_err(|error| error::raise(py, &error))?
                .send(transport);
            Ok(Box::pin(async move { endpoint_outcome(sent.await) }))
        }
    }
}

/// A streamed call. `operation` is `chat` or the name of an [`Operation`].
pub(super) fn streamed(
    py: Python<'_>,
    operation: &str,
    arguments: &Bound<'_, PyDict>,
    settings: &Bound<'_, PyDict>,
    transport: &Transport,
    reader: Reader,
) -> PyResult<Work> {
    defect::at("arguments");
    let settings = Settings::new(settings);
    if operation == "chat" {
        let prepared = call::chat(arguments, &settings, true).map_err(|error| error::raise(py, &error))?;
        let begun = prepared.stream(transport);
        return Ok(Box::pin(async move {
            stream_outcome(begun.await.map(|stream| Source::Chat(Box::new(stream))), reader)
        }));
    }
    let prepared = call::endpoint(named(operation)?, arguments, &settings, true)
        .map_err(|error| error::raise(py, &error))?;
    let begun = prepared.stream(transport);
    Ok(Box::pin(async move {
        let begun = begun.await.map(|stream| Source::Endpoint(Box::new(stream)));
        stream_outcome(begun, reader)
    }))
}

/// A call that is not sent. Its outcome is `(requests, provider, model, dropped, renamed, emulated)`.
pub(super) fn shown(
    py: Python<'_>,
    operation: &str,
    streamed: bool,
    arguments: &Bound<'_, PyDict>,
    settings: &Bound<'_, PyDict>,
    transport: &Transport,
) -> PyResult<Work> {
    defect::at("arguments");
    let settings = Settings::new(settings);
    let wrong = |error: Error| error::raise(py, &error);
    let shown: Pin<Box<dyn Future<Output = Result<Shown>> + Send>> = match operation {
        "chat" => Box::pin(
            call::chat(arguments, &settings, streamed)
                .map_err(wrong)?
                .show(transport),
        ),
        "embed" => Box::pin(call::embed(arguments, &settings).map_err(wrong)?.show(transport)),
        name => Box::pin(
            call::endpoint(named(name)?, arguments, &settings, streamed)
                .map_err(wrong)?
                .show(transport),
        ),
    };
    Ok(Box::pin(async move {
        let shown = shown.await;
        Box::new(move |py: Python<'_>| {
            let shown = shown.map_err(|error| error::raise(py, &error))?;
            let requests = shown.requests.into_iter();
            let requests = requests.map(|asked| Bound::new(py, PyAsked { asked }));
            let requests = requests.collect::<PyResult<Vec<_>>>()?;
            let changes = (
                shown.dropped_params,
                shown.changes.renamed,
                shown.changes.emulated,
            );
            let whole = (
                requests,
                shown.provider,
                shown.model,
                changes.0,
                changes.1,
                changes.2,
            );
            Ok(whole.into_pyobject(py)?.into_any().unbind())
        }) as Outcome
    }))
}

fn named(operation: &str) -> PyResult<Operation> {
    Operation::named(operation).ok_or_else(|| PyValueError::new_err(format!("no operation {operation:?}")))
}

fn chat_outcome(answered: Result<Answered<ChatResponse>>) -> Outcome {
    Box::new(move |py| {
        defect::at("answer");
        let answered = answered.map_err(|error| error::raise(py, &error))?;
        let meta = Bound::new(py, PyMeta::new(answered.meta))?;
        Ok(to_python::chat(py, to_python::load(py)?, &answered.answer, meta.as_any())?.unbind())
    })
}

fn embed_outcome(answered: Result<Answered<EmbeddingResponse>>) -> Outcome {
    Box::new(move |py| {
        defect::at("answer");
        let answered = answered.map_err(|error| error::raise(py, &error))?;
        let meta = Bound::new(py, PyMeta::new(answered.meta))?;
        Ok(to_python::embed(py, to_python::load(py)?, &answered.answer, meta.as_any())?.unbind())
    })
}

fn endpoint_outcome(answered: Result<Answered<EndpointAnswer>>) -> Outcome {
    Box::new(move |py| {
        defect::at("answer");
        let answered = answered.map_err(|error| error::raise(py, &error))?;
        let meta = Bound::new(py, PyMeta::new(answered.meta))?;
        let answer = to_python::endpoint(py, &answered.answer)?;
        Ok((answer, meta).into_pyobject(py)?.into_any().unbind())
    })
}

fn stream_outcome(begun: Result<Source>, reader: Reader) -> Outcome {
    Box::new(move |py| {
        let stream = begun.map_err(|error| error::raise(py, &error))?;
        Ok(match reader {
            Reader::Sync => Py::new(py, SyncStream::new(py, stream)?)?.into_any(),
            Reader::Async => Py::new(py, AsyncStream::new(py, stream)?)?.into_any(),
        })
    })
}
