//! When a failed attempt is repeated, and after how long. openai-python's rules, so a caller who knows them knows ours;
//! where it would cut a provider's long Retry-After short, we give up at once and say how long to wait.

use std::time::Duration;

use http::HeaderMap;

use crate::error::{Error, ErrorKind};

const FIRST: f64 = 0.5;
const LONGEST: f64 = 8.0;
/// A provider that asks for more than this is not waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Counts the attempts of one call.
#[derive(Debug)]
pub(crate) struct Retries {
    allowed: u32,
    made: u32,
    /// Requests that were repeated for a new token, which no allowance counts.
    renewed: u32,
}

impl Retries {
    pub(crate) fn new(allowed: u32) -> Self {
        Self {
            allowed,
            made: 0,
            renewed: 0,
        }
    }

    /// Requests made so far, counting the one under way.
    pub(crate) fn attempts(&self) -> u32 {
        self.made + self.renewed + 1
    }

    /// The request is repeated with a new token.
    pub(crate) fn renewed(&mut self) {
        self.renewed += 1;
    }

    /// How long to wait before the next attempt, or none when `error` is final.
    pub(crate) fn after(&mut self, error: &Error) -> Option<Duration> {
        if self.made >= self.allowed || !worth_repeating(error) {
            return None;
        }
        let wait = match error.retry_after() {
            Some(asked) if asked > PATIENCE => return None,
            // Never earlier than asked; jitter keeps a fleet from coming back in step.
            Some(asked) => {
                asked + Duration::from_secs_f64(jitter() * 0.25 * asked.as_secs_f64().clamp(0.1, 1.0))
            }
            None => {
                let exponential =
                    (FIRST * 2_f64.powi(i32::try_from(self.made).unwrap_or(16).min(16))).min(LONGEST);
                Duration::from_secs_f64(exponential * (1.0 - 0.25 * jitter()))
            }
        };
        self.made += 1;
        Some(wait)
    }
}

fn worth_repeating(error: &Error) -> bool {
    match asked_to(error.headers()) {
        Some(wish) if error.was_sent() => return wish,
        _ => {}
    }
    match error.status() {
        Some(status) if error.was_sent() => matches!(status, 408 | 409 | 429) || status >= 500,
        _ => matches!(error.kind(), ErrorKind::ApiConnection | ErrorKind::Timeout),
    }
}

/// `x-should-retry`, by which OpenAI overrules the status.
fn asked_to(headers: &HeaderMap) -> Option<bool> {
    match headers.get("x-should-retry")?.as_bytes() {
        b"true" => Some(true),
        b"false" => Some(false),
        _ => None,
    }
}

/// A number in 0..1 that differs between processes and calls; nothing secret hangs on it.
fn jitter() -> f64 {
    use std::hash::{BuildHasher, RandomState};
    let random = RandomState::new().hash_one(std::time::Instant::now());
    f64::from(u32::try_from(random >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn answer(status: u16, headers: &[(&'static str, &'static str)]) -> Error {
        let headers = headers
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        Error::from_answer(ErrorKind::from_status(status), status, "x", headers, Bytes::new())
    }

    #[test]
    fn only_what_may_pass_is_repeated() {
        let repeated = |error: &Error| Retries::new(1).after(error).is_some();
        for status in [408, 409, 429, 500, 502, 503, 504, 529] {
            assert!(repeated(&answer(status, &[])), "{status}");
        }
        for status in [400, 401, 402, 403, 404, 413, 422] {
            assert!(!repeated(&answer(status, &[])), "{status}");
        }
        assert!(repeated(&Error::new(ErrorKind::ApiConnection, "reset")));
        assert!(!repeated(&Error::bad_request("no")));
        assert!(!repeated(&answer(500, &[("x-should-retry", "false")])));
        assert!(repeated(&answer(400, &[("x-should-retry", "true")])));
    }

    #[test]
    fn as_many_as_allowed_and_never_before_the_time_asked() {
        let mut retries = Retries::new(2);
        let limited = answer(429, &[("retry-after", "3")]);
        for attempt in 1..=2 {
            assert_eq!(retries.attempts(), attempt);
            let wait = retries.after(&limited).unwrap();
            assert!((3.0..4.0).contains(&wait.as_secs_f64()), "{wait:?}");
        }
        assert!(retries.after(&limited).is_none());
        assert_eq!(retries.attempts(), 3);
        assert!(
            Retries::new(5)
                .after(&answer(429, &[("retry-after", "3600")]))
                .is_none()
        );
    }

    #[test]
    fn waits_grow_and_are_bounded() {
        let mut retries = Retries::new(20);
        let waits: Vec<f64> = (0..20)
            .map(|_| retries.after(&answer(500, &[])).unwrap().as_secs_f64())
            .collect();
        assert!(waits[0] <= 0.5 && waits[0] >= 0.37);
        assert!(waits.iter().all(|wait| *wait <= LONGEST));
        assert!(waits[10] >= 6.0);
    }
}
