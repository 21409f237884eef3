//! From what the caller named to where the call goes: provider, model, base URL, key.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};
use url::Url;

use crate::error::{Error, ErrorKind, Result};
use crate::options::{CallOptions, ProviderOptions};
use crate::registry::{self, Auth, Call, KeyOrder, Provider, StreamUsage};
use crate::secret::Secret;

/// Where one call goes.
#[derive(Debug, Clone)]
pub struct Target {
    /// The row.
    pub provider: &'static Provider,
    /// The model without the provider's prefix.
    pub model: String,
    /// Base URL; a wire appends its path.
    pub base_url: Url,
    /// Whether that is the provider's own host rather than one the caller named.
    pub own_host: bool,
    /// The key.
    pub key: Option<Secret>,
    /// Whether the key is a token that travels as `Authorization: Bearer` whatever the provider's keys do.
    pub key_is_token: bool,
    /// The caller's extra headers, `organization` and `project` among them.
    pub headers: HeaderMap,
    /// The caller's extra query.
    pub query: Vec<(String, String)>,
    /// The caller's extra body, written over the wire's own at the top level.
    pub body: Map<String, Value>,
    /// The caller's options that only this provider knows: `aws_region_name`, `vertex_project`, `api_version`, ...
    pub options: ProviderOptions,
    /// What the wire notes of the request to read the answer by.
    pub notes: Map<String, Value>,
}

/// What a call may find out about its surroundings.
pub trait Surroundings {
    /// An environment variable; empty ones count as unset.
    fn env(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().filter(|value| !value.is_empty())
    }
    /// A module attribute of the host language; none in plain Rust.
    fn setting(&self, _name: &str) -> Option<String> {
        None
    }
    /// Base URL of the built-in simulator, started if need be.
    ///
    /// # Errors
    /// When it cannot be started or there is none.
    fn simulator(&self) -> Result<String> {
        Err(Error::bad_request(
            "no simulator is running; start one with edgequake_llm::sim::Simulator and pass its base_url",
        ))
    }
}

/// The process environment and nothing else.
#[derive(Debug, Clone, Copy, Default)]
pub struct Environment;
impl Surroundings for Environment {}

/// Which row and which model a name means.
///
/// # Errors
/// `BadRequest` for a name that tells no provider, or one this crate does not know.
pub fn split_model<'a>(model: &'a str, provider: Option<&str>) -> Result<(&'static Provider, &'a str)> {
    if let Some(name) = provider {
        let row = registry::provider(name).ok_or_else(|| unknown_provider(model))?;
        let bare = model
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix('/'))
            .unwrap_or(model);
        return Ok((row, bare));
    }
    if let Some((prefix, rest)) = model.split_once('/')
        && let Some(row) = registry::provider(prefix)
    {
        if rest.is_empty() {
            return Err(Error::bad_request(format!(
                "model {model:?} names a provider but no model"
            )));
        }
        return Ok((row, rest));
    }
    registry::provider_of_bare_model(model)
        .map(|row| (row, model))
        .ok_or_else(|| unknown_provider(model))
}

fn unknown_provider(model: &str) -> Error {
    Error::bad_request(format!(
        "LLM Provider NOT provided. Pass in the LLM provider you are trying to call. You passed model={model}. \
         Pass model as `provider/model`, for example `openai/gpt-4o-mini`, or `custom_openai/{model}` with `api_base` for a server \
         that speaks OpenAI's dialect."
    ))
}

impl Target {
    /// Finds everything a call needs. Order for keys and bases: argument, module attribute, environment, row.
    ///
    /// # Errors
    /// `BadRequest` for an unknown provider or a bad URL or header, `Authentication` for a missing key.
    pub fn resolve(model: &str, options: &CallOptions, around: &dyn Surroundings) -> Result<Self> {
        let (provider, model) = split_model(model, options.provider.as_deref())?;
        Self::for_row(provider, model, options, around).map_err(|error| error.about(provider.name, model))
    }

    fn for_row(
        provider: &'static Provider,
        model: &str,
        options: &CallOptions,
        around: &dyn Surroundings,
    ) -> Result<Self> {
        let call = Call {
            provider,
            model,
            options,
            around,
        };
        let (base, own_host) = base_url(&call)?;
        let (key, key_is_token) = key(&call)?;
        let mut known = options.provider_options.clone();
        for default in provider.defaults {
            if known.text(default.option).is_none() {
                let environment = || default.env.iter().find_map(|name| around.env(name));
                if let Some(value) = around.setting(default.setting).or_else(environment) {
                    known.set(default.option, Value::String(value));
                }
            }
        }
        if let Auth::Signed(signer) = provider.auth {
            signer.gather(&call, &mut known)?;
        }
        Ok(Self {
            provider,
            model: model.to_owned(),
            base_url: base,
            own_host,
            key,
            key_is_token,
            headers: headers(provider, options, around)?,
            query: options.query.clone(),
            body: options.body.clone(),
            options: known,
            notes: Map::new(),
        })
    }

    /// The base URL with `path` appended and the caller's query added.
    #[must_use]
    pub fn url(&self, path: &str) -> Url {
        let mut url = self.base_url.clone();
        let joined = format!("{}/{path}", url.path().trim_end_matches('/'));
        url.set_path(&joined);
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&self.query);
        }
        url
    }

    /// Whether a stream is asked for token counts without the caller having said so.
    #[must_use]
    pub fn asks_for_stream_usage(&self) -> bool {
        match self.provider.stream_usage {
            StreamUsage::OwnHost => self.own_host,
            StreamUsage::OnRequest => false,
        }
    }
}

fn base_url(call: &Call<'_>) -> Result<(Url, bool)> {
    let Call {
        provider,
        options,
        around,
        ..
    } = call;
    let given = options.base_url.clone().filter(|base| !base.trim().is_empty());
    let named = given
        .or_else(|| {
            provider
                .base_settings
                .iter()
                .find_map(|name| around.setting(name))
        })
        .or_else(|| provider.base_env.iter().find_map(|name| around.env(name)));
    let own_host = named.is_none();
    let text = match (named, provider.site) {
        (Some(text), _) => text,
        (None, Some(site)) => site(call)?,
        (None, None) if provider.base_url.is_empty() => {
            let variable = provider
                .base_env
                .first()
                .map(|name| format!(" or set {name}"))
                .unwrap_or_default();
            return Err(Error::bad_request(format!(
                "{} has no base URL of its own; pass `api_base`{variable}",
                provider.name
            )));
        }
        (None, None) => provider.base_url.to_owned(),
    };
    let wrong = |why: &str| {
        Error::bad_request(format!(
            "api_base {:?} is not a URL: {why}",
            without_password(&text)
        ))
    };
    let url = Url::parse(text.trim()).map_err(|error| wrong(&error.to_string()))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong("it must start with http:// or https://"));
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err(wrong("it has no host"));
    }
    Ok((url, own_host))
}

/// A URL as it may be shown: without user information and query, where secrets travel.
fn without_password(text: &str) -> String {
    let shown = text.split(['?', '#']).next().unwrap_or_default();
    match (shown.find("://"), shown.rfind('@')) {
        (Some(scheme), Some(at)) if at > scheme => {
            format!(
                "{}://{}",
                shown.get(..scheme).unwrap_or_default(),
                shown.get(at + 1..).unwrap_or_default()
            )
        }
        _ => shown.to_owned(),
    }
}

/// The key, and whether it is a token.
fn key(call: &Call<'_>) -> Result<(Option<Secret>, bool)> {
    let Call {
        provider,
        options,
        around,
        ..
    } = call;
    let setting = || provider.key_settings.iter().find_map(|name| around.setting(name));
    let environment = || provider.key_env.iter().find_map(|name| around.env(name));
    let found = options
        .api_key
        .clone()
        .filter(|key| !key.expose().is_empty())
        .or_else(|| {
            let found = match provider.key_order {
                KeyOrder::SettingsFirst => setting().or_else(environment),
                KeyOrder::EnvironmentFirst => environment().or_else(setting),
            };
            found.map(|key| Secret::new(&key))
        });
    let (found, is_token) = match found {
        Some(key) => (Some(key), false),
        None => {
            let (options_with, variables) = provider.token;
            let option = options_with
                .iter()
                .find_map(|name| options.provider_options.text(name).map(str::to_owned));
            let token = option.or_else(|| variables.iter().find_map(|name| around.env(name)));
            (token.map(|token| Secret::new(&token)), true)
        }
    };
    if let Some(key) = &found
        && HeaderValue::from_str(key.expose()).is_err()
    {
        return Err(Error::bad_request(
            "api_key has characters that no header can hold",
        ));
    }
    // The caller's own Authorization header is a key of its own kind.
    let authorized = options
        .headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    match found {
        Some(key) => Ok((Some(key), is_token)),
        None if provider.name == registry::SIMULATOR => {
            Ok((Some(Secret::new("sk-built-in-simulator")), false))
        }
        None if provider.key_optional || authorized => Ok((None, false)),
        None => {
            let variable = match provider.key_env {
                [] => "of the provider's key".to_owned(),
                names => names.join(" or "),
            };
            Err(Error::new(
                ErrorKind::Authentication,
                format!(
                    "no API key for {}: set the environment variable {variable} or pass `api_key`",
                    provider.name
                ),
            )
            .with_status(401))
        }
    }
}

fn headers(provider: &Provider, options: &CallOptions, around: &dyn Surroundings) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in provider.headers {
        insert(&mut headers, name, value)?;
    }
    if provider.name == "openai" {
        let organization = options
            .organization
            .clone()
            .or_else(|| around.setting("organization"));
        let organization = organization
            .or_else(|| around.env("OPENAI_ORGANIZATION"))
            .or_else(|| around.env("OPENAI_ORG_ID"));
        if let Some(organization) = organization {
            insert(&mut headers, "openai-organization", &organization)?;
        }
        let project = options
            .project
            .clone()
            .or_else(|| around.setting("project"))
            .or_else(|| around.env("OPENAI_PROJECT"));
        let project = project.or_else(|| around.env("OPENAI_PROJECT_ID"));
        if let Some(project) = project {
            insert(&mut headers, "openai-project", &project)?;
        }
    }
    for (name, value) in &options.headers {
        insert(&mut headers, name, value)?;
    }
    Ok(headers)
}

// The value is not shown in the errors: a header is where keys travel.
fn insert(headers: &mut HeaderMap, name: &str, value: &str) -> Result<()> {
    let header = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| Error::bad_request(format!("{name:?} is not a header name")))?;
    let mut value = HeaderValue::from_str(value).map_err(|_| {
        Error::bad_request(format!(
            "the value of header {name:?} has characters no header can hold"
        ))
    })?;
    value.set_sensitive(true);
    headers.insert(header, value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[derive(Default)]
    struct Fixed(HashMap<&'static str, &'static str>);
    impl Surroundings for Fixed {
        fn env(&self, name: &str) -> Option<String> {
            self.0.get(name).map(|value| (*value).to_owned())
        }
        fn setting(&self, name: &str) -> Option<String> {
            self.0.get(name).map(|value| (*value).to_owned())
        }
    }
    fn around(pairs: &[(&'static str, &'static str)]) -> Fixed {
        Fixed(pairs.iter().copied().collect())
    }
    fn resolve(model: &str, options: &CallOptions, pairs: &[(&'static str, &'static str)]) -> Result<Target> {
        Target::resolve(model, options, &around(pairs))
    }

    #[test]
    fn argument_before_setting_before_environment() {
        let pairs = [
            ("OPENAI_API_KEY", "env"),
            ("openai_key", "setting"),
            ("OPENAI_BASE_URL", "http://env/v1"),
            ("api_base", "http://setting/v1"),
        ];
        let key = |target: Target| target.key.map(|key| key.expose().to_owned()).unwrap_or_default();
        let options = CallOptions {
            api_key: Some(Secret::new("argument")),
            base_url: Some("http://argument/v1".into()),
            ..CallOptions::default()
        };
        let target = resolve("gpt-4o", &options, &pairs).unwrap();
        assert_eq!(
            (target.base_url.as_str(), target.own_host),
            ("http://argument/v1", false)
        );
        assert_eq!(key(target), "argument");
        let target = resolve("gpt-4o", &CallOptions::default(), &pairs).unwrap();
        assert_eq!(target.base_url.as_str(), "http://setting/v1");
        assert_eq!(key(target), "setting");
        let target = resolve("gpt-4o", &CallOptions::default(), &[pairs[0], pairs[2]]).unwrap();
        assert_eq!(target.base_url.as_str(), "http://env/v1");
        assert_eq!(key(target), "env");
    }

    #[test]
    fn names_of_models() {
        let row = |model, provider| split_model(model, provider).map(|(row, model)| (row.name, model));
        assert_eq!(row("openai/gpt-4o", None).unwrap(), ("openai", "gpt-4o"));
        assert_eq!(row("o3-mini", None).unwrap(), ("openai", "o3-mini"));
        assert_eq!(
            row("ft:gpt-4o:acme::x", None).unwrap(),
            ("openai", "ft:gpt-4o:acme::x")
        );
        assert_eq!(row("org/model", Some("openai")).unwrap(), ("openai", "org/model"));
        assert_eq!(row("openai/org/model", None).unwrap(), ("openai", "org/model"));
        for unknown in ["mistral-large-latest", "nobody/model", "openai/"] {
            assert_eq!(
                row(unknown, None).unwrap_err().kind(),
                ErrorKind::BadRequest,
                "{unknown}"
            );
        }
    }

    #[test]
    fn a_missing_key_names_the_variable() {
        let error = resolve("gpt-4o", &CallOptions::default(), &[]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.message().contains("OPENAI_API_KEY"));
    }

    #[test]
    fn bad_bases_are_refused_without_showing_secrets() {
        for base in [
            "nonsense",
            "ftp://host/v1",
            "http://",
            "https://user:canary@host:bad/v1?key=canary",
        ] {
            let options = CallOptions {
                api_key: Some(Secret::new("k")),
                base_url: Some(base.into()),
                ..CallOptions::default()
            };
            let error = resolve("gpt-4o", &options, &[]).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::BadRequest, "{base}");
            assert!(!error.message().contains("canary"), "{}", error.message());
        }
    }

    #[test]
    fn paths_and_queries_join() {
        let options = CallOptions {
            api_key: Some(Secret::new("k")),
            base_url: Some("http://host/deep/v1/?a=b".into()),
            query: vec![("c".into(), "d e".into())],
            ..CallOptions::default()
        };
        let target = resolve("gpt-4o", &options, &[]).unwrap();
        assert_eq!(
            target.url("chat/completions").as_str(),
            "http://host/deep/v1/chat/completions?a=b&c=d+e"
        );
    }
}
