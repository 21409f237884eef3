//! The simulator for Python, and the one that `model="sim/..."` starts by itself.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use pyo3::exceptions::{PyOSError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList};

use crate::error::{Error, ErrorKind, Result};
use crate::sim::Simulator;

/// Base URL of this process's own simulator, started at the first request for it.
pub(super) fn implicit() -> Result<String> {
    // Leaked like the runtimes, for the same reason: a forked child has its parent's value but not its thread.
    static OWN: Mutex<Option<(u32, &'static Simulator)>> = Mutex::new(None);
    let pid = std::process::id();
    let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
    match *own {
        Some((owner, simulator)) if owner == pid => Ok(simulator.base_url()),
        _ => {
            let simulator = Simulator::start().map_err(|error| {
                Error::new(
                    ErrorKind::ApiConnection,
                    format!("the simulator cannot start: {error}"),
                )
            })?;
            let simulator = &*Box::leak(Box::new(simulator));
            *own = Some((pid, simulator));
            Ok(simulator.base_url())
        }
    }
}

/// A deterministic server on this machine that speaks the dialects of OpenAI and of the native wires.
#[pyclass(name = "Simulator", module = "edgequake_python._eq_core", frozen)]
pub(super) struct PySimulator {
    simulator: Mutex<Simulator>,
}

impl PySimulator {
    fn with<T>(&self, read: impl FnOnce(&mut Simulator) -> T) -> T {
        read(&mut self.simulator.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[pymethods]
impl PySimulator {
    #[new]
    #[pyo3(signature = (port = 0, host = "127.0.0.1"))]
    fn new(py: Python<'_>, port: u16, host: &str) -> PyResult<Self> {
        let host = host
            .parse()
            .map_err(|_| PyValueError::new_err(format!("host {host:?} is not an IP address")))?;
        let simulator = py
            .detach(|| Simulator::start_on(SocketAddr::new(host, port)))
            .map_err(|error| PyOSError::new_err(error.to_string()))?;
        Ok(Self {
            simulator: Mutex::new(simulator),
        })
    }

    /// Where it listens, ending in `/v1`.
    #[getter]
    fn base_url(&self) -> String {
        self.with(|simulator| simulator.base_url())
    }

    /// The same without a path, for the dialects of other providers.
    #[getter]
    fn root_url(&self) -> String {
        self.with(|simulator| simulator.root_url())
    }

    /// The last requests it saw, oldest first, with secrets blotted out.
    #[getter]
    fn requests<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        let requests = self.with(|simulator| simulator.requests());
        let list = PyList::empty(py);
        for request in requests {
            let dict = PyDict::new(py);
            dict.set_item("method", &request.method)?;
            dict.set_item("path", &request.path)?;
            dict.set_item("query", &request.query)?;
            let headers = PyDict::new(py);
            for (name, value) in &request.headers {
                headers.set_item(name, value)?;
            }
            dict.set_item("headers", headers)?;
            dict.set_item("body", PyBytes::new(py, &request.body))?;
            dict.set_item("status", request.status)?;
            dict.set_item("open", request.open)?;
            dict.set_item("aborted", request.aborted)?;
            list.append(dict)?;
        }
        Ok(list)
    }

    /// Counts: `requests`, `open_streams`, `aborted` (the client hung up before the answer's end), `connections` and
    /// `open_connections`.
    #[getter]
    fn stats<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let stats = self.with(|simulator| simulator.stats());
        let dict = PyDict::new(py);
        dict.set_item("requests", stats.requests)?;
        dict.set_item("open_streams", stats.open_streams)?;
        dict.set_item("aborted", stats.aborted)?;
        dict.set_item("connections", stats.connections)?;
        dict.set_item("open_connections", stats.open_connections)?;
        Ok(dict)
    }

    /// Stops it and closes its connections.
    fn stop(&self, py: Python<'_>) {
        py.detach(|| self.with(Simulator::stop));
    }

    fn __enter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    #[pyo3(signature = (*_exception))]
    fn __exit__(&self, py: Python<'_>, _exception: &Bound<'_, PyAny>) {
        self.stop(py);
    }
}
