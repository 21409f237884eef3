//! Token counts: the dialect counts cached and cache-written input apart, OpenAI's vocabulary counts it in.

use serde_json::{Map, Value, json};

use crate::types::Usage;

/// Reads a `usage` object.
pub(super) fn read(raw: &Map<String, Value>) -> Usage {
    // The top level leaves out what summing up the conversation took, which is billed as well. What an advisor took is
    // another model's and stays apart, in `iterations`.
    let summaries = || {
        let iterations = raw.get("iterations").and_then(Value::as_array);
        let is_summary = |turn: &&Value| turn.get("type").and_then(Value::as_str) == Some("compaction");
        iterations.into_iter().flatten().filter(is_summary)
    };
    let own = |value: Option<&Value>| value.and_then(Value::as_i64).unwrap_or(0);
    let count = |name: &str| own(raw.get(name)) + summaries().map(|turn| own(turn.get(name))).sum::<i64>();
    let input = count("input_tokens");
    let (cached, written) = (
        count("cache_read_input_tokens"),
        count("cache_creation_input_tokens"),
    );
    let (prompt, completion) = (input + cached + written, count("output_tokens"));
    let mut details = Map::new();
    details.insert("cached_tokens".to_owned(), json!(cached));
    details.insert("cache_write_tokens".to_owned(), json!(written));
    details.insert("cache_creation_tokens".to_owned(), json!(written));
    details.insert("text_tokens".to_owned(), json!(input));
    if let Some(by_life) = raw.get("cache_creation").filter(|value| value.is_object()) {
        details.insert("cache_creation_token_details".to_owned(), by_life.clone());
    }
    let thought = raw
        .get("output_tokens_details")
        .and_then(|details| details.get("thinking_tokens"))
        .and_then(Value::as_i64);
    let completion_details = thought.map(|thought| {
        let mut details = Map::new();
        details.insert("reasoning_tokens".to_owned(), json!(thought));
        details.insert("text_tokens".to_owned(), json!(completion - thought));
        details
    });
    let mut extra = Map::new();
    extra.insert("cache_creation_input_tokens".to_owned(), json!(written));
    extra.insert("cache_read_input_tokens".to_owned(), json!(cached));
    for (name, value) in raw {
        let known = matches!(
            name.as_str(),
            "input_tokens" | "output_tokens" | "cache_creation" | "output_tokens_details"
        );
        if !known && !value.is_null() && !extra.contains_key(name) {
            extra.insert(name.clone(), value.clone());
        }
    }
    Usage {
        prompt_tokens: Some(prompt),
        completion_tokens: Some(completion),
        total_tokens: Some(prompt + completion),
        prompt_tokens_details: Some(details),
        completion_tokens_details: completion_details,
        extra,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summing_up_is_counted_and_advice_is_not() {
        let raw = json!({"input_tokens": 10, "output_tokens": 5, "iterations": [
            {"type": "compaction", "input_tokens": 100, "output_tokens": 7},
            {"type": "advisor_message", "input_tokens": 1000, "output_tokens": 70},
            {"type": "message", "input_tokens": 10, "output_tokens": 5}]});
        let usage = read(raw.as_object().unwrap());
        assert_eq!(
            (usage.prompt_tokens, usage.completion_tokens),
            (Some(110), Some(12))
        );
        assert!(usage.extra.contains_key("iterations"));
    }

    #[test]
    fn the_cache_is_counted_in() {
        let raw = json!({"input_tokens": 10, "cache_read_input_tokens": 4, "cache_creation_input_tokens": 3, "output_tokens": 15});
        let usage = read(raw.as_object().unwrap());
        assert_eq!(
            (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens),
            (Some(17), Some(15), Some(32))
        );
        assert_eq!(
            Value::Object(usage.prompt_tokens_details.unwrap()),
            json!({"cached_tokens": 4, "cache_write_tokens": 3, "cache_creation_tokens": 3, "text_tokens": 10})
        );
    }
}
