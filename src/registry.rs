//! The providers, one row each. A row is data: where a provider lives, how it takes its key, which wire it speaks per
//! operation and where it departs from that wire.

use crate::params::ParamRules;
use crate::providers::openai;
use crate::wire::{ChatWire, EmbedWire};

/// How a key travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Auth {
    /// `Authorization: Bearer KEY`; a missing key is an error.
    Bearer,
    /// `Authorization: Bearer KEY` when there is a key: servers that run without one.
    OptionalBearer,
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
    /// Environment variables that name another base, first wins.
    pub base_env: &'static [&'static str],
    /// Environment variables that hold its key, first wins.
    pub key_env: &'static [&'static str],
    /// Module attributes that hold its key, first wins, before the environment.
    pub key_settings: &'static [&'static str],
    /// How the key travels.
    pub auth: Auth,
    /// Chat, where it has it.
    pub chat: Option<&'static dyn ChatWire>,
    /// Embeddings, where it has them.
    pub embed: Option<&'static dyn EmbedWire>,
    /// Which parameters a model of it takes.
    pub params: fn(model: &str) -> &'static ParamRules,
    /// Whether streams are asked for token counts.
    pub stream_usage: StreamUsage,
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
const OPENAI: Provider = Provider {
    name: "openai",
    label: "OpenAI",
    base_url: "https://api.openai.com/v1",
    base_env: &["OPENAI_BASE_URL", "OPENAI_API_BASE"],
    key_env: &["OPENAI_API_KEY"],
    key_settings: &["api_key", "openai_key"],
    auth: Auth::Bearer,
    chat: Some(&openai::Chat),
    embed: Some(&openai::Embed),
    params: openai::params::rules,
    stream_usage: StreamUsage::OwnHost,
};

static PROVIDERS: &[Provider] = &[
    OPENAI,
    // Any server that speaks OpenAI's dialect; its base is the caller's to give.
    Provider {
        name: "custom_openai",
        label: "Custom_openai",
        base_url: "",
        base_env: &[],
        key_settings: &[],
        key_env: &[],
        auth: Auth::OptionalBearer,
        params: openai::params::unknown_model,
        stream_usage: StreamUsage::OnRequest,
        ..OPENAI
    },
    // The simulator of this crate; its base is found by whoever started it.
    Provider {
        name: SIMULATOR,
        label: "Sim",
        base_url: "",
        base_env: &[],
        key_settings: &[],
        key_env: &[],
        auth: Auth::OptionalBearer,
        params: openai::params::unknown_model,
        stream_usage: StreamUsage::OnRequest,
        ..OPENAI
    },
];

/// The prefix that means the built-in simulator.
pub const SIMULATOR: &str = "sim";

/// Every row.
#[must_use]
pub fn providers() -> &'static [Provider] {
    PROVIDERS
}

/// The row of that name.
#[must_use]
pub fn provider(name: &str) -> Option<&'static Provider> {
    PROVIDERS.iter().find(|provider| provider.name == name)
}

/// The provider of a model named without one, where the name tells.
#[must_use]
pub fn provider_of_bare_model(model: &str) -> Option<&'static Provider> {
    openai::owns_model(model).then(|| provider("openai")).flatten()
}
