//! Which parameters OpenAI's model families take (platform.openai.com/docs/guides/reasoning, "API parameters").
//! A model this table does not know is given everything the caller sends: its server is the judge.

use crate::params::ParamRules;

/// Anthropic's dialect; nothing on this wire carries it.
pub(crate) const THINKING: &[&str] = &["thinking"];
/// Weights of tokens and what they tell.
pub(crate) const LOGPROBS: &[&str] = &["logprobs", "top_logprobs"];
/// Punishments for repetition.
pub(crate) const PENALTIES: &[&str] = &["presence_penalty", "frequency_penalty"];
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
};

/// The o-series after o3-mini calls tools in parallel.
static REASONING_O_PARALLEL: ParamRules = ParamRules {
    unsupported: &[THINKING, SAMPLING, PENALTIES, LOGPROBS, SPEECH, &["verbosity"]],
    renamed: REASONING,
    pinned: ONE,
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
};

static CHAT: ParamRules = ParamRules {
    unsupported: &[THINKING, &["reasoning_effort", "verbosity"]],
    renamed: &[],
    pinned: &[],
};

static UNKNOWN: ParamRules = ParamRules {
    unsupported: &[THINKING],
    renamed: &[],
    pinned: &[],
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
