//! Tools: OpenAI's functions as `toolSpec`, Claude's hosted ones in its own shape, and the tool that forces a JSON answer.

use serde_json::{Map, Value, json};

use super::content;
use super::model::Model;
use super::names::Names;
use super::schema;
use crate::error::{Error, Result};

/// The tool whose arguments are the answer when a schema was asked for.
pub(super) const JSON_TOOL: &str = "json_tool_call";

/// The schema of an answer.
pub(super) struct Answer<'a> {
    pub schema: &'a Value,
    pub name: Option<&'a Value>,
    pub description: Option<&'a Value>,
}

/// The schema that is asked for, if any. JSON without a schema is a matter of the prompt: Converse has no such mode.
///
/// # Errors
/// `BadRequest` for a form that is not OpenAI's.
pub(super) fn answer(params: &Map<String, Value>) -> Result<Option<Answer<'_>>> {
    let Some(format) = params.get("response_format").filter(|format| !format.is_null()) else {
        return Ok(None);
    };
    let named = match format.get("type").and_then(Value::as_str).unwrap_or_default() {
        "json_schema" => format.get("json_schema"),
        "json_object" => match format.get("response_schema").filter(|schema| schema.is_object()) {
            Some(schema) => {
                return Ok(Some(Answer {
                    schema,
                    name: None,
                    description: None,
                }));
            }
            None => return Ok(None),
        },
        "text" => return Ok(None),
        other => {
            return Err(Error::bad_request(format!(
                "response_format.type {other:?} is none of text, json_object and json_schema"
            )));
        }
    };
    let schema = named
        .and_then(|named| named.get("schema"))
        .filter(|schema| schema.is_object());
    let schema =
        schema.ok_or_else(|| Error::bad_request("response_format.json_schema.schema is not an object"))?;
    let text = |name: &str| {
        named
            .and_then(|named| named.get(name))
            .filter(|value| value.is_string())
    };
    Ok(Some(Answer {
        schema,
        name: text("name"),
        description: text("description"),
    }))
}

/// Whether a tool stands for the schema.
pub(super) fn answers_by_tool(model: Model<'_>, params: &Map<String, Value>) -> bool {
    !model.has_structured_output() && matches!(answer(params), Ok(Some(_)))
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
    pub(super) fn of(model: Model<'_>, params: &Map<String, Value>, names: &Names) -> Result<Self> {
        let mut tools = Self::default();
        let mut list = Vec::new();
        let forced = answer(params)?.filter(|_| !model.has_structured_output());
        if let Some(answer) = &forced {
            let schema = schema::input(
                answer.schema.clone(),
                model.is_claude(),
                "response_format.json_schema.schema",
            )?;
            let description = answer.description.cloned().unwrap_or_else(|| json!(JSON_TOOL));
            list.push(json!({"toolSpec": {"inputSchema": {"json": schema}, "name": names.answer, "description": description}}));
        }
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
        let choice = if forced.is_some() {
            // Claude cannot be forced while it thinks.
            (model.can_be_forced() && !thinks(params)).then(|| json!({"tool": {"name": names.answer}}))
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
        names: &Names,
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
                    .push(crate::providers::anthropic::tool(tool.clone(), &mut self.betas)?);
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

fn choice(choice: Option<&Value>, names: &Names) -> Result<Option<Value>> {
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
