//! Models named without a provider whose names tell whose they are.

use super::{Provider, provider};
use crate::providers::{anthropic, openai, vertex};

/// The provider of a model named without one, where the name tells.
#[must_use]
pub fn provider_of_bare_model(model: &str) -> Option<&'static Provider> {
    let starts = |families: &[&str]| families.iter().any(|family| model.starts_with(family));
    if anthropic::owns_model(model) {
        return provider(anthropic::ROW.name);
    }
    if starts(COMPLETIONS) {
        return provider("text-completion-openai");
    }
    if openai::owns_model(model) {
        return provider("openai");
    }
    if is_bedrock(model) {
        return provider("bedrock");
    }
    // Google's models are at two addresses; LiteLLM takes a bare name for the cloud's.
    if vertex::owns_model(model) {
        return provider(vertex::ROW.name);
    }
    if starts(COHERE) {
        return provider("cohere_chat");
    }
    if starts(COHERE_OTHER) {
        return provider("cohere");
    }
    if starts(AI21) {
        return provider("ai21_chat");
    }
    None
}

/// OpenAI's models that have `/completions` and no chat.
const COMPLETIONS: &[&str] = &[
    "gpt-3.5-turbo-instruct",
    "babbage-002",
    "davinci-002",
    "ft:babbage-002",
    "ft:davinci-002",
];
/// Versions, not families: `command-r` alone is what older programs call something else.
const COHERE: &[&str] = &[
    "command-a-",
    "command-r-08-2024",
    "command-r-plus-08-2024",
    "command-r7b-",
    "c4ai-aya-",
];
const COHERE_OTHER: &[&str] = &[
    "command-nightly",
    "embed-english-",
    "embed-multilingual-",
    "rerank-",
];
const AI21: &[&str] = &["j2-", "jamba-"];

/// Bedrock names models as `vendor.model`, with the region's profile before that.
fn is_bedrock(model: &str) -> bool {
    const PROFILES: &[&str] = &["us", "eu", "apac", "au", "jp", "global", "us-gov"];
    const VENDORS: &[&str] = &[
        "ai21",
        "amazon",
        "anthropic",
        "cohere",
        "deepseek",
        "luma",
        "meta",
        "minimax",
        "mistral",
        "moonshot",
        "moonshotai",
        "nvidia",
        "openai",
        "qwen",
        "stability",
        "twelvelabs",
        "writer",
        "xai",
        "zai",
    ];
    let Some((first, rest)) = model.split_once('.') else {
        return false;
    };
    let vendor = if PROFILES.contains(&first) {
        rest.split_once('.').map(|(vendor, _)| vendor)
    } else {
        Some(first)
    };
    vendor.is_some_and(|vendor| VENDORS.contains(&vendor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_its_provider_or_nothing() {
        let name = |model| provider_of_bare_model(model).map(|row| row.name);
        assert_eq!(name("gpt-4o"), Some("openai"));
        assert_eq!(name("davinci-002"), Some("text-completion-openai"));
        assert_eq!(
            name("gpt-3.5-turbo-instruct-0914"),
            Some("text-completion-openai")
        );
        assert_eq!(name("claude-foo-9"), Some("anthropic"));
        assert_eq!(name("anthropic.claude-3-haiku-20240307-v1:0"), Some("bedrock"));
        assert_eq!(name("us.amazon.nova-pro-v1:0"), Some("bedrock"));
        assert_eq!(name("command-r-plus-08-2024"), Some("cohere_chat"));
        assert_eq!(name("embed-english-v3.0"), Some("cohere"));
        assert_eq!(name("jamba-1.5-mini"), Some("ai21_chat"));
        assert_eq!(name("gemini-2.5-flash"), Some("vertex_ai"));
        for nobodys in [
            "mistral-large-latest",
            "deepseek-chat",
            "command-r",
            "gpt-9",
            "o7-mini",
            "meta-llama/x",
            "a.b",
        ] {
            assert_eq!(name(nobodys), None, "{nobodys}");
        }
    }
}
