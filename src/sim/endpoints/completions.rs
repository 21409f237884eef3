//! `/completions`, the API before chat: each prompt is gone on with.

use serde_json::{Map, Value, json};

use super::{CREATED, given};
use crate::sim::answer::{self, Answer};
use crate::sim::chat_request;
use crate::sim::conversation::Conversation;
use crate::sim::errors::ApiError;
use crate::sim::faults::Fault;
use crate::sim::framing::Framing;
use crate::sim::hash;
use crate::sim::reply::Reply;
use crate::sim::server::Ask;
use crate::sim::stream::{self, Event, Place};
use crate::sim::words;

pub(in crate::sim) fn answer(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let (body, model) = chat_request::read(ask.body)?;
    let prompts = prompts(&body)?;
    let fault = Fault::of(ask, &model);
    if let Some(reply) = fault.refusal(ask) {
        return Ok(reply);
    }
    let echo = given(&body, "echo") == Some(&Value::Bool(true));
    let mut prompt_tokens = 0;
    let mut answers = Vec::new();
    for prompt in &prompts {
        let mut conversation = Conversation::default();
        conversation.user(prompt.as_str());
        conversation.limit(given(&body, "max_tokens"));
        conversation.stop(given(&body, "stop"));
        let chat = conversation.finish(&model);
        prompt_tokens += words::tokens(&words::pieces(prompt));
        let answer = answer::compose(ask, &chat, &fault, 0)?;
        answers.push((if echo { prompt.clone() } else { String::new() }, answer));
    }
    let completion_tokens: usize = answers.iter().map(|(_, answer)| answer.tokens().1).sum();
    let whole = Whole {
        id: format!("cmpl-{}", hash::hex(ask.hash)),
        model,
        usage: json!({
            "prompt_tokens": prompt_tokens,
            "completion_tokens": completion_tokens,
            "total_tokens": prompt_tokens + completion_tokens,
        }),
    };
    if given(&body, "stream") == Some(&Value::Bool(true)) {
        let wants_usage = given(&body, "stream_options").and_then(|options| options.get("include_usage"))
            == Some(&Value::Bool(true));
        return Ok(stream::reply(
            whole.events(&answers, wants_usage),
            &fault,
            Framing::SseDone,
        ));
    }
    let choices = answers.iter().enumerate().map(|(index, (before, answer))| {
        choice(
            index,
            &format!("{before}{}", answer.words().concat()),
            Some(answer.finish),
        )
    });
    let mut body = whole.frame(choices.collect());
    body.insert("usage".to_owned(), whole.usage.clone());
    Ok(super::json(&Value::Object(body), &fault))
}

/// The prompts as texts; tokens are told by their number.
fn prompts(body: &Map<String, Value>) -> Result<Vec<String>, ApiError> {
    let tokens = |tokens: &[Value]| {
        let texts: Vec<String> = tokens.iter().map(Value::to_string).collect();
        texts.join(" ")
    };
    match given(body, "prompt") {
        None => Ok(vec!["<|endoftext|>".to_owned()]),
        Some(Value::String(prompt)) => Ok(vec![prompt.clone()]),
        Some(Value::Array(items)) if items.is_empty() => Err(ApiError::invalid(
            "prompt",
            "empty_array",
            "Invalid 'prompt': empty array. Expected an array with minimum length 1.",
        )),
        Some(Value::Array(items)) if items.iter().all(Value::is_u64) => Ok(vec![tokens(items)]),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| match item {
                Value::String(prompt) => Ok(prompt.clone()),
                Value::Array(list) if list.iter().all(Value::is_u64) => Ok(tokens(list)),
                other => Err(ApiError::wrong_type("prompt", "a string or tokens", other)),
            })
            .collect(),
        Some(other) => Err(ApiError::wrong_type("prompt", "a string or an array", other)),
    }
}

struct Whole {
    id: String,
    model: String,
    usage: Value,
}

impl Whole {
    fn frame(&self, choices: Vec<Value>) -> Map<String, Value> {
        Map::from_iter([
            ("id".to_owned(), json!(self.id)),
            ("object".to_owned(), json!("text_completion")),
            ("created".to_owned(), json!(CREATED)),
            ("model".to_owned(), json!(self.model)),
            ("choices".to_owned(), json!(choices)),
        ])
    }

    fn events(&self, answers: &[(String, Answer)], wants_usage: bool) -> Vec<Event> {
        let mut events = Vec::new();
        let mut push = |place, choices: Vec<Value>, usage: Option<&Value>| {
            let mut frame = self.frame(choices);
            if let Some(usage) = usage {
                frame.insert("usage".to_owned(), usage.clone());
            }
            events.push(Event::new(place, Value::Object(frame).to_string()));
        };
        for (index, (before, answer)) in answers.iter().enumerate() {
            if !before.is_empty() {
                push(Place::Content, vec![choice(index, before, None)], None);
            }
            for piece in answer.words() {
                push(Place::Content, vec![choice(index, piece, None)], None);
            }
            push(Place::Closing, vec![choice(index, "", Some(answer.finish))], None);
        }
        if wants_usage {
            push(Place::Closing, Vec::new(), Some(&self.usage));
        }
        events
    }
}

fn choice(index: usize, text: &str, finish: Option<&str>) -> Value {
    json!({"text": text, "index": index, "logprobs": null, "finish_reason": finish})
}
