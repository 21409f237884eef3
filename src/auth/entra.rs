//! Azure: a key in `api-key`, or a token of Entra, from whoever can give one out. Applications with a secret and users
//! with a password are asked for here; everything else that Azure knows (managed and workload identities, certificates,
//! the command line's sign-in) is the host language's `azure-identity`.
//!
//! What is nearest to the call wins: its key, its token or identity, the module's and the environment's key, the
//! environment's token or identity.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::token::{Fetched, TOKENS, Token, TokenSource};
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
const AUTHORITY: &str = "https://login.microsoftonline.com";
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

/// An application that shows a secret, or that a user has told name and password.
struct Application {
    url: Url,
    identity: String,
    /// What is sent: names and values, secrets among them.
    form: Vec<(&'static str, Secret)>,
}

impl Application {
    /// The application of a call; none where not everything about it is known.
    fn of(call: &Call<'_>) -> Result<Option<Self>> {
        let (Some(tenant), Some(client)) = (
            named(call, "tenant_id", "AZURE_TENANT_ID"),
            named(call, "client_id", "AZURE_CLIENT_ID"),
        ) else {
            return Ok(None);
        };
        let mut form = vec![("client_id", client), ("scope", scope(call))];
        let user = named(call, "azure_username", "AZURE_USERNAME").zip(named(
            call,
            "azure_password",
            "AZURE_PASSWORD",
        ));
        if let Some(secret) = named(call, "client_secret", "AZURE_CLIENT_SECRET") {
            form.extend([
                ("client_secret", secret),
                ("grant_type", "client_credentials".to_owned()),
            ]);
        } else if let Some((user, password)) = user {
            form.extend([
                ("username", user),
                ("password", password),
                ("grant_type", "password".to_owned()),
            ]);
        } else {
            return Ok(None);
        }
        let authority = call
            .around
            .env("AZURE_AUTHORITY_HOST")
            .unwrap_or_else(|| AUTHORITY.to_owned());
        let authority = if authority.contains("://") {
            authority
        } else {
            format!("https://{authority}")
        };
        let wrong = || Error::bad_request("tenant_id, or AZURE_AUTHORITY_HOST, is none that Azure has");
        let is_tenant = tenant
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-.".contains(c));
        let url = Url::parse(&format!(
            "{}/{tenant}/oauth2/v2.0/token",
            authority.trim_end_matches('/')
        ));
        let url = url
            .ok()
            .filter(|url| is_tenant && url.has_host())
            .ok_or_else(wrong)?;
        let mut digest = ring::digest::Context::new(&ring::digest::SHA256);
        digest.update(url.as_str().as_bytes());
        for (name, value) in &form {
            digest.update(format!("\n{name}={value}").as_bytes());
        }
        Ok(Some(Self {
            url,
            identity: format!("entra:{}", BASE64.encode(digest.finish())),
            form: form
                .into_iter()
                .map(|(name, value)| (name, Secret::new(&value)))
                .collect(),
        }))
    }

    fn request(&self) -> WireRequest {
        let mut form = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.form {
            form.append_pair(name, value.expose());
        }
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        WireRequest {
            method: Method::POST,
            url: self.url.clone(),
            headers: HeaderMap::from_iter([(CONTENT_TYPE, kind)]),
            body: Bytes::from(form.finish()),
        }
    }
}

impl TokenSource for Application {
    fn identity(&self) -> &str {
        &self.identity
    }

    fn fetch<'a>(&'a self, connection: &'a Connection) -> Fetched<'a> {
        Box::pin(async move {
            let (status, body) = connection.exchange(&self.request()).await?;
            answer(status, &body)
        })
    }
}

/// What Entra says.
fn answer(status: StatusCode, body: &Bytes) -> Result<Token> {
    let parsed: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| parsed.get(name).and_then(Value::as_str);
    if let Some(token) = text("access_token").filter(|_| status.is_success()) {
        // Some send the number as a text.
        let seconds = parsed
            .get("expires_in")
            .and_then(|value| value.as_f64().or_else(|| value.as_str()?.parse().ok()));
        return Ok(Token::bearer(
            token,
            seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()),
        ));
    }
    let why = match (text("error"), text("error_description")) {
        (Some(error), Some(description)) => {
            format!("{error}: {}", description.lines().next().unwrap_or_default())
        }
        (Some(error), None) => error.to_owned(),
        _ => format!("status {}, without a token", status.as_u16()),
    };
    let message = format!("Entra gave no token: {why}");
    // A service that is out of order may be back at the next attempt; a refusal stays one.
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(Error::new(ErrorKind::ApiConnection, message));
    }
    Err(refused(message))
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

    #[test]
    fn what_entra_says() {
        let token = answer(
            StatusCode::OK,
            &Bytes::from_static(br#"{"access_token":"a","expires_in":"3599"}"#),
        )
        .unwrap();
        assert_eq!(token.secret().unwrap().expose(), "a");
        let refusal = Bytes::from_static(
            br#"{"error":"invalid_client","error_description":"AADSTS7000215: bad.\r\nTrace"}"#,
        );
        let error = answer(StatusCode::UNAUTHORIZED, &refusal).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(error.message().ends_with("AADSTS7000215: bad."), "{error}");
        assert_eq!(
            answer(StatusCode::BAD_GATEWAY, &Bytes::new()).unwrap_err().kind(),
            ErrorKind::ApiConnection
        );
    }
}
