//! One HTTP client per way of connecting, made when first needed.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use url::Url;

use super::download::PublicNames;
use super::proxies::{Choice, Proxies};
use super::tls::{self, Verify};
use crate::error::{Error, ErrorKind, Result};

/// LiteLLM and openai-python wait longer; a host that does not accept within this will not.
pub(super) const CONNECT: Duration = Duration::from_secs(10);
const KEEP_IDLE: Duration = Duration::from_secs(120);
/// Distinct ways of connecting that are kept; a caller who makes new ones without end must not fill the memory.
const MOST_CLIENTS: usize = 256;

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
    /// Idle connections kept for each host; none: no limit.
    pub pool_size: Option<usize>,
    /// How long an idle connection is kept; none: two minutes.
    pub keep_alive: Option<Duration>,
    /// Whose connections: calls of different owners share none. 0 is everybody's.
    pub owner: u64,
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

/// A client, and the environment's proxies where some of them are none: those must not be passed by without a word.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub(super) client: reqwest::Client,
    wrong: Option<Arc<Choice>>,
}

impl Way {
    /// Refuses an address that is behind a proxy that is none.
    pub(super) fn check(&self, url: &Url) -> Result<()> {
        self.wrong.as_ref().map_or(Ok(()), |choice| choice.check(url))
    }
}

/// The clients made so far.
#[derive(Debug, Default)]
pub(super) struct Pool {
    clients: Mutex<HashMap<Key, Way>>,
}

impl Pool {
    /// Lets go of an owner's connections; those in use end with their calls.
    pub(super) fn forget(&self, owner: u64) {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        clients.retain(|key, _| key.options.owner != owner);
    }

    pub(super) fn client(
        &self,
        options: &TransportOptions,
        connect: Duration,
        tls: bool,
        purpose: Purpose,
    ) -> Result<Way> {
        let key = Key {
            options: options.clone(),
            connect,
            tls,
            purpose,
        };
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(way) = clients.get(&key) {
            return Ok(way.clone());
        }
        let way = Way {
            client: build(&key)?,
            wrong: key.options.proxies.wrong().map(Arc::new),
        };
        if clients.len() >= MOST_CLIENTS {
            clients.clear();
        }
        clients.insert(key, way.clone());
        Ok(way)
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
        .pool_idle_timeout(options.keep_alive.unwrap_or(KEEP_IDLE))
        .pool_max_idle_per_host(options.pool_size.unwrap_or(usize::MAX))
        .tcp_nodelay(true)
        .redirect(match key.purpose {
            Purpose::Provider => reqwest::redirect::Policy::custom(same_host_only),
            // Each is looked at first.
            Purpose::PublicFiles | Purpose::AnyFiles => reqwest::redirect::Policy::none(),
        });
    if key.purpose == Purpose::PublicFiles {
        let names = PublicNames::new(options.proxies.hosts());
        builder = builder.dns_resolver(std::sync::Arc::new(names));
    }
    if !options.http2 {
        builder = builder.http1_only();
    }
    match options.proxies.chosen()? {
        Some(proxy) => builder = builder.proxy(proxy),
        None if options.proxies == Proxies::Direct => builder = builder.no_proxy(),
        None => {}
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
