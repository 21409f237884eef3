//! Which proxy a connection goes through.

use std::net::IpAddr;

use reqwest::Proxy;
use url::{Host, Url};

use crate::error::{Error, Result};

const SPOKEN: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// Which proxies are used.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Proxies {
    /// Those of the environment as they were when a connection was first made in this way.
    #[default]
    Environment,
    /// Those of the environment, with the variables' present values so that a change takes effect.
    EnvironmentNow(Vec<String>),
    /// None: the host is on this machine, or the caller says so.
    Direct,
    /// This one for everything.
    Only(String),
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
        // Where a web server starts programs, a request's header `Proxy` arrives as this variable.
        let is_cgi = std::env::var_os("REQUEST_METHOD").is_some();
        let set: Vec<String> = NAMES
            .iter()
            .filter(|name| !(is_cgi && **name == "HTTP_PROXY"))
            .filter_map(|name| {
                let value = std::env::var(name).ok().filter(|value| !value.trim().is_empty());
                Some(format!("{name}={}", value?.trim()))
            })
            .collect();
        if set.is_empty() {
            Self::Environment
        } else {
            Self::EnvironmentNow(set)
        }
    }

    /// The proxy that a client is to be made with: none for the system's own choice.
    ///
    /// # Errors
    /// `BadRequest` for what is no proxy: connections would go past it without a word. Of the environment's this is found
    /// out by [`Proxies::wrong`], as most of them are for other connections.
    pub(super) fn chosen(&self) -> Result<Option<Proxy>> {
        match self {
            Self::Environment | Self::Direct => Ok(None),
            Self::Only(proxy) => {
                let proxy = read("proxy", proxy)?;
                // What it says may repeat the URL, which may hold a password.
                Proxy::all(proxy).map(Some).map_err(|_| refused("proxy"))
            }
            Self::EnvironmentNow(variables) => {
                let choice = Choice::new(variables);
                Ok(Some(Proxy::custom(move |url| choice.of(url).cloned())))
            }
        }
    }

    /// The environment's choice, if some of it is no proxy.
    pub(super) fn wrong(&self) -> Option<Choice> {
        let Self::EnvironmentNow(variables) = self else {
            return None;
        };
        let choice = Choice::new(variables);
        let is_wrong = |named: &Option<Named>| named.as_ref().is_some_and(|named| named.url.is_none());
        (is_wrong(&choice.http) || is_wrong(&choice.https)).then_some(choice)
    }

    /// The hosts of the proxies themselves.
    pub(super) fn hosts(&self) -> Vec<String> {
        let urls: Vec<&Url>;
        let (only, choice);
        match self {
            Self::Only(proxy) => {
                only = read("proxy", proxy).ok();
                urls = only.iter().collect();
            }
            Self::EnvironmentNow(variables) => {
                choice = Choice::new(variables);
                let named = [&choice.http, &choice.https].into_iter().flatten();
                urls = named.filter_map(|named| named.url.as_ref()).collect();
            }
            Self::Environment | Self::Direct => return Vec::new(),
        }
        urls.iter()
            .filter_map(|url| Some(url.host_str()?.to_owned()))
            .collect()
    }
}

/// The URL of a proxy; without a scheme it speaks HTTP.
fn read(name: &str, text: &str) -> Result<Url> {
    let url = match text.contains("://") {
        true => Url::parse(text),
        false => Url::parse(&format!("http://{text}")),
    };
    url.ok()
        .filter(|url| SPOKEN.contains(&url.scheme()) && url.host_str().is_some_and(|host| !host.is_empty()))
        .ok_or_else(|| refused(name))
}

fn refused(name: &str) -> Error {
    Error::bad_request(format!("{name} is no URL of a proxy ({})", SPOKEN.join(", ")))
}

/// The environment's proxies, and where they are passed by.
#[derive(Debug, Default)]
pub(super) struct Choice {
    http: Option<Named>,
    https: Option<Named>,
    passed_by: Vec<PassedBy>,
}

/// A variable and the proxy it names; none when it names none.
#[derive(Debug, Clone)]
struct Named {
    variable: String,
    url: Option<Url>,
}

impl Choice {
    fn new(variables: &[String]) -> Self {
        // Of a variable that is set in both spellings the first counts.
        let find = |wanted: &str| {
            variables
                .iter()
                .filter_map(|variable| variable.split_once('='))
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted))
        };
        let named = |wanted: &str| {
            let (variable, value) = find(wanted)?;
            let url = read(variable, value).ok();
            Some(Named {
                variable: variable.to_owned(),
                url,
            })
        };
        let all = named("all_proxy");
        let no_proxy = find("no_proxy").map_or("", |(_, value)| value);
        Self {
            http: named("http_proxy").or_else(|| all.clone()),
            https: named("https_proxy").or(all),
            passed_by: no_proxy.split(',').filter_map(PassedBy::read).collect(),
        }
    }

    fn of(&self, url: &Url) -> Option<&Url> {
        self.named(url)?.url.as_ref()
    }

    /// Refuses what would go past a proxy that is none.
    pub(super) fn check(&self, url: &Url) -> Result<()> {
        match self.named(url) {
            Some(named) if named.url.is_none() => Err(refused(&named.variable)),
            _ => Ok(()),
        }
    }

    fn named(&self, url: &Url) -> Option<&Named> {
        if self.passed_by.iter().any(|entry| entry.fits(url)) {
            return None;
        }
        match url.scheme() {
            "https" => self.https.as_ref(),
            _ => self.http.as_ref(),
        }
    }
}

/// An entry of `NO_PROXY`, for one port or all.
#[derive(Debug, PartialEq)]
struct PassedBy {
    what: Hosts,
    port: Option<u16>,
}

#[derive(Debug, PartialEq)]
enum Hosts {
    All,
    /// A domain and what is below it.
    Domain(String),
    /// Addresses whose first bits are these.
    Network(IpAddr, u32),
}

impl PassedBy {
    /// `*`, `example.com`, `.example.com`, `*.example.com`, an address, a network (`10.0.0.0/8`); all but the last two
    /// and an address of IPv6 without brackets may have a port.
    fn read(entry: &str) -> Option<Self> {
        let entry = entry.trim().trim_end_matches('.').to_ascii_lowercase();
        let network = |text: &str| {
            let (address, bits) = match text.split_once('/') {
                Some((address, bits)) => (address, Some(bits.parse().ok()?)),
                None => (text, None),
            };
            let address: IpAddr = address
                .trim_start_matches('[')
                .trim_end_matches(']')
                .parse()
                .ok()?;
            Some(Hosts::Network(address, bits.unwrap_or(128)))
        };
        if let Some(what) = network(&entry) {
            return Some(Self { what, port: None });
        }
        let (host, port) = match entry.rsplit_once(':') {
            Some((host, port)) => (host, Some(port.parse().ok()?)),
            None => (entry.as_str(), None),
        };
        let what = match host {
            "" => return None,
            "*" => Hosts::All,
            host => network(host).unwrap_or_else(|| {
                let domain = host.strip_prefix('*').unwrap_or(host);
                Hosts::Domain(domain.trim_start_matches('.').to_owned())
            }),
        };
        Some(Self { what, port })
    }

    fn fits(&self, url: &Url) -> bool {
        if self.port.is_some() && self.port != url.port_or_known_default() {
            return false;
        }
        match (&self.what, url.host()) {
            (Hosts::All, _) => true,
            (Hosts::Domain(domain), Some(Host::Domain(host))) => host
                .trim_end_matches('.')
                .strip_suffix(domain.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.')),
            (Hosts::Network(network, bits), Some(Host::Ipv4(host))) => within(*network, *bits, host.into()),
            (Hosts::Network(network, bits), Some(Host::Ipv6(host))) => within(*network, *bits, host.into()),
            _ => false,
        }
    }
}

/// Whether the first `bits` of both are the same.
fn within(network: IpAddr, bits: u32, host: IpAddr) -> bool {
    match (network, host) {
        (IpAddr::V4(network), IpAddr::V4(host)) => {
            let differing = network.to_bits() ^ host.to_bits();
            differing.leading_zeros() >= bits.min(u32::BITS)
        }
        (IpAddr::V6(network), IpAddr::V6(host)) => {
            let differing = network.to_bits() ^ host.to_bits();
            differing.leading_zeros() >= bits.min(u128::BITS)
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(variables: &[&str], url: &str) -> Option<String> {
        let variables: Vec<String> = variables.iter().map(|variable| (*variable).to_owned()).collect();
        let choice = Choice::new(&variables);
        choice
            .of(&Url::parse(url).unwrap())
            .and_then(Url::host_str)
            .map(str::to_owned)
    }

    #[test]
    fn each_scheme_has_its_own() {
        let variables = [
            "HTTPS_PROXY=secure:3128",
            "http_proxy=socks5://plain",
            "all_proxy=http://all",
        ];
        assert_eq!(proxy(&variables, "https://host/").as_deref(), Some("secure"));
        assert_eq!(proxy(&variables, "http://host/").as_deref(), Some("plain"));
        assert_eq!(proxy(&variables[2..], "https://host/").as_deref(), Some("all"));
        assert_eq!(proxy(&variables[..1], "http://host/"), None);
        assert_eq!(
            proxy(&["HTTP_PROXY=first", "http_proxy=second"], "http://host/").as_deref(),
            Some("first")
        );
    }

    #[test]
    fn some_hosts_are_reached_past_it() {
        let past = |entries: &str, url: &str| {
            proxy(&["ALL_PROXY=proxy", &format!("NO_PROXY={entries}")], url).is_none()
        };
        for (entries, url) in [
            ("*", "http://10.0.0.1/"),
            ("x, *", "https://anywhere.example/"),
            ("example.com", "https://example.com/"),
            ("example.com", "https://a.b.Example.com/"),
            (".example.com", "https://example.com./"),
            ("*.example.com", "https://a.example.com/"),
            ("EXAMPLE.com:8443", "https://a.example.com:8443/"),
            ("example.com:443", "https://example.com/"),
            ("localhost,127.0.0.1", "http://127.0.0.1:99/"),
            ("127.0.0.1:99", "http://127.0.0.1:99/"),
            ("10.0.0.0/8, 192.168.0.0/16", "http://192.168.7.7/"),
            ("::1", "http://[::1]:99/"),
            ("[::1]:99", "http://[::1]:99/"),
            ("fd00::/8", "http://[fd12::1]/"),
            ("0.0.0.0/0", "http://1.2.3.4/"),
        ] {
            assert!(past(entries, url), "{entries} {url}");
        }
        for (entries, url) in [
            ("", "http://host/"),
            (",,", "http://host/"),
            ("example.com", "https://notexample.com/"),
            ("example.com:8443", "https://example.com/"),
            ("example.com:nonsense", "https://example.com/"),
            ("127.0.0.1:98", "http://127.0.0.1:99/"),
            ("10.0.0.0/8", "http://11.0.0.1/"),
            ("10.0.0.0/8", "http://10.example.com/"),
            ("10.0.0.0/x", "http://10.0.0.1/"),
            ("::/0", "http://10.0.0.1/"),
        ] {
            assert!(!past(entries, url), "{entries} {url}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_refused() {
        for wrong in [
            "ftp://canary@host",
            "quic://host",
            "http://",
            "http://user:canary@host:x",
        ] {
            let message = Proxies::Only(wrong.to_owned()).chosen().unwrap_err();
            assert!(
                message.message().starts_with("proxy is no URL") && !message.message().contains("canary")
            );
            let environment = Proxies::EnvironmentNow(vec![format!("ALL_PROXY={wrong}")]);
            let choice = environment.wrong().unwrap();
            let message = choice.check(&Url::parse("https://host/").unwrap()).unwrap_err();
            assert!(
                message.message().starts_with("ALL_PROXY is no") && !message.message().contains("canary")
            );
        }
        let other = [
            "HTTP_PROXY=ftp://host",
            "HTTPS_PROXY=secure:3128",
            "NO_PROXY=near",
        ];
        let environment = Proxies::EnvironmentNow(other.map(str::to_owned).to_vec());
        let choice = environment.wrong().unwrap();
        for fine in ["https://host/", "http://near/"] {
            assert!(choice.check(&Url::parse(fine).unwrap()).is_ok(), "{fine}");
        }
        assert!(choice.check(&Url::parse("http://host/").unwrap()).is_err());
        assert!(
            Proxies::EnvironmentNow(vec!["HTTP_PROXY=plain".to_owned()])
                .wrong()
                .is_none()
        );
        let known = Proxies::Only("socks5h://user:word@host:1080".to_owned());
        assert!(known.chosen().unwrap().is_some());
        assert_eq!(known.hosts(), ["host"]);
    }
}
