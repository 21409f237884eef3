//! Azure: a key in `api-key`, or a token of Entra, from whoever can give one out. Applications with a secret and users
//! with a password are asked for here; everything else that Azure knows (managed and workload identities, certificates,
//! the command line's sign-in) is the host language's `azure-identity`.
//!
//! What is nearest to the call wins: its key, its token or identity, the module's and the environment's key, the
//! environment's token or identity.

mod application;

use std::sync::Arc;

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use self::application::Application;
use super::token::TOKENS;
use super::{Sign, Signed};
use crate::error::{Error, ErrorKind, Result};
use crate::options::ProviderOptions;
use crate::registry::Call;
use crate::resolve::{self, Target};
use crate::secret::Secret;
use crate::transport::Connection;
use crate::wire::WireRequest;

/// The options that hold a token or somebody who gives one out; the first holds what was chosen.
const TOKENS_GIVEN: [&str; 2] = ["azure_ad_token", "azure_ad_token_provider"];
const TOKEN: &str = "azure_ad_token";
const SCOPE: &str = "https://cognitiveservices.azure.com/.default";
const API_KEY: HeaderName = HeaderName::from_static("api-key");
/// What the host language calls its own ways to Azure.
const HOST_LANGUAGE: &str = "azure";
/// Variables by which a machine says that it has an identity.
const IDENTITIES: &[&str] = &[
    "AZURE_FEDERATED_TOKEN_FILE",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "IDENTITY_ENDPOINT",
    "MSI_ENDPOINT",
];

/// Azure's keys and Entra's tokens.
#[derive(Debug)]
pub struct Entra;

impl Sign for Entra {
    fn gather(&self, call: &Call<'_>, options: &mut ProviderOptions) -> Result<()> {
        let given = &call.options.provider_options;
        let keyed = call
            .options
            .api_key
            .as_ref()
            .is_some_and(|key| !key.expose().is_empty());
        let authorized = call
            .options
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
        for name in TOKENS_GIVEN {
            // The caller's key stands for it.
            if keyed {
                options.forget(name);
            } else if let Some(source) = given.source(name) {
                options.set_source(TOKEN, Arc::clone(source));
            }
        }
        if keyed
            || authorized
            || TOKENS_GIVEN.iter().any(|name| given.source(name).is_some())
            || given.text(TOKEN).is_some()
        {
            return Ok(());
        }
        let named = ["tenant_id", "client_id", "client_secret"]
            .iter()
            .any(|name| given.text(name).is_some());
        if named && let Some(application) = Application::of(call)? {
            options.set_source(TOKEN, Arc::new(application));
            return Ok(());
        }
        if resolve::key_of(call).is_some() {
            return Ok(());
        }
        if resolve::is_elsewhere(call) {
            return Err(missing(call.provider.name));
        }
        if let Some(token) = call.around.env("AZURE_AD_TOKEN") {
            options.set(TOKEN, Value::String(token));
            return Ok(());
        }
        if let Some(application) = Application::of(call)? {
            options.set_source(TOKEN, Arc::new(application));
            return Ok(());
        }
        let identity = IDENTITIES.iter().any(|name| call.around.env(name).is_some());
        if (identity || call.around.switch("enable_azure_ad_token_refresh"))
            && let Some(source) = call
                .around
                .token_source(HOST_LANGUAGE, &json!({"scope": scope(call)}))
        {
            options.set_source(TOKEN, source?);
            return Ok(());
        }
        Err(missing(call.provider.name))
    }

    fn sign<'a>(&'a self, target: &'a Target, _: &'a WireRequest, connection: &'a Connection) -> Signed<'a> {
        Box::pin(async move {
            // The caller's own proof stands.
            if target.headers.contains_key(AUTHORIZATION) || target.headers.contains_key(API_KEY) {
                return Ok(HeaderMap::new());
            }
            if let Some(source) = target.options.source(TOKEN) {
                let token = TOKENS.get(source, connection).await?;
                let secret = token.secret().ok_or_else(|| missing(target.provider.name))?;
                return header(AUTHORIZATION, &format!("Bearer {}", secret.expose()));
            }
            if let Some(token) = target.options.text(TOKEN) {
                return header(AUTHORIZATION, &format!("Bearer {token}"));
            }
            let key = target.key.as_ref().ok_or_else(|| missing(target.provider.name))?;
            header(API_KEY, key.expose())
        })
    }

    fn renews(&self, target: &Target, sent: &HeaderMap, error: &Error) -> bool {
        let sent = sent
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let (Some(source), Some(sent)) = (target.options.source(TOKEN), sent) else {
            return false;
        };
        if error.kind() != ErrorKind::Authentication {
            return false;
        }
        TOKENS.refuse(source, |token| token.secret().map(Secret::expose) == Some(sent));
        true
    }
}

fn header(name: HeaderName, value: &str) -> Result<HeaderMap> {
    let mut value = HeaderValue::from_str(value).map_err(|_| {
        Error::bad_request("the key or token of Azure has characters that no header can hold")
    })?;
    value.set_sensitive(true);
    Ok(HeaderMap::from_iter([(name, value)]))
}

fn missing(provider: &str) -> Error {
    refused(format!(
        "no API key for {provider}: set the environment variable AZURE_OPENAI_API_KEY or AZURE_API_KEY, pass `api_key`, or \
         name an identity (`azure_ad_token`, `azure_ad_token_provider`, or `tenant_id`, `client_id` and `client_secret`)"
    ))
}

fn refused(message: String) -> Error {
    Error::new(ErrorKind::Authentication, message).with_status(401)
}

/// The caller's option, or the environment's variable.
fn named(call: &Call<'_>, option: &str, variable: &str) -> Option<String> {
    let given = call.options.provider_options.text(option).map(str::to_owned);
    given.or_else(|| call.around.env(variable))
}

fn scope(call: &Call<'_>) -> String {
    named(call, "azure_scope", "AZURE_SCOPE").unwrap_or_else(|| SCOPE.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::options::CallOptions;
    use crate::resolve::Surroundings;

    struct Around(HashMap<&'static str, &'static str>);
    impl Surroundings for Around {
        fn env(&self, name: &str) -> Option<String> {
            self.0.get(name).map(|value| (*value).to_owned())
        }
    }

    fn target(
        options: &[(&str, &str)],
        key: Option<&str>,
        around: &[(&'static str, &'static str)],
    ) -> Result<Target> {
        let mut call = CallOptions {
            base_url: Some("https://r".to_owned()),
            api_key: key.map(Secret::new),
            ..CallOptions::default()
        };
        for (name, value) in options {
            call.provider_options.set(name, json!(value));
        }
        Target::resolve("azure/d", &call, &Around(around.iter().copied().collect()))
    }
    fn way(target: Result<Target>) -> &'static str {
        match target {
            Err(_) => "none",
            Ok(target) if target.options.source(TOKEN).is_some() => "identity",
            Ok(target) if target.options.text(TOKEN).is_some() => "token",
            Ok(target) if target.key.is_some() => "key",
            Ok(_) => "nothing",
        }
    }

    #[test]
    fn the_nearest_wins() {
        let application = [("tenant_id", "t"), ("client_id", "c"), ("client_secret", "s")];
        let environment = [
            ("AZURE_TENANT_ID", "t"),
            ("AZURE_CLIENT_ID", "c"),
            ("AZURE_CLIENT_SECRET", "s"),
        ];
        let key = ("AZURE_API_KEY", "k");
        assert_eq!(way(target(&[], Some("k"), &environment)), "key");
        assert_eq!(way(target(&[("azure_ad_token", "t")], Some("k"), &[])), "key");
        assert_eq!(way(target(&[("azure_ad_token", "t")], None, &[key])), "token");
        assert_eq!(way(target(&application, None, &[key])), "identity");
        assert_eq!(way(target(&application[..2], None, &[key])), "key");
        assert_eq!(
            way(target(
                &[],
                None,
                &[key, environment[0], environment[1], environment[2]]
            )),
            "key"
        );
        assert_eq!(way(target(&[], None, &environment)), "identity");
        assert_eq!(
            way(target(&[], None, &[("AZURE_AD_TOKEN", "t"), environment[0]])),
            "token"
        );
        assert_eq!(way(target(&[], None, &[])), "none");
        assert!(
            target(&[], None, &[])
                .unwrap_err()
                .message()
                .contains("AZURE_OPENAI_API_KEY")
        );
    }

    #[test]
    fn an_application_shows_its_secret_and_nothing_else_does() {
        let options = [
            ("tenant_id", "t.example"),
            ("client_id", "c"),
            ("client_secret", "canary"),
        ];
        let found = target(&options, None, &[("AZURE_AUTHORITY_HOST", "login.example")]).unwrap();
        assert!(!found.options.source(TOKEN).unwrap().identity().contains("canary"));
        assert!(target(&[("tenant_id", "../evil"), options[1], options[2]], None, &[]).is_err());
    }
}
