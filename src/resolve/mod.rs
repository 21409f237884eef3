//! From what the caller named to where the call goes: provider, model, base URL, key.

mod base;
mod headers;
mod key;
mod names;
mod surroundings;

use http::HeaderMap;
use serde_json::{Map, Value};
use url::Url;

use crate::error::Result;
use crate::options::{CallOptions, ProviderOptions};
use crate::registry::{Auth, Call, Provider, StreamUsage};
use crate::secret::{Secret, Secrets, says_secret};
use crate::wire::WireRequest;

pub(crate) use key::{is_elsewhere, of as key_of};
pub use names::{locate, split_model};
pub use surroundings::{Environment, Surroundings};

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

impl Target {
    /// Finds everything a call needs. Order for keys and bases: argument, module attribute, environment, row.
    ///
    /// # Errors
    /// `BadRequest` for an unknown provider or a bad URL or header, `Authentication` for a missing key.
    pub fn resolve(model: &str, options: &CallOptions, around: &dyn Surroundings) -> Result<Self> {
        let (provider, model) = locate(model, options.provider.as_deref(), options.base_url.as_deref())?;
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
        let (base, own_host) = base::base_url(&call)?;
        let (key, key_is_token) = key::key(&call)?;
        let mut known = options.provider_options.clone();
        for default in provider.defaults {
            if known
                .get(default.option)
                .is_none_or(|given| given.is_null() || given == "")
            {
                let environment = || default.env.iter().find_map(|name| around.env(name));
                if let Some(value) = around
                    .structure(default.setting)?
                    .or_else(|| environment().map(Value::String))
                {
                    known.set(default.option, value);
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
            headers: headers::headers(provider, options, around)?,
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

    /// What must not be shown of a call.
    pub(crate) fn secrets(&self, request: &WireRequest) -> Secrets {
        let mut secrets = Secrets::of(self.key.as_ref(), &self.headers)
            .and_in(&request.headers)
            .and_in_url(&request.url);
        if let (Auth::Headers(of), Some(key)) = (self.provider.auth, &self.key) {
            // The key may travel in parts.
            for (_, value) in of(self, key.expose()) {
                secrets = secrets.and(value.rsplit(' ').next());
            }
        }
        for name in self.options.names().filter(|name| says_secret(name)) {
            secrets = secrets.and(self.options.text(name));
        }
        secrets
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
    pub(super) fn resolve(
        model: &str,
        options: &CallOptions,
        pairs: &[(&'static str, &'static str)],
    ) -> Result<Target> {
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
