//! Which parameters Cohere takes (docs.cohere.com/reference/chat). It answers once: `n` is only taken as 1.

use serde_json::{Map, Value};

use crate::params::{self, ParamRules};

const NEVER: &[&str] = &[
    "logit_bias",
    "logprobs",
    "top_logprobs",
    "functions",
    "function_call",
    "parallel_tool_calls",
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
const REASONING: &[&str] = &["reasoning_effort", "thinking"];
const ONE: &[(&str, f64)] = &[("n", 1.0)];
const RENAMED: &[(&str, &str)] = &[("top_p", "p"), ("stop", "stop_sequences")];

static PLAIN: ParamRules = ParamRules {
    unsupported: &[NEVER, REASONING],
    renamed: RENAMED,
    pinned: ONE,
    ..ParamRules::ALL
};

static THINKS: ParamRules = ParamRules {
    unsupported: &[NEVER],
    renamed: RENAMED,
    pinned: ONE,
    ..ParamRules::ALL
};

static EMBED: ParamRules = ParamRules {
    unsupported: &[&["user"]],
    renamed: &[("dimensions", "output_dimension")],
    pinned: &[],
    ..ParamRules::ALL
};

/// Whether a model thinks before it answers.
pub(super) fn thinks(model: &str) -> bool {
    model.contains("reasoning")
}

pub(super) fn rules(model: &str) -> &'static ParamRules {
    if thinks(model) { &THINKS } else { &PLAIN }
}

pub(super) fn embed_rules(_model: &str) -> &'static ParamRules {
    &EMBED
}

/// JSON is not to be had together with tools or documents (docs.cohere.com/docs/structured-outputs), and a tool cannot
/// be called that is not offered.
pub(super) fn unsayable(params: &Map<String, Value>) -> Vec<&'static str> {
    let given = |name: &str| {
        params
            .get(name)
            .and_then(Value::as_array)
            .is_some_and(|items| !items.is_empty())
    };
    let kind = params
        .get("response_format")
        .and_then(|format| format.get("type"))
        .and_then(Value::as_str);
    let mut refused = params::choice_without_tools(params);
    if kind.is_some_and(|kind| kind != "text") && (given("tools") || given("documents")) {
        refused.push("response_format");
    }
    refused
}
