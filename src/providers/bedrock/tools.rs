//! Tools: OpenAI's functions as `toolSpec`, Claude's hosted ones in its own shape, and the tool that forces a JSON answer.

use serde_json::{Map, Value, json};

use super::content;
use super::model::Model;
use super::schema;
use crate::error::{Error, Result};
use crate::providers::anthropic::schema::{self as schema_of_answer, Asked};
use crate::providers::anthropic::{self, Model as Claude};
use crate::providers::tool_names::ToolNames;
use crate::types::ChatRequest;

/// The longest name of a tool.
const LONGEST: usize = 64;

/// Where the notes of a call keep the name of the tool whose arguments are the answer.
const ANSWER: &str = "answer_tool";

/// How the answer's schema is asked for: by itself where the model on Bedrock answers to one, else through a tool.
///
/// # Errors
/// `BadRequest` for a form that is not OpenAI's.
pub(super) fn asked<'a>(model: Model<'_>, params: &'a Map<String, Value>) -> Result<Asked<'a>> {
    schema_of_answer::asked(params, Claude::on_bedrock(model.family))
}

/// What must be known of a request to read its answer by.
pub(super) fn notes(model: Model<'_>, request: &ChatRequest) -> Map<String, Value> {
    let mut notes = Map::new();
    names(request).note(&mut notes);
    if let Ok(Asked::ByTool(_, name)) = asked(model, &request.params) {
        notes.insert(ANSWER.to_owned(), Value::String(name));
    }
    notes
}

/// Whether a call of `name` is the answer itself.
pub(super) fn is_answer(notes: &Map<String, Value>, name: &str) -> bool {
    notes.get(ANSWER).and_then(Value::as_str) == Some(name)
}

/// The names of the tools in a request.
pub(super) fn names(request: &ChatRequest) -> ToolNames {
    ToolNames::of(request, LONGEST)
}

/// The tools of one request.
#[derive(Default)]
pub(super) struct Tools {
    /// `toolConfig`, where there are tools that Converse knows.
    pub config: Option<Value>,
    /// Tools that only Claude knows.
    pub hosted: Vec<Value>,
    /// Features that these need.
    pub betas: Vec<&'static str>,
}

impl Tools {
    pub(super) fn is_empty(&self) -> bool {
        self.config.is_none() && self.hosted.is_empty()
    }

    /// Reads `tools`, `tool_choice`, `response_format` and `web_search_options`.
    ///
    /// # Errors
    /// `BadRequest` that names the tool.
    pub(super) fn of(model: Model<'_>, params: &Map<String, Value>, names: &ToolNames) -> Result<Self> {
        let mut tools = Self::default();
        let mut list = Vec::new();
        let forced = match asked(model, params)? {
            Asked::ByTool(schema, name) => {
                let place = "response_format.json_schema.schema";
                let schema = schema::input(schema.clone(), model.is_claude(), place)?;
                let described = params
                    .get("response_format")
                    .and_then(|format| format.get("json_schema"));
                let described = described.and_then(|described| described.get("description")?.as_str());
                let description = described.unwrap_or(&name);
                list.push(json!({"toolSpec": {"inputSchema": {"json": schema}, "name": name, "description": description}}));
                Some(name)
            }
            Asked::No | Asked::Natively(_) => None,
        };
        let given = params
            .get("tools")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        for (index, tool) in given.enumerate() {
            tools.read(model, tool, names, &format!("tools[{index}]"), &mut list)?;
        }
        if params
            .get("web_search_options")
            .is_some_and(|options| !options.is_null())
            && model.is_nova()
        {
            list.push(json!({"systemTool": {"name": "nova_grounding"}}));
        }
        if list.is_empty() {
            return Ok(tools);
        }
        let mut config = Map::new();
        config.insert("tools".to_owned(), Value::Array(list));
        let choice = if let Some(name) = forced {
            // Claude cannot be forced while it thinks.
            (model.can_be_forced() && !thinks(params)).then(|| json!({"tool": {"name": name}}))
        } else {
            choice(params.get("tool_choice"), names)?
        };
        if let Some(choice) = choice {
            config.insert("toolChoice".to_owned(), choice);
        }
        tools.config = Some(Value::Object(config));
        Ok(tools)
    }

    fn read(
        &mut self,
        model: Model<'_>,
        tool: &Value,
        names: &ToolNames,
        place: &str,
        list: &mut Vec<Value>,
    ) -> Result<()> {
        if ["toolSpec", "systemTool", "cachePoint"]
            .iter()
            .any(|own| tool.get(*own).is_some())
        {
            list.push(tool.clone());
            return Ok(());
        }
        let kind = tool.get("type").and_then(Value::as_str).unwrap_or("function");
        // Anthropic's shape has the schema under another name.
        let (function, parameters) = match tool.get("function") {
            Some(function) => (function, "parameters"),
            None if tool.get("input_schema").is_some() => (tool, "input_schema"),
            None if model.is_claude() && kind != "function" && tool.get("name").is_some() => {
                self.hosted
                    .push(anthropic::tool(tool.clone(), names, &mut self.betas)?);
                return Ok(());
            }
            None => (tool, "parameters"),
        };
        let name = function
            .get("name")
            .and_then(Value::as_str)
            .filter(|name| !name.is_empty());
        let Some(name) = name.filter(|_| function.is_object()) else {
            return Err(Error::bad_request(format!(
                "{place} is no function with a name, and Bedrock takes nothing else of type {kind:?}"
            )));
        };
        let schema = match function.get(parameters) {
            None | Some(Value::Null) => json!({}),
            Some(schema) => schema.clone(),
        };
        let place = format!("{place}.function.{parameters}");
        let schema = schema::input(schema, model.is_claude(), &place)?;
        let description = function.get("description").and_then(Value::as_str);
        let description = description.filter(|text| !text.is_empty()).unwrap_or(name);
        let mut spec =
            json!({"inputSchema": {"json": schema}, "name": names.sent(name), "description": description});
        let strict = function
            .get("strict")
            .filter(|strict| strict.is_boolean() && model.is_claude());
        if let (Some(strict), Some(spec)) = (strict, spec.as_object_mut()) {
            spec.insert("strict".to_owned(), strict.clone());
        }
        list.push(json!({"toolSpec": spec}));
        list.extend(content::cache_point(model, tool).or_else(|| content::cache_point(model, function)));
        Ok(())
    }
}

/// Whether Claude thinks before it answers.
fn thinks(params: &Map<String, Value>) -> bool {
    let kind = params
        .get("thinking")
        .and_then(|thinking| thinking.get("type")?.as_str());
    let effort = params.get("reasoning_effort").filter(|effort| !effort.is_null());
    matches!(kind, Some("enabled" | "adaptive")) || effort.is_some_and(|effort| effort != "none")
}

fn choice(choice: Option<&Value>, names: &ToolNames) -> Result<Option<Value>> {
    let Some(choice) = choice.filter(|choice| !choice.is_null()) else {
        return Ok(None);
    };
    // Converse's own form.
    if ["auto", "any", "tool"]
        .iter()
        .any(|own| choice.get(*own).is_some_and(Value::is_object))
    {
        return Ok(Some(choice.clone()));
    }
    let kind = choice
        .as_str()
        .or_else(|| choice.get("type").and_then(Value::as_str));
    let named = choice
        .get("function")
        .unwrap_or(choice)
        .get("name")
        .and_then(Value::as_str);
    match (kind, named) {
        (_, Some(name)) => Ok(Some(json!({"tool": {"name": names.sent(name)}}))),
        (Some("auto"), None) => Ok(Some(json!({"auto": {}}))),
        (Some("required" | "any"), None) => Ok(Some(json!({"any": {}}))),
        _ => Err(Error::bad_request(format!("Bedrock has no tool_choice {choice}"))),
    }
}
