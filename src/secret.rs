//! Keys, and how they are kept out of everything that is shown.

use std::borrow::Cow;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, PROXY_AUTHORIZATION};
use http::{HeaderMap, HeaderValue};
use url::Url;

const BLOT: &str = "***";
/// Placeholders such as "sk-1" or "none" are no secrets, and blotting them would maim ordinary words.
const SHORTEST: usize = 8;

/// A key. It is never shown: not by `Debug`, not in an error.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps a key, without the white space that a file or a shell may have left around it.
    #[must_use]
    pub fn new(key: &str) -> Self {
        Self(key.trim().to_owned())
    }
    /// The key itself, for the wire.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret(***)")
    }
}

/// Whether a header, an option or a field of a query or a form of that name holds something secret.
pub(crate) fn says_secret(name: &str) -> bool {
    let name = match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(name.to_ascii_lowercase()),
        false => Cow::Borrowed(name),
    };
    [
        "auth",
        "key",
        "secret",
        "signature",
        "credential",
        "password",
        "cookie",
        "assertion",
    ]
    .iter()
    .any(|word| name.contains(word))
        || name.ends_with("token")
        || name == "sig"
}

/// Everything secret about one call, in every spelling in which a server may repeat it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Secrets(Vec<Secret>);

impl Secrets {
    /// The key and what the caller's own headers hold.
    pub(crate) fn of(key: Option<&Secret>, headers: &HeaderMap) -> Self {
        let mut secrets = Self::default();
        if let Some(key) = key {
            secrets.add(key.expose());
        }
        secrets.and_in(headers)
    }

    /// These, and what `headers` hold.
    pub(crate) fn and_in(mut self, headers: &HeaderMap) -> Self {
        for (name, value) in headers {
            // Every call has these.
            if [CONTENT_TYPE, ACCEPT].contains(name) || !says_secret(name.as_str()) {
                continue;
            }
            let Ok(value) = value.to_str() else { continue };
            // `Bearer KEY`: the scheme is no secret.
            let scheme = (name == AUTHORIZATION || name == PROXY_AUTHORIZATION)
                .then(|| value.rsplit_once(' '))
                .flatten();
            self.add(scheme.map_or(value, |(_, credentials)| credentials));
        }
        self
    }

    /// These, and what `url` holds: its password, and what its query calls secret.
    pub(crate) fn and_in_url(mut self, url: &Url) -> Self {
        if let Some(password) = url.password().or(Some(url.username())) {
            self.add(password);
        }
        let pairs = url.query_pairs().filter(|(name, _)| says_secret(name));
        pairs.for_each(|(_, value)| self.add(&value));
        self
    }

    /// These, and what a form calls secret.
    pub(crate) fn and_in_form(mut self, form: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(form).filter(|(name, _)| says_secret(name));
        pairs.for_each(|(_, value)| self.add(&value));
        self
    }

    /// These, and a further one.
    pub(crate) fn and(mut self, secret: Option<&str>) -> Self {
        if let Some(secret) = secret {
            self.add(secret);
        }
        self
    }

    fn add(&mut self, secret: &str) {
        if secret.len() < SHORTEST {
            return;
        }
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
        if secret.bytes().all(is_plain) {
            self.keep(secret.to_owned());
        } else {
            let json = serde_json::to_string(secret).unwrap_or_default();
            let escaped = json
                .get(1..json.len().saturating_sub(1))
                .unwrap_or_default()
                .to_owned();
            // An error object may hold another as text.
            self.keep(escaped.replace('\\', "\\\\").replace('"', "\\\""));
            self.keep(escaped.replace('/', "\\/"));
            self.keep(escaped);
            self.keep(url::form_urlencoded::byte_serialize(secret.as_bytes()).collect());
            self.keep(secret.to_owned());
        }
        // A spelling that holds another must be blotted out first.
        self.0.sort_by_key(|secret| std::cmp::Reverse(secret.0.len()));
    }

    fn keep(&mut self, spelling: String) {
        if !self.0.iter().any(|known| known.0 == spelling) {
            self.0.push(Secret(spelling));
        }
    }

    /// `text` without them.
    pub(crate) fn blot(&self, text: &mut String) {
        for secret in &self.0 {
            if text.contains(&secret.0) {
                *text = text.replace(&secret.0, BLOT);
            }
        }
    }

    /// `body` without them.
    pub(crate) fn blot_bytes(&self, body: &mut Bytes) {
        if self
            .0
            .iter()
            .any(|secret| memchr::memmem::find(body, secret.0.as_bytes()).is_some())
        {
            let mut text = String::from_utf8_lossy(body).into_owned();
            self.blot(&mut text);
            *body = Bytes::from(text);
        }
    }

    /// `headers` without them.
    pub(crate) fn blot_headers(&self, headers: &mut HeaderMap) {
        for value in headers.values_mut() {
            if !self
                .0
                .iter()
                .any(|secret| memchr::memmem::find(value.as_bytes(), secret.0.as_bytes()).is_some())
            {
                continue;
            }
            let mut text = String::from_utf8_lossy(value.as_bytes()).into_owned();
            self.blot(&mut text);
            *value = HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(BLOT));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secrets(key: &str) -> Secrets {
        Secrets::of(Some(&Secret::new(key)), &HeaderMap::new())
    }
    fn blotted(key: &str, text: &str) -> String {
        let mut text = text.to_owned();
        secrets(key).blot(&mut text);
        text
    }

    #[test]
    fn every_spelling_is_blotted_out() {
        assert_eq!(blotted(" sk-canary-1\n", "Bearer sk-canary-1!"), "Bearer ***!");
        assert_eq!(
            blotted(
                "sk-can\"ary/1",
                r#"{"a": "sk-can\"ary/1", "b": "sk-can\"ary\/1"}"#
            ),
            r#"{"a": "***", "b": "***"}"#
        );
        assert_eq!(blotted("none", "none given"), "none given");
        assert!(!format!("{:?}", secrets("sk-canary-1")).contains("canary"));
    }

    #[test]
    fn urls_and_forms_hold_some() {
        let url = Url::parse("http://user:canary-word@host/v1?token=canary-token&plain=ordinary").unwrap();
        let secrets = Secrets::default()
            .and_in_url(&url)
            .and_in_form(b"client_secret=canary%2Fform&grant_type=ordinary");
        let mut text = "canary-word canary-token canary/form canary\\/form canary%2Fform ordinary".to_owned();
        secrets.blot(&mut text);
        assert_eq!(text, "*** *** *** *** *** ordinary");
    }

    #[test]
    fn headers_and_bodies_too() {
        let own = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::from_static("Bearer sk-canary-1"))]);
        let secrets = Secrets::of(None, &own);
        let mut answer =
            HeaderMap::from_iter([(http::header::SERVER, HeaderValue::from_static("saw sk-canary-1"))]);
        secrets.blot_headers(&mut answer);
        assert_eq!(answer[http::header::SERVER], "saw ***");
        let mut body = Bytes::from_static(b"{\"given\": \"sk-canary-1\"}");
        secrets.blot_bytes(&mut body);
        assert_eq!(body, "{\"given\": \"***\"}");
    }
}
