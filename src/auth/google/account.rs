//! Accounts whose JSON holds all it takes to ask for a token: a service account signs for itself (RFC 7523), a user has a
//! refresh token (RFC 6749, section 6).

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use ring::rand::SystemRandom;
use ring::rsa::KeyPair;
use ring::signature::RSA_PKCS1_SHA256;
use rustls_pki_types::PrivateKeyDer;
use rustls_pki_types::pem::PemObject;
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::super::token::{Fetched, Token, TokenSource};
use super::refused;
use crate::error::{Error, ErrorKind, Result};
use crate::secret::Secret;
use crate::transport::Connection;
use crate::wire::WireRequest;

const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
const TOKEN_URI: &str = "https://oauth2.googleapis.com/token";
/// The longest that Google lets a token last.
const LIFETIME: Duration = Duration::from_secs(3600);

/// An account and where its tokens come from.
pub(super) struct Account {
    kind: Kind,
    token_uri: Url,
    identity: String,
}

enum Kind {
    Service {
        email: String,
        key_id: Option<String>,
        key: Secret,
    },
    User {
        client_id: String,
        client_secret: Secret,
        refresh_token: Secret,
    },
}

impl Account {
    /// Reads the JSON; none for a type that is not one of the two.
    pub(super) fn of(json: &Value) -> Result<Option<Self>> {
        let text = |name: &str| {
            json.get(name)
                .and_then(Value::as_str)
                .filter(|text| !text.is_empty())
        };
        let needed = |name: &str| {
            text(name)
                .map(str::to_owned)
                .ok_or_else(|| refused(format!("the Google credentials have no {name}")))
        };
        let kind = match text("type") {
            Some("service_account") => Kind::Service {
                email: needed("client_email")?,
                key_id: text("private_key_id").map(str::to_owned),
                key: Secret::new(&needed("private_key")?),
            },
            Some("authorized_user") => Kind::User {
                client_id: needed("client_id")?,
                client_secret: Secret::new(&needed("client_secret")?),
                refresh_token: Secret::new(&needed("refresh_token")?),
            },
            Some(_) => return Ok(None),
            None => return Err(refused("the Google credentials have no type".to_owned())),
        };
        let token_uri = text("token_uri").unwrap_or(TOKEN_URI);
        let token_uri = Url::parse(token_uri)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| refused("the token_uri of the Google credentials is not a URL".to_owned()))?;
        let digest = ring::digest::digest(&ring::digest::SHA256, json.to_string().as_bytes());
        let identity = format!("google:{}", BASE64.encode(digest));
        Ok(Some(Self {
            kind,
            token_uri,
            identity,
        }))
    }

    fn request(&self, now: SystemTime) -> Result<WireRequest> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        match &self.kind {
            Kind::Service { email, key_id, key } => {
                let assertion = assertion(email, key_id.as_deref(), key, self.token_uri.as_str(), now)?;
                form.append_pair("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer")
                    .append_pair("assertion", &assertion);
            }
            Kind::User {
                client_id,
                client_secret,
                refresh_token,
            } => {
                form.append_pair("grant_type", "refresh_token")
                    .append_pair("client_id", client_id)
                    .append_pair("client_secret", client_secret.expose())
                    .append_pair("refresh_token", refresh_token.expose());
            }
        }
        let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
        Ok(WireRequest {
            method: Method::POST,
            url: self.token_uri.clone(),
            headers: HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]),
            body: Bytes::from(form.finish()),
        })
    }
}

impl TokenSource for Account {
    fn identity(&self) -> &str {
        &self.identity
    }

    fn fetch<'a>(&'a self, connection: &'a Connection) -> Fetched<'a> {
        Box::pin(async move {
            let request = self.request(SystemTime::now())?;
            let (status, body) = connection.exchange(&request).await?;
            answer(status, &body)
        })
    }
}

/// What the token service says.
fn answer(status: StatusCode, body: &Bytes) -> Result<Token> {
    let parsed: Value = serde_json::from_slice(body).unwrap_or_default();
    let text = |name: &str| parsed.get(name).and_then(Value::as_str);
    if let Some(token) = text("access_token").filter(|_| status.is_success()) {
        let lifetime = parsed
            .get("expires_in")
            .and_then(Value::as_f64)
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        return Ok(Token::bearer(token, Some(lifetime.unwrap_or(LIFETIME))));
    }
    let why = match (text("error"), text("error_description")) {
        (Some(error), Some(description)) => format!("{error}: {description}"),
        (Some(error), None) => error.to_owned(),
        _ => format!("status {}, without a token", status.as_u16()),
    };
    let message = format!("Google's token service gave no token: {why}");
    // A service that is out of order may be back at the next attempt; a refusal stays one.
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(Error::new(ErrorKind::ApiConnection, message));
    }
    Err(refused(message))
}

/// A JWT by which a service account asks for a token.
fn assertion(
    email: &str,
    key_id: Option<&str>,
    key: &Secret,
    audience: &str,
    now: SystemTime,
) -> Result<String> {
    let seconds = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let mut head = json!({"alg": "RS256", "typ": "JWT"});
    if let (Some(head), Some(key_id)) = (head.as_object_mut(), key_id) {
        head.insert("kid".to_owned(), key_id.into());
    }
    let claims = json!({
        "iss": email,
        "scope": SCOPE,
        "aud": audience,
        "iat": seconds,
        "exp": seconds + LIFETIME.as_secs(),
    });
    let signed = format!(
        "{}.{}",
        BASE64.encode(head.to_string()),
        BASE64.encode(claims.to_string())
    );
    let pair = pair(key)?;
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        signed.as_bytes(),
        &mut signature,
    )
    .map_err(|_| refused("the assertion of the service account cannot be signed".to_owned()))?;
    Ok(format!("{signed}.{}", BASE64.encode(signature)))
}

fn pair(key: &Secret) -> Result<KeyPair> {
    let unreadable = || refused("the private_key of the service account is not an RSA key in PEM".to_owned());
    // Keys that went through an environment variable have their line ends written out.
    let pem = key.expose().replace("\\n", "\n");
    let read = match PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| unreadable())? {
        PrivateKeyDer::Pkcs8(key) => KeyPair::from_pkcs8(key.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(key) => KeyPair::from_der(key.secret_pkcs1_der()),
        _ => return Err(unreadable()),
    };
    read.map_err(|_| unreadable())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> Value {
        json!({"type": "authorized_user", "client_id": "id", "client_secret": "secret-canary", "refresh_token": "refresh-canary",
            "token_uri": "http://127.0.0.1:9/token"})
    }

    #[test]
    fn a_user_asks_with_a_refresh_token() {
        let account = Account::of(&user()).unwrap().unwrap();
        let request = account.request(SystemTime::now()).unwrap();
        assert_eq!(request.url.as_str(), "http://127.0.0.1:9/token");
        assert_eq!(
            request.body,
            "grant_type=refresh_token&client_id=id&client_secret=secret-canary&refresh_token=refresh-canary"
        );
        assert!(!account.identity().contains("canary"));
    }

    #[test]
    fn what_is_wrong_is_named_and_nothing_shown() {
        let wrong = |json: Value| Account::of(&json).map(|_| ()).unwrap_err();
        assert!(wrong(json!({"client_id": "x"})).message().contains("type"));
        let keyless = json!({"type": "service_account", "client_email": "a@b"});
        assert!(wrong(keyless).message().contains("private_key"));
        assert!(
            Account::of(&json!({"type": "external_account"}))
                .unwrap()
                .is_none()
        );
        let account =
            Account::of(&json!({"type": "service_account", "client_email": "a@b", "private_key": "canary"}));
        let error = account.unwrap().unwrap().request(SystemTime::now()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Authentication);
        assert!(!error.message().contains("canary"), "{error}");
    }

    #[test]
    fn answers_of_the_service() {
        let read = |status, body: &'static str| {
            answer(
                StatusCode::from_u16(status).unwrap(),
                &Bytes::from_static(body.as_bytes()),
            )
        };
        let token = read(200, r#"{"access_token": "t", "expires_in": 10}"#).unwrap();
        assert_eq!(token.secret().unwrap().expose(), "t");
        let refused = read(400, r#"{"error": "invalid_grant", "error_description": "Bad"}"#).unwrap_err();
        assert_eq!(
            (refused.kind(), refused.status()),
            (ErrorKind::Authentication, Some(401))
        );
        assert!(refused.message().contains("invalid_grant: Bad"));
        assert_eq!(read(503, "down").unwrap_err().kind(), ErrorKind::ApiConnection);
        assert_eq!(read(200, "{}").unwrap_err().kind(), ErrorKind::Authentication);
    }
}
