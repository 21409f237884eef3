//! Applications with a secret and users with a password: what it takes to ask Entra for a token (RFC 6749, sections 4.3
//! and 4.4).

use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::super::token::{Fetched, Token, TokenSource};
use super::{named, refused, scope};
use crate::error::{Error, ErrorKind, Result};
use crate::registry::Call;
use crate::secret::Secret;
use crate::transport::Connection;
use crate::wire::WireRequest;

const AUTHORITY: &str = "https://login.microsoftonline.com";

/// An application that shows a secret, or that a user has told name and password.
pub(super) struct Application {
    url: Url,
    identity: String,
    /// What is sent: names and values, secrets among them.
    form: Vec<(&'static str, Secret)>,
}

impl Application {
    /// The application of a call; none where not everything about it is known.
    pub(super) fn of(call: &Call<'_>) -> Result<Option<Self>> {
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
    use super::*;

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
