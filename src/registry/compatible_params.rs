//! Which parameters the models of OpenAI-compatible providers take, where that is less than everything. Names as in the
//! providers' API references.

use crate::params::{Effort, ParamRules};
use crate::providers::openai::params::{
    ADVANCED, EVERYWHERE, FUNCTIONS, LOGPROBS, MAX_TOKENS, PENALTIES, TOOLS,
};

/// What is not said below passes.
pub(super) const SERVER: ParamRules = ParamRules {
    unsupported: &[EVERYWHERE],
    renamed: &[],
    pinned: &[],
    reasoning_effort: Effort::UnlessPlain,
};

pub(super) static PLAIN_TOKENS: ParamRules = ParamRules {
    renamed: MAX_TOKENS,
    ..SERVER
};
pub(super) static GROQ: ParamRules = ParamRules {
    unsupported: &[EVERYWHERE, &["web_search_options"]],
    renamed: MAX_TOKENS,
    ..SERVER
};
const XAI_NOT: &[&str] = &[
    "modalities",
    "prediction",
    "audio",
    "service_tier",
    "store",
    "safety_identifier",
    "prompt_cache_key",
];
/// docs.x.ai, "Reasoning": reasoning models take neither stops nor penalties, and only grok-3-mini takes an effort.
static XAI: ParamRules = ParamRules {
    unsupported: &[EVERYWHERE, FUNCTIONS, XAI_NOT],
    renamed: MAX_TOKENS,
    reasoning_effort: Effort::Refused,
    ..SERVER
};
static XAI_MINI: ParamRules = ParamRules {
    unsupported: &[EVERYWHERE, FUNCTIONS, XAI_NOT, PENALTIES, &["stop"]],
    renamed: MAX_TOKENS,
    reasoning_effort: Effort::Passes,
    ..SERVER
};
static XAI_REASONING: ParamRules = ParamRules {
    unsupported: &[EVERYWHERE, FUNCTIONS, XAI_NOT, PENALTIES, &["stop"]],
    renamed: MAX_TOKENS,
    reasoning_effort: Effort::Refused,
    ..SERVER
};

/// The rules of xAI's models; of a new name nothing is assumed but that efforts are rare.
pub(super) fn xai(model: &str) -> &'static ParamRules {
    let reasons =
        model.starts_with("grok-4") || model.starts_with("grok-code") || model.contains("reasoning");
    if model.starts_with("grok-3-mini") {
        &XAI_MINI
    } else if reasons && !model.contains("non-reasoning") {
        &XAI_REASONING
    } else {
        &XAI
    }
}
pub(super) static ZAI: ParamRules = ParamRules {
    unsupported: &[
        &["verbosity"],
        PENALTIES,
        LOGPROBS,
        FUNCTIONS,
        ADVANCED,
        &[
            "n",
            "max_completion_tokens",
            "logit_bias",
            "seed",
            "parallel_tool_calls",
        ],
    ],
    renamed: &[],
    reasoning_effort: Effort::Refused,
    ..SERVER
};
pub(super) static PERPLEXITY: ParamRules = ParamRules {
    unsupported: &[
        EVERYWHERE,
        TOOLS,
        LOGPROBS,
        &[
            "modalities",
            "prediction",
            "audio",
            "service_tier",
            "store",
            "safety_identifier",
            "prompt_cache_key",
        ],
        &["n", "stop", "logit_bias", "seed"],
    ],
    renamed: &[],
    ..SERVER
};
pub(super) static DEEPINFRA: ParamRules = ParamRules {
    unsupported: &[EVERYWHERE, LOGPROBS, ADVANCED, &["seed", "parallel_tool_calls"]],
    renamed: MAX_TOKENS,
    ..SERVER
};
pub(super) static NVIDIA_NIM: ParamRules = ParamRules {
    unsupported: &[EVERYWHERE, LOGPROBS, FUNCTIONS, ADVANCED, &["n", "logit_bias"]],
    renamed: MAX_TOKENS,
    ..SERVER
};
pub(super) static CEREBRAS: ParamRules = ParamRules {
    unsupported: &[
        EVERYWHERE,
        PENALTIES,
        LOGPROBS,
        FUNCTIONS,
        ADVANCED,
        &["n", "logit_bias", "parallel_tool_calls"],
    ],
    renamed: MAX_TOKENS,
    ..SERVER
};
pub(super) static BASETEN: ParamRules = ParamRules {
    unsupported: &[
        EVERYWHERE,
        LOGPROBS,
        FUNCTIONS,
        ADVANCED,
        &["n", "logit_bias", "parallel_tool_calls"],
    ],
    renamed: MAX_TOKENS,
    ..SERVER
};
pub(super) static SAMBANOVA: ParamRules = ParamRules {
    unsupported: &[
        EVERYWHERE,
        PENALTIES,
        LOGPROBS,
        ADVANCED,
        FUNCTIONS,
        &["n", "logit_bias", "seed"],
    ],
    renamed: MAX_TOKENS,
    ..SERVER
};
pub(super) static AI21_CHAT: ParamRules = ParamRules {
    unsupported: &[
        EVERYWHERE,
        PENALTIES,
        LOGPROBS,
        FUNCTIONS,
        ADVANCED,
        &["top_p", "logit_bias", "parallel_tool_calls"],
    ],
    renamed: MAX_TOKENS,
    ..SERVER
};
pub(super) static VOLCENGINE: ParamRules = ParamRules {
    unsupported: &[ADVANCED, &["verbosity", "parallel_tool_calls", "response_format"]],
    renamed: MAX_TOKENS,
    ..SERVER
};
pub(super) static MOONSHOT: ParamRules = ParamRules {
    unsupported: &[EVERYWHERE, FUNCTIONS],
    renamed: MAX_TOKENS,
    ..SERVER
};
pub(super) static HYPERBOLIC: ParamRules = ParamRules {
    unsupported: &[
        EVERYWHERE,
        LOGPROBS,
        FUNCTIONS,
        ADVANCED,
        &["max_completion_tokens", "logit_bias", "parallel_tool_calls"],
    ],
    renamed: &[],
    ..SERVER
};
pub(super) static INCEPTION: ParamRules = ParamRules {
    unsupported: &[
        EVERYWHERE,
        PENALTIES,
        LOGPROBS,
        FUNCTIONS,
        ADVANCED,
        &["top_p", "n", "logit_bias", "seed", "parallel_tool_calls"],
    ],
    renamed: MAX_TOKENS,
    ..SERVER
};
pub(super) static NSCALE: ParamRules = ParamRules {
    unsupported: &[EVERYWHERE, TOOLS, ADVANCED, &["max_completion_tokens", "seed"]],
    renamed: &[],
    ..SERVER
};
pub(super) static FEATHERLESS_AI: ParamRules = ParamRules {
    unsupported: &[
        EVERYWHERE,
        TOOLS,
        LOGPROBS,
        ADVANCED,
        &["seed", "response_format"],
    ],
    renamed: MAX_TOKENS,
    ..SERVER
};
pub(super) static NADIR: ParamRules = ParamRules {
    unsupported: &[
        EVERYWHERE,
        TOOLS,
        LOGPROBS,
        FUNCTIONS,
        ADVANCED,
        &["n", "stop", "max_completion_tokens", "logit_bias", "seed"],
    ],
    renamed: &[],
    ..SERVER
};
pub(super) static AMAZON_NOVA: ParamRules = ParamRules {
    unsupported: &[
        EVERYWHERE,
        PENALTIES,
        LOGPROBS,
        FUNCTIONS,
        ADVANCED,
        &[
            "n",
            "logit_bias",
            "seed",
            "parallel_tool_calls",
            "response_format",
        ],
    ],
    renamed: MAX_TOKENS,
    ..SERVER
};
pub(super) static SAIL: ParamRules = ParamRules {
    unsupported: &[EVERYWHERE, PENALTIES, LOGPROBS, &["stop", "logit_bias", "seed"]],
    renamed: &[],
    ..SERVER
};
pub(super) static DEEPSEEK: ParamRules = ParamRules {
    unsupported: &[&["verbosity"]],
    reasoning_effort: Effort::Passes,
    ..SERVER
};
pub(super) static VLLM: ParamRules = ParamRules {
    unsupported: &[&["verbosity"]],
    reasoning_effort: Effort::Passes,
    ..SERVER
};
pub(super) static OPENROUTER: ParamRules = ParamRules {
    unsupported: &[&["verbosity"]],
    reasoning_effort: Effort::Passes,
    ..SERVER
};
const FIREWORKS_NOT: &[&str] = &[
    "web_search_options",
    "modalities",
    "audio",
    "store",
    "safety_identifier",
];
static FIREWORKS: ParamRules = ParamRules {
    unsupported: &[EVERYWHERE, FUNCTIONS, FIREWORKS_NOT],
    renamed: MAX_TOKENS,
    ..SERVER
};
static FIREWORKS_WITHOUT_TOOLS: ParamRules = ParamRules {
    unsupported: &[EVERYWHERE, TOOLS, FIREWORKS_NOT],
    ..FIREWORKS
};

/// The rules of Fireworks' models; its catalogue says of these that they call no functions.
pub(super) fn fireworks(model: &str) -> &'static ParamRules {
    const WITHOUT_TOOLS: &[&str] = &[
        "deepseek-coder-v2-instruct",
        "llama-v3p1-8b-instruct",
        "llama-v3p2-",
        "qwen2-72b-instruct",
        "qwen2p5-coder-32b-instruct",
        "yi-large",
    ];
    let name = model.rsplit('/').next().unwrap_or(model);
    if WITHOUT_TOOLS.iter().any(|family| name.starts_with(family)) {
        &FIREWORKS_WITHOUT_TOOLS
    } else {
        &FIREWORKS
    }
}

/// Whether a model at Groq answers a schema only by a tool (console.groq.com/docs/structured-outputs, "Supported models").
pub(super) fn groq_by_tool(model: &str) -> bool {
    const NATIVE: &[&str] = &["gpt-oss", "kimi-k2", "llama-4", "qwen3.8"];
    !NATIVE.iter().any(|family| model.contains(family))
}
/// LM Studio documents no effort for chats (lmstudio.ai/docs, "Chat Completions").
pub(super) static LM_STUDIO: ParamRules = ParamRules {
    reasoning_effort: Effort::Refused,
    ..SERVER
};
pub(super) static REASONS: ParamRules = ParamRules {
    reasoning_effort: Effort::Passes,
    ..SERVER
};
pub(super) static DATABRICKS: ParamRules = ParamRules {
    unsupported: &[
        &["verbosity", "parallel_tool_calls", "logit_bias", "seed"],
        PENALTIES,
        LOGPROBS,
        FUNCTIONS,
        ADVANCED,
    ],
    renamed: MAX_TOKENS,
    reasoning_effort: Effort::Passes,
    ..SERVER
};
pub(super) static GRADIENT_AI: ParamRules = ParamRules {
    unsupported: &[
        EVERYWHERE,
        TOOLS,
        LOGPROBS,
        ADVANCED,
        &["n", "logit_bias", "user", "seed", "response_format"],
    ],
    renamed: &[],
    ..SERVER
};
pub(super) static MARITALK: ParamRules = ParamRules {
    unsupported: &[
        EVERYWHERE,
        LOGPROBS,
        FUNCTIONS,
        &[
            "max_completion_tokens",
            "logit_bias",
            "seed",
            "parallel_tool_calls",
            "response_format",
        ],
    ],
    renamed: &[],
    ..SERVER
};
/// v0 lists what it takes, and nothing of it shapes the sampling (v0.dev/docs, "Model API").
pub(super) static V0: ParamRules = ParamRules {
    unsupported: &[
        EVERYWHERE,
        PENALTIES,
        LOGPROBS,
        FUNCTIONS,
        ADVANCED,
        &[
            "n",
            "stop",
            "seed",
            "top_p",
            "temperature",
            "logit_bias",
            "response_format",
            "parallel_tool_calls",
        ],
    ],
    renamed: &[],
    ..SERVER
};
