//! Token counts.

use serde_json::{Map, Value};

use crate::types::{Extra, Usage};

/// `usageMetadata` in OpenAI's words. Pages that a search brought in are no tokens of the prompt: Google does not
/// charge for them, and says them apart.
pub(super) fn read(counts: &Map<String, Value>, searched: bool) -> Usage {
    let count = |name: &str| counts.get(name).and_then(Value::as_i64);
    let prompt = count("promptTokenCount").unwrap_or(0);
    let tools = count("toolUsePromptTokenCount").unwrap_or(0);
    let thoughts = count("thoughtsTokenCount");
    let prompt = if searched { prompt } else { prompt + tools };
    let answered = count("candidatesTokenCount").unwrap_or(0);
    let completion = answered + thoughts.unwrap_or(0);
    let cached = count("cachedContentTokenCount");
    let mut input = by_modality(counts.get("promptTokensDetails"));
    let mut output = by_modality(counts.get("candidatesTokensDetails"));
    if let Some(cached) = cached {
        input.insert("cached_tokens".to_owned(), cached.into());
    }
    if tools > 0 {
        input.insert("tool_use_tokens".to_owned(), tools.into());
    }
    if output.is_empty() {
        output.insert("text_tokens".to_owned(), answered.into());
    }
    if let Some(thoughts) = thoughts {
        output.insert("reasoning_tokens".to_owned(), thoughts.into());
    }
    let mut extra = Extra::new();
    if let Some(cached) = cached {
        extra.insert("cache_read_input_tokens".to_owned(), cached.into());
    }
    Usage {
        prompt_tokens: Some(prompt),
        completion_tokens: Some(completion),
        total_tokens: Some(count("totalTokenCount").unwrap_or(prompt + completion)),
        prompt_tokens_details: Some(input),
        completion_tokens_details: Some(output),
        extra,
    }
}

fn by_modality(details: Option<&Value>) -> Extra {
    let mut out = Extra::new();
    for detail in details.and_then(Value::as_array).into_iter().flatten() {
        if let (Some(kind), Some(count)) = (
            detail.get("modality").and_then(Value::as_str),
            detail.get("tokenCount").and_then(Value::as_i64),
        ) {
            out.insert(format!("{}_tokens", kind.to_ascii_lowercase()), count.into());
        }
    }
    out
}
