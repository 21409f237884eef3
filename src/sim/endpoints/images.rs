//! Images: small squares of one colour, which depends on the request.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::{Map, Value, json};

use super::form::Form;
use super::{CREATED, given, text};
use crate::sim::chat_request;
use crate::sim::errors::ApiError;
use crate::sim::faults::Fault;
use crate::sim::hash;
use crate::sim::reply::Reply;
use crate::sim::server::Ask;
use crate::sim::words;

const MOST: u64 = 10;
const SIDE: u32 = 8;

pub(in crate::sim) fn generate(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let (body, model) = match chat_request::read(ask.body) {
        Ok(read) => read,
        // Azure's address names the deployment; OpenAI's own default is its oldest model.
        Err(error) if error.param.as_deref() == Some("model") => {
            let body: Map<String, Value> = serde_json::from_slice(ask.body).unwrap_or_default();
            (body, "dall-e-2".to_owned())
        }
        Err(error) => return Err(error),
    };
    let prompt = text(&body, "prompt")?.to_owned();
    made(ask, &body, &model, &prompt, 0)
}

pub(in crate::sim) fn edit(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let form = Form::read(ask)?;
    let size = form.file("image")?.content.len();
    let prompt = text(&form.fields, "prompt")?.to_owned();
    let model = model_of(&form);
    made(ask, &form.fields, &model, &prompt, size)
}

pub(in crate::sim) fn vary(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let form = Form::read(ask)?;
    let size = form.file("image")?.content.len();
    let model = model_of(&form);
    made(ask, &form.fields, &model, "", size)
}

fn model_of(form: &Form) -> String {
    let model = form.fields.get("model").and_then(Value::as_str);
    model.unwrap_or("dall-e-2").to_owned()
}

fn made(
    ask: &Ask<'_>,
    body: &Map<String, Value>,
    model: &str,
    prompt: &str,
    image_bytes: usize,
) -> Result<Reply, ApiError> {
    let count = match given(body, "n") {
        None => 1,
        Some(Value::String(text)) => text.parse().unwrap_or(0),
        Some(number) => number.as_u64().unwrap_or(0),
    };
    if !(1..=MOST).contains(&count) {
        return Err(ApiError::invalid(
            "n",
            "invalid_value",
            format!("Invalid 'n': expected a value from 1 to {MOST}."),
        ));
    }
    let fault = Fault::of(ask, model);
    if let Some(reply) = fault.refusal(ask) {
        return Ok(reply);
    }
    // The newer models give bytes, and cannot give addresses.
    let newer = model.contains("gpt-image");
    let format = given(body, "response_format").and_then(Value::as_str);
    let data: Vec<Value> = (0..count)
        .map(|index| {
            let seed = hash::fnv(prompt.as_bytes()) ^ ask.hash.rotate_left(u32::try_from(index).unwrap_or(0));
            if newer || format == Some("b64_json") {
                json!({"b64_json": base64(&png(seed))})
            } else {
                json!({"url": format!("https://images.invalid/{}.png", hash::hex(seed)), "revised_prompt": prompt})
            }
        })
        .collect();
    let mut whole = json!({"created": CREATED, "data": data});
    if newer && let Some(whole) = whole.as_object_mut() {
        let text = words::tokens(&words::pieces(prompt));
        let image = image_bytes.div_ceil(64);
        let output = 272 * usize::try_from(count).unwrap_or(1);
        whole.insert(
            "usage".to_owned(),
            json!({
                "input_tokens": text + image,
                "input_tokens_details": {"text_tokens": text, "image_tokens": image},
                "output_tokens": output,
                "total_tokens": text + image + output,
            }),
        );
    }
    Ok(super::json(&whole, &fault))
}

/// A real PNG: one colour, eight by eight.
fn png(seed: u64) -> Vec<u8> {
    let [red, green, blue, ..] = seed.to_le_bytes();
    // A row is its filter, which is none, and its pixels.
    let row: Vec<u8> = std::iter::once(0)
        .chain((0..SIDE).flat_map(|_| [red, green, blue]))
        .collect();
    let rows: Vec<u8> = (0..SIDE).flat_map(|_| row.clone()).collect();
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    let _ = encoder.write_all(&rows);
    let packed = encoder.finish().unwrap_or_default();
    let mut head = Vec::new();
    head.extend(SIDE.to_be_bytes());
    head.extend(SIDE.to_be_bytes());
    head.extend([8, 2, 0, 0, 0]);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, data) in [
        (b"IHDR", head.as_slice()),
        (b"IDAT", packed.as_slice()),
        (b"IEND", &[]),
    ] {
        png.extend(u32::try_from(data.len()).unwrap_or(0).to_be_bytes());
        let mut chunk = name.to_vec();
        chunk.extend(data);
        png.extend(&chunk);
        png.extend(crc32fast::hash(&chunk).to_be_bytes());
    }
    png
}

/// RFC 4648, with padding.
pub(super) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |value: u32| {
        let index = usize::try_from(value & 63).unwrap_or(0);
        char::from(DIGITS.get(index).copied().unwrap_or(b'A'))
    };
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let byte = |index: usize| u32::from(chunk.get(index).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        text.push(digit(group >> 18));
        text.push(digit(group >> 12));
        text.push(if chunk.len() > 1 { digit(group >> 6) } else { '=' });
        text.push(if chunk.len() > 2 { digit(group) } else { '=' });
    }
    text
}
