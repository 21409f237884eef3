//! The key of a call.

use http::HeaderValue;

use crate::error::{Error, ErrorKind, Result};
use crate::registry::{self, Call, KeyOrder};
use crate::resolve::Surroundings;
use crate::secret::Secret;

/// Whether the call goes to another provider's host. What the caller did not say for this call stays at home then: a
/// provider's key never goes to another provider.
pub(crate) fn is_elsewhere(call: &Call<'_>) -> bool {
    let base = call.options.base_url.as_deref();
    let host = base.and_then(registry::public_host);
    host.is_some_and(|host| registry::is_anothers(call.provider, &host))
}

/// The key as it is named: by the call, by the module's attributes, by the environment.
pub(crate) fn of(call: &Call<'_>) -> Option<Secret> {
    let Call {
        provider,
        options,
        around,
        ..
    } = call;
    // Asked only where the call does not name its key.
    let around =
        |find: &dyn Fn(&dyn Surroundings) -> Option<String>| find(*around).filter(|_| !is_elsewhere(call));
    let setting = || {
        around(&|around| {
            let named = provider.key_settings.iter().find_map(|name| around.setting(name));
            named.or_else(|| own_settings(provider.name).find_map(|name| around.setting(&name)))
        })
    };
    let environment = || around(&|around| provider.key_env.iter().find_map(|name| around.env(name)));
    options
        .api_key
        .clone()
        .filter(|key| !key.expose().is_empty())
        .or_else(|| {
            let own = around(&|around| around.key_of(provider.name));
            let found = own.or_else(|| match provider.key_order {
                KeyOrder::SettingsFirst => setting().or_else(environment),
                KeyOrder::EnvironmentFirst => environment().or_else(setting),
            });
            found.map(|key| Secret::new(&key))
        })
}

/// The key, and whether it is a token.
pub(super) fn key(call: &Call<'_>) -> Result<(Option<Secret>, bool)> {
    let Call {
        provider,
        options,
        around,
        ..
    } = call;
    let (found, is_token) = match of(call) {
        Some(key) => (Some(key), false),
        None => {
            let (options_with, variables) = provider.token;
            let option = options_with
                .iter()
                .find_map(|name| options.provider_options.text(name).map(str::to_owned));
            let environment = || variables.iter().find_map(|name| around.env(name));
            let token = option.or_else(|| environment().filter(|_| !is_elsewhere(call)));
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
        None if is_elsewhere(call) => Err(Error::new(
            ErrorKind::Authentication,
            format!(
                "`api_base` is another provider's host, and a key of {} that was set elsewhere is not sent there: pass `api_key`, \
                 or name the model with that provider's prefix",
                provider.name
            ),
        )
        .with_status(401)),
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

/// The module attributes that hold a provider's key by their name: `groq_key`, `novita_api_key`, ...
fn own_settings(provider: &str) -> impl Iterator<Item = String> + use<> {
    let stem = match provider {
        "together_ai" => "togetherai".to_owned(),
        "meta_llama" => "llama".to_owned(),
        name => name.strip_suffix("_chat").unwrap_or(name).replace('-', "_"),
    };
    ["_key", "_api_key"].map(|end| format!("{stem}{end}")).into_iter()
}

#[cfg(test)]
mod tests {
    use super::super::tests::resolve;
    use crate::error::ErrorKind;
    use crate::options::CallOptions;
    use crate::secret::Secret;

    #[test]
    fn a_key_that_was_not_given_for_the_call_stays_away_from_other_providers_hosts() {
        let keys = [
            ("OPENAI_API_KEY", "env"),
            ("GROQ_API_KEY", "groq"),
            ("openai_key", "setting"),
        ];
        let at = |model: &str, base: &str, key: Option<&str>| {
            let options = CallOptions {
                base_url: Some(base.to_owned()),
                api_key: key.map(Secret::new),
                ..CallOptions::default()
            };
            resolve(model, &options, &keys).map(|target| {
                let key = target.key.map(|key| key.expose().to_owned()).unwrap_or_default();
                (target.provider.name, key)
            })
        };
        let groq = "https://api.groq.com/openai/v1";
        let refused = at("openai/llama", groq, None).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::Authentication);
        assert_eq!(
            at("openai/llama", groq, Some("k")).unwrap(),
            ("openai", "k".to_owned())
        );
        assert_eq!(at("llama", groq, None).unwrap(), ("groq", "groq".to_owned()));
        assert_eq!(at("llama", "https://api.x.ai/v1", Some("k")).unwrap().0, "xai");
        assert_eq!(
            at("hosted_vllm/m", "https://api.openai.com/v1", None).unwrap(),
            ("hosted_vllm", String::new())
        );
        assert_eq!(
            at("openai/m", "https://proxy.example/v1", None).unwrap().1,
            "setting"
        );
    }

    #[test]
    fn a_providers_own_attribute_comes_after_the_environment() {
        let key = |pairs: &[(&'static str, &'static str)]| {
            let target = resolve("groq/llama", &CallOptions::default(), pairs).unwrap();
            target.key.map(|key| key.expose().to_owned()).unwrap_or_default()
        };
        assert_eq!(key(&[("groq_key", "own")]), "own");
        assert_eq!(
            key(&[("groq_key", "own"), ("GROQ_API_KEY", "environment")]),
            "environment"
        );
        let strange = resolve(
            "groq/llama",
            &CallOptions::default(),
            &[("openai_key", "strange")],
        );
        assert_eq!(strange.unwrap_err().kind(), ErrorKind::Authentication);
    }

    #[test]
    fn a_missing_key_names_the_variable() {
        let error = resolve("gpt-4o", &CallOptions::default(), &[]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.message().contains("OPENAI_API_KEY"));
    }
}
