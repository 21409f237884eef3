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
mod sites;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::LazyLock;

use url::Url;

use crate::auth::Sign;
use crate::error::Result;
use crate::options::CallOptions;
use crate::params::ParamRules;
use crate::providers::rerank::{self, Rerank};
use crate::providers::{
    anthropic, azure, azure_ai, bedrock, cohere, gemini, mistral, ollama, openai, vertex,
};
use crate::resolve::{Surroundings, Target};
use crate::types::{ChatRequest, Operation};
use crate::wire::{ChatWire, EmbedWire, EndpointWire};

pub use about::{About, CHAT_PARAMS, EMBED_PARAMS, about, about_all, supported_params};
pub use absent::absent;
pub(crate) use absent::is_absent;
pub use bare::provider_of_bare_model;
pub(crate) use foreign::foreign_options;
pub(crate) use hosts::is_anothers;
pub use hosts::provider_at;
pub(crate) use hosts::public_host;
pub use registered::{Registration, register, unregister};

/// How a key travels.
#[derive(Clone, Copy)]
pub enum Auth {
    /// `Authorization: Bearer KEY`.
    Bearer,
    /// The key alone in a header of this name.
    Header(&'static str),
    /// In headers that depend on the key or the address.
    Headers(fn(target: &Target, key: &str) -> Vec<(&'static str, String)>),
    /// A signature or a short-lived token, made for every attempt.
    Signed(&'static dyn Sign),
}

/// When a stream is asked for its token counts without the caller having said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamUsage {
    /// On the provider's own host; a server at another base may not know the option.
    OwnHost,
    /// Only when the caller asks.
    OnRequest,
}

/// One provider.
pub struct Provider {
    /// The prefix of `provider/model`.
    pub name: &'static str,
    /// How error messages call it.
    pub label: &'static str,
    /// Base URL, empty where the caller must give one.
    pub base_url: &'static str,
    /// Finds the base URL where it depends on the call (a region, a project); wins over `base_url`.
    pub site: Option<fn(&Call<'_>) -> Result<String>>,
    /// Module attributes that name another base, first wins, before the environment.
    pub base_settings: &'static [&'static str],
    /// Environment variables that name another base, first wins.
    pub base_env: &'static [&'static str],
    /// Environment variables that hold its key, first wins.
    pub key_env: &'static [&'static str],
    /// Module attributes that hold its key, first wins.
    pub key_settings: &'static [&'static str],
    /// Which of the two is asked first.
    pub key_order: KeyOrder,
    /// Options that hold a token to be sent as `Authorization: Bearer` instead of the key, then the environment
    /// variables that do; asked when there is no key.
    pub token: (&'static [&'static str], &'static [&'static str]),
    /// Options that have a default in the module's attributes or the environment.
    pub defaults: &'static [OptionDefault],
    /// Whether it answers without a key.
    pub key_optional: bool,
    /// How the key travels.
    pub auth: Auth,
    /// Headers of every request.
    pub headers: &'static [(&'static str, &'static str)],
    /// Headers that are sent where an environment variable says something: header, variable.
    pub headers_env: &'static [(&'static str, &'static str)],
    /// Chat, where it has it.
    pub chat: Option<&'static dyn ChatWire>,
    /// Embeddings, where it has them.
    pub embed: Option<&'static dyn EmbedWire>,
    /// Other operations it has, and who speaks them.
    pub endpoints: &'static [Endpoint],
    /// Which parameters a model of it takes.
    pub params: fn(model: &str) -> &'static ParamRules,
    /// The same for rows that are made while the program runs; wins over `params`.
    pub fixed_params: Option<&'static ParamRules>,
    /// Which parameters an embedding model of it takes.
    pub embed_params: fn(model: &str) -> &'static ParamRules,
    /// Whether streams are asked for token counts.
    pub stream_usage: StreamUsage,
    /// Where it departs from OpenAI's dialect, if that is the wire it speaks.
    pub quirks: Quirks,
}

/// Operations and the wire that speaks them.
pub type Endpoint = (&'static [Operation], &'static dyn EndpointWire);

impl Provider {
    /// Who speaks this operation, where the provider has it for this model.
    #[must_use]
    pub fn endpoint(&self, operation: Operation, model: &str) -> Option<&'static dyn EndpointWire> {
        self.endpoints.iter().find_map(|(operations, wire)| {
            (operations.contains(&operation) && wire.takes(operation, model)).then_some(*wire)
        })
    }
}

/// What a row may look at to find its base URL.
pub struct Call<'a> {
    /// The row.
    pub provider: &'static Provider,
    /// The model without the provider's prefix.
    pub model: &'a str,
    /// What the caller said.
    pub options: &'a CallOptions,
    /// Environment and settings.
    pub around: &'a dyn Surroundings,
}

/// Where an option is looked for when the caller does not give it: a module attribute, then environment variables.
#[derive(Debug, Clone, Copy)]
pub struct OptionDefault {
    /// The option's name.
    pub option: &'static str,
    /// The module attribute.
    pub setting: &'static str,
    /// The environment variables, first wins.
    pub env: &'static [&'static str],
}

/// Where keys are looked for first, after the argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyOrder {
    /// The module's attributes, then the environment.
    SettingsFirst,
    /// The environment, then the module's attributes.
    EnvironmentFirst,
}

/// Departures from OpenAI's dialect, as data.
#[derive(Debug, Clone, Copy)]
pub struct Quirks {
    /// Content that is a list of texts is sent as one text.
    pub text_content: bool,
    /// The role `developer` is sent as `system`.
    pub developer_is_system: bool,
    /// `cache_control` means something to it.
    pub cache_control: bool,
    /// Answers name the model as `provider/model`.
    pub names_itself: bool,
    /// Where a message says what the model thought, if under another name than `reasoning_content` or `reasoning`.
    pub reasoning_field: &'static str,
    /// Where a chat is asked.
    pub place: fn(&Target) -> Url,
    /// Keys that its messages do not have.
    pub message_without: &'static [&'static str],
    /// Keys that its tools and their schemas do not have.
    pub tool_without: &'static [&'static str],
    /// Types of content parts that it documents to refuse.
    pub refused_parts: &'static [&'static str],
    /// Types of `response_format` that it knows; empty for all.
    pub formats: &'static [&'static str],
    /// Which models answer a JSON schema only as the arguments of a tool they are made to call.
    pub schema_by_tool: fn(model: &str) -> bool,
    /// How the body names a model, where that is not how the caller does.
    pub model: fn(model: &str) -> Option<String>,
    /// How many inputs an embedding request takes.
    pub most_inputs: usize,
    /// What data cannot say, done to a request before it is written.
    pub adapt: fn(&mut ChatRequest),
}

impl Quirks {
    /// OpenAI.
    pub const NONE: Self = Self {
        text_content: false,
        developer_is_system: false,
        cache_control: false,
        names_itself: false,
        reasoning_field: "",
        place: openai::places::chat,
        message_without: &[],
        tool_without: &[],
        refused_parts: &[],
        formats: &[],
        schema_by_tool: |_| false,
        model: |_| None,
        most_inputs: usize::MAX,
        adapt: openai::departures::none,
    };
    /// A server that takes OpenAI's dialect and knows no other.
    pub const COMPATIBLE: Self = Self {
        developer_is_system: true,
        names_itself: true,
        ..Self::NONE
    };
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Provider")
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

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
