//! Token counts.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::event::Event;
use crate::types::{Extra, Usage};

/// What was looked for in the web. Google charges for every query, however often it is told.
#[derive(Debug, Default)]
pub(super) struct Searches {
    any: bool,
    queries: BTreeSet<String>,
}

impl Searches {
    /// Adds what an answer, or an event of one, has looked for.
    pub(super) fn note<C>(&mut self, event: &Event<'_, C>) {
        for candidate in &event.candidates {
            let Some(metadata) = &candidate.grounding_metadata else {
                continue;
            };
            let Some(queries) = metadata.get("webSearchQueries") else {
                continue;
            };
            self.any = true;
            if !only_maps(metadata) {
                let queries = queries.as_array().into_iter().flatten().filter_map(Value::as_str);
                self.queries
                    .extend(queries.filter(|query| !query.is_empty()).map(str::to_owned));
            }
        }
    }
}

/// Whether what was found is places and no pages: the queries were for the maps then, which have a price of their own.
fn only_maps(metadata: &Value) -> bool {
    let found = metadata.get("groundingChunks").and_then(Value::as_array);
    found.is_some_and(|found| !found.is_empty() && found.iter().all(|chunk| chunk.get("maps").is_some()))
}

/// `usageMetadata` in OpenAI's words. Pages that a search brought in are no tokens of the prompt: Google does not
/// charge for them, and says them apart.
pub(super) fn read(counts: &Map<String, Value>, searches: &Searches) -> Usage {
    let count = |name: &str| counts.get(name).and_then(Value::as_i64);
    let prompt = count("promptTokenCount").unwrap_or(0);
    let tools = count("toolUsePromptTokenCount").unwrap_or(0);
    let thoughts = count("thoughtsTokenCount");
    let prompt = if searches.any { prompt } else { prompt + tools };
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
    if !searches.queries.is_empty() {
        input.insert("web_search_requests".to_owned(), searches.queries.len().into());
    }
    // Of an answer that is more than text only the rest is counted by kind.
    let told: i64 = output.values().filter_map(Value::as_i64).sum();
    if output.is_empty() || (!output.contains_key("text_tokens") && answered > told) {
        output.insert("text_tokens".to_owned(), (answered - told).into());
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
