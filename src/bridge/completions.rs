//! Text completions as chat: each prompt is a message of the user's, the answer's text is the completion.

use serde_json::{Map, Value, json};

use super::{Bridge, Bridged, Params};
use crate::error::{Error, Result};
use crate::types::{ChatChunk, ChatResponse, Content, EndpointAnswer, EndpointRequest, Piece, Usage};

pub(super) fn through_chat(request: EndpointRequest) -> Result<Bridged> {
    let mut params = Params::new(request.params);
    let messages = match params.take("prompt") {
        Some(prompt @ Value::String(_)) => vec![user(prompt)],
        Some(Value::Array(prompts)) if prompts.iter().all(Value::is_string) && !prompts.is_empty() => {
            prompts.into_iter().map(user).collect()
        }
        Some(Value::Array(prompts))
            if prompts
                .iter()
                .any(|prompt| prompt.is_number() || prompt.is_array()) =>
        {
            return Err(Error::bad_request(
                "prompt holds tokens, which only a provider with /completions reads; pass texts",
            ));
        }
        Some(_) => return Err(Error::bad_request("prompt is neither a text nor a list of texts")),
        None => return Err(Error::bad_request("prompt is missing")),
    };
    if let Some(best_of) = params.take("best_of")
        && best_of != 1
    {
        params.refused.push("best_of".to_owned());
    }
    params.refuse(&["echo", "suffix"]);
    // Here a number of alternatives; chat says it with two parameters.
    match params.take("logprobs") {
        Some(flag @ Value::Bool(_)) => params.set("logprobs", flag),
        Some(count) => {
            params.set("logprobs", true);
            params.set("top_logprobs", count);
        }
        None => {}
    }
    Ok(params.bridged(request.model, messages, request.stream, Box::new(Completion)))
}

fn user(text: Value) -> Value {
    json!({"role": "user", "content": text})
}

/// The way back: every chunk stands for itself.
struct Completion;

impl Bridge for Completion {
    fn answer(&mut self, answer: ChatResponse) -> EndpointAnswer {
        let choices = answer.choices.into_iter().map(|choice| {
            json!({
                "index": choice.index,
                "text": text(choice.message.content),
                "finish_reason": choice.finish_reason,
                "logprobs": choice.logprobs.map(legacy_logprobs),
            })
        });
        let mut whole = frame(answer.id, answer.created, answer.model, choices.collect());
        usage(&mut whole, answer.usage);
        EndpointAnswer::Json(Value::Object(whole))
    }

    fn chunk(&mut self, chunk: ChatChunk, pieces: &mut Vec<Piece>) {
        let choices = chunk.choices.into_iter().map(|choice| {
            json!({
                "index": choice.index,
                "text": text(choice.delta.content),
                "finish_reason": choice.finish_reason,
                "logprobs": choice.logprobs.map(legacy_logprobs),
            })
        });
        let mut step = frame(chunk.id, chunk.created, chunk.model, choices.collect());
        usage(&mut step, chunk.usage);
        pieces.push(Piece::Event(Value::Object(step)));
    }

    fn finish(&mut self, _: &mut Vec<Piece>) {}
}

fn frame(
    id: Option<String>,
    created: Option<i64>,
    model: Option<String>,
    choices: Vec<Value>,
) -> Map<String, Value> {
    Map::from_iter([
        ("id".to_owned(), id.into()),
        ("object".to_owned(), "text_completion".into()),
        ("created".to_owned(), created.into()),
        ("model".to_owned(), model.into()),
        ("choices".to_owned(), choices.into()),
    ])
}

fn usage(whole: &mut Map<String, Value>, usage: Option<Usage>) {
    if let Some(usage) = usage {
        whole.insert(
            "usage".to_owned(),
            serde_json::to_value(usage).unwrap_or_default(),
        );
    }
}

fn text(content: Option<Content>) -> String {
    super::responses::text_of(content.as_ref())
}

/// Chat's list of tokens as the four parallel lists of the older API.
fn legacy_logprobs(given: Value) -> Value {
    let Some(tokens) = given.get("content").and_then(Value::as_array) else {
        return given;
    };
    let column = |name: &str| -> Vec<Value> {
        tokens
            .iter()
            .map(|token| token.get(name).cloned().unwrap_or_default())
            .collect()
    };
    let mut position = 0;
    let offsets: Vec<Value> = tokens
        .iter()
        .map(|token| {
            let at = position;
            position += token
                .get("token")
                .and_then(Value::as_str)
                .map_or(0, |text| text.chars().count());
            at.into()
        })
        .collect();
    let top = tokens.iter().map(|token| {
        let others = token
            .get("top_logprobs")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let pairs = others.filter_map(|other| {
            Some((
                other.get("token")?.as_str()?.to_owned(),
                other.get("logprob")?.clone(),
            ))
        });
        Value::Object(pairs.collect())
    });
    json!({
        "tokens": column("token"),
        "token_logprobs": column("logprob"),
        "top_logprobs": top.collect::<Vec<_>>(),
        "text_offset": offsets,
    })
}
