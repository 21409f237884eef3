//! Files behind `http(s)` addresses that a provider does not fetch itself: found in a request, brought in beside each
//! other, and given by value. The caller's messages stay as they are.

pub(crate) mod kind;
mod places;

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;
use url::Url;

use crate::error::{Error, ErrorKind, Result};
use crate::options::Timeouts;
use crate::resolve::Target;
use crate::transport::{Clock, Downloader, Retries};
use crate::types::ChatRequest;
use crate::wire::ChatWire;

pub use places::{Part, Remote};

/// Files of one call that are brought in at a time.
const AT_ONCE: usize = 20;

/// Which files are brought in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilePolicy {
    /// Whether addresses of private networks, of this machine and of metadata services are refused.
    pub public_only: bool,
    /// Hosts that are fetched from wherever they are: `host` or `host:port`.
    pub allowed_hosts: Vec<String>,
    /// The largest file, in bytes; 0 turns downloads off.
    pub limit: usize,
}

impl Default for FilePolicy {
    fn default() -> Self {
        Self {
            public_only: true,
            allowed_hosts: Vec::new(),
            limit: 50 << 20,
        }
    }
}

/// A request some of whose files are still at their addresses.
pub(crate) struct Unfetched {
    request: ChatRequest,
    addresses: Vec<Url>,
    policy: Arc<FilePolicy>,
}

/// A file that was brought in.
struct File {
    kind: String,
    base64: String,
}

impl Unfetched {
    /// Separates a request from its files: what remains holds stand-ins, by which all else can be checked. None when
    /// there is nothing to bring in.
    pub(crate) fn split(
        wire: &dyn ChatWire,
        target: &Target,
        request: &mut ChatRequest,
        policy: &FilePolicy,
    ) -> Result<Option<Self>> {
        let (mut addresses, mut wrong) = (Vec::new(), None);
        places::visit(&mut request.messages, &mut |file, _| {
            if wire.takes_address(target, &file) || wrong.is_some() {
                return;
            }
            match Url::parse(file.url.trim()) {
                Ok(url) if addresses.contains(&url) => {}
                Ok(url) => addresses.push(url),
                Err(error) => wrong = Some(refusal(file.url, &format!("it is no URL: {error}"))),
            }
        });
        if let Some(error) = wrong {
            return Err(error);
        }
        let Some(first) = addresses.first() else {
            return Ok(None);
        };
        if policy.limit == 0 {
            return Err(refusal(first.as_str(), "downloads are turned off"));
        }
        let whole = request.clone();
        places::visit(&mut request.messages, &mut |file, slot| {
            if !wire.takes_address(target, &file) {
                slot.put(file.kind_without_content(), "AAAA");
            }
        });
        Ok(Some(Self {
            request: whole,
            addresses,
            policy: Arc::new(policy.clone()),
        }))
    }

    /// The request with its files in it.
    ///
    /// # Errors
    /// `ImageFetch` for the first file that cannot be had, `Timeout` when the call's time is over.
    pub(crate) async fn fetched(
        mut self,
        wire: &dyn ChatWire,
        target: &Target,
        downloader: Downloader,
        timeouts: Timeouts,
        total: Option<Instant>,
        retries: u32,
    ) -> Result<ChatRequest> {
        let turns = Arc::new(Semaphore::new(AT_ONCE));
        let mut downloads = JoinSet::new();
        for url in self.addresses {
            let (downloader, policy, turns) = (downloader.clone(), self.policy.clone(), turns.clone());
            downloads.spawn(async move {
                let _turn = turns.acquire_owned().await;
                let file = fetch(&downloader, &url, &policy, timeouts, total, retries).await;
                file.map(|file| (url, file))
            });
        }
        let mut files = HashMap::new();
        // The first failure ends the others: dropping the set stops them.
        while let Some(done) = downloads.join_next().await {
            let done = done.map_err(|_| Error::new(ErrorKind::Internal, "a download broke down"))?;
            let (url, file) = done?;
            files.insert(url, file);
        }
        let mut unfit = None;
        places::visit(&mut self.request.messages, &mut |file, slot| {
            if wire.takes_address(target, &file) {
                return;
            }
            let Some(fetched) = Url::parse(file.url.trim()).ok().and_then(|url| files.get(&url)) else {
                return;
            };
            if file.part != Part::File && file.format.is_none() && !kind::is_media(&fetched.kind) {
                unfit.get_or_insert_with(|| {
                    refusal(file.url, &format!("it is {}, which is no medium", fetched.kind))
                });
                return;
            }
            slot.put(file.format.as_deref().unwrap_or(&fetched.kind), &fetched.base64);
        });
        unfit.map_or(Ok(self.request), Err)
    }
}

async fn fetch(
    downloader: &Downloader,
    url: &Url,
    policy: &FilePolicy,
    timeouts: Timeouts,
    total: Option<Instant>,
    retries: u32,
) -> Result<File> {
    let mut retries = Retries::new(retries);
    loop {
        let mut clock = Clock::start(timeouts, total, false);
        let error = match downloader.get(url, policy, &mut clock).await {
            Ok(file) => {
                let kind = kind::of(file.declared.as_deref(), url, &file.content).ok_or_else(|| {
                    refusal(url.as_str(), "neither its server nor its content says what it is")
                })?;
                return Ok(File {
                    kind,
                    base64: STANDARD.encode(&file.content),
                });
            }
            Err(error) => error,
        };
        // A host that cannot be reached is not waited for; a server that is busy is.
        let wait = if error.was_sent() {
            retries.after(&error)
        } else {
            None
        };
        let Some(wait) = wait else {
            // Only the end of the whole call's time is the call's own.
            let over =
                error.kind() == ErrorKind::Timeout && total.is_some_and(|total| Instant::now() >= total);
            return Err(if over {
                error
            } else {
                refusal(url.as_str(), error.message())
            });
        };
        let due = Instant::now().checked_add(wait);
        if total.is_some_and(|total| due.is_none_or(|due| due >= total)) {
            return Err(refusal(url.as_str(), error.message()));
        }
        tokio::time::sleep(wait).await;
    }
}

/// The error of a file that is not brought in. The query of its address may hold a key.
fn refusal(url: &str, why: &str) -> Error {
    const SHOWN: usize = 200;
    let bare = url.split(['?', '#']).next().unwrap_or_default();
    let bare = match (bare.find("://"), bare.find('@')) {
        (Some(scheme), Some(at)) if at > scheme => format!(
            "{}{}",
            bare.get(..scheme + 3).unwrap_or_default(),
            bare.get(at + 1..).unwrap_or_default()
        ),
        _ => bare.to_owned(),
    };
    let shown: String = bare.chars().take(SHOWN).collect();
    Error::new(
        ErrorKind::ImageFetch,
        format!("Unable to fetch image or file from URL {shown}: {why}"),
    )
    .with_status(400)
}
