//! What a row of the registry says.

use url::Url;

use crate::auth::Sign;
use crate::error::Result;
use crate::options::CallOptions;
use crate::params::ParamRules;
use crate::providers::openai;
use crate::resolve::{Surroundings, Target};
use crate::types::{ChatRequest, Operation};
use crate::wire::{ChatWire, EmbedWire, EndpointWire};

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
