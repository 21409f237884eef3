//! Departures of single providers from OpenAI's requests that data cannot say.

use serde_json::{Map, Value, json};

use crate::types::ChatRequest;

/// DeepSeek turns reasoning on and off (api-docs.deepseek.com, "Thinking mode"): any effort is on, `none` is off.
pub(crate) fn deepseek(request: &mut ChatRequest) {
    let kind = match request.params.shift_remove("reasoning_effort") {
        Some(effort) if effort == "none" => Some("disabled"),
        Some(_) => Some("enabled"),
        None => None,
    };
    let given = request
        .params
        .get("thinking")
        .and_then(|thinking| thinking.get("type"))
        .cloned();
    if let Some(kind) = given.or_else(|| kind.map(Value::from)) {
        request
            .params
            .insert("thinking".to_owned(), json!({"type": kind}));
    }
}

/// vLLM knows efforts, not budgets: a budget in Anthropic's form stands for the effort that has it.
pub(crate) fn vllm(request: &mut ChatRequest) {
    let Some(thinking) = request.params.shift_remove("thinking") else {
        return;
    };
    if thinking.get("type").and_then(Value::as_str) != Some("enabled") {
        return;
    }
    let effort = match thinking.get("budget_tokens").and_then(Value::as_u64) {
        Some(budget) if budget >= 4096 => "high",
        Some(budget) if budget >= 2048 => "medium",
        Some(budget) if budget >= 1024 => "low",
        Some(_) => "minimal",
        None => "medium",
    };
    request
        .params
        .entry("reasoning_effort")
        .or_insert_with(|| json!(effort));
}

/// OpenRouter counts tokens of cost only when asked (openrouter.ai/docs, "Usage accounting").
pub(crate) fn openrouter(request: &mut ChatRequest) {
    request
        .params
        .entry("usage")
        .or_insert_with(|| json!({"include": true}));
}

/// Databricks serves models with one system prompt, a text, at the start; Claude behind it needs room for its answer
/// beside the budget of its thinking (docs.databricks.com, "Query reasoning models").
pub(crate) fn databricks(request: &mut ChatRequest) {
    const ROOM: u64 = 4096;
    let budget = request
        .params
        .get("thinking")
        .and_then(|thinking| thinking.get("budget_tokens"))
        .and_then(Value::as_u64);
    if let Some(budget) = budget {
        request
            .params
            .entry("max_tokens")
            .or_insert_with(|| json!(budget.saturating_add(ROOM)));
    }
    unnamed_tools(request);
    let is_system = |message: &&Value| {
        message
            .get("role")
            .is_some_and(|role| role == "system" || role == "developer")
    };
    let leading = request.messages.iter().take_while(is_system);
    let texts: Option<Vec<&str>> = leading.map(plain_text).collect();
    if let Some(texts) = texts
        && !texts.is_empty()
    {
        let (count, text) = (texts.len(), texts.join("\n\n"));
        request
            .messages
            .splice(..count, [json!({"role": "system", "content": text})]);
    }
}

/// The text of a message that is one text and nothing else: no second part, no mark for a cache.
fn plain_text(message: &Value) -> Option<&str> {
    let content = message.get("content")?;
    let Some(parts) = content.as_array() else {
        return content.as_str();
    };
    match parts.as_slice() {
        [part] if part.get("cache_control").is_none() => part.get("text")?.as_str(),
        _ => None,
    }
}

/// Moonshot has no word for "some tool must be called" and asks for it to be said in the conversation
/// (platform.moonshot.ai, "Migrating from OpenAI").
pub(crate) fn moonshot(request: &mut ChatRequest) {
    if request
        .params
        .get("tool_choice")
        .is_some_and(|choice| choice == "required")
    {
        request.params.shift_remove("tool_choice");
        request
            .messages
            .push(json!({"role": "user", "content": "Please select a tool to handle the current issue."}));
    }
}

/// Fireworks' word for "some tool must be called" is `any` (docs.fireworks.ai, "Function calling").
pub(crate) fn fireworks(request: &mut ChatRequest) {
    if let Some(choice) = request
        .params
        .get_mut("tool_choice")
        .filter(|choice| **choice == "required")
    {
        *choice = json!("any");
    }
}

/// The full name of a model of Fireworks' own; others are named in full.
pub(crate) fn fireworks_model(model: &str) -> Option<String> {
    (!model.contains('/') && !model.contains('#')).then(|| format!("accounts/fireworks/models/{model}"))
}

/// Clarifai's models are pages; `user.app.model` is their short name.
pub(crate) fn clarifai_model(model: &str) -> Option<String> {
    let mut parts = model.splitn(3, '.');
    let (user, app, model) = (parts.next()?, parts.next()?, parts.next()?);
    Some(format!("https://clarifai.com/{user}/{app}/models/{model}"))
}

/// Results of tools name the call, and nothing else.
pub(crate) fn unnamed_tools(request: &mut ChatRequest) {
    for message in request.messages.iter_mut().filter_map(Value::as_object_mut) {
        let answers = message
            .get("role")
            .is_some_and(|role| role == "tool" || role == "function");
        if answers {
            message.shift_remove("name");
        }
    }
}

/// Takes keywords out of a schema wherever one may stand; a property that is called like a keyword is not one.
pub(crate) fn schema_without(schema: &mut Value, keywords: &[&str]) {
    const NAMED: &[&str] = &[
        "properties",
        "patternProperties",
        "$defs",
        "definitions",
        "dependentSchemas",
    ];
    match schema {
        Value::Array(items) => items.iter_mut().for_each(|item| schema_without(item, keywords)),
        Value::Object(map) => {
            map.retain(|name, _| !keywords.contains(&name.as_str()));
            for (name, value) in map {
                match value {
                    Value::Object(named) if NAMED.contains(&name.as_str()) => {
                        named
                            .values_mut()
                            .for_each(|value| schema_without(value, keywords));
                    }
                    // What is an example or a value is no schema.
                    _ if matches!(
                        name.as_str(),
                        "enum" | "const" | "default" | "example" | "examples"
                    ) => {}
                    value => schema_without(value, keywords),
                }
            }
        }
        _ => {}
    }
}

/// Takes keys out of a tool, its function and its schema.
pub(crate) fn tool_without(tool: &mut Value, keys: &[&str]) {
    let Some(tool) = tool.as_object_mut() else { return };
    let without = |map: &mut Map<String, Value>| map.retain(|name, _| !keys.contains(&name.as_str()));
    without(tool);
    if let Some(function) = tool.get_mut("function").and_then(Value::as_object_mut) {
        without(function);
        if let Some(schema) = function.get_mut("parameters") {
            schema_without(schema, keys);
        }
    }
}

/// The dialect as it is.
pub(crate) fn none(_: &mut ChatRequest) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keywords_go_and_properties_of_that_name_stay() {
        let mut tool = json!({"type": "function", "strict": true, "function": {"name": "f", "strict": true, "parameters": {
            "type": "object", "additionalProperties": false, "required": ["strict"],
            "properties": {"strict": {"type": "boolean", "default": {"strict": 1}},
                "additionalProperties": {"type": "array", "items": {"type": "object", "additionalProperties": false}}},
            "$defs": {"a": {"additionalProperties": true, "anyOf": [{"strict": true}]}}}}});
        tool_without(&mut tool, &["strict", "additionalProperties"]);
        assert_eq!(
            tool,
            json!({"type": "function", "function": {"name": "f", "parameters": {
                "type": "object", "required": ["strict"],
                "properties": {"strict": {"type": "boolean", "default": {"strict": 1}},
                    "additionalProperties": {"type": "array", "items": {"type": "object"}}},
                "$defs": {"a": {"anyOf": [{}]}}}}})
        );
    }

    #[test]
    fn one_system_prompt_for_databricks_unless_it_is_marked() {
        let adapted = |messages: Value| {
            let mut request = ChatRequest::new("databricks/m");
            request.messages = messages.as_array().cloned().unwrap();
            databricks(&mut request);
            Value::Array(request.messages)
        };
        let user = json!({"role": "user", "content": "u"});
        assert_eq!(
            adapted(
                json!([{"role": "system", "content": "a"}, {"role": "developer", "content": [{"type": "text", "text": "b"}]}, user])
            ),
            json!([{"role": "system", "content": "a\n\nb"}, user])
        );
        let marked = json!([{"role": "system", "content": [{"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}]}, user]);
        assert_eq!(adapted(marked.clone()), marked);
        assert_eq!(adapted(json!([user])), json!([user]));
    }

    #[test]
    fn names_of_models() {
        assert_eq!(
            fireworks_model("qwen3").as_deref(),
            Some("accounts/fireworks/models/qwen3")
        );
        assert_eq!(fireworks_model("accounts/me/models/mine"), None);
        assert_eq!(
            clarifai_model("openai.chat-completion.gpt-4.1").as_deref(),
            Some("https://clarifai.com/openai/chat-completion/models/gpt-4.1")
        );
        assert_eq!(clarifai_model("https://clarifai"), None);
    }
}
