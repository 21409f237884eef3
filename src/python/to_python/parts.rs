//! The parts that plain answers and chunks share.

use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use serde_json::Value;

use super::super::instance::Class;
use super::classes::{Classes, list};
use super::{json, object, optional};
use crate::types::{Content, Extra, FunctionCall, ToolCall, ToolCallDelta, Usage};

/// Text, the list of parts, or None.
pub(super) fn content<'py>(py: Python<'py>, content: Option<&Content>) -> PyResult<Bound<'py, PyAny>> {
    Ok(match content {
        None => py.None().into_bound(py),
        Some(Content::Text(text)) => PyString::new(py, text).into_any(),
        Some(Content::Parts(parts)) => {
            let items = list(py);
            for part in parts {
                items.append(json(py, part)?)?;
            }
            items.into_any()
        }
    })
}

/// A function's name and arguments, as an instance of `class`.
pub(super) fn function<'py>(
    py: Python<'py>,
    class: &Class,
    call: &FunctionCall,
) -> PyResult<Bound<'py, PyAny>> {
    let fields = class.fields(py)?;
    fields.set_item(intern!(py, "arguments"), &call.arguments)?;
    fields.set_item(intern!(py, "name"), optional(py, call.name.as_deref()))?;
    class.instance(py, fields, object(py, &call.extra)?, None)
}

/// A legacy function call, or None.
pub(super) fn function_call<'py>(
    py: Python<'py>,
    classes: &Classes,
    call: Option<&FunctionCall>,
) -> PyResult<Bound<'py, PyAny>> {
    call.map_or_else(
        || Ok(py.None().into_bound(py)),
        |call| function(py, &classes.function_call, call),
    )
}

/// A list of calls, or None when there are none.
pub(super) fn tool_calls<'py>(
    py: Python<'py>,
    classes: &Classes,
    calls: &[ToolCall],
) -> PyResult<Bound<'py, PyAny>> {
    if calls.is_empty() {
        return Ok(py.None().into_bound(py));
    }
    let items = list(py);
    for call in calls {
        if call.function.is_none() && call.extra.contains_key("custom") {
            items.append(validated(
                py,
                &classes.custom_tool_call,
                serde_json::to_value(call).unwrap_or_default(),
            )?)?;
            continue;
        }
        let fields = classes.tool_call.fields(py)?;
        let empty = FunctionCall::default();
        fields.set_item(
            intern!(py, "function"),
            function(py, &classes.function, call.function.as_ref().unwrap_or(&empty))?,
        )?;
        fields.set_item(intern!(py, "id"), optional(py, call.id.as_deref()))?;
        fields.set_item(intern!(py, "type"), kind(py, call.kind.as_deref()))?;
        items.append(
            classes
                .tool_call
                .instance(py, fields, object(py, &call.extra)?, None)?,
        )?;
    }
    Ok(items.into_any())
}

/// A list of pieces, or None when there are none.
pub(super) fn tool_call_deltas<'py>(
    py: Python<'py>,
    classes: &Classes,
    pieces: &[ToolCallDelta],
) -> PyResult<Bound<'py, PyAny>> {
    if pieces.is_empty() {
        return Ok(py.None().into_bound(py));
    }
    let items = list(py);
    for piece in pieces {
        if piece.function.is_none() && piece.extra.contains_key("custom") {
            items.append(validated(
                py,
                &classes.custom_delta_tool_call,
                serde_json::to_value(piece).unwrap_or_default(),
            )?)?;
            continue;
        }
        let fields = classes.delta_tool_call.fields(py)?;
        let empty = FunctionCall::default();
        fields.set_item(intern!(py, "id"), optional(py, piece.id.as_deref()))?;
        fields.set_item(
            intern!(py, "function"),
            function(py, &classes.function, piece.function.as_ref().unwrap_or(&empty))?,
        )?;
        fields.set_item(intern!(py, "type"), kind(py, piece.kind.as_deref()))?;
        fields.set_item(intern!(py, "index"), piece.index.unwrap_or(0))?;
        items.append(
            classes
                .delta_tool_call
                .instance(py, fields, object(py, &piece.extra)?, None)?,
        )?;
    }
    Ok(items.into_any())
}

fn kind<'py>(py: Python<'py>, kind: Option<&str>) -> Bound<'py, PyString> {
    match kind {
        None | Some("function") => intern!(py, "function").clone(),
        Some(other) => PyString::new(py, other),
    }
}

/// Token counts. What a provider does not count is 0, as in LiteLLM; details keep their None.
pub(super) fn usage<'py>(
    py: Python<'py>,
    classes: &Classes,
    usage: Option<&Usage>,
) -> PyResult<Bound<'py, PyAny>> {
    let empty = Usage::default();
    let usage = usage.unwrap_or(&empty);
    if !usage.extra.is_empty() {
        // Counts of a provider's own: the class knows which of them have a place among the details.
        return validated(
            py,
            &classes.usage,
            serde_json::to_value(usage).unwrap_or_default(),
        );
    }
    let (prompt, completion) = (
        usage.prompt_tokens.unwrap_or(0),
        usage.completion_tokens.unwrap_or(0),
    );
    let fields = classes.usage.fields(py)?;
    fields.set_item(intern!(py, "completion_tokens"), completion)?;
    fields.set_item(intern!(py, "prompt_tokens"), prompt)?;
    fields.set_item(
        intern!(py, "total_tokens"),
        usage.total_tokens.unwrap_or(prompt + completion),
    )?;
    fields.set_item(
        intern!(py, "completion_tokens_details"),
        details(
            py,
            &classes.completion_details,
            usage.completion_tokens_details.as_ref(),
        )?,
    )?;
    fields.set_item(
        intern!(py, "prompt_tokens_details"),
        details(py, &classes.prompt_details, usage.prompt_tokens_details.as_ref())?,
    )?;
    classes.usage.instance(py, fields, PyDict::new(py), None)
}

fn details<'py>(py: Python<'py>, class: &Class, given: Option<&Extra>) -> PyResult<Bound<'py, PyAny>> {
    let Some(given) = given else {
        return Ok(py.None().into_bound(py));
    };
    let fields = class.fields(py)?;
    for (name, value) in given {
        let Some(name) = class.declared(py, name) else {
            return validated(py, class, Value::Object(given.clone()));
        };
        if !value.is_null() {
            fields.set_item(name, json(py, value)?)?;
        }
    }
    class.instance(py, fields, PyDict::new(py), None)
}

/// Log probabilities, or None.
pub(super) fn logprobs<'py>(
    py: Python<'py>,
    classes: &Classes,
    given: Option<&Value>,
) -> PyResult<Bound<'py, PyAny>> {
    match given {
        None | Some(Value::Null) => Ok(py.None().into_bound(py)),
        Some(given) if given.get("content").is_some() => validated(py, &classes.logprobs, given.clone()),
        Some(given) => json(py, given),
    }
}

/// The rare parts: built by the class's own constructor, or handed over as plain data when it will not take them.
pub(super) fn validated<'py>(py: Python<'py>, class: &Class, given: Value) -> PyResult<Bound<'py, PyAny>> {
    let plain = json(py, &given)?;
    match plain.cast::<PyDict>() {
        Ok(arguments) => class.class(py).call((), Some(arguments)).or(Ok(plain.clone())),
        Err(_) => Ok(plain),
    }
}
