//! Which of OpenAI's parameters Gemini models take (ai.google.dev/api/generate-content, `GenerationConfig`).

use super::Family;
use crate::params::ParamRules;

/// Nothing in Google's dialect stands for these.
const NEVER: &[&str] = &[
    "function_call",
    "logit_bias",
    "prediction",
    "prompt_cache_key",
    "prompt_cache_retention",
    "safety_identifier",
    "store",
    "verbosity",
];
const THINKING: &[&str] = &["reasoning_effort", "thinking"];
const PENALTIES: &[&str] = &["presence_penalty", "frequency_penalty"];

macro_rules! rules {
    ($name:ident, $($group:expr),+) => {
        static $name: ParamRules = ParamRules {
            unsupported: &[$($group),+],
            renamed: &[],
            pinned: &[], ..ParamRules::ALL };
    };
}
rules!(GEMINI_2, NEVER);
rules!(GEMINI_3, NEVER, PENALTIES);
rules!(GEMINI_OLD, NEVER, THINKING);

pub(super) fn gemini(model: &str) -> &'static ParamRules {
    let family = Family::of_name(model);
    match family {
        Family { thinks: false, .. } => &GEMINI_OLD,
        Family { generation: 3.., .. } => &GEMINI_3,
        _ => &GEMINI_2,
    }
}

/// The same for Vertex AI.
pub(crate) fn vertex(model: &str) -> &'static ParamRules {
    gemini(model)
}
