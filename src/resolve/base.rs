//! The base URL of a call.

use url::Url;

use crate::error::{Error, Result};
use crate::registry::Call;

/// The base URL, and whether it is the provider's own.
pub(super) fn base_url(call: &Call<'_>) -> Result<(Url, bool)> {
    let Call {
        provider,
        options,
        around,
        ..
    } = call;
    let given = options.base_url.clone().filter(|base| !base.trim().is_empty());
    let named = given
        .or_else(|| around.base_of(provider.name))
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
    let text = text.trim();
    // A URL's reader would leave line ends out, and read on.
    if text.chars().any(char::is_control) {
        return Err(wrong("it has control characters"));
    }
    let url = Url::parse(text).map_err(|error| wrong(&error.to_string()))?;
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
    let (scheme, rest) = text.find("://").map_or(("", text), |at| text.split_at(at + 3));
    // A password may hold what ends an address elsewhere, so the last `@` counts.
    let rest = rest.rsplit('@').next().unwrap_or_default();
    let ends = |letter: char| matches!(letter, '?' | '#') || letter.is_control();
    let rest = rest.split(ends).next().unwrap_or_default();
    format!("{scheme}{rest}")
}

#[cfg(test)]
mod tests {
    use super::super::tests::resolve;
    use crate::error::ErrorKind;
    use crate::options::CallOptions;
    use crate::secret::Secret;

    #[test]
    fn bad_bases_are_refused_without_showing_secrets() {
        for base in [
            "nonsense",
            "ftp://host/v1",
            "http://",
            "https://user:canary@host:bad/v1?key=canary",
            "https://user:canary?canary@host:bad/v1",
            "user:canary@host/v1",
            "https://host/v1\r\nx-smuggled: canary",
            "https://ho\tst/v1?canary",
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
}
