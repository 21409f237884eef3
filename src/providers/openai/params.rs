//! Which parameters OpenAI's model families take (platform.openai.com/docs/guides/reasoning, "API parameters").
//! A model this table does not know is given everything the caller sends: its server is the judge.

use crate::params::ParamRules;

/// Anthropic's dialect; nothing on this wire carries it.
const FOREIGN: &str = "thinking";

static REASONING_O: ParamRules = ParamRules {
    unsupported: &[
        FOREIGN,
        "top_p",
        "presence_penalty",
        "frequency_penalty",
        "logit_bias",
        "logprobs",
        "top_logprobs",
        "parallel_tool_calls",
        "verbosity",
        "modalities",
        "audio",
    ],
    renamed: &[("max_tokens", "max_completion_tokens")],
    pinned: &[("temperature", 1.0)],
};

/// The o-series after o3-mini calls tools in parallel.
static REASONING_O_PARALLEL: ParamRules = ParamRules {
    unsupported: &[
        FOREIGN,
        "top_p",
        "presence_penalty",
        "frequency_penalty",
        "logit_bias",
        "logprobs",
        "top_logprobs",
        "verbosity",
        "modalities",
        "audio",
    ],
    ..REASONING_O
};

static REASONING_GPT: ParamRules = ParamRules {
    unsupported: &[
        FOREIGN,
        "top_p",
        "presence_penalty",
        "frequency_penalty",
        "logit_bias",
        "logprobs",
        "top_logprobs",
        "stop",
        "prediction",
        "modalities",
        "audio",
        "web_search_options",
    ],
    ..REASONING_O
};

static CHAT: ParamRules = ParamRules {
    unsupported: &[FOREIGN, "reasoning_effort", "verbosity"],
    renamed: &[],
    pinned: &[],
};

static UNKNOWN: ParamRules = ParamRules {
    unsupported: &[FOREIGN],
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
