//! A request of generateContent, checked as Google checks it, and what it comes down to.

use serde_json::{Map, Value};

use super::contents;
use super::schema;
use crate::sim::chat_request::ChatRequest;
use crate::sim::conversation::{self, Conversation};
use crate::sim::errors::ApiError;
use crate::sim::shape::{self, Problem, Shape, Wrong};

type Body = Map<String, Value>;

const MOST_CANDIDATES: i64 = 8;
const MOST_STOPS: usize = 5;
const LONGEST_NAME: usize = 64;

pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::new(400, message)
}

pub(super) fn object(bytes: &[u8]) -> Result<Body, ApiError> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(body)) => Ok(body),
        _ => Err(invalid("Invalid JSON payload received. Unexpected token.")),
    }
}

/// A field under either of its names, unless it is null.
pub(super) fn field<'v>(object: &'v Body, name: &str) -> Option<&'v Value> {
    let found = object.get(name).or_else(|| object.get(&shape::snake(name)));
    found.filter(|value| !value.is_null())
}

/// The same in a value that may be no object.
pub(super) fn get<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    field(value.as_object()?, name)
}

pub(super) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    get(value, name).and_then(Value::as_str).unwrap_or_default()
}

pub(super) fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[][..], Vec::as_slice)
}

pub(super) fn check(body: &Body, form: &Shape) -> Result<(), ApiError> {
    form.check(&Value::Object(body.clone())).map_err(worded)
}

fn worded(problem: Problem) -> ApiError {
    let mut path = problem.path;
    let last = match problem.fault {
        Wrong::Unknown => path.pop().unwrap_or_default(),
        _ => String::new(),
    };
    let mut place = String::new();
    for step in path {
        if step.parse::<usize>().is_ok() {
            place.push_str(&format!("[{step}]"));
            continue;
        }
        if !place.is_empty() {
            place.push('.');
        }
        place.push_str(&shape::snake(&step));
    }
    invalid(match problem.fault {
        Wrong::Unknown if place.is_empty() => {
            format!("Invalid JSON payload received. Unknown name \"{last}\": Cannot find field.")
        }
        Wrong::Unknown => {
            format!("Invalid JSON payload received. Unknown name \"{last}\" at '{place}': Cannot find field.")
        }
        Wrong::Missing => format!("* GenerateContentRequest.{place}: must be specified."),
        Wrong::Type(name) => format!("Invalid value at '{place}' (TYPE_{}).", name.to_uppercase()),
        Wrong::Word(words) => format!(
            "Invalid value at '{place}': expected one of {}.",
            words.join(", ")
        ),
    })
}

pub(super) fn translate(body: &Body, model: &str) -> Result<ChatRequest, ApiError> {
    let mut talk = Conversation::default();
    if let Some(system) = field(body, "systemInstruction") {
        talk.system(conversation::text(get(system, "parts")));
    }
    let nothing = Value::Object(Body::new());
    let config = field(body, "generationConfig").unwrap_or(&nothing);
    tools(body, &mut talk)?;
    contents::read(body, model, &mut talk)?;
    let candidates = sampling(config)?;
    answer_format(config, model, &talk)?.apply(&mut talk);
    if let Some(thinking) = get(config, "thinkingConfig") {
        if get(thinking, "thinkingBudget").is_some() && get(thinking, "thinkingLevel").is_some() {
            return Err(invalid(
                "You can only set only one of thinking budget and thinking level.",
            ));
        }
        if get(thinking, "includeThoughts") == Some(&Value::Bool(true)) {
            talk.reason();
        }
    }
    talk.limit(get(config, "maxOutputTokens"));
    talk.stop(get(config, "stopSequences"));
    let mut chat = talk.finish(model);
    chat.choices = candidates;
    Ok(chat)
}

fn sampling(config: &Value) -> Result<usize, ApiError> {
    let outside = |name: &str, low: f64, high: f64| {
        let value = get(config, name).and_then(Value::as_f64);
        value.is_some_and(|value| !(low..=high).contains(&value))
    };
    for (name, high) in [("temperature", 2.0), ("topP", 1.0)] {
        if outside(name, 0.0, high) {
            let name = shape::snake(name);
            return Err(invalid(format!(
                "* GenerateContentRequest.generation_config.{name}: {name} must be in the range [0.0, {high:.1}]."
            )));
        }
    }
    if get(config, "maxOutputTokens")
        .and_then(Value::as_i64)
        .is_some_and(|most| most < 1)
    {
        return Err(invalid(
            "* GenerateContentRequest.generation_config.max_output_tokens: max_output_tokens must be positive.",
        ));
    }
    if list(get(config, "stopSequences")).len() > MOST_STOPS {
        return Err(invalid(format!(
            "The number of stop_sequences must not exceed {MOST_STOPS}."
        )));
    }
    let candidates = get(config, "candidateCount").and_then(Value::as_i64).unwrap_or(1);
    if !(1..=MOST_CANDIDATES).contains(&candidates) {
        return Err(invalid(format!(
            "* GenerateContentRequest.generation_config.candidate_count: candidate_count must be in the range [1, \
             {MOST_CANDIDATES}]."
        )));
    }
    Ok(usize::try_from(candidates).unwrap_or(1))
}

enum Format {
    Words,
    Json(Option<Value>),
}

impl Format {
    fn apply(self, talk: &mut Conversation) {
        if let Format::Json(schema) = self {
            talk.structured(schema.as_ref());
        }
    }
}

fn answer_format(config: &Value, model: &str, talk: &Conversation) -> Result<Format, ApiError> {
    let own = get(config, "responseSchema");
    let schema = get(config, "responseJsonSchema")
        .cloned()
        .or_else(|| own.map(schema::standard));
    match text(config, "responseMimeType") {
        "" | "text/plain" if schema.is_some() => Err(invalid(
            "* GenerateContentRequest.generation_config.response_schema: only allowed for response_mime_type \
             application/json.",
        )),
        "" | "text/plain" => Ok(Format::Words),
        "application/json" if model.starts_with("gemini-2") && talk.has_tools() => Err(invalid(
            "Function calling with a response mime type: 'application/json' is unsupported",
        )),
        "application/json" | "text/x.enum" => {
            if let Some(own) = own {
                schema::check(own, "generation_config.response_schema")?;
            }
            Ok(Format::Json(schema))
        }
        other => Err(invalid(format!(
            "* GenerateContentRequest.generation_config.response_mime_type: '{other}' is not supported."
        ))),
    }
}

fn tools(body: &Body, talk: &mut Conversation) -> Result<(), ApiError> {
    for (index, tool) in list(field(body, "tools")).iter().enumerate() {
        for (place, function) in list(get(tool, "functionDeclarations")).iter().enumerate() {
            let path = format!("tools[{index}].function_declarations[{place}]");
            let name = text(function, "name");
            let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | ':' | '-');
            if !name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                || !name.chars().all(legal)
                || name.len() > LONGEST_NAME
            {
                return Err(invalid(format!(
                    "* GenerateContentRequest.{path}.name: Invalid function name. Must start with a letter or an \
                     underscore. Must be alphameric (a-z, A-Z, 0-9), underscores (_), dots (.), colons (:), or \
                     dashes (-), with a maximum length of 64."
                )));
            }
            if talk.has_tool(name) {
                return Err(invalid(format!("Duplicate function declaration found: {name}")));
            }
            let own = get(function, "parameters");
            if let Some(own) = own {
                schema::check(own, &format!("{path}.parameters"))?;
            }
            let schema = get(function, "parametersJsonSchema").cloned();
            talk.tool(name, schema.or_else(|| own.map(schema::standard)).as_ref());
        }
    }
    let config = field(body, "toolConfig").and_then(|config| get(config, "functionCallingConfig"));
    let Some(config) = config else {
        return Ok(());
    };
    let allowed = list(get(config, "allowedFunctionNames"));
    match text(config, "mode") {
        "" | "AUTO" | "MODE_UNSPECIFIED" | "auto" if !allowed.is_empty() => {
            return Err(invalid(
                "Please set function_calling_config.mode to ANY when allowed_function_names is set.",
            ));
        }
        "" | "AUTO" | "MODE_UNSPECIFIED" | "auto" => {}
        "NONE" | "none" => talk.choose("none"),
        "ANY" | "any" | "VALIDATED" if !talk.has_tools() => {
            return Err(invalid(
                "Function calling config is set without function_declarations.",
            ));
        }
        "ANY" | "any" => match allowed.first().and_then(Value::as_str) {
            Some(name) if !talk.has_tool(name) => {
                return Err(invalid(format!(
                    "allowed_function_names: '{name}' is not among the function_declarations."
                )));
            }
            Some(name) => talk.choose_tool(name),
            None => talk.choose("required"),
        },
        "VALIDATED" => {}
        other => {
            return Err(invalid(format!(
                "Invalid value at 'tool_config.function_calling_config.mode' (TYPE_ENUM), \"{other}\""
            )));
        }
    }
    Ok(())
}
