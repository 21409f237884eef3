//! Rows that a program adds while it runs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{PoisonError, RwLock};

use http::{HeaderName, HeaderValue};
use serde::Deserialize;
use url::Url;

use super::{Auth, COMPATIBLE, Provider, Quirks, StreamUsage, built_in};
use crate::error::{Error, Result};
use crate::params::{Effort, ParamRules};

/// What a program says about a server that speaks OpenAI's dialect. Everything but the name may be left out.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Registration {
    /// The prefix of `provider/model`.
    pub name: String,
    /// How error messages call it; its name with a capital if left out.
    pub label: Option<String>,
    /// Base URL; without one every call must give it.
    pub base_url: Option<String>,
    /// Environment variables that hold its key, first wins.
    pub key_env: Vec<String>,
    /// Environment variables that name another base, first wins.
    pub base_env: Vec<String>,
    /// A header that takes the key alone, instead of `Authorization: Bearer KEY`.
    pub key_header: Option<String>,
    /// Whether it answers without a key.
    pub key_optional: bool,
    /// Headers of every request.
    pub headers: BTreeMap<String, String>,
    /// Parameters it does not take.
    pub unsupported: Vec<String>,
    /// Parameters it takes under another name: ours, its.
    pub renamed: BTreeMap<String, String>,
    /// Parameters it takes only at one value.
    pub pinned: BTreeMap<String, f64>,
    /// Whether it takes `reasoning_effort`; if left out, all models but those known not to reason do.
    pub reasoning_effort: Option<bool>,
    /// The field of a message in which it says what the model thought, beside `reasoning_content` and `reasoning`.
    pub reasoning_field: Option<String>,
    /// Content that is a list of texts is sent as one text.
    pub text_content: bool,
    /// It knows the role `developer`.
    pub developer_role: bool,
    /// It knows `cache_control`.
    pub cache_control: bool,
    /// Answers name the model as `provider/model`.
    pub prefixes_models: bool,
    /// Keys that its messages do not have.
    pub message_without: Vec<String>,
    /// Keys that its tools and their schemas do not have.
    pub tool_without: Vec<String>,
    /// Types of content parts that it refuses.
    pub refused_parts: Vec<String>,
    /// Types of `response_format` that it knows; empty for all.
    pub formats: Vec<String>,
    /// Its models answer a JSON schema only as the arguments of a tool.
    pub schema_by_tool: bool,
    /// Streams are asked for token counts.
    pub stream_usage: bool,
    /// It has no embeddings.
    pub without_embeddings: bool,
    /// Take the place of a built-in provider of that name.
    pub replace: bool,
}

struct Entry {
    from: Registration,
    row: &'static Provider,
}

static ENTRIES: RwLock<Vec<Entry>> = RwLock::new(Vec::new());
/// Most programs register nothing, and then no look-up takes the lock.
static ANY: AtomicBool = AtomicBool::new(false);

/// Adds a provider, or replaces one that was added before under that name. Calls under way keep the row they began with.
///
/// A row lives as long as the process; the same registration again is the same row.
///
/// # Errors
/// `BadRequest` for a name that is none or is a built-in provider's, and for a base URL, header or variable that is none.
pub fn register(registration: Registration) -> Result<&'static Provider> {
    check(&registration)?;
    let mut entries = ENTRIES.write().unwrap_or_else(PoisonError::into_inner);
    let known = entries
        .iter()
        .position(|entry| entry.from.name == registration.name);
    if let Some(entry) = known.and_then(|at| entries.get(at))
        && entry.from == registration
    {
        return Ok(entry.row);
    }
    let row: &'static Provider = Box::leak(Box::new(row(&registration)));
    let entry = Entry {
        from: registration,
        row,
    };
    match known.and_then(|at| entries.get_mut(at)) {
        Some(place) => *place = entry,
        None => entries.push(entry),
    }
    ANY.store(true, Ordering::Release);
    Ok(row)
}

/// Removes a provider that was added, and says whether there was one.
pub fn unregister(name: &str) -> bool {
    let mut entries = ENTRIES.write().unwrap_or_else(PoisonError::into_inner);
    let before = entries.len();
    entries.retain(|entry| entry.from.name != name);
    entries.len() != before
}

/// The added row of that name.
pub(super) fn find(name: &str) -> Option<&'static Provider> {
    if !ANY.load(Ordering::Acquire) {
        return None;
    }
    let entries = ENTRIES.read().unwrap_or_else(PoisonError::into_inner);
    entries
        .iter()
        .find(|entry| entry.from.name == name)
        .map(|entry| entry.row)
}

/// The added rows.
pub(super) fn rows() -> Vec<&'static Provider> {
    if !ANY.load(Ordering::Acquire) {
        return Vec::new();
    }
    let entries = ENTRIES.read().unwrap_or_else(PoisonError::into_inner);
    entries.iter().map(|entry| entry.row).collect()
}

fn check(registration: &Registration) -> Result<()> {
    let Registration { name, base_url, .. } = registration;
    let refuse = |what: String| Err(Error::bad_request(format!("register_provider: {what}")));
    let is_name = |text: &str| {
        text.starts_with(|first: char| first.is_ascii_alphanumeric())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
    };
    if !is_name(name) {
        return refuse(format!(
            "{name:?} is no name: use letters, digits, `_`, `-` and `.`"
        ));
    }
    if built_in(name).is_some() && !registration.replace {
        return refuse(format!(
            "{name} is a built-in provider; pass `replace` to take its place"
        ));
    }
    if let Some(base) = base_url {
        let url = Url::parse(base).ok();
        let fits = url.is_some_and(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.host_str().is_some_and(|host| !host.is_empty())
                && url.username().is_empty()
                && url.password().is_none()
        });
        if !fits {
            return refuse(format!(
                "the base URL of {name} must be http:// or https:// with a host and no password"
            ));
        }
    }
    for variable in registration.key_env.iter().chain(&registration.base_env) {
        if variable.is_empty() || variable.contains(['=', '\0', ' ']) {
            return refuse(format!("{variable:?} is no environment variable"));
        }
    }
    for header in registration.headers.keys().chain(&registration.key_header) {
        if HeaderName::from_bytes(header.as_bytes()).is_err() {
            return refuse(format!("{header:?} is no header"));
        }
    }
    if let Some((header, _)) = registration
        .headers
        .iter()
        .find(|(_, value)| HeaderValue::from_str(value).is_err())
    {
        return refuse(format!(
            "the value of header {header:?} has characters no header can hold"
        ));
    }
    let parameters = registration
        .unsupported
        .iter()
        .chain(registration.renamed.iter().flat_map(|(old, new)| [old, new]))
        .chain(registration.pinned.keys());
    for parameter in parameters {
        if parameter.is_empty() || matches!(parameter.as_str(), "model" | "messages" | "input" | "stream") {
            return refuse(format!("{parameter:?} is no parameter of a call"));
        }
    }
    Ok(())
}

fn row(from: &Registration) -> Provider {
    let label = from.label.clone().unwrap_or_else(|| {
        let mut letters = from.name.chars();
        letters
            .next()
            .map(|first| first.to_ascii_uppercase())
            .into_iter()
            .chain(letters)
            .collect()
    });
    let headers: Vec<(&'static str, &'static str)> = from
        .headers
        .iter()
        .map(|(name, value)| (kept(name), kept(value)))
        .collect();
    let rules = ParamRules {
        unsupported: Vec::leak(vec![list(&from.unsupported)]),
        renamed: Vec::leak(
            from.renamed
                .iter()
                .map(|(old, new)| (kept(old), kept(new)))
                .collect(),
        ),
        pinned: Vec::leak(
            from.pinned
                .iter()
                .map(|(name, value)| (kept(name), *value))
                .collect(),
        ),
        reasoning_effort: match from.reasoning_effort {
            Some(true) => Effort::Passes,
            Some(false) => Effort::Refused,
            None => Effort::UnlessPlain,
        },
    };
    Provider {
        name: kept(&from.name),
        label: kept(&label),
        base_url: from.base_url.as_deref().map_or("", kept),
        key_env: list(&from.key_env),
        base_env: list(&from.base_env),
        key_optional: from.key_optional,
        auth: from.key_header.as_deref().map_or(Auth::Bearer, |name| {
            Auth::Header(kept(&name.to_ascii_lowercase()))
        }),
        headers: Vec::leak(headers),
        embed: COMPATIBLE.embed.filter(|_| !from.without_embeddings),
        fixed_params: Some(Box::leak(Box::new(rules))),
        stream_usage: if from.stream_usage {
            StreamUsage::OwnHost
        } else {
            StreamUsage::OnRequest
        },
        quirks: Quirks {
            text_content: from.text_content,
            developer_is_system: !from.developer_role,
            cache_control: from.cache_control,
            names_itself: from.prefixes_models,
            reasoning_field: from.reasoning_field.as_deref().map_or("", kept),
            message_without: list(&from.message_without),
            tool_without: list(&from.tool_without),
            refused_parts: list(&from.refused_parts),
            formats: list(&from.formats),
            schema_by_tool: if from.schema_by_tool { |_| true } else { |_| false },
            ..Quirks::COMPATIBLE
        },
        ..COMPATIBLE
    }
}

// A row is read without locks by every call that uses it, so what it is made of is never freed.
fn kept(text: &str) -> &'static str {
    String::leak(text.to_owned())
}

fn list(texts: &[String]) -> &'static [&'static str] {
    Vec::leak(texts.iter().map(|text| kept(text)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::registry::provider;

    fn named(name: &str) -> Registration {
        Registration {
            name: name.to_owned(),
            base_url: Some("https://api.registered.example/v1".to_owned()),
            ..Registration::default()
        }
    }

    #[test]
    fn added_replaced_and_removed() {
        let first = register(named("registered-a")).unwrap();
        assert!(std::ptr::eq(first, register(named("registered-a")).unwrap()));
        let second = Registration {
            key_header: Some("X-Key".to_owned()),
            ..named("registered-a")
        };
        register(second).unwrap();
        let row = provider("registered-a").unwrap();
        assert!(matches!(row.auth, Auth::Header("x-key")));
        assert!(unregister("registered-a") && !unregister("registered-a"));
        assert!(provider("registered-a").is_none());
    }

    #[test]
    fn what_is_no_provider_is_refused_by_name() {
        let refused = |registration: Registration| register(registration).unwrap_err().message().to_owned();
        assert!(refused(named("")).contains("no name"));
        assert!(refused(named("a/b")).contains("no name"));
        assert!(refused(named("groq")).contains("built-in"));
        for base in ["ftp://x", "nonsense", "https://user:canary@host/v1"] {
            let message = refused(Registration {
                base_url: Some(base.to_owned()),
                ..named("registered-b")
            });
            assert!(
                message.contains("base URL") && !message.contains("canary"),
                "{message}"
            );
        }
        let header = refused(Registration {
            key_header: Some("x y".to_owned()),
            ..named("registered-b")
        });
        assert!(header.contains("no header"));
        let parameter = refused(Registration {
            unsupported: vec!["messages".to_owned()],
            ..named("registered-b")
        });
        assert!(parameter.contains("no parameter"));
        assert!(provider("registered-b").is_none());
    }

    #[test]
    fn many_threads_at_once_lose_none() {
        let names: Vec<String> = (0..16)
            .map(|number| format!("registered-thread-{number}"))
            .collect();
        std::thread::scope(|scope| {
            for name in &names {
                scope.spawn(move || register(named(name)).unwrap());
            }
        });
        assert!(names.iter().all(|name| provider(name).is_some()));
        names.iter().for_each(|name| assert!(unregister(name)));
    }
}
