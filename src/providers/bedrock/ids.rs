//! Ids of tool calls: Converse takes `[a-zA-Z0-9_.:-]{1,64}`, and other providers' ids are longer and freer.

use std::borrow::Cow;

use crate::auth::aws;

const LONGEST: usize = 64;

/// An id as Converse takes it: the same for a call and for its result, and no two alike.
pub(super) fn sent(id: &str) -> Cow<'_, str> {
    let valid = |c: char| c.is_ascii_alphanumeric() || "_-.:".contains(c);
    if !id.is_empty() && id.len() <= LONGEST && id.chars().all(valid) {
        return Cow::Borrowed(id);
    }
    let safe: String = id.chars().map(|c| if valid(c) { c } else { '_' }).collect();
    let safe = if safe.is_empty() { "tool_use_id" } else { &safe };
    let mark = aws::short_hash(id);
    let mark = mark.get(..8).unwrap_or_default();
    let kept = safe
        .get(..safe.len().min(LONGEST - 1 - mark.len()))
        .unwrap_or_default();
    Cow::Owned(format!("{kept}_{mark}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn valid_ids_stay_and_others_are_told_apart() {
        assert_eq!(sent("call_1.a:b-c"), "call_1.a:b-c");
        let long = format!("call!{}", "z".repeat(80));
        assert_eq!(sent(&long), format!("call_{}_5d190fff", "z".repeat(50)));
        assert_ne!(sent("a b"), sent("a/b"));
        assert!(!sent("").is_empty());
    }
}
