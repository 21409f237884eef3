//! Reads a plain answer, or the piece of one that a stream's event is.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};

use super::said::{self as parts, Said};
use super::{error, grounding, usage};
use crate::error::{Error, ErrorKind, Result};
use crate::finish;
use crate::resolve::Target;
use crate::types::{ChatResponse, Choice, Extra, Message};

pub(super) fn read(_target: &Target, body: &Bytes) -> Result<ChatResponse> {
    let mut answer = event(body, &mut Said::default())?;
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

/// One `GenerateContentResponse`, with finish reasons in Google's words; `said` is what its alternatives have said before.
pub(super) fn event(body: &Bytes, said: &mut Said) -> Result<ChatResponse> {
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
                .push(choice(candidate, position, &mut answer.extra, said));
        }
    }
    let feedback = whole.get("promptFeedback").unwrap_or(&Value::Null);
    if answer.choices.is_empty()
        && let Some(reason) = feedback.get("blockReason")
    {
        let extra = Extra::from_iter([(
            "provider_specific_fields".to_owned(),
            json!({"native_finish_reason": reason, "prompt_feedback": feedback}),
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

fn choice(mut candidate: Value, position: u32, top: &mut Extra, said: &mut Said) -> Choice {
    let index = candidate
        .get("index")
        .and_then(Value::as_u64)
        .and_then(|index| u32::try_from(index).ok())
        .unwrap_or(position);
    let text = said.of(index);
    let mut message = Message::default();
    let parts = candidate
        .get_mut("content")
        .and_then(|content| content.get_mut("parts"))
        .map(Value::take);
    let starts = parts::read(parts, text, &mut message);
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
            let annotations = grounding::annotations(&metadata, text, &starts);
            if !annotations.is_empty() {
                message.extra.insert("annotations".to_owned(), annotations.into());
            }
        }
        if let Some(list) = top.entry(ours).or_insert_with(|| json!([])).as_array_mut() {
            list.push(metadata);
        }
    }
    let words = |name: &str| candidate.get(name).and_then(Value::as_str);
    let mut extra = Extra::new();
    if let Some(message) = words("finishMessage").filter(|message| !message.is_empty()) {
        extra.insert(
            "provider_specific_fields".to_owned(),
            json!({"finish_message": message}),
        );
    }
    Choice {
        finish_reason: words("finishReason").map(str::to_owned),
        index,
        message,
        logprobs: candidate.get("logprobsResult").map(logprobs),
        extra,
    }
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
