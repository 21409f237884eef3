//! A request of Converse, checked as Bedrock checks it, and what it comes down to.

use serde_json::{Map, Value};

use super::blocks;
use super::error::invalid;
use super::form;
use crate::sim::chat_request::ChatRequest;
use crate::sim::conversation::{self, Conversation};
use crate::sim::errors::ApiError;
use crate::sim::shape::{Problem, Wrong};

const LONGEST_NAME: usize = 64;

pub(super) fn read(bytes: &[u8], model: &str) -> Result<ChatRequest, ApiError> {
    let body: Value = serde_json::from_slice(bytes)
        .map_err(|_| invalid("Malformed input request, please reformat your input and try again."))?;
    form::REQUEST.check(&body).map_err(worded)?;
    let mut talk = Conversation::default();
    if let Some(system) = body.get("system").filter(|system| !system.is_null()) {
        talk.system(conversation::text(Some(system)));
    }
    tools(&body, &mut talk)?;
    blocks::read(&body, &mut talk)?;
    if let Some(config) = body.get("inferenceConfig") {
        inference(config)?;
        talk.limit(config.get("maxTokens"));
        talk.stop(config.get("stopSequences"));
    }
    if let Some(schema) = body.pointer("/outputConfig/textFormat/structure/jsonSchema/schema") {
        let schema: Value = serde_json::from_str(schema.as_str().unwrap_or_default()).map_err(|_| {
            invalid("The outputConfig.textFormat.structure.jsonSchema.schema is not valid JSON.")
        })?;
        talk.structured(Some(&schema));
    }
    if body.get("additionalModelRequestFields").is_some_and(thinks) {
        talk.reason();
    }
    Ok(talk.finish(model))
}

/// Each family of models has its own name for it.
fn thinks(fields: &Value) -> bool {
    let kind = |path: &str| fields.pointer(path).and_then(Value::as_str);
    matches!(kind("/thinking/type"), Some("enabled" | "adaptive"))
        || kind("/reasoningConfig/type") == Some("enabled")
        || kind("/reasoning_config/type") == Some("enabled")
}

fn worded(problem: Problem) -> ApiError {
    let mut path = problem.path;
    invalid(match problem.fault {
        Wrong::Unknown => {
            let key = path.pop().unwrap_or_default();
            format!(
                "Malformed input request: #/{}: extraneous key [{key}] is not permitted, please reformat your input \
                 and try again.",
                path.join("/")
            )
        }
        Wrong::Missing => format!(
            "1 validation error detected: Value at '{}' failed to satisfy constraint: Member must not be null",
            path.join(".")
        ),
        Wrong::Type(name) => format!(
            "Malformed input request: #/{}: expected type: {name}",
            path.join("/")
        ),
        Wrong::Word(words) => format!(
            "1 validation error detected: Value at '{}' failed to satisfy constraint: Member must satisfy enum value \
             set: [{}]",
            path.join("."),
            words.join(", ")
        ),
    })
}

fn inference(config: &Value) -> Result<(), ApiError> {
    let constraint = |name: &str, what: &str| {
        Err(invalid(format!(
            "1 validation error detected: Value at 'inferenceConfig.{name}' failed to satisfy constraint: Member must \
             have value {what}"
        )))
    };
    if config
        .get("maxTokens")
        .and_then(Value::as_i64)
        .is_some_and(|most| most < 1)
    {
        return constraint("maxTokens", "greater than or equal to 1");
    }
    for name in ["temperature", "topP"] {
        if config
            .get(name)
            .and_then(Value::as_f64)
            .is_some_and(|value| !(0.0..=1.0).contains(&value))
        {
            return constraint(name, "less than or equal to 1");
        }
    }
    Ok(())
}

fn tools(body: &Value, talk: &mut Conversation) -> Result<(), ApiError> {
    let Some(config) = body.get("toolConfig").filter(|config| !config.is_null()) else {
        return Ok(());
    };
    let list = config
        .get("tools")
        .and_then(Value::as_array)
        .map_or(&[][..], Vec::as_slice);
    if list.is_empty() {
        return Err(invalid(
            "1 validation error detected: Value at 'toolConfig.tools' failed to satisfy constraint: Member must have \
             length greater than or equal to 1",
        ));
    }
    for (index, tool) in list.iter().enumerate() {
        if tool.as_object().is_none_or(|tool| tool.len() != 1) {
            return Err(invalid(format!(
                "The tool at toolConfig.tools.{index} must have exactly one member."
            )));
        }
        let Some(tool) = tool.get("toolSpec") else {
            continue;
        };
        let name = tool.get("name").and_then(Value::as_str).unwrap_or_default();
        if !is_name(name) {
            return Err(invalid(format!(
                "1 validation error detected: Value '{name}' at 'toolConfig.tools.{index}.member.toolSpec.name' failed to \
                 satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_-]+"
            )));
        }
        if talk.has_tool(name) {
            return Err(invalid(format!("The tool {name} is already defined.")));
        }
        if tool.get("description").is_some_and(|text| text == "") {
            return Err(invalid(format!(
                "1 validation error detected: Value at 'toolConfig.tools.{index}.member.toolSpec.description' failed to \
                 satisfy constraint: Member must have length greater than or equal to 1"
            )));
        }
        let schema = tool.pointer("/inputSchema/json");
        if schema
            .and_then(|schema| schema.get("type"))
            .is_none_or(|kind| kind != "object")
        {
            return Err(invalid(format!(
                "The value at toolConfig.tools.{index}.toolSpec.inputSchema.json.type must be one of the following: object."
            )));
        }
        talk.tool(name, schema);
    }
    let Some(choice) = config.get("toolChoice").and_then(Value::as_object) else {
        return Ok(());
    };
    if choice.len() != 1 {
        return Err(invalid("The toolConfig.toolChoice must have exactly one member."));
    }
    if choice.contains_key("any") {
        talk.choose("required");
    }
    if let Some(name) = choice.get("tool").and_then(|tool| tool.get("name")?.as_str()) {
        if !talk.has_tool(name) {
            return Err(invalid(format!(
                "The tool {name} in toolConfig.toolChoice is not in toolConfig.tools."
            )));
        }
        talk.choose_tool(name);
    }
    Ok(())
}

fn is_name(name: &str) -> bool {
    is_id(name) && !name.contains(['.', ':'])
}

/// Ids of calls are freer than names of tools.
pub(super) fn is_id(id: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':');
    !id.is_empty() && id.len() <= LONGEST_NAME && id.chars().all(legal)
}

/// The only member of a union.
pub(super) fn only(block: &Value) -> Option<(&str, &Value)> {
    let fields: &Map<String, Value> = block.as_object()?;
    let mut members = fields.iter().map(|(name, value)| (name.as_str(), value));
    let first = members.next();
    first.filter(|_| members.next().is_none())
}
