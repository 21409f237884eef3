//! A plain chat answer as `ModelResponse`.

use std::time::{SystemTime, UNIX_EPOCH};

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use serde_json::Value;

use super::classes::{Classes, list};
use super::{json, object, optional, parts};
use crate::types::{ChatResponse, Choice, Message};

/// Builds the answer; `meta` is what is known beside it.
pub(in crate::python) fn chat<'py>(
    py: Python<'py>,
    classes: &Classes,
    answer: &ChatResponse,
    meta: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let choices = list(py);
    for item in &answer.choices {
        choices.append(choice(py, classes, item)?)?;
    }
    let fields = classes.response.fields(py)?;
    match &answer.id {
        Some(id) => fields.set_item(intern!(py, "id"), id)?,
        None => fields.set_item(intern!(py, "id"), new_id())?,
    }
    fields.set_item(intern!(py, "created"), answer.created.unwrap_or_else(now))?;
    fields.set_item(intern!(py, "model"), optional(py, answer.model.as_deref()))?;
    fields.set_item(intern!(py, "object"), intern!(py, "chat.completion"))?;
    fields.set_item(
        intern!(py, "system_fingerprint"),
        optional(py, answer.system_fingerprint.as_deref()),
    )?;
    fields.set_item(intern!(py, "choices"), choices)?;
    fields.set_item(
        intern!(py, "usage"),
        parts::usage(py, classes, answer.usage.as_ref())?,
    )?;
    let extra = object(py, &answer.extra)?;
    if extra.contains(intern!(py, "object"))? {
        extra.del_item(intern!(py, "object"))?;
    }
    classes.response.instance(py, fields, extra, Some(meta))
}

fn choice<'py>(py: Python<'py>, classes: &Classes, choice: &Choice) -> PyResult<Bound<'py, PyAny>> {
    let fields = classes.choices.fields(py)?;
    fields.set_item(
        intern!(py, "finish_reason"),
        reason(py, choice.finish_reason.as_deref()),
    )?;
    fields.set_item(intern!(py, "index"), choice.index)?;
    fields.set_item(intern!(py, "message"), message(py, classes, &choice.message)?)?;
    let extra = PyDict::new(py);
    if choice
        .logprobs
        .as_ref()
        .is_some_and(|logprobs| !logprobs.is_null())
    {
        extra.set_item(
            intern!(py, "logprobs"),
            parts::logprobs(py, classes, choice.logprobs.as_ref())?,
        )?;
    }
    // LiteLLM gathers what it does not know here, and the dict is there even when it is empty.
    let specific = PyDict::new(py);
    for (name, value) in &choice.extra {
        match (name.as_str(), value) {
            ("provider_specific_fields", Value::Object(fields)) => {
                specific.update(object(py, fields)?.as_mapping())?
            }
            _ => specific.set_item(name, json(py, value)?)?,
        }
    }
    extra.set_item(intern!(py, "provider_specific_fields"), specific)?;
    classes.choices.instance(py, fields, extra, None)
}

fn message<'py>(py: Python<'py>, classes: &Classes, message: &Message) -> PyResult<Bound<'py, PyAny>> {
    let fields = classes.message.fields(py)?;
    fields.set_item(
        intern!(py, "content"),
        parts::content(py, message.content.as_ref())?,
    )?;
    fields.set_item(
        intern!(py, "role"),
        role(py, message.role.as_deref().unwrap_or("assistant")),
    )?;
    fields.set_item(
        intern!(py, "tool_calls"),
        parts::tool_calls(py, classes, &message.tool_calls)?,
    )?;
    fields.set_item(
        intern!(py, "function_call"),
        parts::function_call(py, classes, message.function_call.as_ref())?,
    )?;
    let extra = PyDict::new(py);
    let specific = PyDict::new(py);
    for (name, value) in &message.extra {
        match (name.as_str(), value) {
            ("provider_specific_fields", Value::Object(fields)) => {
                specific.update(object(py, fields)?.as_mapping())?
            }
            (
                "reasoning_content" | "thinking_blocks" | "reasoning_items" | "annotations" | "images"
                | "audio",
                Value::Null,
            ) => {}
            ("audio", given) => extra.set_item(name, parts::validated(py, &classes.audio, given.clone())?)?,
            (
                "reasoning_content" | "thinking_blocks" | "reasoning_items" | "annotations" | "images",
                given,
            ) => extra.set_item(name, json(py, given)?)?,
            (_, given) => specific.set_item(name, json(py, given)?)?,
        }
    }
    if !specific.is_empty() {
        extra.set_item(intern!(py, "provider_specific_fields"), specific)?;
    }
    classes.message.instance(py, fields, extra, None)
}

pub(super) fn role<'py>(py: Python<'py>, role: &str) -> Bound<'py, PyString> {
    if role == "assistant" {
        intern!(py, "assistant").clone()
    } else {
        PyString::new(py, role)
    }
}

/// The common reasons are shared, not made anew for every answer.
pub(super) fn reason<'py>(py: Python<'py>, reason: Option<&str>) -> Bound<'py, PyAny> {
    match reason {
        None => py.None().into_bound(py),
        Some("stop") => intern!(py, "stop").clone().into_any(),
        Some("length") => intern!(py, "length").clone().into_any(),
        Some("tool_calls") => intern!(py, "tool_calls").clone().into_any(),
        Some(other) => PyString::new(py, other).into_any(),
    }
}

pub(super) fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|time| i64::try_from(time.as_secs()).ok())
        .unwrap_or(0)
}

/// An id for answers that come without one.
pub(super) fn new_id() -> String {
    use std::hash::{BuildHasher, RandomState};
    let random = || RandomState::new().hash_one(SystemTime::now());
    format!("chatcmpl-{:016x}{:016x}", random(), random())
}
