//! Keys, and how they are kept out of everything that is shown.

use bytes::Bytes;
use http::header::{AUTHORIZATION, PROXY_AUTHORIZATION};
use http::{HeaderMap, HeaderValue};

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
        for name in [
            AUTHORIZATION.as_str(),
            PROXY_AUTHORIZATION.as_str(),
            "api-key",
            "x-api-key",
            "x-goog-api-key",
            "x-amz-security-token",
        ] {
            for value in headers
                .get_all(name)
                .iter()
                .filter_map(|value| value.to_str().ok())
            {
                // `Bearer KEY`: the scheme is no secret.
                self.add(
                    value
                        .rsplit_once(' ')
                        .map_or(value, |(_, credentials)| credentials),
                );
            }
        }
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
        let json = serde_json::to_string(secret).unwrap_or_default();
        let escaped = json
            .get(1..json.len().saturating_sub(1))
            .unwrap_or_default()
            .to_owned();
        let slashes = escaped.replace('/', "\\/");
        for spelling in [secret.to_owned(), escaped, slashes] {
            if spelling.len() >= SHORTEST && !self.0.iter().any(|known| known.0 == spelling) {
                self.0.push(Secret(spelling));
            }
        }
        // A spelling that holds another must be blotted out first.
        self.0.sort_by_key(|secret| std::cmp::Reverse(secret.0.len()));
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
