//! Reads a plain chat answer.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::error::Result;
use crate::finish;
use crate::providers::openai;
use crate::resolve::Target;
use crate::types::{ChatResponse, Choice, Content, Extra, Message, ToolCall, Usage};

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    finish_reason: Option<String>,
    message: Said,
    #[serde(default)]
    usage: Option<Value>,
}

#[derive(Deserialize)]
struct Said {
    #[serde(default)]
    content: Option<Value>,
    #[serde(default)]
    tool_calls: Option<Vec<ToolCall>>,
    #[serde(default)]
    tool_plan: Option<String>,
    #[serde(default)]
    citations: Option<Vec<Value>>,
}

pub(super) fn read(target: &Target, body: &Bytes) -> Result<ChatResponse> {
    let answer: Answer = openai::response::parse(body)?;
    let Said {
        content,
        tool_calls,
        tool_plan,
        citations,
    } = answer.message;
    let mut extra = Extra::new();
    let content = content.and_then(|content| read_content(content, &mut extra));
    let mut fields = Map::new();
    if let Some(plan) = tool_plan.filter(|plan| !plan.is_empty()) {
        fields.insert("tool_plan".to_owned(), Value::String(plan));
    }
    if let Some(citations) = citations.filter(|citations| !citations.is_empty()) {
        extra.insert("annotations".to_owned(), annotations(&citations));
        fields.insert("citations".to_owned(), Value::Array(citations));
    }
    if !fields.is_empty() {
        extra.insert("provider_specific_fields".to_owned(), Value::Object(fields));
    }
    let mut tool_calls = tool_calls.unwrap_or_default();
    for function in tool_calls.iter_mut().filter_map(|call| call.function.as_mut()) {
        if function.arguments.is_empty() {
            function.arguments.push_str("{}");
        }
    }
    let (mut finish_reason, mut about) = (answer.finish_reason, Extra::new());
    finish::normalize(&mut finish_reason, &mut about, !tool_calls.is_empty());
    let message = Message {
        role: Some("assistant".to_owned()),
        content,
        tool_calls,
        function_call: None,
        extra,
    };
    Ok(ChatResponse {
        id: answer.id,
        model: Some(target.model.clone()),
        choices: vec![Choice {
            finish_reason,
            message,
            extra: about,
            ..Choice::default()
        }],
        usage: answer.usage.as_ref().and_then(usage),
        ..ChatResponse::default()
    })
}

/// Text parts joined; what was thought beside them.
fn read_content(content: Value, extra: &mut Extra) -> Option<Content> {
    let parts = match content {
        Value::String(text) => return Some(Content::Text(text)),
        Value::Array(parts) => parts,
        _ => return None,
    };
    let all = |name: &str| -> String {
        parts
            .iter()
            .filter_map(|part| part.get(name).and_then(Value::as_str))
            .collect()
    };
    let thought = all("thinking");
    if !thought.is_empty() {
        extra.insert("reasoning_content".to_owned(), Value::String(thought));
    }
    let said = all("text");
    (!said.is_empty()).then_some(Content::Text(said))
}

/// Citations in OpenAI's shape: one annotation per source.
pub(super) fn annotations(citations: &[Value]) -> Value {
    let mut all = Vec::new();
    for citation in citations {
        let of = |name: &str| citation.get(name).cloned().unwrap_or_default();
        for source in citation
            .get("sources")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
        {
            let about = |name: &str| {
                source
                    .get("document")
                    .and_then(|document| document.get(name))
                    .filter(|value| value.is_string())
            };
            let url = about("url").or_else(|| source.get("id")).cloned();
            let title = about("title").cloned();
            all.push(json!({"type": "url_citation", "url_citation": {
                "start_index": of("start"), "end_index": of("end"),
                "title": title.unwrap_or_else(|| of("text")), "url": url.unwrap_or_default()}}));
        }
    }
    Value::Array(all)
}

/// `tokens` is what the model read and wrote, `billed_units` what is paid for; old answers have only the latter.
pub(super) fn usage(given: &Value) -> Option<Usage> {
    let count = |group: &str, name: &str| {
        let number = given.get(group)?.get(name)?;
        // Counts come as floats.
        #[allow(clippy::cast_possible_truncation)]
        number
            .as_i64()
            .or_else(|| number.as_f64().map(|number| number as i64))
    };
    let tokens = |name| count("tokens", name).or_else(|| count("billed_units", name));
    let (prompt, completion) = (tokens("input_tokens"), tokens("output_tokens"));
    if prompt.is_none() && completion.is_none() {
        return None;
    }
    let cached = given
        .get("cached_tokens")
        .filter(|cached| cached.is_number())
        .cloned();
    Some(Usage {
        prompt_tokens: prompt,
        completion_tokens: completion,
        total_tokens: Some(prompt.unwrap_or(0) + completion.unwrap_or(0)),
        prompt_tokens_details: cached.map(|cached| Extra::from_iter([("cached_tokens".to_owned(), cached)])),
        ..Usage::default()
    })
}
