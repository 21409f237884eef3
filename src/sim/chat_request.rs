//! A chat request, read and checked as OpenAI checks it.

use serde_json::{Map, Value};

use super::errors::ApiError;
use super::tools;
use super::words;

const ROLES: &[&str] = &["system", "assistant", "user", "function", "tool", "developer"];
const MOST_CHOICES: u64 = 128;

/// The request's body, known to have a model and messages.
#[derive(Debug)]
pub(super) struct ChatRequest {
    body: Map<String, Value>,
    pub(super) model: String,
    pub(super) choices: usize,
    /// Whether the answer is to tell what it thinks; only other dialects can ask for that.
    pub(super) reasons: bool,
}

/// Reads any JSON request that names a model.
pub(super) fn read(body: &[u8]) -> Result<(Map<String, Value>, String), ApiError> {
    let body = match serde_json::from_slice(body) {
        Ok(Value::Object(body)) => body,
        _ => {
            return Err(ApiError::new(
                400,
                "We could not parse the JSON body of your request. (HINT: This likely means you \
                 aren't using your HTTP library correctly. The OpenAI API expects a JSON \
                 payload, but what was sent was not valid JSON.)",
            ));
        }
    };
    let model = match body.get("model") {
        Some(Value::String(model)) if !model.is_empty() => model.clone(),
        None | Some(Value::Null | Value::String(_)) => {
            return Err(ApiError::invalid(
                "model",
                "missing_required_parameter",
                "you must provide a model parameter",
            ));
        }
        Some(other) => return Err(ApiError::wrong_type("model", "a string", other)),
    };
    Ok((body, model))
}

impl ChatRequest {
    pub(super) fn read(bytes: &[u8]) -> Result<ChatRequest, ApiError> {
        let (body, model) = read(bytes)?;
        let mut chat = ChatRequest {
            body,
            model,
            choices: 1,
            reasons: false,
        };
        chat.check_messages()?;
        if let Some(stream) = chat.get("stream").filter(|stream| !stream.is_boolean()) {
            return Err(ApiError::wrong_type("stream", "a boolean", stream));
        }
        for key in ["tools", "functions"] {
            if let Some(list) = chat.get(key).filter(|list| !list.is_array()) {
                return Err(ApiError::wrong_type(key, "an array of objects", list));
            }
        }
        tools::check(&chat)?;
        chat.choices = usize::try_from(chat.integer("n", 1, MOST_CHOICES)?.unwrap_or(1)).unwrap_or(1);
        chat.integer("max_tokens", 1, u64::MAX)?;
        chat.integer("max_completion_tokens", 1, u64::MAX)?;
        chat.integer("top_logprobs", 0, 20)?;
        if chat.kind_of_format() == "json_schema" && chat.schema().is_none() {
            return Err(ApiError::missing("response_format.json_schema"));
        }
        Ok(chat)
    }

    /// A request of another dialect, checked there and put into these words.
    pub(super) fn of(body: Map<String, Value>, model: String, reasons: bool) -> ChatRequest {
        ChatRequest {
            body,
            model,
            choices: 1,
            reasons,
        }
    }

    /// A parameter that was sent and is not null.
    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.body.get(key).filter(|value| !value.is_null())
    }

    pub(super) fn flag(&self, key: &str) -> bool {
        self.get(key) == Some(&Value::Bool(true))
    }

    pub(super) fn list(&self, key: &str) -> Vec<&Value> {
        self.get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .collect()
    }

    fn integer(&self, key: &str, least: u64, most: u64) -> Result<Option<u64>, ApiError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        if !value.is_i64() && !value.is_u64() {
            return Err(ApiError::wrong_type(key, "an integer", value));
        }
        let bound = match value.as_u64() {
            Some(number) if (least..=most).contains(&number) => return Ok(Some(number)),
            Some(number) if number > most => ("integer_above_max_value", "<=", most),
            _ => ("integer_below_min_value", ">=", least),
        };
        let (code, sign, limit) = bound;
        let message = format!("Invalid '{key}': expected a value {sign} {limit}, but got {value}.");
        Err(ApiError::invalid(key, code, message))
    }

    fn check_messages(&self) -> Result<(), ApiError> {
        let messages = match self.get("messages") {
            None => return Err(ApiError::missing("messages")),
            Some(Value::Array(messages)) => messages,
            Some(other) => {
                return Err(ApiError::wrong_type("messages", "an array of objects", other));
            }
        };
        if messages.is_empty() {
            return Err(ApiError::invalid(
                "messages",
                "empty_array",
                "Invalid 'messages': empty array. Expected an array with minimum length 1, but \
                 got an empty array instead.",
            ));
        }
        for (index, message) in messages.iter().enumerate() {
            if !message.is_object() {
                let param = format!("messages[{index}]");
                return Err(ApiError::wrong_type(param, "an object", message));
            }
            let param = format!("messages[{index}].role");
            match message.get("role") {
                Some(Value::String(role)) if ROLES.contains(&role.as_str()) => {}
                Some(Value::String(role)) => {
                    let message = format!(
                        "Invalid value: '{role}'. Supported values are: '{}'.",
                        ROLES.join("', '")
                    );
                    return Err(ApiError::invalid(param, "invalid_value", message));
                }
                None | Some(Value::Null) => return Err(ApiError::missing(param)),
                Some(other) => return Err(ApiError::wrong_type(param, "a string", other)),
            }
        }
        Ok(())
    }

    pub(super) fn last_role(&self) -> &str {
        let messages = self.list("messages");
        let role = messages.last().and_then(|message| message.get("role")?.as_str());
        role.unwrap_or_default()
    }

    /// The text of the last message a user wrote.
    pub(super) fn user_text(&self) -> String {
        let messages = self.list("messages");
        let user = messages
            .iter()
            .rev()
            .find(|message| message.get("role").is_some_and(|role| role == "user"));
        user.map(|message| words::content(message)).unwrap_or_default()
    }

    /// Token estimate of the prompt; three for the frame of each message, as OpenAI counts.
    pub(super) fn prompt_tokens(&self) -> usize {
        let messages = self.list("messages");
        let texts = messages.iter().map(|message| {
            let called = message
                .get("tool_calls")
                .map_or(0, |calls| calls.to_string().len() / 4);
            3 + called + words::tokens(&words::pieces(&words::content(message)))
        });
        let tools = ["tools", "functions"].into_iter().filter_map(|key| self.get(key));
        let tools = tools.map(|tools| tools.to_string().len() / 4);
        3 + texts.sum::<usize>() + tools.sum::<usize>()
    }

    pub(super) fn token_limit(&self) -> Option<usize> {
        let limit = self
            .get("max_completion_tokens")
            .or_else(|| self.get("max_tokens"))?;
        usize::try_from(limit.as_u64()?).ok()
    }

    pub(super) fn stops(&self) -> Vec<&str> {
        match self.get("stop") {
            Some(Value::String(stop)) => vec![stop],
            Some(Value::Array(stops)) => stops.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        }
    }

    pub(super) fn kind_of_format(&self) -> &str {
        let format = self.get("response_format").and_then(|format| format.get("type"));
        format.and_then(Value::as_str).unwrap_or("text")
    }

    pub(super) fn schema(&self) -> Option<&Value> {
        let format = self.get("response_format")?;
        format
            .pointer("/json_schema/schema")
            .or_else(|| format.get("json_schema"))
    }

    pub(super) fn top_logprobs(&self) -> Option<usize> {
        let top = self.get("top_logprobs").and_then(Value::as_u64).unwrap_or(0);
        self.flag("logprobs").then_some(usize::try_from(top).unwrap_or(0))
    }

    pub(super) fn usage_chunk(&self) -> bool {
        let options = self.get("stream_options");
        options.and_then(|options| options.get("include_usage")) == Some(&Value::Bool(true))
    }
}
