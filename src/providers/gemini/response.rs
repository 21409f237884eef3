//! Reads a plain answer, and the candidates that a stream brings in pieces.

use std::hash::{BuildHasher, Hasher, RandomState};

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};

use super::{error, grounding, messages, usage};
use crate::error::{Error, ErrorKind, Result};
use crate::finish;
use crate::resolve::Target;
use crate::types::{ChatResponse, Choice, Content, Extra, FunctionCall, Message, ToolCall};

pub(super) fn read(_target: &Target, body: &Bytes) -> Result<ChatResponse> {
    let mut answer = event(body)?;
    if answer.choices.is_empty() {
        return Err(unreadable(body, "it has neither candidates nor a reason why not"));
    }
    for choice in &mut answer.choices {
        choice.message.role = Some("assistant".to_owned());
        choice.finish_reason.get_or_insert_with(|| "stop".to_owned());
        let calls = !choice.message.tool_calls.is_empty();
        finish::normalize(&mut choice.finish_reason, &mut choice.extra, calls);
    }
    Ok(answer)
}

/// One `GenerateContentResponse`, with finish reasons in Google's words.
pub(super) fn event(body: &Bytes) -> Result<ChatResponse> {
    let mut whole: Map<String, Value> =
        serde_json::from_slice(body).map_err(|failure| unreadable(body, &failure.to_string()))?;
    if whole.get("error").is_some_and(|error| !error.is_null()) {
        return Err(error::from_event(body));
    }
    let text = |value: Option<Value>| value.as_ref().and_then(Value::as_str).map(str::to_owned);
    let mut answer = ChatResponse {
        id: text(whole.shift_remove("responseId")),
        model: text(whole.shift_remove("modelVersion")),
        ..ChatResponse::default()
    };
    let mut searched = false;
    if let Some(Value::Array(candidates)) = whole.shift_remove("candidates") {
        for (candidate, position) in candidates.into_iter().zip(0..) {
            searched |= candidate
                .get("groundingMetadata")
                .is_some_and(|metadata| metadata.get("webSearchQueries").is_some());
            answer
                .choices
                .push(choice(candidate, position, &mut answer.extra));
        }
    }
    let blocked = whole
        .get("promptFeedback")
        .and_then(|feedback| feedback.get("blockReason"));
    if answer.choices.is_empty()
        && let Some(reason) = blocked
    {
        let extra = Extra::from_iter([(
            "provider_specific_fields".to_owned(),
            json!({"native_finish_reason": reason}),
        )]);
        answer.choices.push(Choice {
            finish_reason: Some("content_filter".to_owned()),
            extra,
            ..Choice::default()
        });
    }
    if let Some(counts) = whole.get("usageMetadata").and_then(Value::as_object) {
        answer.usage = Some(usage::read(counts, searched));
    }
    Ok(answer)
}

fn choice(mut candidate: Value, position: u32, top: &mut Extra) -> Choice {
    let index = candidate
        .get("index")
        .and_then(Value::as_u64)
        .and_then(|index| u32::try_from(index).ok());
    let mut message = Message::default();
    let parts = candidate
        .get_mut("content")
        .and_then(|content| content.get_mut("parts"))
        .map(Value::take);
    read_parts(parts, &mut message);
    for (theirs, ours) in [
        ("groundingMetadata", "vertex_ai_grounding_metadata"),
        ("urlContextMetadata", "vertex_ai_url_context_metadata"),
        ("safetyRatings", "vertex_ai_safety_results"),
        ("citationMetadata", "vertex_ai_citation_metadata"),
    ] {
        let Some(metadata) = candidate.get_mut(theirs).map(Value::take) else {
            continue;
        };
        if theirs == "groundingMetadata" {
            let annotations = grounding::annotations(&metadata);
            if !annotations.is_empty() {
                message.extra.insert("annotations".to_owned(), annotations.into());
            }
        }
        if let Some(list) = top.entry(ours).or_insert_with(|| json!([])).as_array_mut() {
            list.push(metadata);
        }
    }
    Choice {
        finish_reason: candidate
            .get("finishReason")
            .and_then(Value::as_str)
            .map(str::to_owned),
        index: index.unwrap_or(position),
        message,
        logprobs: candidate.get("logprobsResult").map(logprobs),
        extra: Extra::new(),
    }
}

fn read_parts(parts: Option<Value>, message: &mut Message) {
    let Some(Value::Array(parts)) = parts else { return };
    let (mut said, mut thought) = (String::new(), String::new());
    let (mut blocks, mut signatures, mut images, mut executed) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for mut part in parts {
        let signature = part
            .get("thoughtSignature")
            .and_then(Value::as_str)
            .map(str::to_owned);
        signatures.extend(signature.clone().map(Value::from));
        if let Some(text) = part.get("text").and_then(Value::as_str) {
            if part.get("thought").and_then(Value::as_bool) == Some(true) {
                thought.push_str(text);
                let mut block = json!({"type": "thinking", "thinking": text});
                if let (Some(signature), Some(block)) = (signature, block.as_object_mut()) {
                    block.insert("signature".to_owned(), signature.into());
                }
                blocks.push(block);
            } else {
                said.push_str(text);
            }
        } else if let Some(call) = part.get_mut("functionCall").map(Value::take) {
            message.tool_calls.push(tool_call(&call, signature));
        } else if let Some(data) = part.get("inlineData") {
            let field = |name: &str| data.get(name).and_then(Value::as_str).unwrap_or_default();
            let (kind, bytes) = (field("mimeType"), field("data"));
            if kind.starts_with("audio/") {
                message.extra.insert(
                    "audio".to_owned(),
                    json!({"id": new_id(), "data": bytes, "expires_at": 0, "transcript": ""}),
                );
            } else {
                let url = format!("data:{kind};base64,{bytes}");
                images.push(json!({"type": "image_url", "index": images.len(), "image_url": {"url": url}}));
            }
        } else if part.get("executableCode").is_some() || part.get("codeExecutionResult").is_some() {
            executed.push(part);
        }
    }
    message.content = (!said.is_empty()).then_some(Content::Text(said));
    let mut extra = |name: &str, value: Value| drop(message.extra.insert(name.to_owned(), value));
    if !blocks.is_empty() {
        extra("reasoning_content", thought.into());
        extra("thinking_blocks", blocks.into());
    }
    if !images.is_empty() {
        extra("images", images.into());
    }
    let mut fields = Map::new();
    if !signatures.is_empty() {
        fields.insert("thought_signatures".to_owned(), signatures.into());
    }
    if !executed.is_empty() {
        fields.insert("code_execution".to_owned(), executed.into());
    }
    if !fields.is_empty() {
        extra("provider_specific_fields", fields.into());
    }
}

fn tool_call(call: &Value, signature: Option<String>) -> ToolCall {
    let id = call.get("id").and_then(Value::as_str).filter(|id| !id.is_empty());
    let mut id = id.map_or_else(new_id, str::to_owned);
    let mut extra = Extra::new();
    if let Some(signature) = signature {
        id = format!("{id}{}{signature}", messages::MARK);
        extra.insert(
            "provider_specific_fields".to_owned(),
            json!({"thought_signature": signature}),
        );
    }
    ToolCall {
        id: Some(id),
        kind: Some("function".to_owned()),
        function: Some(FunctionCall {
            arguments: call.get("args").map_or_else(|| "{}".to_owned(), Value::to_string),
            name: call.get("name").and_then(Value::as_str).map(str::to_owned),
            extra: Extra::new(),
        }),
        extra,
    }
}

/// Google gives most calls no id, and results are matched by it.
fn new_id() -> String {
    // Every `RandomState` has keys of its own.
    let random = || RandomState::new().build_hasher().finish();
    format!("call_{:016x}{:012x}", random(), random() >> 16)
}

fn logprobs(result: &Value) -> Value {
    let token = |token: &Value| json!({"token": token.get("token"), "logprob": token.get("logProbability")});
    let list = |name: &str| {
        result
            .get(name)
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default()
    };
    let content = list("chosenCandidates")
        .iter()
        .enumerate()
        .map(|(index, chosen)| {
            let mut entry = token(chosen);
            let top = list("topCandidates")
                .get(index)
                .and_then(|top| top.get("candidates"))
                .and_then(Value::as_array);
            let top: Vec<Value> = top.into_iter().flatten().map(token).collect();
            if let Some(entry) = entry.as_object_mut() {
                entry.insert("top_logprobs".to_owned(), top.into());
            }
            entry
        });
    json!({"content": content.collect::<Vec<_>>()})
}

/// A 200 that is not what the wire promises.
pub(super) fn unreadable(body: &Bytes, why: &str) -> Error {
    let start = String::from_utf8_lossy(body.get(..200.min(body.len())).unwrap_or_default()).into_owned();
    let message = format!("the answer cannot be read: {why}; it starts with {start:?}");
    Error::from_answer(
        ErrorKind::ResponseValidation,
        200,
        message,
        HeaderMap::new(),
        body.clone(),
    )
}

#[cfg(test)]
mod tests {
    use super::super::testing::target;
    use super::*;

    fn answer(body: &Value) -> ChatResponse {
        read(&target("gemini/gemini-2.5-flash"), &Bytes::from(body.to_string())).unwrap()
    }

    #[test]
    fn thoughts_calls_and_counts() {
        let answer = answer(
            &json!({"candidates": [{"content": {"parts": [{"text": "hm", "thought": true}, {"text": "a"},
            {"functionCall": {"name": "f", "args": {"x": 1}, "id": "i"}, "thoughtSignature": "S"}, {"functionCall": {"name": "g"}}]}, "finishReason": "STOP"}],
            "usageMetadata": {"promptTokenCount": 10, "candidatesTokenCount": 3, "thoughtsTokenCount": 4, "cachedContentTokenCount": 8, "totalTokenCount": 17}}),
        );
        let choice = &answer.choices[0];
        assert_eq!(choice.finish_reason.as_deref(), Some("tool_calls"));
        assert_eq!(choice.message.extra["reasoning_content"], "hm");
        let calls = &choice.message.tool_calls;
        assert_eq!(calls[0].id.as_deref(), Some("i__thought__S"));
        assert_eq!(calls[1].id.as_ref().unwrap().len(), 33);
        assert_eq!(calls[1].function.as_ref().unwrap().arguments, "{}");
        let usage = answer.usage.unwrap();
        assert_eq!(
            (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens),
            (Some(10), Some(7), Some(17))
        );
        assert_eq!(usage.prompt_tokens_details.unwrap()["cached_tokens"], 8);
    }

    #[test]
    fn a_blocked_prompt_is_a_filter() {
        let answer = answer(&json!({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}));
        assert_eq!(answer.choices[0].finish_reason.as_deref(), Some("content_filter"));
        assert_eq!(answer.choices[0].message.content, None);
        let empty = read(&target("gemini/gemini-2.5-flash"), &Bytes::from_static(b"{}"));
        assert_eq!(empty.unwrap_err().kind(), ErrorKind::ResponseValidation);
    }
}
