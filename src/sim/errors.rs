//! Refusals in OpenAI's shape.

use serde_json::{Value, json};

use super::reply::Reply;

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

    /// What OpenAI says with this status when nothing more is known.
    pub(super) fn for_status(status: u16, model: &str) -> ApiError {
        let (kind, code, message) = match status {
            401 => (
                "invalid_request_error",
                Some("invalid_api_key"),
                "Incorrect API key provided. You can find your API key at \
                 https://platform.openai.com/account/api-keys."
                    .to_owned(),
            ),
            403 => (
                "permission_error",
                Some("permission_denied"),
                "You are not allowed to sample from this model.".to_owned(),
            ),
            404 => (
                "invalid_request_error",
                Some("model_not_found"),
                format!("The model `{model}` does not exist or you do not have access to it."),
            ),
            408 => (
                "timeout_error",
                Some("request_timeout"),
                "The request took too long to process.".to_owned(),
            ),
            409 => (
                "conflict_error",
                Some("conflict"),
                "The resource was changed by another request. Please try again.".to_owned(),
            ),
            422 => (
                "invalid_request_error",
                Some("unprocessable_entity"),
                "The request was well-formed but could not be processed.".to_owned(),
            ),
            429 => (
                "requests",
                Some("rate_limit_exceeded"),
                format!(
                    "Rate limit reached for {model} on requests per min (RPM): Limit 10000, \
                     Used 10000, Requested 1. Please try again in 1s."
                ),
            ),
            500 => (
                "server_error",
                None,
                "The server had an error while processing your request. Sorry about that!".to_owned(),
            ),
            502 => ("server_error", Some("bad_gateway"), "Bad gateway.".to_owned()),
            503 => (
                "server_error",
                Some("service_unavailable"),
                "That model is currently overloaded with other requests. You can retry your \
                 request."
                    .to_owned(),
            ),
            504 => (
                "server_error",
                Some("gateway_timeout"),
                "The upstream server did not answer in time.".to_owned(),
            ),
            529 => ("overloaded_error", Some("overloaded"), "Overloaded".to_owned()),
            _ => (
                "invalid_request_error",
                None,
                "The simulator was asked to refuse this request.".to_owned(),
            ),
        };
        ApiError {
            status,
            kind,
            code,
            param: None,
            message,
        }
    }

    pub(super) fn body(&self) -> Value {
        json!({"error": {
            "message": self.message,
            "type": self.kind,
            "param": self.param,
            "code": self.code,
        }})
    }

    pub(super) fn into_reply(self) -> Reply {
        Reply::json(self.status, &self.body())
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
