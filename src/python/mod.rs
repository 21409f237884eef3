//! The extension module `_eq_core`. Everything that knows Python is in this folder.

mod answer_key;
mod begun;
mod bridge;
mod call;
mod callable;
mod error;
mod from_python;
mod guard;
mod handler;
mod instance;
mod log;
mod meta;
mod operation;
mod registry;
mod revive;
mod runtime;
mod settings;
mod simulator;
mod source;
mod stream;
mod to_python;
mod tokens;

use pyo3::prelude::*;

/// The module.
#[pymodule(gil_used = false)]
mod _eq_core {
    use pyo3::prelude::*;
    use pyo3::types::PyDict;

    use super::call::Examined;
    use super::guard::guarded;
    use super::operation::Reader;
    use super::settings::Settings;
    use super::{call, error, from_python, guard, log, operation, runtime, to_python};

    #[pymodule_export]
    use super::answer_key::answer_key;
    #[pymodule_export]
    use super::begun::Begun;
    #[pymodule_export]
    use super::bridge::{Bridge, Pending};
    #[pymodule_export]
    use super::callable::Receipt;
    #[pymodule_export]
    use super::handler::{PyAsked, PyTape, Reply};
    #[pymodule_export]
    use super::meta::PyMeta as Meta;
    #[pymodule_export]
    use super::registry::{
        absent_providers, is_anothers_host, locate, provider, providers, register_provider, supported_params,
        unregister_provider,
    };
    #[pymodule_export]
    use super::revive::revive;
    #[pymodule_export]
    use super::simulator::PySimulator;
    #[pymodule_export]
    use super::stream::{AsyncStream, SyncStream};
    #[pymodule_export]
    use super::tokens::{count_tokens, decode_tokens, encode_tokens, token_encoding};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        log::install();
        guard::install();
        module.add("__version__", env!("CARGO_PKG_VERSION"))?;
        module.add("DEBUG_BUILD", cfg!(debug_assertions))
    }

    /// One plain call on this thread. `operation` is `chat`, `embed` or another operation's name; `arguments` are the caller's keyword arguments,
    /// `settings` the module's attributes. Returns the response object; of
    /// another operation, its answer and the meta.
    #[pyfunction]
    fn send(
        py: Python<'_>,
        operation: &str,
        arguments: &Bound<'_, PyDict>,
        settings: &Bound<'_, PyDict>,
    ) -> PyResult<Py<PyAny>> {
        guarded(py, || {
            let transport = &runtimes(py)?.inline_transport;
            finish(
                py,
                operation::plain(py, operation, arguments, settings, transport)?,
            )
        })
    }

    /// As `send`, in the background: the future of the returned `Pending` gets the response object.
    #[pyfunction]
    fn send_async(
        py: Python<'_>,
        operation: &str,
        arguments: &Bound<'_, PyDict>,
        settings: &Bound<'_, PyDict>,
    ) -> PyResult<Pending> {
        guarded(py, || {
            let transport = &runtimes(py)?.background_transport;
            spawn(
                py,
                operation::plain(py, operation, arguments, settings, transport)?,
            )
        })
    }

    /// A call that is not sent: the pairs of what it would be and how it came about, see `dry_run.py`.
    #[pyfunction]
    fn show(
        py: Python<'_>,
        operation: &str,
        streamed: bool,
        arguments: &Bound<'_, PyDict>,
        settings: &Bound<'_, PyDict>,
    ) -> PyResult<Py<PyAny>> {
        guarded(py, || {
            let transport = &runtimes(py)?.inline_transport;
            finish(
                py,
                operation::shown(py, operation, streamed, arguments, settings, transport)?,
            )
        })
    }

    /// As `show`, in the background.
    #[pyfunction]
    fn show_async(
        py: Python<'_>,
        operation: &str,
        streamed: bool,
        arguments: &Bound<'_, PyDict>,
        settings: &Bound<'_, PyDict>,
    ) -> PyResult<Pending> {
        guarded(py, || {
            let transport = &runtimes(py)?.background_transport;
            spawn(
                py,
                operation::shown(py, operation, streamed, arguments, settings, transport)?,
            )
        })
    }

    /// One streamed call on this thread; returns a `SyncStream` when the answer has begun.
    #[pyfunction]
    fn stream(
        py: Python<'_>,
        operation: &str,
        arguments: &Bound<'_, PyDict>,
        settings: &Bound<'_, PyDict>,
    ) -> PyResult<Py<PyAny>> {
        guarded(py, || {
            let transport = &runtimes(py)?.inline_transport;
            finish(
                py,
                operation::streamed(py, operation, arguments, settings, transport, Reader::Sync)?,
            )
        })
    }

    /// As `stream`, in the background: the future of the returned `Pending` gets an `AsyncStream`.
    #[pyfunction]
    fn stream_async(
        py: Python<'_>,
        operation: &str,
        arguments: &Bound<'_, PyDict>,
        settings: &Bound<'_, PyDict>,
    ) -> PyResult<Pending> {
        guarded(py, || {
            let transport = &runtimes(py)?.background_transport;
            spawn(
                py,
                operation::streamed(py, operation, arguments, settings, transport, Reader::Async)?,
            )
        })
    }

    /// As `send` or `stream`, but returns at once with a `Begun`, to import the response classes meanwhile.
    #[pyfunction]
    fn begin(
        py: Python<'_>,
        operation: &str,
        streamed: bool,
        arguments: &Bound<'_, PyDict>,
        settings: &Bound<'_, PyDict>,
    ) -> PyResult<Begun> {
        guarded(py, || {
            let transport = &runtimes(py)?.inline_transport;
            let work = if streamed {
                operation::streamed(py, operation, arguments, settings, transport, Reader::Sync)?
            } else {
                operation::plain(py, operation, arguments, settings, transport)?
            };
            Begun::new(py, work)
        })
    }

    /// Checks a call as if it were sent, but for its key and address: provider, bare model, dropped parameters, body.
    #[pyfunction]
    fn examine(
        py: Python<'_>,
        operation: &str,
        arguments: &Bound<'_, PyDict>,
        settings: &Bound<'_, PyDict>,
        streamed: bool,
    ) -> PyResult<Examined> {
        guarded(py, || {
            call::examine(operation, arguments, &Settings::new(settings), streamed)
                .map_err(|error| error::raise(py, &error))
        })
    }

    /// Provider and bare model that a name means.
    #[pyfunction]
    #[pyo3(signature = (model, provider=None))]
    fn split_model(py: Python<'_>, model: &str, provider: Option<&str>) -> PyResult<(String, String)> {
        guarded(py, || {
            crate::resolve::split_model(model, provider)
                .map(|(row, model)| (row.name.to_owned(), model.to_owned()))
                .map_err(|error| error::raise(py, &error))
        })
    }

    /// What JSON would make of a value: dicts, lists, texts and numbers. Refuses what JSON cannot hold, by its place.
    #[pyfunction]
    fn plain<'py>(py: Python<'py>, value: &Bound<'py, PyAny>, name: &str) -> PyResult<Bound<'py, PyAny>> {
        guarded(py, || {
            let value = from_python::to_json(value, name).map_err(|error| error::raise(py, &error))?;
            to_python::json(py, &value)
        })
    }

    /// A number for connections that are one owner's.
    #[pyfunction]
    fn new_pool() -> u64 {
        static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(1);
        NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
    }

    /// Closes the connections of an owner that nothing uses.
    #[pyfunction]
    fn close_pool(py: Python<'_>, owner: u64) -> PyResult<()> {
        guarded(py, || {
            let runtimes = runtimes(py)?;
            runtimes.inline_transport.forget(owner);
            runtimes.background_transport.forget(owner);
            runtimes.settle(py);
            Ok(())
        })
    }

    /// Puts a defect in at a place (None: takes it out), to see what a caller gets of one.
    #[cfg(feature = "defects")]
    #[pyfunction]
    #[pyo3(signature = (place))]
    fn put_defect(place: Option<String>) {
        crate::defect::put(place);
    }

    /// Says that the response classes are imported, for calls that wait for them.
    #[pyfunction]
    fn types_loaded(py: Python<'_>) -> PyResult<()> {
        guarded(py, || runtimes(py)?.types_loaded(py))
    }

    /// Starts handing diagnostics of `level` (10 debug, 20 info, ...) and above to Python's `logging`; None stops it.
    #[pyfunction]
    #[pyo3(signature = (level))]
    fn set_log_level(level: Option<usize>) {
        log::set_level(level);
    }

    fn runtimes(py: Python<'_>) -> PyResult<&'static runtime::Runtimes> {
        runtime::current().map_err(|error| error::raise(py, &error))
    }

    fn finish(py: Python<'_>, work: operation::Work) -> PyResult<Py<PyAny>> {
        let outcome = runtime::wait(py, work);
        log::flush(py);
        outcome?(py)
    }

    fn spawn(py: Python<'_>, work: operation::Work) -> PyResult<Pending> {
        let runtimes = runtimes(py)?;
        runtimes.warm_up(py)?;
        super::bridge::spawn(py, async move {
            let outcome = work.await;
            runtimes.warm().await;
            outcome
        })
    }
}
