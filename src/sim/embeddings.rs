//! Embeddings: unit vectors made of the text's words, so that equal texts get equal vectors and
//! texts that share words lie closer than texts that do not.

use serde::Serialize;
use serde_json::Value;

use super::chat_request;
use super::errors::ApiError;
use super::faults::Fault;
use super::hash::{self, Mix};
use super::plain;
use super::reply::Reply;
use super::server::Ask;
use super::words;

const DIMENSIONS: usize = 1536;
const MOST_DIMENSIONS: u64 = 16_384;
const MOST_INPUTS: usize = 2048;
/// More words than this change a vector too little to be worth the time.
const WORDS: usize = 16;

#[derive(Serialize)]
struct Answer<'m> {
    object: &'static str,
    data: Vec<Embedding>,
    model: &'m str,
    usage: Usage,
}

#[derive(Serialize)]
struct Embedding {
    object: &'static str,
    index: usize,
    embedding: Vector,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Vector {
    Float(Vec<f32>),
    Base64(String),
}

#[derive(Serialize)]
struct Usage {
    prompt_tokens: usize,
    total_tokens: usize,
}

pub(super) fn answer(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let (body, model) = chat_request::read(ask.body)?;
    let inputs = inputs(body.get("input").unwrap_or(&Value::Null))?;
    let dimensions = dimensions(body.get("dimensions").unwrap_or(&Value::Null))?;
    let base64 = match body.get("encoding_format") {
        None | Some(Value::Null) => false,
        Some(Value::String(format)) if format == "float" => false,
        Some(Value::String(format)) if format == "base64" => true,
        Some(other) => {
            let message = format!("Invalid value: {other}. Supported values are: 'float', 'base64'.");
            return Err(ApiError::invalid("encoding_format", "invalid_value", message));
        }
    };
    let fault = Fault::of(ask, &model);
    if let Some(reply) = fault.refusal(ask) {
        return Ok(reply);
    }
    let embed = |(index, input): (usize, &Vec<String>)| {
        let vector = vector(input, dimensions);
        let embedding = if base64 {
            Vector::Base64(encoded(&vector))
        } else {
            Vector::Float(vector)
        };
        Embedding {
            object: "embedding",
            index,
            embedding,
        }
    };
    let tokens = inputs.iter().map(Vec::len).sum();
    let answer = Answer {
        object: "list",
        data: match fault.name() {
            "empty" => Vec::new(),
            _ => inputs.iter().enumerate().map(embed).collect(),
        },
        model: &model,
        usage: Usage {
            prompt_tokens: tokens,
            total_tokens: tokens,
        },
    };
    let body = serde_json::to_vec(&answer).map_err(|error| ApiError::new(500, error.to_string()))?;
    Ok(plain::reply(body, &fault))
}

/// The tokens of every input: pieces of text, or token numbers as they came.
fn inputs(input: &Value) -> Result<Vec<Vec<String>>, ApiError> {
    let invalid = || ApiError::invalid("input", "invalid_value", "'$.input' is invalid.");
    let inputs = match input {
        Value::Null => return Err(ApiError::missing("input")),
        Value::String(text) => vec![words::pieces(text)],
        Value::Array(items) if items.first().is_some_and(Value::is_number) => {
            vec![numbers(items).ok_or_else(invalid)?]
        }
        Value::Array(items) => {
            let read = |item: &Value| match item {
                Value::String(text) => Some(words::pieces(text)),
                Value::Array(items) => numbers(items),
                _ => None,
            };
            items
                .iter()
                .map(read)
                .collect::<Option<_>>()
                .ok_or_else(invalid)?
        }
        _ => return Err(invalid()),
    };
    if inputs.is_empty() || inputs.iter().any(Vec::is_empty) {
        return Err(invalid());
    }
    if inputs.len() > MOST_INPUTS {
        let message = format!("'$.input' is invalid. At most {MOST_INPUTS} inputs are allowed.");
        return Err(ApiError::invalid("input", "array_above_max_length", message));
    }
    Ok(inputs)
}

fn numbers(items: &[Value]) -> Option<Vec<String>> {
    items
        .iter()
        .map(|item| item.as_u64().map(|number| number.to_string()))
        .collect()
}

fn dimensions(value: &Value) -> Result<usize, ApiError> {
    match value {
        Value::Null => Ok(DIMENSIONS),
        Value::Number(number) => number
            .as_u64()
            .filter(|number| (1..=MOST_DIMENSIONS).contains(number))
            .and_then(|number| usize::try_from(number).ok())
            .ok_or_else(|| {
                let message = format!("Invalid value for 'dimensions' = {number}.");
                ApiError::invalid("dimensions", "invalid_value", message)
            }),
        other => Err(ApiError::wrong_type("dimensions", "an integer", other)),
    }
}

/// The vector of a text.
pub(super) fn of_text(text: &str, dimensions: usize) -> Vec<f32> {
    vector(&words::pieces(text), dimensions)
}

fn vector(tokens: &[String], dimensions: usize) -> Vec<f32> {
    let mut vector = vec![0.0_f32; dimensions];
    let mut add = |text: &str, weight: f32| {
        let mut mix = Mix(hash::fnv(text.as_bytes()));
        for value in &mut vector {
            *value += weight * mix.unit();
        }
    };
    for token in tokens.iter().take(WORDS) {
        let word = token.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        add(&word, 1.0);
    }
    // The text as a whole, so that word order and what follows still count.
    add(&tokens.concat(), 0.5);
    let length = vector
        .iter()
        .map(|value| f64::from(*value).powi(2))
        .sum::<f64>()
        .sqrt();
    if length > 0.0 {
        vector
            .iter_mut()
            .for_each(|value| *value = (f64::from(*value) / length) as f32);
    }
    vector
}

/// Base64 of the little-endian floats, with padding.
pub(super) fn encoded(vector: &[f32]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bytes: Vec<u8> = vector.iter().flat_map(|value| value.to_le_bytes()).collect();
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let byte = |index| u32::from(group.get(index).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for position in 0..4 {
            let digit = ALPHABET.get((bits >> (18 - 6 * position)) as usize & 63);
            match digit.filter(|_| position <= group.len()) {
                Some(digit) => text.push(char::from(*digit)),
                None => text.push('='),
            }
        }
    }
    text
}
