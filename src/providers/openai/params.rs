//! Which parameters OpenAI's model families take (platform.openai.com/docs/guides/reasoning, "API parameters").
//! A model this table does not know is given everything the caller sends: its server is the judge.

use crate::params::{Effort, ParamRules};

/// Anthropic's dialect; nothing on this wire carries it.
pub(crate) const THINKING: &[&str] = &["thinking"];
/// Weights of tokens and what they tell.
pub(crate) const LOGPROBS: &[&str] = &["logprobs", "top_logprobs"];
/// Punishments for repetition.
pub(crate) const PENALTIES: &[&str] = &["presence_penalty", "frequency_penalty"];
/// Tools in either form.
pub(crate) const TOOLS: &[&str] = &[
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "functions",
    "function_call",
];
/// Tools in the legacy form.
pub(crate) const FUNCTIONS: &[&str] = &["functions", "function_call"];
/// What came with OpenAI's later models and services.
pub(crate) const ADVANCED: &[&str] = &[
    "web_search_options",
    "modalities",
    "prediction",
    "audio",
    "service_tier",
    "store",
    "safety_identifier",
    "prompt_cache_key",
];
/// What no compatible server knows.
pub(crate) const EVERYWHERE: &[&str] = &["thinking", "verbosity"];
/// The old name of the limit, for servers that know no other.
pub(crate) const MAX_TOKENS: &[(&str, &str)] = &[("max_completion_tokens", "max_tokens")];
const SAMPLING: &[&str] = &["top_p", "logit_bias"];
const SPEECH: &[&str] = &["modalities", "audio"];

const REASONING: &[(&str, &str)] = &[("max_tokens", "max_completion_tokens")];
const ONE: &[(&str, f64)] = &[("temperature", 1.0)];

static REASONING_O: ParamRules = ParamRules {
    unsupported: &[
        THINKING,
        SAMPLING,
        PENALTIES,
        LOGPROBS,
        SPEECH,
        &["verbosity", "parallel_tool_calls"],
    ],
    renamed: REASONING,
    pinned: ONE,
    reasoning_effort: Effort::Passes,
};

/// The o-series after o3-mini calls tools in parallel.
static REASONING_O_PARALLEL: ParamRules = ParamRules {
    unsupported: &[THINKING, SAMPLING, PENALTIES, LOGPROBS, SPEECH, &["verbosity"]],
    renamed: REASONING,
    pinned: ONE,
    reasoning_effort: Effort::Passes,
};

static REASONING_GPT: ParamRules = ParamRules {
    unsupported: &[
        THINKING,
        SAMPLING,
        PENALTIES,
        LOGPROBS,
        SPEECH,
        &["stop", "prediction", "web_search_options"],
    ],
    renamed: REASONING,
    pinned: ONE,
    reasoning_effort: Effort::Passes,
};

static CHAT: ParamRules = ParamRules {
    unsupported: &[THINKING, &["verbosity"]],
    renamed: &[],
    pinned: &[],
    reasoning_effort: Effort::Refused,
};

static UNKNOWN: ParamRules = ParamRules {
    unsupported: &[THINKING],
    renamed: &[],
    pinned: &[],
    reasoning_effort: Effort::Passes,
};

/// The rules of a model of OpenAI's.
#[must_use]
pub fn rules(model: &str) -> &'static ParamRules {
    let model = model.strip_prefix("ft:").unwrap_or(model);
    let is = |families: &[&str]| families.iter().any(|family| model.starts_with(family));
    if is(&["gpt-5-chat", "gpt-5.1-chat", "gpt-5.2-chat"]) {
        &CHAT
    } else if is(&["gpt-5"]) {
        &REASONING_GPT
    } else if is(&["o1-mini", "o1-preview", "o3-mini"]) || model == "o1" {
        &REASONING_O
    } else if is(&["o1", "o3", "o4"]) {
        &REASONING_O_PARALLEL
    } else if is(&["gpt-4", "gpt-3.5", "chatgpt-"]) {
        &CHAT
    } else {
        &UNKNOWN
    }
}

/// The rules for a server that is not OpenAI's.
#[must_use]
pub fn unknown_model(_model: &str) -> &'static ParamRules {
    &UNKNOWN
}
