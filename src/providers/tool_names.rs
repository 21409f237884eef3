//! Names of tools for dialects that take letters, digits, `_` and `-` only: made valid, no two alike, and turned back in
//! the answer. A name that is valid stays as it is.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::types::ChatRequest;

/// Where a target's notes keep the names of a request that were changed.
const NOTE: &str = "tool_names";

/// The names of one request that have to change.
#[derive(Debug, Default)]
pub(crate) struct ToolNames {
    changed: HashMap<String, String>,
}

impl ToolNames {
    /// Looks through the tools, the choice and the history of `request`; `longest` is the dialect's limit in bytes.
    pub(crate) fn of(request: &ChatRequest, longest: usize) -> Self {
        let valid = |name: &str| {
            name.len() <= longest
                && name
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
        };
        // Valid names come first: they are never moved aside by one that is made like them.
        let (mut wrong, mut taken) = (Vec::new(), Vec::new());
        each(request, &mut |name| {
            if !valid(name) {
                wrong.push(name);
            }
        });
        if wrong.is_empty() {
            return Self::default();
        }
        each(request, &mut |name| {
            if valid(name) {
                taken.push(name.to_owned());
            }
        });
        let mut changed = HashMap::new();
        for name in wrong {
            if changed.contains_key(name) {
                continue;
            }
            let made = made_valid(name, longest);
            let mut unique = made.clone();
            let mut number = 1;
            while taken.contains(&unique) {
                number += 1;
                let end = format!("_{number}");
                let start = made.get(..made.len().min(longest.saturating_sub(end.len())));
                unique = format!("{}{end}", start.unwrap_or_default());
            }
            taken.push(unique.clone());
            changed.insert(name.to_owned(), unique);
        }
        Self { changed }
    }

    /// The name as it is sent.
    pub(crate) fn sent<'a>(&'a self, name: &'a str) -> &'a str {
        self.changed.get(name).map_or(name, String::as_str)
    }

    /// Keeps the changes for the answer.
    pub(crate) fn note(&self, notes: &mut Map<String, Value>) {
        if !self.changed.is_empty() {
            let back = self
                .changed
                .iter()
                .map(|(name, sent)| (sent.clone(), Value::from(name.as_str())));
            notes.insert(NOTE.to_owned(), Value::Object(back.collect()));
        }
    }
}

/// The caller's name of a tool that the answer calls as it was sent.
pub(crate) fn given<'a>(notes: &'a Map<String, Value>, sent: &'a str) -> &'a str {
    let names = notes.get(NOTE);
    names.and_then(|names| names.get(sent)?.as_str()).unwrap_or(sent)
}

/// An id or a name with `_` for every character that the dialects do not have. Text that is valid is not copied.
pub(crate) fn safe(text: &str) -> Cow<'_, str> {
    let valid = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
    if text.chars().all(valid) {
        return Cow::Borrowed(text);
    }
    text.chars().map(|c| if valid(c) { c } else { '_' }).collect()
}

fn made_valid(name: &str, longest: usize) -> String {
    let mut made = safe(name).into_owned();
    made.truncate(longest);
    made
}

/// Every name of a tool in a request.
fn each<'a>(request: &'a ChatRequest, see: &mut dyn FnMut(&'a str)) {
    let mut name_of = |value: Option<&'a Value>| {
        if let Some(name) = value.and_then(|value| value.get("name")).and_then(Value::as_str) {
            see(name);
        }
    };
    let list = |value: Option<&'a Value>| value.and_then(Value::as_array).into_iter().flatten();
    for tool in list(request.params.get("tools")) {
        name_of(tool.get("function").or(Some(tool)));
    }
    for function in list(request.params.get("functions")) {
        name_of(Some(function));
    }
    name_of(
        request
            .params
            .get("tool_choice")
            .and_then(|choice| choice.get("function")),
    );
    for message in &request.messages {
        for call in list(message.get("tool_calls")) {
            name_of(call.get("function"));
        }
        name_of(message.get("function_call"));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(names: &[&str]) -> ToolNames {
        let tools = names
            .iter()
            .map(|name| json!({"type": "function", "function": {"name": name}}));
        ToolNames::of(
            &ChatRequest::new("m").param("tools", tools.collect::<Vec<_>>()),
            16,
        )
    }

    #[test]
    fn valid_names_stay_and_no_two_become_one() {
        let names = names(&[
            "a b",
            "a.b",
            "a_b",
            "a.b",
            "wetter_f\u{fc}r_morgen",
            "a_name_of_17_long",
        ]);
        assert_eq!(names.sent("a_b"), "a_b");
        assert_eq!(names.sent("a b"), "a_b_2");
        assert_eq!(names.sent("a.b"), "a_b_3");
        assert_eq!(names.sent("wetter_f\u{fc}r_morgen"), "wetter_f_r_morge");
        assert_eq!(names.sent("a_name_of_17_long"), "a_name_of_17_lon");
        let mut notes = Map::new();
        names.note(&mut notes);
        assert_eq!(given(&notes, "a_b_3"), "a.b");
        assert_eq!(given(&notes, "a_b"), "a_b");
        assert_eq!(given(&notes, "unknown"), "unknown");
    }

    #[test]
    fn nothing_is_noted_of_valid_names() {
        let mut notes = Map::new();
        names(&["f", "g-h_1"]).note(&mut notes);
        assert!(notes.is_empty());
    }
}
