//! Diagnostics: `tracing` events of this crate, kept until Python holds the GIL anyway and then handed to `logging` in
//! one go. Off until Python asks; then an event costs a format and a push.

use std::fmt::Write;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use pyo3::prelude::*;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Metadata, Subscriber, span, subscriber::Interest};

const LOGGER: &str = "edgequake_python";
/// More than this between two crossings is a flood; the rest is counted, not kept.
const MOST: usize = 10_000;

/// A Python level (10 debug, 20 info, ...) or `OFF`.
static LEVEL: AtomicUsize = AtomicUsize::new(OFF);
const OFF: usize = usize::MAX;
static WAITING: Mutex<Vec<(usize, String)>> = Mutex::new(Vec::new());
static ANY: AtomicBool = AtomicBool::new(false);
static LOST: AtomicUsize = AtomicUsize::new(0);

/// Makes this crate's events go here. Nothing else in the process is listened to.
pub(super) fn install() {
    // Fails when the process has another subscriber, whose owner then sees the events.
    let _ = tracing::subscriber::set_global_default(Collector);
}

/// Starts (or with None stops) collecting events of `level` and above.
pub(super) fn set_level(level: Option<usize>) {
    LEVEL.store(level.unwrap_or(OFF), Ordering::Relaxed);
    tracing_core::callsite::rebuild_interest_cache();
}

/// Warns of something that is the program's own wish, once in a process, whatever the level.
pub(super) fn warn_once(py: Python<'_>, text: &str) {
    static WARNED: AtomicBool = AtomicBool::new(false);
    if WARNED.swap(true, Ordering::Relaxed) {
        return;
    }
    let logger = || {
        // It sees to it that nothing is printed where nobody listens.
        py.import("edgequake_python._logging")?;
        py.import("logging")?.call_method1("getLogger", (LOGGER,))
    };
    if let Err(error) = logger().and_then(|logger| logger.call_method1("warning", (text,))) {
        error.write_unraisable(py, None);
    }
}

/// Hands what was collected to Python's `logging`.
pub(super) fn flush(py: Python<'_>) {
    if !ANY.swap(false, Ordering::Relaxed) {
        return;
    }
    let waiting = std::mem::take(&mut *WAITING.lock().unwrap_or_else(PoisonError::into_inner));
    let lost = LOST.swap(0, Ordering::Relaxed);
    let log = || -> PyResult<()> {
        let logger = py.import("logging")?.call_method1("getLogger", (LOGGER,))?;
        for (level, text) in waiting {
            logger.call_method1("log", (level, "%s", text))?;
        }
        if lost > 0 {
            logger.call_method1("warning", ("%s diagnostic events were not kept", lost))?;
        }
        Ok(())
    };
    // A handler that raises must not break a call.
    if let Err(error) = log() {
        error.write_unraisable(py, None);
    }
}

struct Collector;

fn python_level(level: &Level) -> usize {
    match *level {
        Level::ERROR => 40,
        Level::WARN => 30,
        Level::INFO => 20,
        Level::DEBUG => 10,
        Level::TRACE => 5,
    }
}

impl Subscriber for Collector {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        if metadata.is_event() && metadata.target().starts_with("edgequake_llm") {
            Interest::sometimes()
        } else {
            Interest::never()
        }
    }
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("edgequake_llm")
            && python_level(metadata.level()) >= LEVEL.load(Ordering::Relaxed)
    }
    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(if LEVEL.load(Ordering::Relaxed) == OFF {
            LevelFilter::OFF
        } else {
            LevelFilter::TRACE
        })
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        let mut waiting = WAITING.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() < MOST {
            waiting.push((
                python_level(event.metadata().level()),
                line.message + &line.fields,
            ));
        } else {
            LOST.fetch_add(1, Ordering::Relaxed);
        }
        ANY.store(true, Ordering::Relaxed);
    }
}

/// `message name=value name=value`.
#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        // Writing to a String cannot fail.
        let _ = if field.name() == "message" {
            write!(self.message, "{value}")
        } else {
            write!(self.fields, " {}={value}", field.name())
        };
    }
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        let _ = if field.name() == "message" {
            write!(self.message, "{value:?}")
        } else {
            write!(self.fields, " {}={value:?}", field.name())
        };
    }
}
