//! What a request of any dialect comes down to, in the words that answers are composed from.

use serde_json::{Map, Value, json};

use super::chat_request::ChatRequest;

/// Gathers a conversation, turn by turn.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    messages: Vec<Value>,
    tools: Vec<Value>,
    rest: Map<String, Value>,
    reasons: bool,
}

impl Conversation {
    pub(super) fn system(&mut self, text: impl Into<String>) {
        self.message("system", text);
    }

    pub(super) fn user(&mut self, text: impl Into<String>) {
        self.message("user", text);
    }

    fn message(&mut self, role: &str, text: impl Into<String>) {
        self.messages.push(json!({"role": role, "content": text.into()}));
    }

    /// The model's turn, with the id, the name and the arguments of each call.
    pub(super) fn assistant(&mut self, text: impl Into<String>, calls: Vec<(String, String, Value)>) {
        let mut message = json!({"role": "assistant", "content": text.into()});
        let call = |(id, name, arguments): (String, String, Value)| json!({"id": id, "type": "function", "function": {"name": name, "arguments": arguments.to_string()}});
        if let Some(message) = message.as_object_mut().filter(|_| !calls.is_empty()) {
            message.insert("tool_calls".to_owned(), calls.into_iter().map(call).collect());
        }
        self.messages.push(message);
    }

    /// What a tool returned; dialects without ids name the tool.
    pub(super) fn result(&mut self, id: &str, name: Option<&str>, text: impl Into<String>) {
        self.messages.push(json!({
            "role": "tool", "tool_call_id": id, "name": name, "content": text.into(),
        }));
    }

    pub(super) fn tool(&mut self, name: &str, parameters: Option<&Value>) {
        self.tools.push(json!({
            "type": "function", "function": {"name": name, "parameters": parameters},
        }));
    }

    /// Whether a tool of this name was declared.
    pub(super) fn has_tool(&self, name: &str) -> bool {
        self.tools
            .iter()
            .any(|tool| tool.pointer("/function/name").is_some_and(|known| known == name))
    }

    pub(super) fn has_tools(&self) -> bool {
        !self.tools.is_empty()
    }

    /// `auto`, `required` or `none`.
    pub(super) fn choose(&mut self, choice: &str) {
        self.set("tool_choice", choice.into());
    }

    pub(super) fn choose_tool(&mut self, name: &str) {
        self.set(
            "tool_choice",
            json!({"type": "function", "function": {"name": name}}),
        );
    }

    pub(super) fn one_call_at_a_time(&mut self) {
        self.set("parallel_tool_calls", false.into());
    }

    /// The answer is to satisfy this schema; none means any JSON.
    pub(super) fn structured(&mut self, schema: Option<&Value>) {
        let format = match schema {
            Some(schema) => json!({"type": "json_schema", "json_schema": {"schema": schema}}),
            None => json!({"type": "json_object"}),
        };
        self.set("response_format", format);
    }

    pub(super) fn limit(&mut self, tokens: Option<&Value>) {
        if let Some(tokens) = tokens.filter(|tokens| tokens.is_u64()) {
            self.set("max_tokens", tokens.clone());
        }
    }

    pub(super) fn stop(&mut self, stops: Option<&Value>) {
        if let Some(stops) = stops {
            self.set("stop", stops.clone());
        }
    }

    /// The request wants to see what the model thinks.
    pub(super) fn reason(&mut self) {
        self.reasons = true;
    }

    fn set(&mut self, key: &str, value: Value) {
        self.rest.insert(key.to_owned(), value);
    }

    pub(super) fn finish(mut self, model: &str) -> ChatRequest {
        let mut body = std::mem::take(&mut self.rest);
        body.insert("messages".to_owned(), self.messages.into());
        if !self.tools.is_empty() {
            body.insert("tools".to_owned(), self.tools.into());
        }
        ChatRequest::of(body, model.to_owned(), self.reasons)
    }
}

/// A flat text of content given as text or as parts; parts without text count as nothing.
pub(super) fn text(content: Option<&Value>) -> String {
    match content {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => {
            let texts = parts.iter().filter_map(|part| part.get("text")?.as_str());
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}
