//! Who made a model, told from its name: that decides its path and its dialect.

/// Publishers by dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Publisher {
    /// Gemini, tuned or not.
    Google,
    /// Claude.
    Anthropic,
    /// Mistral and Codestral.
    Mistral,
    /// Jamba.
    Ai21,
    /// Everybody whose models are behind one address that speaks OpenAI's dialect.
    Open,
    /// A deployment of one's own that speaks OpenAI's dialect.
    Endpoint,
}

impl Publisher {
    pub(super) fn of(model: &str) -> Self {
        let bare = bare(model);
        let owner = model.split_once('/').map(|(owner, _)| owner);
        match owner {
            Some("openai") if is_number(bare) => Self::Endpoint,
            // Gemma is Google's, but served like everybody else's.
            Some("google") if bare.starts_with("gemma") => Self::Open,
            Some("anthropic") => Self::Anthropic,
            Some("mistralai") => Self::Mistral,
            Some("google" | "gemini" | "endpoints") => Self::Google,
            Some(_) => Self::Open,
            None if bare.starts_with("claude") => Self::Anthropic,
            None if bare.starts_with("mistral")
                || bare.starts_with("codestral")
                || bare.starts_with("ministral") =>
            {
                Self::Mistral
            }
            None if bare.starts_with("jamba") => Self::Ai21,
            None if ["llama", "deepseek", "qwen", "gpt-oss"]
                .iter()
                .any(|name| bare.starts_with(name)) =>
            {
                Self::Open
            }
            None => Self::Google,
        }
    }
}

/// A model's name without its publisher's.
pub(super) fn bare(model: &str) -> &str {
    model.rsplit('/').next().unwrap_or(model)
}

/// Whether a model is named by the number of a deployment.
pub(super) fn is_number(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}
