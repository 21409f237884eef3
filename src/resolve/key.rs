//! The key of a call.

use http::HeaderValue;

use crate::error::{Error, ErrorKind, Result};
use crate::registry::{self, Call, KeyOrder};
use crate::secret::Secret;

/// The key as it is named: by the call, by the module's attributes, by the environment.
pub(crate) fn of(call: &Call<'_>) -> Option<Secret> {
    let Call {
        provider,
        options,
        around,
        ..
    } = call;
    let setting = || {
        let named = provider.key_settings.iter().find_map(|name| around.setting(name));
        named.or_else(|| own_settings(provider.name).find_map(|name| around.setting(&name)))
    };
    let environment = || provider.key_env.iter().find_map(|name| around.env(name));
    options
        .api_key
        .clone()
        .filter(|key| !key.expose().is_empty())
        .or_else(|| {
            let found = match provider.key_order {
                KeyOrder::SettingsFirst => setting().or_else(environment),
                KeyOrder::EnvironmentFirst => environment().or_else(setting),
            };
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
