//! Faults on request: what a model name asks for, and the refusals among them.

use std::time::{Duration, SystemTime};

use super::dialect::{Dialect, Refusal};
use super::reply::{Hold, Reply};
use super::server::Ask;
use super::stream::Event;

/// Every recognised name with what it does. Sent as `sim/NAME?query` or `NAME?query`, or as `NAME;key=value;...` where
/// the model is a part of the URL and a `?` would end it; `any-model?sim=NAME&...` where the model's own name matters, too.
/// Any other model name is an ordinary model. `times=N` on any
/// of them: only the first N requests for that exact model string are hit.
pub const FAULTS: &[(&str, &str)] = &[
    ("400", "refused: bad request"),
    ("401", "refused: wrong key"),
    ("403", "refused: not allowed"),
    ("404", "refused: no such model"),
    ("408", "refused: request timeout"),
    ("409", "refused: conflict"),
    ("422", "refused: unprocessable"),
    (
        "429",
        "refused: rate limit; retry_after=1, retry_after_ms=, retry_after_date=1",
    ),
    ("500", "refused: server error"),
    ("502", "refused: bad gateway"),
    ("503", "refused: unavailable"),
    ("504", "refused: gateway timeout"),
    ("529", "refused: overloaded"),
    ("context_window", "400 context_length_exceeded"),
    ("content_policy", "400 content_policy_violation"),
    ("quota", "429 insufficient_quota"),
    ("html", "502 with an HTML page; status="),
    ("redirect", "307 to another path; to="),
    ("latency", "a delay before the headers; ms=500"),
    (
        "slow_first",
        "headers at once, the first byte of the body late; ms=500",
    ),
    ("drip", "a delay after every chunk; ms=50"),
    (
        "stall",
        "silence after N content chunks, or half of a plain body; after=2, before=1",
    ),
    (
        "cut",
        "the connection closed after N content chunks, or half of a plain body; after=2",
    ),
    ("cut_event", "the same in the middle of an event; after=2"),
    (
        "cut_clean",
        "a proper end of the body, but neither finish nor `[DONE]` (after=2)",
    ),
    ("cut_done", "everything but [DONE]"),
    (
        "malformed",
        "an event that is not JSON, or a plain body that is not; after=2",
    ),
    ("error_event", "an error object inside a 200; after=2, status=429"),
    ("empty", "a stream of [DONE] alone, or a message without content"),
    ("gzip", "content-encoding gzip, flushed at every event"),
    ("crlf", "CRLF line ends, CR and LF sometimes in separate writes"),
    (
        "comments",
        "a BOM, comments, event/id/retry fields, multi-line data, no last blank line",
    ),
    ("huge", "a big answer; mb=5, chunks="),
    (
        "tokens",
        "exactly N content chunks, up to 200000; n=1000, ms=0 between them",
    ),
    ("unicode", "U+2028, emoji and more, characters split over writes"),
    ("reasoning", "reasoning_content before the content"),
    ("refusal", "a refusal instead of content"),
    ("echo", "the content is the request body"),
    (
        "headers",
        "the content is the request's headers as JSON, redacted",
    ),
];

/// What one request asked for. Without a name nothing happens.
#[derive(Debug)]
pub(super) struct Fault {
    name: &'static str,
    query: Vec<(String, String)>,
    model: String,
    dialect: &'static Dialect,
}

impl Fault {
    /// Reads the model name, and counts the request when the fault is limited by `times`.
    pub(super) fn of(ask: &Ask<'_>, model: &str) -> Fault {
        let mut fault = Fault::parse(model, ask.dialect);
        if let Some(times) = fault.number("times")
            && ask.shared.strike(model) >= times
        {
            fault.name = "";
        }
        fault
    }

    fn parse(model: &str, dialect: &'static Dialect) -> Fault {
        let rest = model.strip_prefix("sim/").unwrap_or(model);
        let (name, query) = rest.split_once(['?', ';']).unwrap_or((rest, ""));
        let query = query.replace(';', "&");
        let query: Vec<(String, String)> = url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        let named = |name: &str| FAULTS.iter().find(|(known, _)| *known == name);
        let known = named(name).or_else(|| named(&query.iter().find(|(key, _)| key == "sim")?.1));
        Fault {
            name: known.map_or("", |(known, _)| known),
            query,
            model: model.to_owned(),
            dialect,
        }
    }

    /// The recognised name; empty for an ordinary model.
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        let found = self.query.iter().find(|(known, _)| known == key);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn number(&self, key: &str) -> Option<u64> {
        self.text(key)?.parse().ok()
    }

    /// Where in a stream it strikes.
    pub(super) fn after(&self) -> u64 {
        self.number("after").unwrap_or(2)
    }

    pub(super) fn milliseconds(&self, default: u64) -> Duration {
        Duration::from_millis(self.number("ms").unwrap_or(default))
    }

    /// The pause after every chunk.
    pub(super) fn pace(&self) -> Option<Duration> {
        let default = match self.name {
            "drip" => 50,
            "tokens" => 0,
            _ => return None,
        };
        Some(self.milliseconds(default)).filter(|pause| !pause.is_zero())
    }

    pub(super) fn hold(&self) -> Hold {
        match self.name {
            "latency" => Hold::For(self.milliseconds(500)),
            "stall" if self.number("before") == Some(1) => Hold::Forever,
            _ => Hold::None,
        }
    }

    /// The error of an `error_event`, as the dialect has it once a 200 is out.
    pub(super) fn error_event(&self) -> Event {
        let status = self
            .number("status")
            .and_then(|status| u16::try_from(status).ok());
        let refusal = Refusal::Status(status.unwrap_or(429));
        (self.dialect.event)(&(self.dialect.refuse)(refusal, &self.model))
    }

    /// The whole answer, for the faults that leave nothing else to say.
    pub(super) fn refusal(&self, ask: &Ask<'_>) -> Option<Reply> {
        let refusal = match self.name {
            "context_window" => Refusal::ContextWindow,
            "content_policy" => Refusal::ContentPolicy,
            "quota" => Refusal::Quota,
            "html" => return Some(self.html()),
            "redirect" => return self.redirect(ask),
            name => Refusal::Status(name.parse().ok()?),
        };
        let mut reply = self.dialect.reply(&(self.dialect.refuse)(refusal, &self.model));
        reply.headers.extend(self.retry_after(reply.status));
        Some(reply)
    }

    fn retry_after(&self, status: u16) -> Vec<(&'static str, String)> {
        let mut headers = Vec::new();
        if let Some(ms) = self.text("retry_after_ms") {
            headers.push(("retry-after-ms", ms.to_owned()));
        }
        if let Some(seconds) = self.number("retry_after_date") {
            // A date has whole seconds; one more keeps it from lying in the past already.
            let ahead = Duration::from_secs(seconds.saturating_add(1).min(1_000_000));
            headers.push(("retry-after", httpdate::fmt_http_date(SystemTime::now() + ahead)));
        } else if let Some(value) = self.text("retry_after") {
            headers.push(("retry-after", value.to_owned()));
        } else if status == 429 && headers.is_empty() {
            headers.push(("retry-after", "1".to_owned()));
        }
        headers
    }

    fn html(&self) -> Reply {
        let status = self
            .number("status")
            .and_then(|status| u16::try_from(status).ok());
        let status = status.filter(|status| (200..600).contains(status)).unwrap_or(502);
        let page = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
                    <center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n\
                    </body>\r\n</html>\r\n"
            .replace("502", &status.to_string());
        Reply::whole(status, "text/html", page)
    }

    /// Once under the other path the request is answered, so that following it ends.
    fn redirect(&self, ask: &Ask<'_>) -> Option<Reply> {
        if ask.path.starts_with("/redirected/") {
            return None;
        }
        let to = self
            .text("to")
            .map_or_else(|| format!("/redirected{}", ask.path), str::to_owned);
        let mut reply = Reply::whole(307, "text/plain", "");
        reply.headers.push(("location", to));
        Some(reply)
    }
}
