//! Whose host an address is: which provider a base URL means, and where a key must not go.

use url::Url;

use super::{Provider, provider, providers};

/// Hosts of providers beside those of their rows; the first entry of a host wins over a row's.
const ALIASES: &[(&str, &str)] = &[
    ("api.together.xyz", "together_ai"),
    ("api.galadriel.ai", "galadriel"),
    ("ollama.com", "ollama"),
    ("dashscope-intl.aliyuncs.com", "dashscope"),
];

/// The provider whose host `base` is; hosts are compared whole, so that a name inside a longer one is nobody's.
#[must_use]
pub fn provider_at(base: &str) -> Option<&'static Provider> {
    let host = public_host(base)?;
    ALIASES
        .iter()
        .find(|(alias, _)| *alias == host)
        .and_then(|(_, name)| provider(name))
        .or_else(|| providers().find(|row| lives_at(row, &host)))
}

/// Whether `base` is the host of other providers and not one of `row`'s: a place for its key only if the caller says so.
pub(crate) fn is_anothers(row: &Provider, base: &str) -> bool {
    let Some(host) = public_host(base) else {
        return false;
    };
    let alias_of = |name: &str| {
        ALIASES
            .iter()
            .any(|(alias, owner)| *alias == host && *owner == name)
    };
    !lives_at(row, &host) && !alias_of(row.name) && provider_at(base).is_some()
}

fn lives_at(row: &Provider, host: &str) -> bool {
    public_host(row.base_url).is_some_and(|own| own == host)
}

/// The host of a URL, unless it is this machine.
fn public_host(base: &str) -> Option<String> {
    if base.is_empty() {
        return None;
    }
    let url = Url::parse(base.trim())
        .ok()
        .or_else(|| Url::parse(&format!("https://{}", base.trim())).ok())?;
    let host = url.host_str()?.to_ascii_lowercase();
    (!matches!(host.as_str(), "localhost" | "127.0.0.1" | "[::1]" | "")).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_means_its_provider() {
        let name = |base| provider_at(base).map(|row| row.name);
        assert_eq!(name("https://api.groq.com/openai/v1"), Some("groq"));
        assert_eq!(name("https://API.x.ai/v1/"), Some("xai"));
        assert_eq!(name("https://api.together.xyz/v1"), Some("together_ai"));
        assert_eq!(
            name("https://dashscope-intl.aliyuncs.com/compatible-mode/v1"),
            Some("dashscope")
        );
        assert_eq!(name("api.deepseek.com/v1"), Some("deepseek"));
        for nobodys in [
            "http://localhost:8000/v1",
            "https://api.groq.com.evil.example/openai/v1",
            "https://evil.example/?to=api.groq.com/openai/v1",
            "https://api.groq.com@evil.example/v1",
            "not a url",
            "",
        ] {
            assert_eq!(name(nobodys), None, "{nobodys}");
        }
    }

    #[test]
    fn a_host_of_ones_own_is_not_anothers() {
        let row = |name| provider(name).unwrap();
        assert!(is_anothers(row("openai"), "https://api.groq.com/openai/v1"));
        assert!(is_anothers(row("hosted_vllm"), "https://api.openai.com/v1"));
        assert!(!is_anothers(row("groq"), "https://api.groq.com/elsewhere"));
        assert!(!is_anothers(
            row("qwen_ai_platform"),
            "https://dashscope.aliyuncs.com/compatible-mode/v1"
        ));
        assert!(!is_anothers(row("openai"), "https://my-proxy.example/v1"));
        assert!(!is_anothers(row("openai"), "http://127.0.0.1:4000"));
    }
}
