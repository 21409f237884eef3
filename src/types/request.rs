//! What a caller asks for.

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};

/// A chat request in OpenAI's vocabulary. Messages and parameters are kept as JSON, so that what this crate does not
/// know still reaches the wire.
///
/// ```
/// use edgequake_llm::ChatRequest;
/// let request = ChatRequest::new("openai/gpt-4o-mini").system("Be terse.").user("Hello").param("temperature", 0.2);
/// assert_eq!(request.messages.len(), 2);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChatRequest {
    /// `provider/model`, or a bare model name.
    pub model: String,
    /// Messages, each an object with a `role`.
    pub messages: Vec<Value>,
    /// Whether the answer is streamed.
    pub stream: bool,
    /// Every other parameter.
    pub params: Map<String, Value>,
}

impl ChatRequest {
    /// A request without messages.
    pub fn new(model: impl Into<String>) -> Self {
        Self {
            model: model.into(),
            ..Self::default()
        }
    }
    /// Adds a system message.
    #[must_use]
    pub fn system(self, text: impl Into<String>) -> Self {
        self.message("system", text)
    }
    /// Adds a user message.
    #[must_use]
    pub fn user(self, text: impl Into<String>) -> Self {
        self.message("user", text)
    }
    /// Adds a text message of any role.
    #[must_use]
    pub fn message(mut self, role: &str, text: impl Into<String>) -> Self {
        self.messages.push(json!({"role": role, "content": text.into()}));
        self
    }
    /// Sets a parameter.
    #[must_use]
    pub fn param(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    /// Refuses what no provider could answer.
    ///
    /// # Errors
    /// `BadRequest` that names the place.
    pub fn validate(&self) -> Result<()> {
        if self.model.trim().is_empty() {
            return Err(Error::bad_request(
                "model is empty; pass \"provider/model\", for example \"openai/gpt-4o-mini\"",
            ));
        }
        if self.messages.is_empty() {
            return Err(Error::bad_request("messages is empty; pass at least one message"));
        }
        for (index, message) in self.messages.iter().enumerate() {
            let Some(message) = message.as_object() else {
                return Err(Error::bad_request(format!(
                    "messages[{index}] is not an object with a role"
                )));
            };
            match message.get("role") {
                Some(Value::String(role)) if !role.is_empty() => {}
                Some(Value::String(_)) => {
                    return Err(Error::bad_request(format!("messages[{index}].role is empty")));
                }
                Some(_) => {
                    return Err(Error::bad_request(format!(
                        "messages[{index}].role is not a string"
                    )));
                }
                None => return Err(Error::bad_request(format!("messages[{index}] has no role"))),
            }
        }
        Ok(())
    }
}

/// An embedding request in OpenAI's vocabulary.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct EmbedRequest {
    /// `provider/model`, or a bare model name.
    pub model: String,
    /// A text, a list of texts, tokens, or a list of token lists.
    pub input: Value,
    /// Every other parameter.
    pub params: Map<String, Value>,
}

impl EmbedRequest {
    /// A request for one or more inputs.
    pub fn new(model: impl Into<String>, input: impl Into<Value>) -> Self {
        Self {
            model: model.into(),
            input: input.into(),
            params: Map::new(),
        }
    }
    /// Sets a parameter.
    #[must_use]
    pub fn param(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }

    /// Refuses what no provider could answer.
    ///
    /// # Errors
    /// `BadRequest` that names the place.
    pub fn validate(&self) -> Result<()> {
        if self.model.trim().is_empty() {
            return Err(Error::bad_request("model is empty; pass \"provider/model\""));
        }
        match &self.input {
            Value::String(_) => Ok(()),
            Value::Array(items) if items.is_empty() => {
                Err(Error::bad_request("input is empty; pass at least one text"))
            }
            Value::Array(items) => {
                let wrong = items.iter().position(|item| {
                    !matches!(
                        item,
                        Value::String(_) | Value::Array(_) | Value::Number(_) | Value::Object(_)
                    )
                });
                wrong.map_or(Ok(()), |index| {
                    Err(Error::bad_request(format!(
                        "input[{index}] is neither text nor tokens"
                    )))
                })
            }
            _ => Err(Error::bad_request("input is neither a text nor a list")),
        }
    }
}
