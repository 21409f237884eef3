//! The providers, one row each. A row is data: where a provider lives, how it takes its key, which wire it speaks per
//! operation and where it departs from that wire.

mod compatible;

use crate::auth::Sign;
use crate::error::Result;
use crate::options::CallOptions;
use crate::params::ParamRules;
use crate::providers::{anthropic, openai};
use crate::resolve::Surroundings;
use crate::wire::{ChatWire, EmbedWire};

/// How a key travels.
#[derive(Clone, Copy)]
pub enum Auth {
    /// `Authorization: Bearer KEY`.
    Bearer,
    /// The key alone in a header of this name.
    Header(&'static str),
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
    /// Whether it answers without a key.
    pub key_optional: bool,
    /// How the key travels.
    pub auth: Auth,
    /// Headers of every request.
    pub headers: &'static [(&'static str, &'static str)],
    /// Chat, where it has it.
    pub chat: Option<&'static dyn ChatWire>,
    /// Embeddings, where it has them.
    pub embed: Option<&'static dyn EmbedWire>,
    /// Which parameters a model of it takes.
    pub params: fn(model: &str) -> &'static ParamRules,
    /// Which parameters an embedding model of it takes.
    pub embed_params: fn(model: &str) -> &'static ParamRules,
    /// Whether streams are asked for token counts.
    pub stream_usage: StreamUsage,
    /// Where it departs from OpenAI's dialect, if that is the wire it speaks.
    pub quirks: Quirks,
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

/// Where keys are looked for first, after the argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyOrder {
    /// The module's attributes, then the environment.
    SettingsFirst,
    /// The environment, then the module's attributes.
    EnvironmentFirst,
}

/// Departures from OpenAI's dialect, as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quirks {
    /// Content that is a list of texts is sent as one text.
    pub text_content: bool,
    /// The role `developer` is sent as `system`.
    pub developer_is_system: bool,
    /// `cache_control` means something to it.
    pub cache_control: bool,
    /// Answers name the model as `provider/model`.
    pub names_itself: bool,
}

impl Quirks {
    /// A server that takes OpenAI's dialect and knows no other.
    pub const COMPATIBLE: Self = Self {
        text_content: false,
        developer_is_system: true,
        cache_control: false,
        names_itself: true,
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
    key_optional: false,
    auth: Auth::Bearer,
    headers: &[],
    chat: Some(&openai::Chat),
    embed: Some(&openai::Embed),
    params: openai::params::rules,
    embed_params: |_| &ParamRules::ALL,
    stream_usage: StreamUsage::OwnHost,
    quirks: Quirks {
        text_content: false,
        developer_is_system: false,
        cache_control: false,
        names_itself: false,
    },
};

/// A server that speaks OpenAI's dialect, of which no more is known.
pub(crate) const COMPATIBLE: Provider = Provider {
    base_settings: &[],
    base_env: &[],
    key_env: &[],
    key_settings: &[],
    key_order: KeyOrder::EnvironmentFirst,
    params: openai::params::unknown_model,
    stream_usage: StreamUsage::OnRequest,
    quirks: Quirks::COMPATIBLE,
    ..OPENAI
};

static NATIVE: &[Provider] = &[
    OPENAI,
    anthropic::ROW,
    // Any server that speaks OpenAI's dialect; its base is the caller's to give.
    Provider {
        name: "custom_openai",
        label: "Custom_openai",
        base_url: "",
        key_optional: true,
        quirks: Quirks {
            developer_is_system: false,
            cache_control: true,
            ..OPENAI.quirks
        },
        ..COMPATIBLE
    },
    // The simulator of this crate; its base is found by whoever started it.
    Provider {
        name: SIMULATOR,
        label: "Sim",
        base_url: "",
        site: Some(|call| call.around.simulator()),
        key_optional: true,
        quirks: Quirks {
            cache_control: true,
            ..OPENAI.quirks
        },
        ..COMPATIBLE
    },
];

/// The prefix that means the built-in simulator.
pub const SIMULATOR: &str = "sim";

/// Every row.
pub fn providers() -> impl Iterator<Item = &'static Provider> {
    NATIVE.iter().chain(compatible::ROWS)
}

/// The row of that name.
#[must_use]
pub fn provider(name: &str) -> Option<&'static Provider> {
    providers().find(|provider| provider.name == name)
}

/// The provider of a model named without one, where the name tells.
#[must_use]
pub fn provider_of_bare_model(model: &str) -> Option<&'static Provider> {
    if anthropic::owns_model(model) {
        return provider(anthropic::ROW.name);
    }
    openai::owns_model(model).then(|| provider("openai")).flatten()
}
