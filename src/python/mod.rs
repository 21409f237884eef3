//! The extension module `_eq_core`. Everything that knows Python is in this folder.

mod bridge;
mod call;
mod error;
mod from_python;
mod instance;
mod log;
mod meta;
mod runtime;
mod settings;
mod simulator;
mod stream;
mod to_python;

use pyo3::prelude::*;

/// The module.
#[pymodule(gil_used = false)]
mod _eq_core {
    use pyo3::exceptions::PyValueError;
    use pyo3::prelude::*;
    use pyo3::types::PyDict;

    use super::bridge::{self, Outcome};
    use super::meta::PyMeta;
    use super::settings::Settings;
    use super::{call, error, log, runtime, to_python};
    use crate::error::Error;

    #[pymodule_export]
    use super::bridge::{Bridge, Pending};
    #[pymodule_export]
    use super::meta::PyMeta as Meta;
    #[pymodule_export]
    use super::simulator::PySimulator;
    #[pymodule_export]
    use super::stream::{AsyncStream, SyncStream};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        log::install();
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add("DEBUG_BUILD", cfg!(debug_assertions))
    }

    /// One plain call. `operation` is `chat` or `embed`; `arguments` are the caller's keyword arguments, `settings` the
    /// module's attributes. Returns the response object.
    #[pyfunction]
    fn send<'py>(
        py: Python<'py>,
        operation: &str,
        arguments: &Bound<'py, PyDict>,
        settings: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let raise = |error: Error| error::raise(py, &error);
        let settings = Settings::new(settings);
        let runtimes = runtime::current().map_err(raise)?;
        let transport = &runtimes.inline_transport;
        let answer = match operation {
            "chat" => {
                let prepared = call::chat(arguments, &settings, false).map_err(raise)?;
                let sent = prepared.send(transport);
                let answered = wait(py, runtimes, sent)?.map_err(raise)?;
                let meta = Bound::new(py, PyMeta::new(answered.meta))?;
                to_python::chat(py, to_python::load(py)?, &answered.answer, meta.as_any())
            }
            "embed" => {
                let prepared = call::embed(arguments, &settings).map_err(raise)?;
                let sent = prepared.send(transport);
                let answered = wait(py, runtimes, sent)?.map_err(raise)?;
                let meta = Bound::new(py, PyMeta::new(answered.meta))?;
                to_python::embed(py, to_python::load(py)?, &answered.answer, meta.as_any())
            }
            _ => Err(PyValueError::new_err(format!("no operation {operation:?}"))),
        };
        log::flush(py);
        answer
    }

    /// As `send`, in the background: the future of the returned `Pending` gets the response object.
    #[pyfunction]
    fn send_async(
        py: Python<'_>,
        operation: &str,
        arguments: &Bound<'_, PyDict>,
        settings: &Bound<'_, PyDict>,
    ) -> PyResult<bridge::Pending> {
        let raise = |error: Error| error::raise(py, &error);
        let settings = Settings::new(settings);
        let runtimes = runtime::current().map_err(raise)?;
        let transport = &runtimes.background_transport;
        match operation {
            "chat" => {
                let sent = call::chat(arguments, &settings, false)
                    .map_err(raise)?
                    .send(transport);
                runtimes.warm_up(py)?;
                bridge::spawn(py, async move {
                    let answered = sent.await;
                    runtimes.warm().await;
                    Box::new(move |py: Python<'_>| {
                        let answered = answered.map_err(|error| error::raise(py, &error))?;
                        let meta = Bound::new(py, PyMeta::new(answered.meta))?;
                        Ok(
                            to_python::chat(py, to_python::load(py)?, &answered.answer, meta.as_any())?
                                .unbind(),
                        )
                    }) as Outcome
                })
            }
            "embed" => {
                let sent = call::embed(arguments, &settings).map_err(raise)?.send(transport);
                runtimes.warm_up(py)?;
                bridge::spawn(py, async move {
                    let answered = sent.await;
                    runtimes.warm().await;
                    Box::new(move |py: Python<'_>| {
                        let answered = answered.map_err(|error| error::raise(py, &error))?;
                        let meta = Bound::new(py, PyMeta::new(answered.meta))?;
                        Ok(
                            to_python::embed(py, to_python::load(py)?, &answered.answer, meta.as_any())?
                                .unbind(),
                        )
                    }) as Outcome
                })
            }
            _ => Err(PyValueError::new_err(format!("no operation {operation:?}"))),
        }
    }

    /// One streamed chat call; returns when the answer has begun.
    #[pyfunction]
    fn stream<'py>(
        py: Python<'py>,
        arguments: &Bound<'py, PyDict>,
        settings: &Bound<'py, PyDict>,
    ) -> PyResult<super::stream::SyncStream> {
        let raise = |error: Error| error::raise(py, &error);
        let runtimes = runtime::current().map_err(raise)?;
        let begun = call::chat(arguments, &Settings::new(settings), true)
            .map_err(raise)?
            .stream(&runtimes.inline_transport);
        let stream = wait(py, runtimes, begun)?.map_err(raise)?;
        log::flush(py);
        super::stream::SyncStream::new(py, stream)
    }

    /// As `stream`, in the background: the future of the returned `Pending` gets an `AsyncStream`.
    #[pyfunction]
    fn stream_async(
        py: Python<'_>,
        arguments: &Bound<'_, PyDict>,
        settings: &Bound<'_, PyDict>,
    ) -> PyResult<bridge::Pending> {
        let raise = |error: Error| error::raise(py, &error);
        let runtimes = runtime::current().map_err(raise)?;
        let begun = call::chat(arguments, &Settings::new(settings), true)
            .map_err(raise)?
            .stream(&runtimes.background_transport);
        runtimes.warm_up(py)?;
        bridge::spawn(py, async move {
            let stream = begun.await;
            runtimes.warm().await;
            Box::new(move |py: Python<'_>| {
                let stream = stream.map_err(|error| error::raise(py, &error))?;
                Ok(Py::new(py, super::stream::AsyncStream::new(py, stream)?)?.into_any())
            }) as Outcome
        })
    }

    /// Imports the response classes. Run on a thread beside the first asynchronous call.
    #[pyfunction]
    fn load_types(py: Python<'_>) -> PyResult<()> {
        runtime::current()
            .map_err(|error| error::raise(py, &error))?
            .load_types(py)
    }

    /// Starts handing diagnostics of `level` (10 debug, 20 info, ...) and above to Python's `logging`; None stops it.
    #[pyfunction]
    #[pyo3(signature = (level))]
    fn set_log_level(level: Option<usize>) {
        log::set_level(level);
    }

    fn wait<F>(py: Python<'_>, runtimes: &runtime::Runtimes, future: F) -> PyResult<F::Output>
    where
        F: Future + Send,
        F::Output: Send,
    {
        let waited = runtimes.block_on(py, future);
        if waited.is_err() {
            // The call was interrupted: let its connection go.
            runtimes.settle(py);
        }
        log::flush(py);
        waited
    }
}
