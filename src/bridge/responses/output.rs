//! A chat answer as the output of a response.

use serde_json::{Map, Value, json};

use crate::bridge::{made_up_id, now};
use crate::types::{ChatResponse, Choice, Content, Extra, Message, ToolCall, Usage};

/// What a response repeats of its request, and what it is called.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    echo: Map<String, Value>,
}

/// Fields that are the request's, and what they are when it says nothing.
const ECHOED: [(&str, &str); 17] = [
    ("background", "false"),
    ("instructions", "null"),
    ("max_output_tokens", "null"),
    ("metadata", "{}"),
    ("parallel_tool_calls", "true"),
    ("previous_response_id", "null"),
    ("reasoning", "null"),
    ("safety_identifier", "null"),
    ("service_tier", "null"),
    ("store", "null"),
    ("temperature", "null"),
    ("text", r#"{"format":{"type":"text"}}"#),
    ("tool_choice", "\"auto\""),
    ("tools", "[]"),
    ("top_p", "null"),
    ("truncation", "\"disabled\""),
    ("user", "null"),
];

impl Frame {
    pub(super) fn new(given: &Map<String, Value>) -> Self {
        let echo = ECHOED.iter().map(|(name, default)| {
            let value = given.get(*name).filter(|value| !value.is_null()).cloned();
            let default = || serde_json::from_str(default).unwrap_or_default();
            ((*name).to_owned(), value.unwrap_or_else(default))
        });
        Self { echo: echo.collect() }
    }

    /// The response of a whole chat answer.
    pub(super) fn whole(&self, answer: ChatResponse) -> Value {
        let id = answer.id.unwrap_or_else(made_up_id);
        let reason = answer
            .choices
            .iter()
            .find_map(|choice| choice.finish_reason.clone());
        let output = answer
            .choices
            .into_iter()
            .enumerate()
            .flat_map(|(number, choice)| items(&id, number, choice))
            .collect();
        let mut response = self.response(&id, answer.created, answer.model, reason.as_deref(), output);
        if let Some(fields) = response.as_object_mut() {
            fields.insert("usage".to_owned(), usage(answer.usage.as_ref()));
            if let Some(tier) = answer.extra.get("service_tier").filter(|tier| !tier.is_null()) {
                fields.insert("service_tier".to_owned(), tier.clone());
            }
        }
        response
    }

    /// A response; `reason` is chat's word for why it ended, none while it is under way.
    pub(super) fn response(
        &self,
        id: &str,
        created: Option<i64>,
        model: Option<String>,
        reason: Option<&str>,
        output: Vec<Value>,
    ) -> Value {
        let (status, incomplete) = match reason {
            None => ("in_progress", Value::Null),
            Some("length") => ("incomplete", json!({"reason": "max_output_tokens"})),
            Some("content_filter") => ("incomplete", json!({"reason": "content_filter"})),
            Some(_) => ("completed", Value::Null),
        };
        let mut response = Map::from_iter([
            ("id".to_owned(), json!(id)),
            ("object".to_owned(), json!("response")),
            ("created_at".to_owned(), json!(created.unwrap_or_else(now))),
            ("status".to_owned(), json!(status)),
            ("error".to_owned(), Value::Null),
            ("incomplete_details".to_owned(), incomplete),
            ("model".to_owned(), json!(model)),
            ("output".to_owned(), json!(output)),
        ]);
        response.extend(self.echo.clone());
        response.insert("usage".to_owned(), Value::Null);
        Value::Object(response)
    }
}

/// The items of one choice: what it thought, said and called.
fn items(id: &str, number: usize, choice: Choice) -> Vec<Value> {
    let Choice {
        message, logprobs, ..
    } = choice;
    let mut items = Vec::new();
    if let Some(thought) = reasoning(&format!("rs_{id}_{number}"), &message.extra) {
        items.push(thought);
    }
    if let Some(said) = said(&format!("msg_{id}_{number}"), &message, logprobs) {
        items.push(said);
    }
    items.extend(images(&format!("ig_{id}_{number}"), &message.extra));
    items.extend(message.tool_calls.iter().map(|call| call_item(call, "completed")));
    items
}

/// What was thought, in the summary; what must come back unchanged (signatures) in `encrypted_content`.
pub(super) fn reasoning(id: &str, extra: &Extra) -> Option<Value> {
    let text = extra
        .get("reasoning_content")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let blocks = extra
        .get("thinking_blocks")
        .filter(|blocks| blocks.as_array().is_some_and(|blocks| !blocks.is_empty()));
    if text.is_empty() && blocks.is_none() {
        return None;
    }
    let summary = if text.is_empty() {
        json!([])
    } else {
        json!([{"type": "summary_text", "text": text}])
    };
    let mut item = json!({"id": id, "type": "reasoning", "summary": summary});
    if let (Some(blocks), Some(fields)) = (blocks, item.as_object_mut()) {
        fields.insert("encrypted_content".to_owned(), json!(blocks.to_string()));
    }
    Some(item)
}

/// The opposite of `reasoning`: keys of a message of the assistant's.
pub(super) fn thought(item: &Map<String, Value>) -> Map<String, Value> {
    let mut keys = Map::new();
    let texts = |name: &str| -> String {
        let parts = item.get(name).and_then(Value::as_array);
        let texts = parts
            .into_iter()
            .flatten()
            .filter_map(|part| part.get("text")?.as_str());
        texts.collect::<Vec<_>>().join("\n")
    };
    let text = match texts("content") {
        text if text.is_empty() => texts("summary"),
        text => text,
    };
    if !text.is_empty() {
        keys.insert("reasoning_content".to_owned(), json!(text));
    }
    let blocks = item
        .get("encrypted_content")
        .and_then(Value::as_str)
        .and_then(|text| serde_json::from_str::<Value>(text).ok());
    if let Some(blocks @ Value::Array(_)) = blocks {
        keys.insert("thinking_blocks".to_owned(), blocks);
    }
    keys
}

fn said(id: &str, message: &Message, logprobs: Option<Value>) -> Option<Value> {
    let text = text_of(message.content.as_ref());
    let refusal = message
        .extra
        .get("refusal")
        .and_then(Value::as_str)
        .unwrap_or_default();
    if text.is_empty() && refusal.is_empty() && !message.tool_calls.is_empty() {
        return None;
    }
    let mut content = Vec::new();
    if !text.is_empty() || refusal.is_empty() {
        let annotations = annotations(message.extra.get("annotations"));
        let logprobs = logprobs
            .and_then(|logprobs| logprobs.get("content").cloned())
            .unwrap_or_else(|| json!([]));
        content.push(
            json!({"type": "output_text", "text": text, "annotations": annotations, "logprobs": logprobs}),
        );
    }
    if !refusal.is_empty() {
        content.push(json!({"type": "refusal", "refusal": refusal}));
    }
    Some(json!({"id": id, "type": "message", "status": "completed", "role": "assistant", "content": content}))
}

/// Plain text, or the texts among the parts.
pub(in crate::bridge) fn text_of(content: Option<&Content>) -> String {
    match content {
        None => String::new(),
        Some(Content::Text(text)) => text.clone(),
        Some(Content::Parts(parts)) => parts
            .iter()
            .filter_map(|part| part.get("text")?.as_str())
            .collect(),
    }
}

/// Chat has the citation in an object under its type's name.
pub(super) fn annotations(given: Option<&Value>) -> Vec<Value> {
    let given = given.and_then(Value::as_array).into_iter().flatten();
    given
        .map(|annotation| {
            let inner = annotation
                .get("type")
                .and_then(Value::as_str)
                .and_then(|kind| annotation.get(kind));
            let Some(Value::Object(inner)) = inner else {
                return annotation.clone();
            };
            let mut flat = Map::from_iter([(
                "type".to_owned(),
                annotation.get("type").cloned().unwrap_or_default(),
            )]);
            flat.extend(inner.clone());
            Value::Object(flat)
        })
        .collect()
}

/// Images a model made beside its text.
pub(super) fn images(id: &str, extra: &Extra) -> Vec<Value> {
    let images = extra
        .get("images")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let urls = images.filter_map(|image| image.get("image_url")?.get("url")?.as_str());
    urls.enumerate()
        .map(|(number, url)| {
            let data = url.split_once(";base64,").map_or(url, |(_, data)| data);
            json!({"id": format!("{id}_{number}"), "type": "image_generation_call", "status": "completed", "result": data})
        })
        .collect()
}

/// A call as an item.
pub(super) fn call_item(call: &ToolCall, status: &str) -> Value {
    let id = call.id.clone().unwrap_or_default();
    if let Some(custom) = call.extra.get("custom") {
        return json!({
            "id": format!("ctc_{id}"),
            "type": "custom_tool_call",
            "status": status,
            "call_id": id,
            "name": custom.get("name"),
            "input": custom.get("input"),
        });
    }
    let function = call.function.clone().unwrap_or_default();
    json!({
        "id": format!("fc_{id}"),
        "type": "function_call",
        "status": status,
        "call_id": id,
        "name": function.name,
        "arguments": function.arguments,
    })
}

/// Token counts under the Responses API's names.
pub(super) fn usage(usage: Option<&Usage>) -> Value {
    let Some(usage) = usage else {
        return Value::Null;
    };
    let (input, output) = (
        usage.prompt_tokens.unwrap_or(0),
        usage.completion_tokens.unwrap_or(0),
    );
    let detail = |details: Option<&Extra>, name: &str| {
        details
            .and_then(|details| details.get(name))
            .and_then(Value::as_i64)
            .unwrap_or(0)
    };
    let prompt = usage.prompt_tokens_details.as_ref();
    let completion = usage.completion_tokens_details.as_ref();
    json!({
        "input_tokens": input,
        "input_tokens_details": {"cached_tokens": detail(prompt, "cached_tokens")},
        "output_tokens": output,
        "output_tokens_details": {"reasoning_tokens": detail(completion, "reasoning_tokens")},
        "total_tokens": usage.total_tokens.unwrap_or(input + output),
    })
}
