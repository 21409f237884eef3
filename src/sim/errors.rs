//! Errors, before a dialect gives them its shape.

use serde_json::Value;

/// An answer that is an error.
#[derive(Debug)]
pub(super) struct ApiError {
    pub(super) status: u16,
    pub(super) kind: &'static str,
    pub(super) code: Option<&'static str>,
    pub(super) param: Option<String>,
    pub(super) message: String,
}

impl ApiError {
    pub(super) fn new(status: u16, message: impl Into<String>) -> ApiError {
        ApiError {
            status,
            kind: "invalid_request_error",
            code: None,
            param: None,
            message: message.into(),
        }
    }

    /// A 400 that names the parameter at fault.
    pub(super) fn invalid(
        param: impl Into<String>,
        code: &'static str,
        message: impl Into<String>,
    ) -> ApiError {
        let mut error = ApiError::new(400, message);
        error.code = Some(code);
        error.param = Some(param.into());
        error
    }

    pub(super) fn missing(param: impl Into<String>) -> ApiError {
        let param = param.into();
        let message = format!("Missing required parameter: '{param}'.");
        ApiError::invalid(param, "missing_required_parameter", message)
    }

    pub(super) fn wrong_type(param: impl Into<String>, wanted: &str, found: &Value) -> ApiError {
        let param = param.into();
        let message = format!(
            "Invalid type for '{param}': expected {wanted}, but got {} instead.",
            type_name(found)
        );
        ApiError::invalid(param, "invalid_type", message)
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a decimal number",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
