//! Which parameters Ollama takes. What it does not know goes into `options`, where the model's runner looks for it.

use crate::params::ParamRules;

const NEVER: &[&str] = &[
    "logit_bias",
    "parallel_tool_calls",
    "thinking",
    "modalities",
    "audio",
    "prediction",
    "web_search_options",
    "service_tier",
    "store",
    "verbosity",
    "prompt_cache_key",
    "prompt_cache_retention",
    "safety_identifier",
];

/// One answer is what there is.
const ONE: &[(&str, f64)] = &[("n", 1.0)];

static RULES: ParamRules = ParamRules {
    unsupported: &[NEVER],
    renamed: &[],
    pinned: ONE,
    ..ParamRules::ALL
};

static EMBED: ParamRules = ParamRules {
    unsupported: &[&["user"]],
    renamed: &[],
    pinned: &[],
    ..ParamRules::ALL
};

pub(super) fn rules(_model: &str) -> &'static ParamRules {
    &RULES
}

pub(super) fn embed_rules(_model: &str) -> &'static ParamRules {
    &EMBED
}
