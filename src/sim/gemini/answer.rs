//! Candidates in one piece and as chunks.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::sim::answer::{Answer, Said};
use crate::sim::hash;
use crate::sim::stream::{Event, Place};

/// Answers and what is told about them.
#[derive(Debug)]
pub(super) struct Generated<'m> {
    pub(super) id: u64,
    pub(super) model: &'m str,
    pub(super) answers: Vec<Answer>,
    pub(super) prompt: usize,
}

/// A prompt that is not answered.
pub(super) fn blocked(model: &str, prompt: usize) -> Value {
    json!({
        "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
        "usageMetadata": {"promptTokenCount": prompt, "totalTokenCount": prompt},
        "modelVersion": model,
    })
}

impl Generated<'_> {
    fn frame(&self, candidates: Vec<Value>, usage: Value) -> Value {
        json!({
            "candidates": candidates,
            "usageMetadata": usage,
            "modelVersion": self.model,
            "responseId": hash::hex(self.id),
        })
    }

    fn usage(&self) -> Value {
        let counts = self.answers.iter().map(Answer::tokens);
        let (thoughts, all) = counts.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        let mut usage = json!({
            "promptTokenCount": self.prompt,
            "candidatesTokenCount": all - thoughts,
            "totalTokenCount": self.prompt + all,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": self.prompt}],
        });
        if let Some(usage) = usage.as_object_mut().filter(|_| thoughts > 0) {
            usage.insert("thoughtsTokenCount".to_owned(), thoughts.into());
        }
        usage
    }

    pub(super) fn whole(&self) -> Value {
        let candidate = |(index, answer): (usize, &Answer)| {
            let mut candidate = json!({"finishReason": finish(answer), "index": index});
            let parts = parts(answer);
            if let Some(candidate) = candidate.as_object_mut().filter(|_| !parts.is_empty()) {
                candidate.insert("content".to_owned(), json!({"parts": parts, "role": "model"}));
            }
            candidate
        };
        self.frame(
            self.answers.iter().enumerate().map(candidate).collect(),
            self.usage(),
        )
    }

    /// A chunk for every piece; what is called comes whole.
    pub(super) fn events(&self) -> Vec<Event> {
        let mut events = Vec::new();
        let so_far = json!({"promptTokenCount": self.prompt, "totalTokenCount": self.prompt});
        for (index, answer) in self.answers.iter().enumerate() {
            let mut push = |part: Value| {
                let content = json!({"parts": [part], "role": "model"});
                let chunk = self.frame(vec![json!({"content": content, "index": index})], so_far.clone());
                events.push(Event::new(Place::Content, chunk.to_string()));
            };
            for piece in &answer.reasoning {
                push(json!({"text": piece, "thought": true}));
            }
            if !matches!(answer.said, Said::Refusal(_)) {
                for piece in answer.words() {
                    push(json!({"text": piece}));
                }
            }
            for part in calls(answer) {
                push(part);
            }
            let mut last = json!({"finishReason": finish(answer), "index": index});
            if let Some(last) = last.as_object_mut().filter(|_| answer.finish != "refusal") {
                last.insert(
                    "content".to_owned(),
                    json!({"parts": [{"text": ""}], "role": "model"}),
                );
            }
            events.push(Event::new(
                Place::Closing,
                self.frame(vec![last], self.usage()).to_string(),
            ));
        }
        events
    }
}

fn finish(answer: &Answer) -> &'static str {
    match (&answer.said, answer.finish) {
        (Said::Refusal(_), _) => "SAFETY",
        (_, "length") => "MAX_TOKENS",
        _ => "STOP",
    }
}

fn parts(answer: &Answer) -> Vec<Value> {
    let mut parts = Vec::new();
    if !answer.reasoning.is_empty() {
        parts.push(json!({"text": answer.reasoning.concat(), "thought": true}));
    }
    // An answer that is held back has no parts.
    if !answer.words().is_empty() && !matches!(answer.said, Said::Refusal(_)) {
        parts.push(json!({"text": answer.words().concat()}));
    }
    parts.extend(calls(answer));
    parts
}

/// The calls; the first of them is signed by the thought that led to it.
fn calls(answer: &Answer) -> Vec<Value> {
    let part = |(index, call): (usize, &crate::sim::tools::Call)| {
        let arguments: Value = serde_json::from_str(&call.arguments).unwrap_or_default();
        let mut part = json!({"functionCall": {"name": call.name, "args": arguments}});
        if let Some(part) = part.as_object_mut().filter(|_| index == 0) {
            let thought = format!("simulated thought of {}", call.id);
            part.insert("thoughtSignature".to_owned(), STANDARD.encode(thought).into());
        }
        part
    };
    answer.calls().iter().enumerate().map(part).collect()
}
