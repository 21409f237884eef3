//! Token counts.

use serde::{Deserialize, Serialize};

use super::{Extra, lenient};
use crate::tokens::Encoding;

/// Token counts of one answer. `prompt_tokens` includes cached and cache-written tokens, `completion_tokens` includes
/// reasoning, for every provider.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the input.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub prompt_tokens: Option<i64>,
    /// Tokens of the answer.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub completion_tokens: Option<i64>,
    /// The sum.
    #[serde(default, deserialize_with = "lenient::integer")]
    pub total_tokens: Option<i64>,
    /// `cached_tokens`, `audio_tokens`, ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_tokens_details: Option<Extra>,
    /// `reasoning_tokens`, `audio_tokens`, ...
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_tokens_details: Option<Extra>,
    /// What else the provider counts.
    #[serde(flatten)]
    pub extra: Extra,
}

impl Usage {
    /// Makes `prompt_tokens` include cached tokens where the provider counts them apart: where more is cached than asked.
    pub(crate) fn include_cached(&mut self) {
        let details = self.prompt_tokens_details.as_ref();
        let cached = details
            .and_then(|details| details.get("cached_tokens"))
            .and_then(serde_json::Value::as_i64);
        let (Some(prompt), Some(cached)) = (self.prompt_tokens, cached) else {
            return;
        };
        if cached > prompt {
            let prompt = prompt + cached;
            self.prompt_tokens = Some(prompt);
            let sum = prompt + self.completion_tokens.unwrap_or(0);
            self.total_tokens = self.total_tokens.map(|total| total.max(sum));
        }
    }

    /// Counts the reasoning of an answer whose provider counted it only within the completion. It is an estimate, since
    /// providers show a summary of the thoughts or cut text in their own way, and `estimated` in the details says so.
    pub(crate) fn estimate_reasoning(&mut self, thoughts: &str) {
        let (Some(completion), false) = (self.completion_tokens, thoughts.is_empty()) else {
            return;
        };
        let details = self.completion_tokens_details.get_or_insert_default();
        if details.contains_key("reasoning_tokens") {
            return;
        }
        let count = i64::try_from(Encoding::Cl100k.estimate(thoughts))
            .unwrap_or(i64::MAX)
            .min(completion);
        details.insert("reasoning_tokens".to_owned(), count.into());
        details.insert("text_tokens".to_owned(), (completion - count).into());
        details.insert("estimated".to_owned(), true.into());
    }

    /// Makes `completion_tokens` include reasoning where the provider counts it apart: where the parts add up to the total
    /// only with it.
    pub(crate) fn include_reasoning(&mut self) {
        let reasoning = self
            .completion_tokens_details
            .as_ref()
            .and_then(|details| details.get("reasoning_tokens"));
        let Some(reasoning) = reasoning
            .and_then(serde_json::Value::as_i64)
            .filter(|count| *count > 0)
        else {
            return;
        };
        if let (Some(prompt), Some(completion), Some(total)) =
            (self.prompt_tokens, self.completion_tokens, self.total_tokens)
            && prompt + completion + reasoning == total
        {
            self.completion_tokens = Some(completion + reasoning);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reasoning_is_estimated_where_it_was_not_counted() {
        let mut usage = Usage {
            completion_tokens: Some(10),
            ..Usage::default()
        };
        usage.estimate_reasoning("");
        assert_eq!(usage.completion_tokens_details, None);
        usage.estimate_reasoning("hello world");
        let estimate = json!({"reasoning_tokens": 2, "text_tokens": 8, "estimated": true});
        assert_eq!(usage.completion_tokens_details.as_ref(), estimate.as_object());
        usage.estimate_reasoning("another text, which is longer than that");
        assert_eq!(usage.completion_tokens_details.as_ref(), estimate.as_object());
        let mut short = Usage {
            completion_tokens: Some(1),
            ..Usage::default()
        };
        short.estimate_reasoning("hello world");
        let details = short.completion_tokens_details.unwrap();
        assert_eq!(details["reasoning_tokens"], json!(1));
    }

    #[test]
    fn cached_tokens_are_part_of_the_prompt() {
        let counts = |prompt: i64| {
            let usage = json!({"prompt_tokens": prompt, "completion_tokens": 5, "total_tokens": prompt + 5,
                "prompt_tokens_details": {"cached_tokens": 100}});
            let mut usage: Usage = serde_json::from_value(usage).unwrap();
            usage.include_cached();
            (usage.prompt_tokens.unwrap(), usage.total_tokens.unwrap())
        };
        assert_eq!(counts(7), (107, 112));
        assert_eq!(counts(100), (100, 105));
    }

    #[test]
    fn reasoning_is_part_of_the_completion() {
        let completion = |total: i64| {
            let details = json!({"reasoning_tokens": 30});
            let usage = json!({"prompt_tokens": 10, "completion_tokens": 50, "total_tokens": total,
                "completion_tokens_details": details});
            let mut usage: Usage = serde_json::from_value(usage).unwrap();
            usage.include_reasoning();
            usage.completion_tokens.unwrap()
        };
        assert_eq!(completion(90), 80);
        assert_eq!(completion(60), 50);
    }
}
