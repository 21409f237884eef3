//! Which of OpenAI's parameters the model families on Bedrock take.

use super::invoke;
use super::model::{Model, Route};
use crate::params::ParamRules;
use crate::providers::openai::params::{LOGPROBS, PENALTIES, THINKING};

const NOWHERE: &[&str] = &[
    "n",
    "seed",
    "logit_bias",
    "store",
    "verbosity",
    "prompt_cache_key",
    "safety_identifier",
    "prediction",
    "modalities",
    "audio",
    "functions",
    "function_call",
];
const SEARCH: &[&str] = &["web_search_options"];
const EFFORT: &[&str] = &["reasoning_effort"];
const CHOICE: &[&str] = &["tool_choice"];

const fn of(unsupported: &'static [&'static [&'static str]]) -> ParamRules {
    ParamRules {
        unsupported,
        ..ParamRules::ALL
    }
}

static CLAUDE: ParamRules = of(&[NOWHERE, PENALTIES, LOGPROBS, SEARCH]);
static PLAIN_CLAUDE: ParamRules = of(&[NOWHERE, PENALTIES, LOGPROBS, THINKING, EFFORT, SEARCH]);
static NOVA: ParamRules = of(&[NOWHERE, PENALTIES, LOGPROBS, THINKING, EFFORT]);
static NOVA_2: ParamRules = of(&[NOWHERE, PENALTIES, LOGPROBS, THINKING]);
static GPT_OSS: ParamRules = of(&[NOWHERE, PENALTIES, LOGPROBS, THINKING, SEARCH]);
static CHOOSING: ParamRules = of(&[NOWHERE, PENALTIES, LOGPROBS, THINKING, EFFORT, SEARCH]);
static OTHER: ParamRules = of(&[NOWHERE, PENALTIES, LOGPROBS, THINKING, EFFORT, SEARCH, CHOICE]);

/// The rules of a model. Of what is behind an ARN nothing is known, so nothing is refused.
pub(super) fn rules(model: &str) -> &'static ParamRules {
    let model = Model::named(model);
    match model.route {
        Route::Converse => of_family(model),
        Route::Invoke => invoke::rules(model),
    }
}

/// The rules of a family, asked through Converse.
pub(super) fn of_family(model: Model<'_>) -> &'static ParamRules {
    if model.claude().is_some_and(|claude| !claude.thinks()) {
        &PLAIN_CLAUDE
    } else if model.is_claude() || model.is_opaque() {
        &CLAUDE
    } else if model.is_nova_2() {
        &NOVA_2
    } else if model.is_nova() {
        &NOVA
    } else if model.is("gpt-oss") {
        &GPT_OSS
    } else if model.can_be_forced() {
        &CHOOSING
    } else {
        &OTHER
    }
}
