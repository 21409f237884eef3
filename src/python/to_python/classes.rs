//! The response classes of the Python package, looked up once.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyType};

use super::super::instance::Class;

/// Every class an answer can hold.
pub(in crate::python) struct Classes {
    pub(super) response: Class,
    pub(super) choices: Class,
    pub(super) message: Class,
    pub(super) tool_call: Class,
    pub(super) custom_tool_call: Class,
    pub(super) function: Class,
    pub(super) function_call: Class,
    pub(super) chunk: Class,
    pub(super) streaming_choices: Class,
    pub(super) delta: Class,
    pub(super) delta_tool_call: Class,
    pub(super) custom_delta_tool_call: Class,
    pub(super) usage: Class,
    pub(super) prompt_details: Class,
    pub(super) completion_details: Class,
    pub(super) logprobs: Class,
    pub(super) audio: Class,
    pub(super) embedding_response: Class,
}

static CLASSES: PyOnceLock<Classes> = PyOnceLock::new();

/// The classes; the first call imports pydantic and the package's types.
pub(in crate::python) fn load(py: Python<'_>) -> PyResult<&'static Classes> {
    CLASSES.get_or_try_init(py, || Classes::new(py))
}

impl Classes {
    fn new(py: Python<'_>) -> PyResult<Self> {
        let layouts = py
            .import("edgequake_python.types.trusted")?
            .getattr("LAYOUTS")?
            .cast_into::<PyDict>()?;
        let names = py.import("edgequake_python.types")?;
        let class = |name: &str| -> PyResult<Class> {
            let class = names.getattr(name)?.cast_into::<PyType>()?;
            let layout = layouts.as_any().get_item(&class)?;
            let fields = PyDict::new(py);
            for field in layout.getattr("fields")?.try_iter()? {
                fields.set_item(field?, py.None())?;
            }
            Class::new(&class, &fields, layout.getattr("has_meta")?.is_truthy()?)
        };
        Ok(Self {
            response: class("ModelResponse")?,
            choices: class("Choices")?,
            message: class("Message")?,
            tool_call: class("ChatCompletionMessageToolCall")?,
            custom_tool_call: class("ChatCompletionMessageCustomToolCall")?,
            function: class("Function")?,
            function_call: class("FunctionCall")?,
            chunk: class("ModelResponseStream")?,
            streaming_choices: class("StreamingChoices")?,
            delta: class("Delta")?,
            delta_tool_call: class("ChatCompletionDeltaToolCall")?,
            custom_delta_tool_call: class("ChatCompletionDeltaCustomToolCall")?,
            usage: class("Usage")?,
            prompt_details: class("PromptTokensDetailsWrapper")?,
            completion_details: class("CompletionTokensDetailsWrapper")?,
            logprobs: class("ChoiceLogprobs")?,
            audio: class("ChatCompletionAudioResponse")?,
            embedding_response: class("EmbeddingResponse")?,
        })
    }
}

/// An empty list, for readers' sake.
pub(super) fn list(py: Python<'_>) -> Bound<'_, PyList> {
    PyList::empty(py)
}
