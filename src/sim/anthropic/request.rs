//! A request of the Messages API, checked as Anthropic checks it, and what it comes down to.

use serde_json::{Map, Value};

use super::blocks;
use super::form;
use crate::sim::chat_request::ChatRequest;
use crate::sim::conversation::{self, Conversation};
use crate::sim::errors::ApiError;
use crate::sim::shape::{Problem, Shape, Wrong};

type Body = Map<String, Value>;

/// The longest name of a tool.
const LONGEST_NAME: usize = 128;
const LEAST_BUDGET: u64 = 1024;

pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(400, message)
}

pub(in crate::sim) fn object(bytes: &[u8]) -> Result<Body, ApiError> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(invalid("The request body is not valid JSON.")),
    }
}

pub(super) fn model(body: &Body) -> Result<String, ApiError> {
    match body.get("model") {
        Some(Value::String(model)) if model.is_empty() => {
            Err(invalid("model: String should have at least 1 character"))
        }
        Some(Value::String(model)) => Ok(model.clone()),
        Some(_) => Err(invalid("model: Input should be a valid string")),
        None => Err(invalid("model: Field required")),
    }
}

pub(in crate::sim) fn check(body: &Body, form: &Shape) -> Result<(), ApiError> {
    form.check(&Value::Object(body.clone())).map_err(worded)
}

fn worded(problem: Problem) -> ApiError {
    let what = match problem.fault {
        Wrong::Unknown => "Extra inputs are not permitted".to_owned(),
        Wrong::Missing => "Field required".to_owned(),
        Wrong::Type("object") => {
            "Input should be a valid dictionary or object to extract fields from".to_owned()
        }
        Wrong::Type("array") => "Input should be a valid array".to_owned(),
        Wrong::Type(name) => format!("Input should be a valid {name}"),
        Wrong::Word(words) => format!("Input should be '{}'", words.join("', '")),
    };
    invalid(format!("{}: {what}", problem.path.join(".")))
}

/// Whether the caller marked something to be cached.
pub(super) fn caches(body: &Body) -> bool {
    ["system", "messages", "tools"]
        .iter()
        .filter_map(|key| body.get(*key))
        .any(|value| value.to_string().contains("\"cache_control\":{"))
}

pub(super) fn translate(body: &Body, model: &str) -> Result<ChatRequest, ApiError> {
    let mut talk = Conversation::default();
    let thinking = thinking(body)?;
    sampling(body, thinking)?;
    if let Some(system) = body.get("system").filter(|system| !system.is_null()) {
        talk.system(conversation::text(Some(system)));
    }
    tools(body, &mut talk, thinking)?;
    blocks::read(body, &mut talk, thinking)?;
    let format = body
        .get("output_format")
        .or(body.get("output_config").and_then(|c| c.get("format")));
    if let Some(schema) = format.and_then(|format| format.get("schema")) {
        closed(schema)?;
        talk.structured(Some(schema));
    }
    if thinking {
        talk.reason();
    }
    talk.limit(body.get("max_tokens"));
    talk.stop(body.get("stop_sequences"));
    Ok(talk.finish(model))
}

/// Whether thinking is on.
fn thinking(body: &Body) -> Result<bool, ApiError> {
    let kind = body.get("thinking").and_then(|thinking| thinking.get("type"));
    let budget = body
        .get("thinking")
        .and_then(|thinking| thinking.get("budget_tokens"));
    if let Some(budget) = budget.and_then(Value::as_u64) {
        if budget < LEAST_BUDGET {
            return Err(invalid(format!(
                "thinking.enabled.budget_tokens: Input should be greater than or equal to {LEAST_BUDGET}"
            )));
        }
        if body
            .get("max_tokens")
            .and_then(Value::as_u64)
            .is_some_and(|most| most <= budget)
        {
            return Err(invalid(
                "`max_tokens` must be greater than `thinking.budget_tokens`. Please consult our documentation \
                 at https://docs.claude.com/en/docs/build-with-claude/extended-thinking#max-tokens-and-context-window-size",
            ));
        }
    }
    Ok(kind.is_some_and(|kind| kind == "enabled" || kind == "adaptive"))
}

fn sampling(body: &Body, thinking: bool) -> Result<(), ApiError> {
    if body
        .get("max_tokens")
        .and_then(Value::as_i64)
        .is_some_and(|most| most < 1)
    {
        return Err(invalid("max_tokens: Input should be greater than or equal to 1"));
    }
    for key in ["temperature", "top_p"] {
        let Some(value) = body.get(key).and_then(Value::as_f64) else {
            continue;
        };
        if !(0.0..=1.0).contains(&value) {
            return Err(invalid(format!("{key}: range: 0..1")));
        }
        if thinking && key == "temperature" && value < 1.0 {
            return Err(invalid(
                "`temperature` may only be set to 1 when thinking is enabled.",
            ));
        }
    }
    if thinking && body.get("top_k").is_some_and(Value::is_number) {
        return Err(invalid("`top_k` must be unset when thinking is enabled."));
    }
    let empty = |stop: &Value| stop.as_str().is_some_and(|stop| stop.trim().is_empty());
    let stops = body.get("stop_sequences").and_then(Value::as_array);
    if stops.is_some_and(|stops| stops.iter().any(empty)) {
        return Err(invalid(
            "stop_sequences: each stop sequence must contain non-whitespace",
        ));
    }
    Ok(())
}

fn tools(body: &Body, talk: &mut Conversation, thinking: bool) -> Result<(), ApiError> {
    let list = body
        .get("tools")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    for (index, tool) in list.iter().enumerate() {
        let kind = tool.get("type").and_then(Value::as_str).unwrap_or("custom");
        if kind != "custom" {
            // Run by Anthropic: nothing for the caller to be asked.
            continue;
        }
        form::TOOL.check(tool).map_err(|mut problem| {
            let place = ["tools".to_owned(), index.to_string(), kind.to_owned()];
            problem.path.splice(0..0, place);
            worded(problem)
        })?;
        let name = tool.get("name").and_then(Value::as_str).unwrap_or_default();
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if name.is_empty() || name.len() > LONGEST_NAME || !name.chars().all(legal) {
            return Err(invalid(format!(
                "tools.{index}.custom.name: String should match pattern '^[a-zA-Z0-9_-]{{1,128}}$'"
            )));
        }
        if talk.has_tool(name) {
            return Err(invalid("tools: Tool names must be unique."));
        }
        let schema = tool.get("input_schema");
        match schema.and_then(|schema| schema.get("type")) {
            Some(kind) if kind == "object" => {}
            Some(_) => {
                let message = format!("tools.{index}.custom.input_schema.type: Input should be 'object'");
                return Err(invalid(message));
            }
            None => {
                return Err(invalid(format!(
                    "tools.{index}.custom.input_schema.type: Field required"
                )));
            }
        }
        talk.tool(name, schema);
    }
    let Some(choice) = body.get("tool_choice").filter(|choice| !choice.is_null()) else {
        return Ok(());
    };
    if list.is_empty() {
        return Err(invalid(
            "tool_choice: may only be specified while providing tools",
        ));
    }
    match choice.get("type").and_then(Value::as_str) {
        Some("any" | "tool") if thinking => {
            return Err(invalid(
                "Thinking may not be enabled when tool_choice forces tool use.",
            ));
        }
        Some("any") => talk.choose("required"),
        Some("tool") => {
            let name = choice.get("name").and_then(Value::as_str).unwrap_or_default();
            if !talk.has_tool(name) {
                return Err(invalid(format!("Tool '{name}' not found in provided tools")));
            }
            talk.choose_tool(name);
        }
        Some("none") => talk.choose("none"),
        _ => {}
    }
    if choice.get("disable_parallel_tool_use") == Some(&Value::Bool(true)) {
        talk.one_call_at_a_time();
    }
    Ok(())
}

/// Objects of a schema for the answer say that they have no other properties.
fn closed(schema: &Value) -> Result<(), ApiError> {
    match schema {
        Value::Object(fields) => {
            let object = fields.get("type").is_some_and(|kind| kind == "object");
            if object && fields.get("additionalProperties") != Some(&Value::Bool(false)) {
                return Err(invalid(
                    "output_format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false",
                ));
            }
            fields
                .iter()
                .filter(|(key, _)| !matches!(key.as_str(), "enum" | "const" | "default"))
                .try_for_each(|(_, value)| closed(value))
        }
        Value::Array(items) => items.iter().try_for_each(closed),
        _ => Ok(()),
    }
}
