//! One HTTP client per way of connecting, made when first needed.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::download::PublicNames;
use super::tls::{self, Verify};
use crate::error::{Error, ErrorKind, Result};

/// LiteLLM and openai-python wait longer; a host that does not accept within this will not.
pub(super) const CONNECT: Duration = Duration::from_secs(10);
const KEEP_IDLE: Duration = Duration::from_secs(120);
/// Distinct ways of connecting that are kept; a caller who makes new ones without end must not fill the memory.
const MOST_CLIENTS: usize = 64;

/// How connections are made. Calls that say the same share connections.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct TransportOptions {
    /// Whom to trust.
    pub verify: Verify,
    /// A PEM file with a client certificate and its key, for mutual TLS.
    pub client_cert: Option<PathBuf>,
    /// Offer HTTP/2 to HTTPS hosts.
    pub http2: bool,
    /// Proxies.
    pub proxies: Proxies,
}

/// Which proxies are used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Proxies {
    /// Those of the environment as they were when a connection was first made in this way.
    #[default]
    Environment,
    /// Those of the environment, with the variables' present values so that a change takes effect.
    EnvironmentNow(Vec<String>),
    /// None: the host is on this machine.
    Direct,
}

impl Proxies {
    /// The proxies of the environment at this moment.
    #[must_use]
    pub fn now() -> Self {
        const NAMES: [&str; 8] = [
            "HTTPS_PROXY",
            "https_proxy",
            "HTTP_PROXY",
            "http_proxy",
            "ALL_PROXY",
            "all_proxy",
            "NO_PROXY",
            "no_proxy",
        ];
        let set: Vec<String> = NAMES
            .iter()
            .filter_map(|name| {
                Some(format!(
                    "{name}={}",
                    std::env::var(name).ok().filter(|value| !value.is_empty())?
                ))
            })
            .collect();
        if set.is_empty() {
            Self::Environment
        } else {
            Self::EnvironmentNow(set)
        }
    }

    /// The hosts of the proxies themselves.
    fn hosts(&self) -> Vec<String> {
        let Self::EnvironmentNow(variables) = self else {
            return Vec::new();
        };
        let proxies = variables
            .iter()
            .filter_map(|variable| variable.split_once('='))
            .filter(|(name, _)| !name.eq_ignore_ascii_case("no_proxy"));
        let urls = proxies.map(|(_, proxy)| match proxy.contains("://") {
            true => url::Url::parse(proxy),
            false => url::Url::parse(&format!("http://{proxy}")),
        });
        urls.filter_map(|url| url.ok()?.host_str().map(str::to_owned))
            .collect()
    }
}

/// What a client is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Purpose {
    /// Calls of a provider.
    Provider,
    /// Files at public addresses.
    PublicFiles,
    /// Files wherever they are.
    AnyFiles,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    options: TransportOptions,
    connect: Duration,
    tls: bool,
    purpose: Purpose,
}

/// The clients made so far.
#[derive(Debug, Default)]
pub(super) struct Pool {
    clients: Mutex<HashMap<Key, reqwest::Client>>,
}

impl Pool {
    pub(super) fn client(
        &self,
        options: &TransportOptions,
        connect: Duration,
        tls: bool,
        purpose: Purpose,
    ) -> Result<reqwest::Client> {
        let key = Key {
            options: options.clone(),
            connect,
            tls,
            purpose,
        };
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let client = build(&key)?;
        if clients.len() >= MOST_CLIENTS {
            clients.clear();
        }
        clients.insert(key, client.clone());
        Ok(client)
    }
}

fn build(key: &Key) -> Result<reqwest::Client> {
    let options = &key.options;
    // Trust is loaded (some milliseconds) only for hosts that speak TLS.
    let tls = if key.tls {
        tls::config(&options.verify, options.client_cert.as_deref(), options.http2)?
    } else {
        tls::none()?
    };
    let mut builder = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .connect_timeout(key.connect)
        .pool_idle_timeout(KEEP_IDLE)
        .tcp_nodelay(true)
        .redirect(match key.purpose {
            Purpose::Provider => reqwest::redirect::Policy::custom(same_host_only),
            // Each is looked at first.
            Purpose::PublicFiles | Purpose::AnyFiles => reqwest::redirect::Policy::none(),
        });
    if key.purpose == Purpose::PublicFiles {
        builder = builder.dns_resolver(std::sync::Arc::new(PublicNames {
            proxies: options.proxies.hosts(),
        }));
    }
    if !options.http2 {
        builder = builder.http1_only();
    }
    if options.proxies == Proxies::Direct {
        builder = builder.no_proxy();
    }
    builder.build().map_err(|error| {
        Error::new(
            ErrorKind::ApiConnection,
            format!("the HTTP client cannot be made: {error}"),
        )
    })
}

/// A redirect is followed only where it cannot carry the key to somebody else.
fn same_host_only(attempt: reqwest::redirect::Attempt<'_>) -> reqwest::redirect::Action {
    let stays = attempt
        .previous()
        .last()
        .is_some_and(|from| from.origin() == attempt.url().origin());
    if stays && attempt.previous().len() <= 5 {
        attempt.follow()
    } else {
        attempt.stop()
    }
}
