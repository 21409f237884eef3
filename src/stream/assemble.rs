//! From a provider's chunks to the shape callers were promised: role on the first chunk of an alternative only, no chunk
//! without news, the finish in a chunk of its own and once, token counts last in a chunk of their own.

use std::mem::take;

use serde_json::Value;

use super::tools::Calls;
use crate::error::Partial;
use crate::finish;
use crate::types::{ChatChunk, ChunkChoice, Content, Delta, Extra, Usage};

/// What a stream has said so far.
#[derive(Debug)]
pub(crate) struct Assembler {
    model: String,
    deliver_usage: bool,
    id: Option<String>,
    created: Option<i64>,
    fingerprint: Option<String>,
    choices: Vec<Progress>,
    usage: Option<Usage>,
    usage_extra: Extra,
    /// Fields of chunks without news; the next chunk that is handed over has them.
    held: Extra,
}

/// One alternative so far.
#[derive(Debug, Default)]
struct Progress {
    index: u32,
    spoken: bool,
    finished: bool,
    text: String,
    /// Bytes of what was said beside the text: reasoning, arguments of tool calls.
    beside: usize,
    calls: Calls,
    /// Fields of pieces without news, such as what a filter found; the next piece has them.
    held: Extra,
}

impl Assembler {
    /// For a call of `model`; `deliver_usage` is whether the caller gets a chunk with the token counts.
    pub(crate) fn new(model: &str, deliver_usage: bool) -> Self {
        Self {
            model: model.to_owned(),
            deliver_usage,
            id: None,
            created: None,
            fingerprint: None,
            choices: Vec::new(),
            usage: None,
            usage_extra: Extra::new(),
            held: Extra::new(),
        }
    }

    pub(crate) fn usage(&self) -> Option<&Usage> {
        self.usage.as_ref()
    }

    /// Takes counts that came outside of a chunk.
    pub(crate) fn count(&mut self, usage: Usage) {
        self.usage = Some(usage);
    }

    /// Whether every alternative that spoke has finished.
    pub(crate) fn is_finished(&self) -> bool {
        !self.choices.is_empty() && self.choices.iter().all(|choice| choice.finished)
    }

    /// The texts of all alternatives, and how many bytes were said beside them.
    pub(crate) fn said(&self) -> (String, usize) {
        let texts: Vec<&str> = self.choices.iter().map(|choice| choice.text.as_str()).collect();
        (
            texts.concat(),
            self.choices.iter().map(|choice| choice.beside).sum(),
        )
    }

    pub(crate) fn partial(&self) -> Partial {
        let text = self
            .choices
            .iter()
            .find(|choice| choice.index == 0)
            .map(|choice| choice.text.clone())
            .unwrap_or_default();
        Partial {
            text,
            usage: self.usage.clone(),
        }
    }

    /// Appends what `chunk` says to `out`.
    pub(crate) fn push(&mut self, mut chunk: ChatChunk, out: &mut Vec<ChatChunk>) {
        self.id = self.id.take().or(chunk.id.take());
        self.created = self.created.or(chunk.created);
        self.fingerprint = self.fingerprint.take().or(chunk.system_fingerprint.take());
        let usage = chunk.usage.take();
        let mut extra = take(&mut chunk.extra);
        extra.shift_remove("object");

        let mut news: Vec<ChunkChoice> = Vec::with_capacity(1);
        let mut finishes: Vec<ChunkChoice> = Vec::new();
        for choice in chunk.choices {
            self.choice(choice, &mut news, &mut finishes);
        }
        hold(
            &mut self.held,
            &mut extra,
            usage.is_none() && news.is_empty() && finishes.is_empty(),
        );
        if !news.is_empty() {
            out.push(self.chunk(news, take(&mut extra)));
        }
        if !finishes.is_empty() {
            out.push(self.chunk(finishes, take(&mut extra)));
        }
        if let Some(usage) = usage {
            // Some providers count on every chunk: the last count is the one that holds.
            self.usage = Some(usage);
            self.usage_extra = extra;
        }
    }

    /// Appends what is said last, once: an end for alternatives that were given none although the provider says that the
    /// answer is whole, and the token counts, where the caller gets them.
    pub(crate) fn end(&mut self, out: &mut Vec<ChatChunk>) {
        let unfinished = self.choices.iter_mut().filter(|choice| !choice.finished);
        let finishes = unfinished.filter_map(|progress| {
            let held = take(&mut progress.held);
            progress.finish(progress.index, "stop".to_owned(), held)
        });
        let finishes: Vec<ChunkChoice> = finishes.collect();
        if !finishes.is_empty() {
            let extra = take(&mut self.held);
            out.push(self.chunk(finishes, extra));
        }
        if !std::mem::take(&mut self.deliver_usage) {
            return;
        }
        if let Some(usage) = self.usage.clone() {
            let mut extra = take(&mut self.usage_extra);
            hold(&mut self.held, &mut extra, false);
            let chunk = self.chunk(vec![ChunkChoice::default()], extra);
            out.push(ChatChunk {
                usage: Some(usage),
                ..chunk
            });
        }
    }

    fn choice(
        &mut self,
        mut choice: ChunkChoice,
        news: &mut Vec<ChunkChoice>,
        finishes: &mut Vec<ChunkChoice>,
    ) {
        let position = self
            .choices
            .iter()
            .position(|known| known.index == choice.index)
            .unwrap_or_else(|| {
                self.choices.push(Progress {
                    index: choice.index,
                    ..Progress::default()
                });
                self.choices.len() - 1
            });
        let Some(progress) = self.choices.get_mut(position) else {
            return;
        };
        let index = choice.index;
        let reason = choice.finish_reason.take().filter(|reason| !reason.is_empty());
        progress.calls.place(&mut choice.delta.tool_calls);
        let has_logprobs = choice
            .logprobs
            .as_ref()
            .is_some_and(|logprobs| !logprobs.is_null());
        let has_news = !choice.delta.is_empty() || has_logprobs;
        hold(
            &mut progress.held,
            &mut choice.extra,
            !has_news && reason.is_none(),
        );
        if has_news {
            if let Some(Content::Text(text)) = &choice.delta.content {
                progress.text.push_str(text);
            }
            progress.beside += beside(&choice.delta);
            choice.delta.role = (!progress.spoken).then(|| "assistant".to_owned());
            progress.spoken = true;
            // What is said of the end belongs to the chunk of the end.
            let extra = if reason.is_some() {
                take(&mut choice.extra)
            } else {
                Extra::new()
            };
            news.push(choice);
            if let Some(reason) = reason {
                finishes.extend(progress.finish(index, reason, extra));
            }
        } else if let Some(reason) = reason {
            finishes.extend(progress.finish(index, reason, take(&mut choice.extra)));
        }
    }

    fn chunk(&self, choices: Vec<ChunkChoice>, extra: Extra) -> ChatChunk {
        ChatChunk {
            id: self.id.clone(),
            created: self.created,
            model: Some(self.model.clone()),
            system_fingerprint: self.fingerprint.clone(),
            choices,
            usage: None,
            extra,
        }
    }
}

/// Puts fields aside, or completes them by those that were.
fn hold(held: &mut Extra, fields: &mut Extra, aside: bool) {
    if !aside && held.is_empty() {
        return;
    }
    let says = |value: &Value| match value {
        Value::Null => false,
        Value::Object(map) => !map.is_empty(),
        _ => true,
    };
    if aside {
        held.extend(take(fields).into_iter().filter(|(_, value)| says(value)));
        return;
    }
    for (name, value) in take(held) {
        if !fields.get(&name).is_some_and(says) {
            fields.insert(name, value);
        }
    }
}

/// Bytes of reasoning and of tool calls' arguments.
fn beside(delta: &Delta) -> usize {
    let reasoning = delta.extra.get("reasoning_content").and_then(Value::as_str);
    let arguments = delta.tool_calls.iter().filter_map(|call| call.function.as_ref());
    reasoning.map_or(0, str::len) + arguments.map(|function| function.arguments.len()).sum::<usize>()
}

impl Progress {
    /// The chunk that says the end, once.
    fn finish(&mut self, index: u32, reason: String, mut extra: Extra) -> Option<ChunkChoice> {
        if std::mem::replace(&mut self.finished, true) {
            return None;
        }
        let mut finish_reason = Some(reason);
        finish::normalize(&mut finish_reason, &mut extra, self.calls.any());
        let role = (!std::mem::replace(&mut self.spoken, true)).then(|| "assistant".to_owned());
        Some(ChunkChoice {
            finish_reason,
            index,
            delta: Delta {
                role,
                ..Delta::default()
            },
            logprobs: None,
            extra,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn run(deliver_usage: bool, chunks: Vec<Value>) -> (Vec<ChatChunk>, Assembler) {
        let mut assembler = Assembler::new("asked", deliver_usage);
        let mut out = Vec::new();
        for chunk in chunks {
            assembler.push(serde_json::from_value(chunk).unwrap(), &mut out);
        }
        assembler.end(&mut out);
        (out, assembler)
    }
    fn delta(delta: Value, reason: Value) -> Value {
        json!({"id": "1", "created": 5, "model": "theirs", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]})
    }

    #[test]
    fn role_first_text_between_finish_alone() {
        let (out, assembler) = run(
            false,
            vec![
                delta(json!({"role": "assistant", "content": ""}), json!(null)),
                delta(json!({"content": "a"}), json!(null)),
                delta(json!({"role": "assistant", "content": "b"}), json!("stop")),
                delta(json!({}), json!("stop")),
            ],
        );
        let seen: Vec<_> = out
            .iter()
            .map(|chunk| {
                let choice = &chunk.choices[0];
                (
                    choice.delta.role.as_deref(),
                    choice.delta.content.as_ref().and_then(Content::as_text),
                    choice.finish_reason.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            seen,
            [
                (Some("assistant"), Some("a"), None),
                (None, Some("b"), None),
                (None, None, Some("stop"))
            ]
        );
        assert!(
            out.iter()
                .all(|chunk| chunk.model.as_deref() == Some("asked") && chunk.id.as_deref() == Some("1"))
        );
        assert!(assembler.is_finished());
        assert_eq!(assembler.partial().text, "ab");
    }

    #[test]
    fn usage_is_kept_and_delivered_only_when_asked_for() {
        let usage =
            json!({"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}});
        let chunks = vec![
            delta(json!({"content": "a"}), json!(null)),
            delta(json!({}), json!("stop")),
            usage,
        ];
        let (out, assembler) = run(false, chunks.clone());
        assert_eq!((out.len(), assembler.usage().unwrap().total_tokens), (2, Some(3)));
        let (out, _) = run(true, chunks);
        assert_eq!(out.len(), 3);
        assert!(out[2].usage.is_some() && out[2].choices.len() == 1 && out[2].choices[0].delta.is_empty());
    }

    #[test]
    fn fields_without_news_come_with_the_next_chunk() {
        let found = json!({"hate": {"filtered": false}});
        let (out, _) = run(
            false,
            vec![
                json!({"choices": [], "prompt_filter_results": [{"prompt_index": 0}]}),
                delta(json!({"role": "assistant", "content": ""}), json!(null)),
                delta(json!({"content": "a"}), json!(null)),
                json!({"choices": [{"index": 0, "content_filter_results": found, "finish_reason": null}]}),
                json!({"choices": [{"index": 0, "delta": {}, "content_filter_results": {}, "finish_reason": "stop"}]}),
            ],
        );
        assert_eq!(out.len(), 2);
        assert_eq!(
            out[0].extra["prompt_filter_results"],
            json!([{"prompt_index": 0}])
        );
        assert_eq!(out[1].choices[0].extra["content_filter_results"], found);
        assert!(out[1].extra.is_empty() && out[0].choices[0].extra.is_empty());
    }

    #[test]
    fn every_alternative_must_finish() {
        let choice = |index: u32, reason: Value| json!({"choices": [{"index": index, "delta": {"content": "x"}, "finish_reason": reason}]});
        let mut assembler = Assembler::new("asked", false);
        let mut out = Vec::new();
        for said in [
            choice(0, json!(null)),
            choice(1, json!(null)),
            choice(0, json!("length")),
        ] {
            assembler.push(serde_json::from_value(said).unwrap(), &mut out);
        }
        assert!(!assembler.is_finished());
        // Whoever says that the answer is whole has finished all of them.
        assembler.end(&mut out);
        assembler.end(&mut out);
        assert!(assembler.is_finished());
        let ends = out.iter().flat_map(|chunk| &chunk.choices);
        let ends: Vec<_> = ends
            .filter_map(|choice| Some((choice.index, choice.finish_reason.as_deref()?)))
            .collect();
        assert_eq!(ends, [(0, "length"), (1, "stop")]);
        let (_, empty) = run(false, vec![]);
        assert!(!empty.is_finished());
    }
}
