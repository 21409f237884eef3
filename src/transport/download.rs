//! Files from anywhere. The address that is connected to is looked at, after every redirect as well: a file's URL comes
//! from whoever wrote the message, and must not lead into the network this program runs in.

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION, USER_AGENT};
use http::{HeaderMap, StatusCode};
use reqwest::dns::{Name, Resolve, Resolving};
use url::{Host, Url};

use super::address::is_public;
use super::pool::{CONNECT, Purpose, Way};
use super::{AGENT, Body, Clock, Handler, Proxies, Transport, TransportOptions, failed, handler};
use crate::error::{Error, ErrorKind, Result};
use crate::media::FilePolicy;
use crate::secret::Secrets;

const MOST_REDIRECTS: usize = 5;

/// A file as its server gave it.
pub(crate) struct Download {
    /// What the server says it is.
    pub(crate) declared: Option<String>,
    /// Its bytes.
    pub(crate) content: Bytes,
}

/// A way to files.
#[derive(Debug, Clone)]
pub(crate) struct Downloader {
    guarded: Way,
    open: Way,
    connect: Duration,
    /// Whether somebody else may do the connecting, so that names are looked up here first.
    proxied: bool,
    handlers: Vec<Arc<dyn Handler>>,
}

impl Transport {
    /// A way to files, which trusts whom the calls trust. Asked for where certificates may be read.
    pub(crate) fn downloader(
        &self,
        options: &TransportOptions,
        connect: Option<Duration>,
    ) -> Result<Downloader> {
        let connect = connect.unwrap_or(CONNECT);
        // A client certificate is for the provider, not for whoever is named in a message.
        let options = TransportOptions {
            client_cert: None,
            ..options.clone()
        };
        let client = |purpose| self.pool.client(&options, connect, true, purpose);
        Ok(Downloader {
            guarded: client(Purpose::PublicFiles)?,
            open: client(Purpose::AnyFiles)?,
            connect,
            proxied: matches!(options.proxies, Proxies::EnvironmentNow(_) | Proxies::Only(_)),
            handlers: Vec::new(),
        })
    }
}

impl Downloader {
    /// The same way, past `handlers`.
    pub(crate) fn past(mut self, handlers: &[Arc<dyn Handler>]) -> Self {
        handlers.clone_into(&mut self.handlers);
        self
    }

    /// One file, within the limits of `clock` and of `policy`.
    ///
    /// # Errors
    /// With a status when the server gave one, `Timeout` for a limit that ran out.
    pub(crate) async fn get(&self, url: &Url, policy: &FilePolicy, clock: &mut Clock) -> Result<Download> {
        let mut url = url.clone();
        for _ in 0..=MOST_REDIRECTS {
            let (status, headers, body) = self.ask(&url, policy, clock).await?;
            if status.is_redirection() {
                let next = headers.get(LOCATION).and_then(|to| to.to_str().ok());
                url = next
                    .and_then(|to| url.join(to).ok())
                    .ok_or_else(|| Error::bad_request("it was redirected to nowhere"))?;
                continue;
            }
            if !status.is_success() {
                let kind = ErrorKind::from_status(status.as_u16());
                let message = format!("its server answered {status}");
                return Err(Error::from_answer(
                    kind,
                    status.as_u16(),
                    message,
                    headers,
                    Bytes::new(),
                ));
            }
            let declared = headers.get(CONTENT_TYPE);
            let declared = declared.and_then(|kind| kind.to_str().ok()).map(str::to_owned);
            let content = body.collect_up_to(policy.limit, "", clock).await?;
            if content.is_empty() {
                return Err(Error::bad_request("it is empty"));
            }
            return Ok(Download { declared, content });
        }
        Err(Error::bad_request(format!(
            "it was redirected more than {MOST_REDIRECTS} times"
        )))
    }

    async fn ask(
        &self,
        url: &Url,
        policy: &FilePolicy,
        clock: &Clock,
    ) -> Result<(StatusCode, HeaderMap, Body)> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Error::bad_request(format!("it is behind {}:", url.scheme())));
        }
        let guarded = policy.public_only && !is_allowed(url, &policy.allowed_hosts);
        if guarded {
            self.check(url, clock).await?;
        }
        let way = if guarded { &self.guarded } else { &self.open };
        let request = way.client.get(url.clone()).header(USER_AGENT, AGENT).build();
        let request = request.map_err(|error| failed(&error))?;
        let seen = || (Bytes::new(), Secrets::default());
        let sent = handler::answer(way, &self.handlers, request, seen, self.connect);
        clock.first_byte(sent).await?
    }

    /// What the connection itself cannot check: addresses that need no looking up, and names that a proxy looks up.
    async fn check(&self, url: &Url, clock: &Clock) -> Result<()> {
        match url.host() {
            Some(Host::Ipv4(address)) => public(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => public(IpAddr::V6(address)),
            Some(Host::Domain(name)) if self.proxied => {
                let found = clock.first_byte(tokio::net::lookup_host((name, 0))).await?;
                // A name that is known to the proxy only is the proxy's to judge.
                found.map_or(Ok(()), |mut found| {
                    found.try_for_each(|address| public(address.ip()))
                })
            }
            Some(Host::Domain(_)) => Ok(()),
            None => Err(Error::bad_request("it names no host")),
        }
    }
}

fn public(address: IpAddr) -> Result<()> {
    if is_public(address) {
        return Ok(());
    }
    Err(Error::bad_request(not_public(address)))
}

fn not_public(address: IpAddr) -> String {
    format!("it leads to {address}, which is no public address (see `user_url_allowed_hosts`)")
}

/// Whether the caller trusts this host: `host` at any port, or `host:port`.
fn is_allowed(url: &Url, allowed: &[String]) -> bool {
    let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
        return false;
    };
    let host = host.trim_end_matches('.');
    allowed.iter().any(|entry| {
        let entry = entry.trim().trim_end_matches('.');
        entry.eq_ignore_ascii_case(host)
            || entry
                .rsplit_once(':')
                .is_some_and(|(name, at)| name.eq_ignore_ascii_case(host) && at.parse() == Ok(port))
    })
}

type Found = Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>>;

/// Looks names up and gives out public addresses only: what is connected to is what was judged, however often a name
/// changes its address. Proxies' own hosts are named by the operator and are not judged.
#[derive(Debug)]
pub(super) struct PublicNames {
    proxies: Vec<String>,
    look_up: fn(Name) -> Found,
    is_public: fn(IpAddr) -> bool,
}

impl PublicNames {
    /// The system's names, for a program behind these proxies.
    pub(super) fn new(proxies: Vec<String>) -> Self {
        Self {
            proxies,
            look_up: |name| {
                Box::pin(async move { Ok(tokio::net::lookup_host((name.as_str(), 0)).await?.collect()) })
            },
            is_public,
        }
    }
}

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        let is_proxy = self
            .proxies
            .iter()
            .any(|proxy| proxy.eq_ignore_ascii_case(name.as_str()));
        let (found, is_public) = ((self.look_up)(name), self.is_public);
        Box::pin(async move {
            let found = found.await?;
            if !is_proxy && let Some(private) = found.iter().find(|address| !is_public(address.ip())) {
                return Err(not_public(private.ip()).into());
            }
            Ok(Box::new(found.into_iter()) as reqwest::dns::Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A name whose address changes between two looks, as an attacker's does; 127.0.0.1 stands for the internet.
    #[tokio::test]
    async fn the_address_connected_to_is_the_one_judged() {
        use std::sync::atomic::{AtomicU8, Ordering};
        use tokio::io::{AsyncReadExt, AsyncWriteExt};

        static LOOKS: AtomicU8 = AtomicU8::new(0);
        let listen = async |address: &str| tokio::net::TcpListener::bind(address).await.unwrap();
        let outside = listen("127.0.0.1:0").await;
        let port = outside.local_addr().unwrap().port();
        let inside = listen(&format!("127.0.0.2:{port}")).await;
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = outside.accept().await.unwrap();
                let _ = stream.read(&mut [0; 1024]).await;
                let answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok";
                stream.write_all(answer).await.unwrap();
            }
        });
        let names = PublicNames {
            look_up: |_| {
                let last = LOOKS.fetch_add(1, Ordering::Relaxed) + 1;
                Box::pin(async move { Ok(vec![SocketAddr::from(([127, 0, 0, last], 0))]) })
            },
            is_public: |address| address == IpAddr::from([127, 0, 0, 1]),
            ..PublicNames::new(Vec::new())
        };
        let client = reqwest::Client::builder()
            .no_proxy()
            .tls_backend_preconfigured(super::super::tls::none().unwrap())
            .dns_resolver(Arc::new(names))
            .build()
            .unwrap();
        let url = format!("http://rebinding.example:{port}/");
        let first = client.get(&url).send().await.unwrap();
        assert_eq!(first.text().await.unwrap(), "ok");
        assert_eq!(
            LOOKS.load(Ordering::Relaxed),
            1,
            "it is looked up once, and not again to connect"
        );
        let second = failed(&client.get(&url).send().await.unwrap_err());
        assert!(
            second.message().contains("127.0.0.2, which is no public address"),
            "{second}"
        );
        let nobody = tokio::time::timeout(Duration::from_millis(20), inside.accept()).await;
        assert!(nobody.is_err(), "nothing has come to the address inside");
    }

    #[test]
    fn hosts_are_allowed_by_name_and_port() {
        let allowed = [
            "Files.internal".to_owned(),
            "10.0.0.7:8080".to_owned(),
            "[::1]:80".to_owned(),
        ];
        let is = |url: &str| is_allowed(&Url::parse(url).unwrap(), &allowed);
        assert!(is("https://files.INTERNAL/x") && is("http://files.internal.:9/x"));
        assert!(is("http://10.0.0.7:8080/x") && is("http://[::1]/x"));
        assert!(!is("http://10.0.0.7/x") && !is("http://[::1]:81/x") && !is("http://evil.files.internal/x"));
    }
}
