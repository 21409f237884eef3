//! Whose host an address is: which provider a base URL means, and where a key must not go.

use std::sync::LazyLock;

use url::Url;

use super::{Provider, built_in, built_in_rows, registered};

/// Hosts of providers beside those of their rows; the first entry of a host wins over a row's.
const ALIASES: &[(&str, &str)] = &[
    ("api.together.xyz", "together_ai"),
    ("api.galadriel.ai", "galadriel"),
    ("ollama.com", "ollama"),
    ("dashscope-intl.aliyuncs.com", "dashscope"),
];

/// Hosts of the built-in rows and their aliases, in that order of precedence: aliases, then rows.
static HOSTS: LazyLock<Vec<(String, &'static Provider)>> = LazyLock::new(|| {
    let aliases = ALIASES
        .iter()
        .filter_map(|(host, name)| Some(((*host).to_owned(), built_in(name)?)));
    let rows = built_in_rows().filter_map(|row| Some((public_host(row.base_url)?, row)));
    aliases.chain(rows).collect()
});

/// The provider whose host `base` is; hosts are compared whole, so that a name inside a longer one is nobody's.
#[must_use]
pub fn provider_at(base: &str) -> Option<&'static Provider> {
    let host = public_host(base)?;
    owners(&host).next()
}

/// Whether `host` is one of other providers and not of `row`'s: a place for its key only if the caller says so.
pub(crate) fn is_anothers(row: &Provider, host: &str) -> bool {
    let mut owned = false;
    for owner in owners(host) {
        if owner.name == row.name {
            return false;
        }
        owned = true;
    }
    owned
}

/// Who lives at a host; a row that was added has it before the built-in ones.
fn owners(host: &str) -> impl Iterator<Item = &'static Provider> {
    let added = registered::rows();
    let added = added
        .into_iter()
        .filter(move |row| public_host(row.base_url).is_some_and(|own| own == host));
    let built_in = HOSTS
        .iter()
        .filter(move |(own, _)| own == host)
        .map(|(_, row)| *row);
    added.chain(built_in)
}

/// The host of a URL, unless it is this machine.
pub(crate) fn public_host(base: &str) -> Option<String> {
    if base.is_empty() {
        return None;
    }
    let base = base.trim();
    let url = Url::parse(base)
        .ok()
        .or_else(|| Url::parse(&format!("https://{base}")).ok())?;
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
        let row = |name| built_in(name).unwrap();
        let is_anothers = |row, base| public_host(base).is_some_and(|host| is_anothers(row, &host));
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
