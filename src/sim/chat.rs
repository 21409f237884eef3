//! Chat completions: the answer in one piece, and the same answer as chunks.

use serde_json::{Map, Value, json};

use super::answer::{self, Answer, Said};
use super::chat_request::ChatRequest;
use super::errors::ApiError;
use super::faults::Fault;
use super::framing::Framing;
use super::hash;
use super::plain;
use super::reply::Reply;
use super::server::Ask;
use super::stream::{self, Event, Place};
use super::words;

/// Every answer is of this moment, so that it is the same tomorrow.
const CREATED: u64 = 1_700_000_000;
const FINGERPRINT: &str = "fp_simulator";

pub(super) fn answer(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let chat = ChatRequest::read(ask.body)?;
    let fault = Fault::of(ask, &chat.model);
    if let Some(reply) = fault.refusal(ask) {
        return Ok(reply);
    }
    let compose = |index| answer::compose(ask, &chat, &fault, index);
    let answers = (0..chat.choices).map(compose).collect::<Result<Vec<_>, _>>()?;
    let shape = Shape {
        chat: &chat,
        id: format!("chatcmpl-{}", hash::hex(ask.hash)),
    };
    if chat.flag("stream") {
        return Ok(stream::reply(shape.events(&answers), &fault, Framing::SseDone));
    }
    Ok(plain::reply(
        shape.whole(&answers).to_string().into_bytes(),
        &fault,
    ))
}

struct Shape<'c> {
    chat: &'c ChatRequest,
    id: String,
}

impl Shape<'_> {
    fn frame(&self, object: &str, choices: Vec<Value>) -> Map<String, Value> {
        let mut frame = Map::new();
        frame.insert("id".to_owned(), self.id.as_str().into());
        frame.insert("object".to_owned(), object.into());
        frame.insert("created".to_owned(), CREATED.into());
        frame.insert("model".to_owned(), self.chat.model.as_str().into());
        frame.insert("choices".to_owned(), choices.into());
        frame.insert("service_tier".to_owned(), "default".into());
        frame.insert("system_fingerprint".to_owned(), FINGERPRINT.into());
        frame
    }

    fn usage(&self, answers: &[Answer]) -> Value {
        let prompt = self.chat.prompt_tokens();
        let counts = answers.iter().map(Answer::tokens);
        let (reasoning, completion) = counts.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        json!({
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {
                "reasoning_tokens": reasoning,
                "audio_tokens": 0,
                "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            },
        })
    }

    fn whole(&self, answers: &[Answer]) -> Value {
        let choice = |(index, answer): (usize, &Answer)| {
            json!({
                "index": index,
                "message": message(answer),
                "logprobs": self.logprobs(answer),
                "finish_reason": answer.finish,
            })
        };
        let choices = answers.iter().enumerate().map(choice).collect();
        let mut frame = self.frame("chat.completion", choices);
        frame.insert("usage".to_owned(), self.usage(answers));
        Value::Object(frame)
    }

    fn logprobs(&self, answer: &Answer) -> Value {
        match &answer.said {
            Said::Text(pieces) => self.probable("content", pieces),
            Said::Refusal(pieces) => self.probable("refusal", pieces),
            _ => Value::Null,
        }
    }

    /// Log probabilities of these pieces, if the request wants any.
    fn probable(&self, key: &str, pieces: &[String]) -> Value {
        let Some(top) = self.chat.top_logprobs() else {
            return Value::Null;
        };
        let tokens: Vec<Value> = pieces.iter().map(|piece| logprob(piece, top)).collect();
        let mut logprobs = json!({"content": null, "refusal": null});
        if let Some(slot) = logprobs.get_mut(key) {
            *slot = tokens.into();
        }
        logprobs
    }

    /// The chunks: the choices take turns, as they do when several are generated at once.
    fn events(&self, answers: &[Answer]) -> Vec<Event> {
        let mut lanes: Vec<_> = answers
            .iter()
            .map(|answer| self.lane(answer).into_iter())
            .collect();
        let mut events = Vec::new();
        loop {
            let before = events.len();
            for (index, lane) in lanes.iter_mut().enumerate() {
                if let Some((place, mut choice)) = lane.next() {
                    choice.insert("index".to_owned(), index.into());
                    events.push(Event::new(place, self.chunk(vec![choice.into()]).to_string()));
                }
            }
            if events.len() == before {
                break;
            }
        }
        if self.chat.usage_chunk() {
            let mut frame = self.frame("chat.completion.chunk", Vec::new());
            frame.insert("usage".to_owned(), self.usage(answers));
            events.push(Event::new(Place::Closing, Value::Object(frame).to_string()));
        }
        events
    }

    fn chunk(&self, choices: Vec<Value>) -> Value {
        let mut frame = self.frame("chat.completion.chunk", choices);
        if self.chat.usage_chunk() {
            frame.insert("usage".to_owned(), Value::Null);
        }
        Value::Object(frame)
    }

    /// One choice's chunks, still without its index.
    fn lane(&self, answer: &Answer) -> Vec<(Place, Map<String, Value>)> {
        let mut lane = Vec::new();
        let mut push = |place, delta: Value, logprobs: Value, finish: Option<&str>| {
            let mut choice = Map::new();
            choice.insert("index".to_owned(), 0.into());
            choice.insert("delta".to_owned(), delta);
            choice.insert("logprobs".to_owned(), logprobs);
            choice.insert("finish_reason".to_owned(), finish.into());
            lane.push((place, choice));
        };
        let opening = match &answer.said {
            Said::Text(_) | Said::Refusal(_) | Said::Nothing => {
                json!({"role": "assistant", "content": "", "refusal": null})
            }
            Said::Tools(_) | Said::Function(_) => json!({"role": "assistant", "content": null}),
        };
        push(Place::Opening, opening, Value::Null, None);
        for piece in &answer.reasoning {
            push(
                Place::Content,
                json!({"reasoning_content": piece}),
                Value::Null,
                None,
            );
        }
        match &answer.said {
            Said::Text(pieces) | Said::Refusal(pieces) => {
                let refused = matches!(answer.said, Said::Refusal(_));
                let key = if refused { "refusal" } else { "content" };
                for piece in pieces {
                    let logprobs = self.probable(key, std::slice::from_ref(piece));
                    push(Place::Content, json!({key: piece}), logprobs, None);
                }
            }
            Said::Tools(calls) => {
                for (index, call) in calls.iter().enumerate() {
                    let first = json!({"tool_calls": [{
                        "index": index,
                        "id": call.id,
                        "type": "function",
                        "function": {"name": call.name, "arguments": ""},
                    }]});
                    push(Place::Content, first, Value::Null, None);
                    for piece in words::pieces(&call.arguments) {
                        let more = json!({"tool_calls": [
                            {"index": index, "function": {"arguments": piece}},
                        ]});
                        push(Place::Content, more, Value::Null, None);
                    }
                }
            }
            Said::Function(call) => {
                let first = json!({"function_call": {"name": call.name, "arguments": ""}});
                push(Place::Content, first, Value::Null, None);
                for piece in words::pieces(&call.arguments) {
                    let more = json!({"function_call": {"arguments": piece}});
                    push(Place::Content, more, Value::Null, None);
                }
            }
            Said::Nothing => {}
        }
        push(Place::Closing, json!({}), Value::Null, Some(answer.finish));
        lane
    }
}

fn message(answer: &Answer) -> Value {
    let mut message = json!({"role": "assistant", "content": null, "refusal": null});
    let mut set = |key: &str, value: Value| {
        if let Some(message) = message.as_object_mut() {
            message.insert(key.to_owned(), value);
        }
    };
    match &answer.said {
        Said::Text(pieces) => set("content", pieces.concat().into()),
        Said::Refusal(pieces) => set("refusal", pieces.concat().into()),
        Said::Tools(calls) => {
            set("tool_calls", calls.iter().map(super::tools::Call::json).collect());
        }
        Said::Function(call) => set("function_call", call.function()),
        Said::Nothing => {}
    }
    if !answer.reasoning.is_empty() {
        set("reasoning_content", answer.reasoning.concat().into());
    }
    set("annotations", json!([]));
    message
}

fn logprob(piece: &str, top: usize) -> Value {
    let seed = hash::fnv(piece.as_bytes());
    let first = -((seed % 1000) as f64) / 2000.0;
    let token =
        |text: &str, logprob: f64| json!({"token": text, "logprob": logprob, "bytes": text.as_bytes()});
    // The runners-up are made up, each less likely than the one before.
    let other = |rank: usize| match rank {
        0 => token(piece, first),
        rank => token(&format!("{piece}{rank}"), first - 1.5 * rank as f64),
    };
    let mut chosen = token(piece, first);
    if let Some(chosen) = chosen.as_object_mut() {
        chosen.insert("top_logprobs".to_owned(), (0..top).map(other).collect());
    }
    chosen
}
