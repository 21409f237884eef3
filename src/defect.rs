//! A defect put in on purpose, once, to see what a caller gets of one. Exists only with the feature `defects`, which
//! nothing released is built with; without it a place costs nothing.

#[cfg(feature = "defects")]
static PLACE: std::sync::Mutex<Option<String>> = std::sync::Mutex::new(None);

/// Puts a defect in at `place`, for the next that comes by; None takes it out.
#[cfg(feature = "defects")]
pub(crate) fn put(place: Option<String>) {
    *PLACE.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = place;
}

/// A place where a defect can be.
///
/// # Panics
/// When one was put in here.
#[cfg(feature = "defects")]
#[expect(clippy::panic, reason = "what a defect is")]
pub(crate) fn at(place: &str) {
    let taken = {
        let mut put = PLACE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        put.take_if(|put| put == place)
    };
    if taken.is_some() {
        panic!("put in at {place}");
    }
}

/// A place where a defect can be, in other builds.
#[cfg(not(feature = "defects"))]
#[inline(always)]
pub(crate) const fn at(_: &str) {}
