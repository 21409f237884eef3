//! Finish reasons: every provider's word for why an answer ended, in OpenAI's.

use serde_json::{Map, Value};

use crate::types::Extra;

/// OpenAI's word for `raw`, or none for a word nobody has documented.
#[must_use]
pub fn openai_word(raw: &str) -> Option<&'static str> {
    Some(match raw {
        "stop" | "stop_sequence" | "end_turn" | "pause_turn" | "eos" | "eos_token" | "COMPLETE"
        | "STOP_SEQUENCE" | "STOP" | "FINISH" | "FINISHED" | "STOP_CRITERIA_MET" => "stop",
        "length"
        | "LENGTH"
        | "max_tokens"
        | "MAX_TOKENS"
        | "model_length"
        | "model_context_window_exceeded" => "length",
        "tool_calls" | "tool_use" | "TOOL_CALL" => "tool_calls",
        "function_call" => "function_call",
        "content_filter"
        | "content_filtered"
        | "CONTENT_FILTERED"
        | "refusal"
        | "guardrail_intervened"
        | "sensitive"
        | "ERROR_TOXIC"
        | "SAFETY"
        | "RECITATION"
        | "LANGUAGE"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION"
        | "IMAGE_OTHER"
        | "NO_IMAGE"
        | "OTHER"
        | "ESCALATION"
        | "MODEL_ARMOR" => "content_filter",
        _ => return None,
    })
}

/// Puts OpenAI's word into `reason` and keeps the provider's under `provider_specific_fields.native_finish_reason` where
/// it is another. A word nobody has documented stands as it is: it is never guessed to be a `stop`. An answer that calls
/// tools and says `stop` has finished for its tool calls.
pub(crate) fn normalize(reason: &mut Option<String>, extra: &mut Extra, calls_tools: bool) {
    let Some(raw) = reason.take() else { return };
    let word = openai_word(&raw).unwrap_or(&raw);
    // `end_turn` and its like are exact: where calls end an answer, their dialect says so. The calls beside them are hosted.
    let exact = matches!(raw.as_str(), "end_turn" | "stop_sequence" | "pause_turn");
    // A call of a tool that was not offered is a call.
    let calls = word == "stop" && !exact || word == "UNEXPECTED_TOOL_CALL";
    let word = if calls_tools && calls { "tool_calls" } else { word };
    if word == raw {
        *reason = Some(raw);
        return;
    }
    *reason = Some(word.to_owned());
    let fields = extra
        .entry("provider_specific_fields")
        .or_insert_with(|| Value::Object(Map::new()));
    if let Some(fields) = fields.as_object_mut() {
        fields.insert("native_finish_reason".to_owned(), Value::String(raw));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn normalized(raw: &str, calls_tools: bool) -> (Option<String>, Option<String>) {
        let (mut reason, mut extra) = (Some(raw.to_owned()), Extra::new());
        normalize(&mut reason, &mut extra, calls_tools);
        let native = extra
            .get("provider_specific_fields")
            .and_then(|fields| fields.get("native_finish_reason"));
        (reason, native.and_then(Value::as_str).map(str::to_owned))
    }

    #[test]
    fn the_raw_word_is_kept_beside_openais() {
        assert_eq!(normalized("stop", false), (Some("stop".into()), None));
        assert_eq!(
            normalized("eos", false),
            (Some("stop".into()), Some("eos".into()))
        );
        assert_eq!(
            normalized("stop", true),
            (Some("tool_calls".into()), Some("stop".into()))
        );
        assert_eq!(normalized("length", true), (Some("length".into()), None));
        assert_eq!(normalized("brand_new", false), (Some("brand_new".into()), None));
        let unexpected = Some("UNEXPECTED_TOOL_CALL".to_owned());
        assert_eq!(
            normalized("UNEXPECTED_TOOL_CALL", true),
            (Some("tool_calls".into()), unexpected.clone())
        );
        assert_eq!(normalized("UNEXPECTED_TOOL_CALL", false), (unexpected, None));
    }
}
