//! Reads a plain answer, or the piece of one that a stream's event is.

use std::borrow::Cow;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::event::{Candidate, Event};
use super::said::{self as parts, Said};
use super::{error, grounding, usage};
use crate::error::{Error, Result};
use crate::finish;
use crate::resolve::Target;
use crate::types::{ChatResponse, Choice, Extra, Message};

pub(super) fn read(_target: &Target, body: &Bytes) -> Result<ChatResponse> {
    let mut answer = parsed::<Map<String, Value>>(body)?;
    let counts = answer.usage_metadata.take();
    let mut searches = usage::Searches::default();
    searches.note(&answer);
    let mut answer = event(answer, &mut Said::default());
    answer.usage = counts.map(|counts| usage::read(&counts, &searches));
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

/// Reads the bytes of one `GenerateContentResponse`, or the error that they are.
pub(super) fn parsed<'a, C: Deserialize<'a>>(data: &'a [u8]) -> Result<Event<'a, C>> {
    let fail = |failure: &dyn std::fmt::Display| unreadable(data, &failure.to_string());
    // Texts that are proven once need no proof one by one.
    let text = std::str::from_utf8(data).map_err(|failure| fail(&failure))?;
    let event: Event<'_, C> = serde_json::from_str(text).map_err(|failure| fail(&failure))?;
    if event.error.is_some() {
        return Err(error::from_event(&Bytes::copy_from_slice(data)));
    }
    Ok(event)
}

/// What one event says but for its counts, with finish reasons in Google's words; `said` is what its alternatives have
/// said before.
pub(super) fn event<C>(whole: Event<'_, C>, said: &mut Said) -> ChatResponse {
    let mut answer = ChatResponse {
        id: whole.response_id.map(Cow::into_owned),
        model: whole.model_version.map(Cow::into_owned),
        choices: Vec::with_capacity(whole.candidates.len()),
        ..ChatResponse::default()
    };
    for (candidate, position) in whole.candidates.into_iter().zip(0..) {
        answer
            .choices
            .push(choice(candidate, position, &mut answer.extra, said));
    }
    if answer.choices.is_empty()
        && let Some(feedback) = whole.prompt_feedback
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
    answer
}

fn choice(candidate: Candidate<'_>, position: u32, top: &mut Extra, said: &mut Said) -> Choice {
    let index = candidate.index.and_then(|index| u32::try_from(index).ok());
    let index = index.unwrap_or(position);
    let text = said.of(index);
    let mut message = Message::default();
    let starts = parts::read(candidate.content.parts, text, &mut message);
    if let Some(metadata) = &candidate.grounding_metadata {
        let annotations = grounding::annotations(metadata, text, &starts);
        if !annotations.is_empty() {
            message.extra.insert("annotations".to_owned(), annotations.into());
        }
    }
    for (metadata, name) in [
        (candidate.grounding_metadata, "vertex_ai_grounding_metadata"),
        (candidate.url_context_metadata, "vertex_ai_url_context_metadata"),
        (candidate.safety_ratings, "vertex_ai_safety_results"),
        (candidate.citation_metadata, "vertex_ai_citation_metadata"),
    ] {
        let Some(metadata) = metadata else { continue };
        if let Some(list) = top.entry(name).or_insert_with(|| json!([])).as_array_mut() {
            list.push(metadata);
        }
    }
    let mut extra = Extra::new();
    if let Some(message) = candidate.finish_message.filter(|message| !message.is_empty()) {
        extra.insert(
            "provider_specific_fields".to_owned(),
            json!({"finish_message": message}),
        );
    }
    Choice {
        finish_reason: candidate.finish_reason.map(Cow::into_owned),
        index,
        message,
        logprobs: candidate.logprobs_result.as_ref().map(logprobs),
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
pub(super) fn unreadable(body: &[u8], why: &str) -> Error {
    Error::unreadable(&Bytes::copy_from_slice(body), why)
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
        assert_eq!(
            empty.unwrap_err().kind(),
            crate::error::ErrorKind::ResponseValidation
        );
    }
}
