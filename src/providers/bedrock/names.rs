//! Names and ids of tools. Converse takes names of `[a-zA-Z0-9_-]{1,64}` and ids of `[a-zA-Z0-9_.:-]{1,64}`; others are
//! written so, every one as another, and names are turned back in answers.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::{Map, Value};

use super::tools;
use crate::auth::aws;
use crate::types::ChatRequest;

const LONGEST: usize = 64;
/// What the notes of a call hold: names as they are sent with the caller's, and the tool whose arguments are the answer.
const CHANGED: &str = "names";
const ANSWER: &str = "answer";

/// The names of one request.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// As the caller says them, and as they are sent.
    changed: Vec<(String, String)>,
    /// The tool that stands for a schema.
    pub(super) answer: String,
}

impl Names {
    /// The names of the tools that are offered, chosen, or were called before.
    pub(super) fn of(request: &ChatRequest) -> Self {
        let offered = list(request.params.get("tools"));
        let choice = request.params.get("tool_choice");
        let called = request.messages.iter().flat_map(|message| {
            let calls = list(message.get("tool_calls")).iter();
            calls.chain(message.get("function_call"))
        });
        let names = offered.iter().chain(choice).chain(called).filter_map(name);
        let (valid, invalid): (Vec<_>, Vec<_>) = names.partition(|name| sanitized(name) == *name);
        let mut taken: HashSet<Cow<'_, str>> = valid.into_iter().map(Cow::Borrowed).collect();
        let mut changed: Vec<(String, String)> = Vec::new();
        for name in invalid {
            if changed.iter().any(|(known, _)| known == name) {
                continue;
            }
            let mut sent = sanitized(name);
            if taken.contains(sent.as_str()) {
                sent = marked(&sent, name);
            }
            taken.insert(Cow::Owned(sent.clone()));
            changed.push((name.to_owned(), sent));
        }
        let mut answer = tools::JSON_TOOL.to_owned();
        while taken.contains(answer.as_str()) {
            answer.push('_');
        }
        Self { changed, answer }
    }

    /// The name as it is sent.
    pub(super) fn sent<'a>(&'a self, name: &'a str) -> &'a str {
        let changed = self.changed.iter().find(|(known, _)| known == name);
        changed.map_or(name, |(_, sent)| sent)
    }

    /// What must be known to read the answer by.
    pub(super) fn notes(&self, answers_by_tool: bool) -> Map<String, Value> {
        let mut notes = Map::new();
        if !self.changed.is_empty() {
            let back = self
                .changed
                .iter()
                .map(|(name, sent)| (sent.clone(), Value::from(name.as_str())));
            notes.insert(CHANGED.to_owned(), Value::Object(back.collect()));
        }
        if answers_by_tool {
            notes.insert(ANSWER.to_owned(), Value::from(self.answer.as_str()));
        }
        notes
    }
}

/// Whether a call of `name` is the answer itself.
pub(super) fn is_answer(notes: &Map<String, Value>, name: &str) -> bool {
    notes.get(ANSWER).and_then(Value::as_str) == Some(name)
}

/// The caller's name of a tool.
pub(super) fn original<'a>(notes: &'a Map<String, Value>, name: &'a str) -> &'a str {
    let changed = notes.get(CHANGED).and_then(|names| names.get(name)?.as_str());
    changed.unwrap_or(name)
}

/// A call's id as Converse takes it: the same for the call and for its result.
pub(super) fn id(id: &str) -> Cow<'_, str> {
    let sent = replaced(id, |character| matches!(character, '_' | '-' | '.' | ':'));
    if sent == id && sent.len() <= LONGEST && !id.is_empty() {
        return Cow::Borrowed(id);
    }
    let sent = if sent.is_empty() { "tool_use_id" } else { &sent };
    Cow::Owned(marked(sent, id))
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The name of an offered tool, of a choice, or of a call.
fn name(tool: &Value) -> Option<&str> {
    let named = tool.get("function").unwrap_or(tool);
    named.get("name").and_then(Value::as_str)
}

fn sanitized(name: &str) -> String {
    let mut sent = replaced(name, |character| matches!(character, '_' | '-'));
    sent.truncate(LONGEST);
    if sent.is_empty() { "tool".to_owned() } else { sent }
}

fn replaced(text: &str, allowed: fn(char) -> bool) -> String {
    text.chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() || allowed(character) {
                character
            } else {
                '_'
            }
        })
        .collect()
}

/// `sent`, told from others by a mark of what it stands for.
fn marked(sent: &str, original: &str) -> String {
    let mark = aws::short_hash(original);
    let mark = mark.get(..8).unwrap_or_default();
    let kept = sent
        .get(..sent.len().min(LONGEST - 1 - mark.len()))
        .unwrap_or_default();
    format!("{kept}_{mark}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn names(offered: &[&str], called: &[&str]) -> Names {
        let mut request = ChatRequest::new("m");
        let tools: Vec<Value> = offered
            .iter()
            .map(|name| json!({"function": {"name": name}}))
            .collect();
        let calls: Vec<Value> = called
            .iter()
            .map(|name| json!({"function": {"name": name}}))
            .collect();
        request.params.insert("tools".into(), tools.into());
        request
            .messages
            .push(json!({"role": "assistant", "tool_calls": calls}));
        Names::of(&request)
    }

    #[test]
    fn every_name_is_valid_and_another() {
        let long = "x".repeat(70);
        let longer = format!("{}y", "x".repeat(70));
        let given = [
            "my.f",
            "my f",
            "my_f",
            "ok-1",
            &long,
            &longer,
            "höhe",
            "",
            "json_tool_call",
        ];
        let names = names(&given, &["my.f", "my/f"]);
        let mut seen = HashSet::new();
        for name in given.iter().chain(&["my/f"]) {
            let sent = names.sent(name);
            assert!(
                !sent.is_empty() && sent.len() <= LONGEST && sanitized(sent) == sent,
                "{sent}"
            );
            assert!(seen.insert(sent.to_owned()), "{name}: {sent}");
            assert_eq!(original(&names.notes(true), sent), *name);
        }
        assert_eq!(names.sent("my_f"), "my_f");
        assert_eq!(names.answer, "json_tool_call_");
        assert!(
            is_answer(&names.notes(true), "json_tool_call_")
                && !is_answer(&names.notes(false), "json_tool_call_")
        );
    }

    #[test]
    fn ids_are_valid_and_the_same_for_call_and_result() {
        assert_eq!(id("call_1.a:b-c"), "call_1.a:b-c");
        let long = format!("call!{}", "z".repeat(80));
        assert_eq!(id(&long), format!("call_{}_5d190fff", "z".repeat(50)));
        assert_ne!(id("a b"), id("a_b"));
        assert!(!id("").is_empty());
    }
}
