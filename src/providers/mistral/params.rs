//! Which parameters Mistral's models take (docs.mistral.ai/api, "Chat Completion").

use crate::params::ParamRules;

const NEVER: &[&str] = &[
    "logit_bias",
    "logprobs",
    "top_logprobs",
    "functions",
    "function_call",
    "modalities",
    "audio",
    "web_search_options",
    "service_tier",
    "store",
    "verbosity",
    "prompt_cache_key",
    "prompt_cache_retention",
    "safety_identifier",
];
const REASONING: &[&str] = &["reasoning_effort", "thinking"];

static PLAIN: ParamRules = ParamRules {
    unsupported: &[NEVER, REASONING],
    renamed: &[("seed", "random_seed")],
    pinned: &[],
    ..ParamRules::ALL
};

static THINKS: ParamRules = ParamRules {
    unsupported: &[NEVER],
    renamed: &[("seed", "random_seed")],
    pinned: &[],
    ..ParamRules::ALL
};

static EMBED: ParamRules = ParamRules {
    unsupported: &[&["user"]],
    renamed: &[("dimensions", "output_dimension")],
    pinned: &[],
    ..ParamRules::ALL
};

/// How a model is told to think.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thinking {
    /// It does not.
    Never,
    /// It always does; a system prompt of Mistral's shapes it (`prompt_mode`).
    Prompted,
    /// As much as `reasoning_effort` says.
    Adjusted,
}

pub(super) fn thinking(model: &str) -> Thinking {
    const ADJUSTED: &[&str] = &[
        "mistral-small-latest",
        "mistral-small-2603",
        "mistral-small-4",
        "mistral-medium-latest",
        "mistral-medium-3.5",
        "mistral-medium-3-5",
    ];
    if model.starts_with("magistral") {
        Thinking::Prompted
    } else if ADJUSTED.iter().any(|name| model.starts_with(name)) {
        Thinking::Adjusted
    } else {
        Thinking::Never
    }
}

pub(super) fn rules(model: &str) -> &'static ParamRules {
    match thinking(model) {
        Thinking::Never => &PLAIN,
        Thinking::Prompted | Thinking::Adjusted => &THINKS,
    }
}

pub(super) fn embed_rules(_model: &str) -> &'static ParamRules {
    &EMBED
}
