//! The providers, one row each. A row is data: where a provider lives, how it takes its key, which wire it speaks per
//! operation and where it departs from that wire.

mod about;
mod absent;
mod bare;
mod compatible;
mod compatible_endpoints;
mod compatible_params;
mod foreign;
mod hosts;
mod registered;
mod row;
mod sites;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::params::ParamRules;
use crate::providers::rerank::{self, Rerank};
use crate::providers::{
    anthropic, azure, azure_ai, bedrock, cohere, gemini, mistral, ollama, openai, vertex,
};
use crate::types::Operation;

pub use about::{About, CHAT_PARAMS, EMBED_PARAMS, about, about_all, supported_params};
pub use absent::absent;
pub(crate) use absent::is_absent;
pub use bare::provider_of_bare_model;
pub(crate) use foreign::foreign_options;
pub(crate) use hosts::is_anothers;
pub use hosts::provider_at;
pub(crate) use hosts::public_host;
pub use registered::{Registration, register, unregister};
pub use row::{Auth, Call, Endpoint, KeyOrder, OptionDefault, Provider, Quirks, StreamUsage};

/// OpenAI; the other rows say where they differ.
pub(crate) const OPENAI: Provider = Provider {
    name: "openai",
    label: "OpenAI",
    base_url: "https://api.openai.com/v1",
    site: None,
    base_settings: &["api_base"],
    base_env: &["OPENAI_BASE_URL", "OPENAI_API_BASE"],
    key_env: &["OPENAI_API_KEY"],
    key_settings: &["api_key", "openai_key"],
    key_order: KeyOrder::SettingsFirst,
    token: (&[], &[]),
    defaults: &[],
    key_optional: false,
    auth: Auth::Bearer,
    headers: &[],
    headers_env: &[],
    chat: Some(&openai::Chat),
    embed: Some(&openai::Embed),
    endpoints: &[],
    params: openai::params::rules,
    fixed_params: None,
    embed_params: |_| &ParamRules::ALL,
    stream_usage: StreamUsage::OwnHost,
    quirks: Quirks {
        most_inputs: 2048,
        ..Quirks::NONE
    },
};

/// A server that speaks OpenAI's dialect, of which no more is known.
pub(crate) const COMPATIBLE: Provider = Provider {
    base_settings: &[],
    base_env: &[],
    key_env: &[],
    key_settings: &[],
    key_order: KeyOrder::EnvironmentFirst,
    endpoints: openai::endpoints::MODELS,
    params: openai::params::unknown_model,
    stream_usage: StreamUsage::OnRequest,
    quirks: Quirks::COMPATIBLE,
    ..OPENAI
};

/// Embeddings in OpenAI's dialect, and nothing else.
const VOYAGE: Provider = Provider {
    name: "voyage",
    label: "Voyage",
    base_url: "https://api.voyageai.com/v1",
    base_env: &["VOYAGE_API_BASE"],
    key_env: &["VOYAGE_API_KEY"],
    chat: None,
    endpoints: &[Rerank::row(&rerank::VOYAGE)],
    quirks: Quirks {
        most_inputs: 1000,
        ..Quirks::COMPATIBLE
    },
    embed_params: |_| &ParamRules {
        unsupported: &[&["user"]],
        renamed: &[("dimensions", "output_dimension")],
        pinned: &[],
        ..ParamRules::ALL
    },
    ..COMPATIBLE
};

/// The same at Jina.
const JINA: Provider = Provider {
    name: "jina_ai",
    label: "Jina_ai",
    base_url: "https://api.jina.ai/v1",
    base_env: &["JINA_AI_API_BASE"],
    key_env: &["JINA_AI_API_KEY", "JINA_API_KEY", "JINA_AI_TOKEN"],
    chat: None,
    endpoints: &[Rerank::row(&rerank::JINA)],
    embed_params: |_| &ParamRules {
        unsupported: &[&["user"]],
        renamed: &[],
        pinned: &[],
        ..ParamRules::ALL
    },
    ..COMPATIBLE
};

/// The same from a server of one's own.
const INFINITY: Provider = Provider {
    name: "infinity",
    label: "Infinity",
    base_url: "",
    base_env: &["INFINITY_API_BASE"],
    key_env: &["INFINITY_API_KEY"],
    key_optional: true,
    chat: None,
    endpoints: &[Rerank::row(&rerank::SERVER)],
    ..COMPATIBLE
};

/// OpenAI's `/completions`, whatever the model is called.
const TEXT_COMPLETION: Provider = Provider {
    name: "text-completion-openai",
    chat: Some(&openai::ByCompletions),
    embed: None,
    endpoints: &[(&[Operation::TextCompletion], &openai::endpoints::Endpoints)],
    ..OPENAI
};

const CUSTOM_OPENAI: Provider = Provider {
    name: "custom_openai",
    label: "Custom_openai",
    base_url: "",
    endpoints: &[openai::endpoints::WITHOUT_RESPONSES, Rerank::row(&rerank::SERVER)],
    key_optional: true,
    quirks: Quirks {
        cache_control: true,
        ..Quirks::NONE
    },
    ..COMPATIBLE
};

static NATIVE: &[Provider] = &[
    Provider {
        endpoints: openai::endpoints::OPENAI,
        ..OPENAI
    },
    // The same on a connection of its own in LiteLLM; here there is one way.
    Provider {
        name: "aiohttp_openai",
        label: "Aiohttp_openai",
        endpoints: openai::endpoints::OPENAI,
        ..OPENAI
    },
    azure::ROW,
    azure_ai::ROW,
    anthropic::ROW,
    // Any server that speaks OpenAI's dialect; its base is the caller's to give.
    CUSTOM_OPENAI,
    Provider {
        name: "openai_like",
        label: "Openai_like",
        base_env: &["OPENAI_LIKE_API_BASE"],
        key_env: &["OPENAI_LIKE_API_KEY"],
        ..CUSTOM_OPENAI
    },
    // The simulator of this crate; its base is found by whoever started it.
    Provider {
        name: SIMULATOR,
        label: "Sim",
        base_url: "",
        endpoints: &[
            openai::endpoints::OPENAI_RESPONSES,
            openai::endpoints::WITHOUT_RESPONSES,
            Rerank::row(&rerank::SERVER),
        ],
        site: Some(|call| call.around.simulator()),
        key_optional: true,
        quirks: Quirks {
            cache_control: true,
            ..OPENAI.quirks
        },
        ..COMPATIBLE
    },
    mistral::ROW,
    mistral::CODESTRAL,
    cohere::ROW,
    cohere::CHAT,
    ollama::ROW,
    ollama::CHAT,
    VOYAGE,
    JINA,
    INFINITY,
    TEXT_COMPLETION,
    gemini::GEMINI,
    vertex::ROW,
    vertex::BETA,
    bedrock::ROW,
];

/// The prefix that means the built-in simulator.
pub const SIMULATOR: &str = "sim";

impl Provider {
    /// Which parameters a model of it takes.
    #[must_use]
    pub fn rules(&self, model: &str) -> &'static ParamRules {
        self.fixed_params.unwrap_or_else(|| (self.params)(model))
    }
    /// Which parameters an embedding model of it takes.
    #[must_use]
    pub fn embed_rules(&self, model: &str) -> &'static ParamRules {
        (self.embed_params)(model)
    }
    /// Whether its chat is OpenAI's, in which servers are asked the same way whoever runs them.
    #[must_use]
    pub fn speaks_openai(&self) -> bool {
        compatible::ROWS.iter().any(|row| row.name == self.name) || self.fixed_params.is_some()
    }
}

/// Every row: those that were added, then the built-in ones they do not replace.
pub fn providers() -> impl Iterator<Item = &'static Provider> {
    let added = registered::rows();
    let built_in = built_in_rows().filter({
        let added = added.clone();
        move |row| !added.iter().any(|other| other.name == row.name)
    });
    added.into_iter().chain(built_in)
}

/// The row of that name.
#[must_use]
pub fn provider(name: &str) -> Option<&'static Provider> {
    registered::find(name).or_else(|| built_in(name))
}

fn built_in_rows() -> impl Iterator<Item = &'static Provider> {
    NATIVE.iter().chain(compatible::ROWS)
}

/// The built-in row of that name. Every call asks, so the rows are not searched.
fn built_in(name: &str) -> Option<&'static Provider> {
    static BY_NAME: LazyLock<HashMap<&'static str, &'static Provider>> =
        LazyLock::new(|| built_in_rows().map(|row| (row.name, row)).collect());
    BY_NAME.get(name).copied()
}
