//! Tool calls: which tools are called, and with what arguments.

use serde_json::{Value, json};

use super::chat_request::ChatRequest;
use super::errors::ApiError;
use super::hash;
use super::schema;
use super::words::Words;

/// One call of a tool.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) arguments: String,
}

impl Call {
    pub(super) fn json(&self) -> Value {
        json!({"id": self.id, "type": "function", "function": self.function()})
    }

    /// The part that the older function calling has, too.
    pub(super) fn function(&self) -> Value {
        json!({"name": self.name, "arguments": self.arguments})
    }
}

/// What the request asks to be called.
#[derive(Debug)]
pub(super) enum Calls {
    None,
    Tools(Vec<Call>),
    Function(Call),
}

pub(super) fn calls(chat: &ChatRequest, seed: u64) -> Result<Calls, ApiError> {
    // Anything but a user's turn has had its tools already: a second round would never end.
    if chat.last_role() != "user" {
        return Ok(Calls::None);
    }
    let words = Words::of(&chat.user_text());
    let tools = chat.list("tools");
    if !tools.is_empty() {
        let chosen = chosen_tools(chat, &tools)?;
        let call = |(index, function)| {
            let id = format!("call_{}{index}", hash::hex(hash::Mix(seed).next()));
            call(function, &words, index, id)
        };
        let calls: Vec<Call> = chosen.into_iter().enumerate().map(call).collect();
        return Ok(if calls.is_empty() {
            Calls::None
        } else {
            Calls::Tools(calls)
        });
    }
    let functions = chat.list("functions");
    let function = match chat.get("function_call") {
        Some(Value::String(choice)) if choice == "none" => None,
        Some(Value::Object(choice)) => {
            let name = choice.get("name").and_then(Value::as_str).unwrap_or_default();
            Some(named(&functions, name, "function_call", "functions")?)
        }
        _ => functions.first().copied(),
    };
    let call = function.map(|function| call(function, &words, 0, String::new()));
    Ok(call.map_or(Calls::None, Calls::Function))
}

fn chosen_tools<'c>(chat: &'c ChatRequest, tools: &[&'c Value]) -> Result<Vec<&'c Value>, ApiError> {
    let functions: Vec<&Value> = tools.iter().filter_map(|tool| tool.get("function")).collect();
    let choice = chat.get("tool_choice");
    if let Some(name) = choice.and_then(|choice| choice.pointer("/function/name")?.as_str()) {
        return Ok(vec![named(&functions, name, "tool_choice", "tools")?]);
    }
    let choice = choice.and_then(Value::as_str).unwrap_or("auto");
    let Some(first) = functions.first().filter(|_| choice != "none") else {
        return Ok(Vec::new());
    };
    let wanted = chat.user_text().contains(" and ") || (choice == "required" && functions.len() > 1);
    if !wanted || chat.get("parallel_tool_calls") == Some(&Value::Bool(false)) {
        return Ok(vec![first]);
    }
    Ok(vec![first, functions.get(1).unwrap_or(first)])
}

fn named<'c>(
    functions: &[&'c Value],
    name: &str,
    param: &'static str,
    list: &str,
) -> Result<&'c Value, ApiError> {
    let found = functions
        .iter()
        .find(|function| function.get("name").is_some_and(|n| n == name));
    found.copied().ok_or_else(|| {
        let message = format!("Function '{name}' of '{param}' not found in '{list}'.");
        ApiError::invalid(param, "invalid_value", message)
    })
}

fn call(function: &Value, words: &Words, turn: usize, id: String) -> Call {
    let name = function.get("name").and_then(Value::as_str).unwrap_or_default();
    let none = json!({"type": "object", "properties": {}});
    let parameters = function.get("parameters").filter(|value| value.is_object());
    let arguments = schema::instance(parameters.unwrap_or(&none), words, turn);
    Call {
        id,
        name: name.to_owned(),
        arguments: arguments.to_string(),
    }
}

/// Checks what would otherwise be called without a name.
pub(super) fn check(chat: &ChatRequest) -> Result<(), ApiError> {
    for (index, tool) in chat.list("tools").into_iter().enumerate() {
        let kind = tool.get("type").and_then(Value::as_str);
        let Some(kind) = kind else {
            return Err(ApiError::missing(format!("tools[{index}].type")));
        };
        if kind == "function" && tool.pointer("/function/name").and_then(Value::as_str).is_none() {
            return Err(ApiError::missing(format!("tools[{index}].function.name")));
        }
    }
    for (index, function) in chat.list("functions").into_iter().enumerate() {
        if function.get("name").and_then(Value::as_str).is_none() {
            return Err(ApiError::missing(format!("functions[{index}].name")));
        }
    }
    Ok(())
}
