//! What a caller may say about one call beside the request itself.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::auth::token::TokenSource;
use crate::media::FilePolicy;
use crate::params::ParamPolicy;
use crate::secret::Secret;
use crate::transport::{Handler, TransportOptions};

/// The option that holds the end user's id where a call's labels name one.
pub(crate) const USER_ID: &str = "metadata.user_id";

/// Options that only some provider knows. Credentials are among them, so only their names are ever shown.
#[derive(Clone, Default)]
pub struct ProviderOptions {
    values: Map<String, Value>,
    /// Credentials that are given out when they are asked for.
    sources: Vec<(String, Arc<dyn TokenSource>)>,
}

impl ProviderOptions {
    /// Sets an option.
    pub fn set(&mut self, name: &str, value: Value) {
        self.values.insert(name.to_owned(), value);
    }
    /// Sets an option that is not a value but somebody who gives out tokens.
    pub fn set_source(&mut self, name: &str, source: Arc<dyn TokenSource>) {
        self.sources.retain(|(known, _)| known != name);
        self.sources.push((name.to_owned(), source));
    }
    /// Forgets an option, value or source.
    pub(crate) fn forget(&mut self, name: &str) {
        self.values.shift_remove(name);
        self.sources.retain(|(known, _)| known != name);
    }
    /// Who gives out the tokens of that name.
    #[must_use]
    pub fn source(&self, name: &str) -> Option<&Arc<dyn TokenSource>> {
        self.sources
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, source)| source)
    }
    /// Names of all options.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let sources = self.sources.iter().map(|(name, _)| name.as_str());
        self.values.keys().map(String::as_str).chain(sources)
    }
    /// The option of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.values.get(name)
    }
    /// The option of that name, when it is a text that says something.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values
            .get(name)
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty())
    }
}

impl std::fmt::Debug for ProviderOptions {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sources = self.sources.iter().map(|(name, _)| name);
        formatter
            .debug_set()
            .entries(self.values.keys().chain(sources))
            .finish()
    }
}

/// Time limits. All but `total` are per attempt, so a retry starts with fresh ones; `total` covers the whole call, its
/// retries and the waiting between them included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// To a connection (name look-up and TLS included). None: 10 s.
    pub connect: Option<Duration>,
    /// From sending to the first byte of the body.
    pub first_token: Option<Duration>,
    /// Between two pieces of the body.
    pub idle: Option<Duration>,
    /// For one attempt at a plain call. A healthy stream may last as long as it likes.
    pub attempt: Option<Duration>,
    /// For the whole call.
    pub total: Option<Duration>,
}

impl Timeouts {
    /// LiteLLM's default of 600 s.
    pub const DEFAULT: Duration = Duration::from_secs(600);

    /// One number for everything: no silence longer than `limit`, and no plain attempt longer than it.
    #[must_use]
    pub fn all(limit: Duration) -> Self {
        Self {
            connect: None,
            first_token: Some(limit),
            idle: Some(limit),
            attempt: Some(limit),
            total: None,
        }
    }
}

impl Default for Timeouts {
    fn default() -> Self {
        Self::all(Self::DEFAULT)
    }
}

/// Everything about one call that is not part of the request.
#[derive(Debug, Clone)]
pub struct CallOptions {
    /// The provider's name, when the model's name does not say it.
    pub provider: Option<String>,
    /// The key.
    pub api_key: Option<Secret>,
    /// Base URL.
    pub base_url: Option<String>,
    /// OpenAI's organization header.
    pub organization: Option<String>,
    /// OpenAI's project header.
    pub project: Option<String>,
    /// Headers to add; the caller's win.
    pub headers: Vec<(String, String)>,
    /// Query to add.
    pub query: Vec<(String, String)>,
    /// Body to add; the caller's keys win.
    pub body: Map<String, Value>,
    /// Options that only some provider knows: `aws_region_name`, `vertex_project`, `api_version`, ...
    pub provider_options: ProviderOptions,
    /// Time limits.
    pub timeouts: Timeouts,
    /// How many times a failed attempt is repeated: at most `retries + 1` requests are made.
    pub retries: u32,
    /// What happens to parameters that are not supported.
    pub params: ParamPolicy,
    /// Which files behind addresses are brought in for providers that do not fetch them.
    pub files: FilePolicy,
    /// How large an answer may be, unpacked, in bytes. Of a stream it is one event that may be.
    pub max_response: usize,
    /// How the connection is made.
    pub transport: TransportOptions,
    /// Who looks at requests on their way out, in this order.
    pub handlers: Vec<Arc<dyn Handler>>,
    /// Whether what became of parameters is noted beyond what was dropped.
    pub noting: bool,
}

impl CallOptions {
    /// An answer larger than this, 1 GiB, is refused instead of filling the memory.
    pub const MAX_RESPONSE: usize = 1 << 30;
}

impl Default for CallOptions {
    fn default() -> Self {
        Self {
            provider: None,
            api_key: None,
            base_url: None,
            organization: None,
            project: None,
            headers: Vec::new(),
            query: Vec::new(),
            body: Map::new(),
            provider_options: ProviderOptions::default(),
            timeouts: Timeouts::default(),
            retries: 2,
            params: ParamPolicy::default(),
            files: FilePolicy::default(),
            max_response: Self::MAX_RESPONSE,
            transport: TransportOptions::default(),
            handlers: Vec::new(),
            noting: false,
        }
    }
}
