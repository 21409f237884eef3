//! What keeps a panic from Python: it becomes the exception for defects, and the process lives. pyo3 would make it a
//! `PanicException`, which `except Exception` does not catch.

use std::any::Any;
use std::cell::RefCell;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::pin::pin;
use std::task::Poll;

use pyo3::prelude::*;

use super::error;
use crate::error::{Error, ErrorKind, Result};

thread_local! {
    /// What the last panic of this thread said, and where.
    static SAID: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Sees to it that a panic is remembered with its place, and logged, not printed: nothing of ours writes to stderr. The
/// hook is this library's own; other extension modules have theirs.
pub(super) fn install() {
    std::panic::set_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let text = text(info.payload());
        let said = info.location().map_or_else(
            || text.to_owned(),
            |place| format!("{text} ({}:{})", place.file(), place.line()),
        );
        tracing::error!("a defect in the core: {said}");
        // A thread that is ending has no place for it any more.
        let _ = SAID.try_with(|last| *last.borrow_mut() = Some(said));
    }));
}

/// Runs `work`; a panic in it is raised as an `InternalError`.
///
/// # Errors
/// What `work` returns, or that.
pub(super) fn guarded<T>(py: Python<'_>, work: impl FnOnce() -> PyResult<T>) -> PyResult<T> {
    let work = || {
        let leaving = Leaving;
        let done = work();
        std::mem::forget(leaving);
        done
    };
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(raise(py, &*panic)))
}

/// Before 3.14 the interpreter ends a thread that wants the GIL after the program's end by unwinding its stack, in the
/// middle of whatever Python the thread runs for us. `catch_unwind` would take that for an exception of another
/// language and abort the process, so the thread stays here and ends with the process. A panic goes on.
struct Leaving;

impl Drop for Leaving {
    fn drop(&mut self) {
        while !std::thread::panicking() {
            std::thread::park();
        }
    }
}

/// Awaits `work`; a panic in it is an `Internal` error, after which it is not looked at again.
///
/// # Errors
/// What `work` returns, or that.
pub(super) async fn caught<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    let mut work = pin!(work);
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(context)))
            .unwrap_or_else(|panic| Poll::Ready(Err(defect(&*panic))))
    })
    .await
}

/// Runs `work` that cannot fail and whose result nobody waits for; a panic in it is logged and over.
pub(super) fn contained(work: impl FnOnce()) {
    let _ = catch_unwind(AssertUnwindSafe(work));
}

/// The exception for a panic that was caught.
pub(super) fn raise(py: Python<'_>, panic: &(dyn Any + Send)) -> PyErr {
    error::raise(py, &defect(panic))
}

/// The error for a panic that was caught on this thread, or on another (then without its place).
fn defect(panic: &(dyn Any + Send)) -> Error {
    let said = said().filter(|said| said.starts_with(text(panic)));
    told(&said.unwrap_or_else(|| text(panic).to_owned()))
}

/// The error for a panic that this thread is in.
pub(super) fn current() -> Error {
    told(&said().unwrap_or_else(|| "a background task panicked".to_owned()))
}

fn said() -> Option<String> {
    SAID.try_with(|last| last.borrow_mut().take()).ok().flatten()
}

fn told(said: &str) -> Error {
    Error::new(ErrorKind::Internal, format!("a defect in the core: {said}"))
}

fn text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
