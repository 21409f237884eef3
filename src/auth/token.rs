//! Short-lived credentials: asked for once, kept until shortly before they expire, and renewed by one call while the
//! others wait, or go on with the old ones as long as these last.

use std::collections::HashMap;
use std::pin::Pin;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::transport::Connection;

/// Credentials are renewed when this much of their life is left, or a fifth of it where that is less.
const EARLY: Duration = Duration::from_secs(300);
/// Identities kept at a time; whoever makes new ones without end must not fill the memory.
const MOST: usize = 512;
/// The name of the part that is a bearer token.
const TOKEN: &str = "token";

/// What a source gave out: a bearer token, or several secrets that belong together. `Debug` shows none of them.
#[derive(Debug, Clone)]
pub struct Token {
    parts: Vec<(String, Secret)>,
    made: Instant,
    lifetime: Option<Duration>,
}

impl Token {
    /// A bearer token. One without a lifetime is never kept: its source is asked again for every call.
    #[must_use]
    pub fn bearer(token: &str, lifetime: Option<Duration>) -> Self {
        Self::of_parts(vec![(TOKEN.to_owned(), Secret::new(token))], lifetime)
    }

    /// Secrets that belong together, by name.
    #[must_use]
    pub fn of_parts(parts: Vec<(String, Secret)>, lifetime: Option<Duration>) -> Self {
        Self {
            parts,
            made: Instant::now(),
            lifetime,
        }
    }

    /// The bearer token.
    #[must_use]
    pub fn secret(&self) -> Option<&Secret> {
        self.part(TOKEN)
    }

    /// The secret of that name.
    #[must_use]
    pub fn part(&self, name: &str) -> Option<&Secret> {
        self.parts
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, secret)| secret)
    }

    fn left(&self) -> Duration {
        self.lifetime.map_or(Duration::ZERO, |lifetime| {
            lifetime.saturating_sub(self.made.elapsed())
        })
    }
    fn is_usable(&self) -> bool {
        !self.left().is_zero()
    }
    fn is_fresh(&self) -> bool {
        self.lifetime
            .is_some_and(|lifetime| self.left() > EARLY.min(lifetime / 5))
    }
}

/// A token on its way.
pub type Fetched<'a> = Pin<Box<dyn Future<Output = Result<Token>> + Send + 'a>>;

/// Whoever gives out tokens.
pub trait TokenSource: Send + Sync {
    /// What sources have in common whose tokens may stand for each other: who asks, and for what. It is a key of a map
    /// in this process, and never shown.
    fn identity(&self) -> &str;

    /// Asks for a token. `connection` leads to the network in the way the caller wants.
    fn fetch<'a>(&'a self, connection: &'a Connection) -> Fetched<'a>;
}

/// The tokens of this process.
pub static TOKENS: LazyLock<Tokens> = LazyLock::new(Tokens::default);

/// Tokens by identity.
#[derive(Default)]
pub struct Tokens {
    slots: Mutex<HashMap<String, Arc<Slot>>>,
}

/// One identity's place.
struct Slot {
    /// A fork leaves the locks of threads that are gone; a child makes places of its own.
    pid: u32,
    kept: Mutex<Kept>,
    /// Held by the one call that asks the source.
    asking: tokio::sync::Mutex<()>,
    /// Kept as long as its tokens, so that an identity made of an address stays unique.
    _source: Arc<dyn TokenSource>,
}

#[derive(Default)]
struct Kept {
    token: Option<Token>,
    /// The last answer had no lifetime: nobody waits for another's.
    fleeting: bool,
    /// When the source last failed, and how: those who waited for it hear the same.
    failure: Option<(Instant, Error)>,
}

impl Slot {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn token(&self, wanted: fn(&Token) -> bool) -> Option<Token> {
        self.kept().token.as_ref().filter(|token| wanted(token)).cloned()
    }
}

impl Tokens {
    /// A token of `source`: the one that is kept, or a new one.
    ///
    /// # Errors
    /// What the source says, when there is no token that still lasts.
    pub async fn get(&self, source: &Arc<dyn TokenSource>, connection: &Connection) -> Result<Token> {
        let slot = self.slot(source);
        if let Some(token) = slot.token(Token::is_fresh) {
            return Ok(token);
        }
        let begun = Instant::now();
        let asking = match slot.token(Token::is_usable) {
            // One call renews; the others need not wait while the old token lasts.
            Some(old) => match slot.asking.try_lock() {
                Ok(asking) => Some(asking),
                Err(_) => return Ok(old),
            },
            None if slot.kept().fleeting => None,
            None => Some(slot.asking.lock().await),
        };
        if let Some(token) = slot.token(Token::is_fresh) {
            return Ok(token);
        }
        let failure = slot.kept().failure.clone();
        if let Some((when, error)) = failure
            && when > begun
        {
            return Err(error);
        }
        // Whoever waited for a token that cannot be shared asks on their own, all at once.
        let _asking = asking.filter(|_| !slot.kept().fleeting);
        match source.fetch(connection).await {
            Ok(token) => {
                let mut kept = slot.kept();
                kept.failure = None;
                kept.fleeting = token.lifetime.is_none();
                kept.token = token.lifetime.is_some().then(|| token.clone());
                Ok(token)
            }
            Err(error) => {
                if let Some(old) = slot.token(Token::is_usable) {
                    tracing::warn!(
                        kind = error.kind().class_name(),
                        "a token could not be renewed before its time"
                    );
                    return Ok(old);
                }
                slot.kept().failure = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    /// Forgets a token of `source` that was refused, where `is_it` says that it is still the one kept.
    pub fn refuse(&self, source: &Arc<dyn TokenSource>, is_it: impl Fn(&Token) -> bool) {
        let slot = self.slot(source);
        let mut kept = slot.kept();
        if kept.token.as_ref().is_some_and(is_it) {
            kept.token = None;
        }
    }

    fn slot(&self, source: &Arc<dyn TokenSource>) -> Arc<Slot> {
        let (identity, pid) = (source.identity(), std::process::id());
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let inherited = match slots.get(identity) {
            Some(slot) if slot.pid == pid => return Arc::clone(slot),
            // A lock that was held at the moment of the fork is held forever.
            Some(slot) => slot.kept.try_lock().ok().and_then(|kept| kept.token.clone()),
            None => None,
        };
        if slots.len() >= MOST {
            slots.retain(|_, slot| Arc::strong_count(slot) > 1 || slot.token(Token::is_usable).is_some());
        }
        if slots.len() >= MOST {
            slots.clear();
        }
        let slot = Arc::new(Slot {
            pid,
            kept: Mutex::new(Kept {
                token: inherited,
                ..Kept::default()
            }),
            asking: tokio::sync::Mutex::new(()),
            _source: Arc::clone(source),
        });
        slots.insert(identity.to_owned(), Arc::clone(&slot));
        slot
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::error::ErrorKind;
    use crate::transport::{Transport, TransportOptions};

    struct Counting {
        name: &'static str,
        lifetime: Option<Duration>,
        asked: AtomicUsize,
        fails: bool,
    }
    impl TokenSource for Counting {
        fn identity(&self) -> &str {
            self.name
        }
        fn fetch<'a>(&'a self, _: &'a Connection) -> Fetched<'a> {
            Box::pin(async move {
                let count = self.asked.fetch_add(1, Ordering::SeqCst);
                tokio::time::sleep(Duration::from_millis(20)).await;
                if self.fails {
                    return Err(Error::new(ErrorKind::Authentication, format!("failure {count}")));
                }
                Ok(Token::bearer(&format!("token-number-{count}"), self.lifetime))
            })
        }
    }

    fn source(
        name: &'static str,
        lifetime: Option<u64>,
        fails: bool,
    ) -> (Arc<Counting>, Arc<dyn TokenSource>) {
        let own = Arc::new(Counting {
            name,
            lifetime: lifetime.map(Duration::from_secs),
            asked: AtomicUsize::new(0),
            fails,
        });
        (Arc::clone(&own), own)
    }

    fn connection() -> Connection {
        Transport::new()
            .connection(&TransportOptions::default(), None, false)
            .unwrap()
    }

    async fn crowd(tokens: &Tokens, source: &Arc<dyn TokenSource>) -> Vec<Result<String>> {
        let connection = connection();
        let one = || async {
            let token = tokens.get(source, &connection).await?;
            Ok(token.secret().unwrap().expose().to_owned())
        };
        let (a, b, c) = tokio::join!(one(), one(), one());
        vec![a, b, c]
    }

    #[tokio::test(start_paused = true)]
    async fn one_asks_and_the_others_wait_once_in_a_lifetime() {
        let tokens = Tokens::default();
        let (counting, source) = source("a", Some(100), false);
        for _ in 0..3 {
            for token in crowd(&tokens, &source).await {
                assert_eq!(token.unwrap(), "token-number-0");
            }
        }
        tokio::time::advance(Duration::from_secs(81)).await;
        // It is renewed before it expires; meanwhile the old one is good.
        let renewed: Vec<String> = crowd(&tokens, &source)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        assert_eq!(renewed, ["token-number-1", "token-number-0", "token-number-0"]);
        assert_eq!(counting.asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_token_is_asked_for_once_more() {
        let tokens = Tokens::default();
        let (counting, source) = source("b", Some(100), false);
        crowd(&tokens, &source).await;
        for _ in 0..3 {
            tokens.refuse(&source, |token| {
                token.secret().unwrap().expose() == "token-number-0"
            });
            for token in crowd(&tokens, &source).await {
                assert_eq!(token.unwrap(), "token-number-1");
            }
        }
        assert_eq!(counting.asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_told_to_those_who_waited_and_tried_again_by_those_who_come_later() {
        let tokens = Tokens::default();
        let (counting, source) = source("c", None, true);
        for round in 1..=2 {
            for token in crowd(&tokens, &source).await {
                assert_eq!(token.unwrap_err().message(), format!("failure {}", round - 1));
            }
            assert_eq!(counting.asked.load(Ordering::SeqCst), round);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_has_no_lifetime_is_never_shared() {
        let tokens = Tokens::default();
        let (counting, source) = source("d", None, false);
        let mut seen: Vec<String> = crowd(&tokens, &source)
            .await
            .into_iter()
            .map(Result::unwrap)
            .collect();
        seen.sort();
        seen.dedup();
        assert_eq!((seen.len(), counting.asked.load(Ordering::SeqCst)), (3, 3));
    }

    #[test]
    fn nothing_secret_is_shown() {
        let shown = format!("{:?}", Token::bearer("ya29.secret-canary", None));
        assert!(!shown.contains("canary"), "{shown}");
    }
}
