//! Speech to text and text to speech. The sound is a real WAV of noise, as long as the text; a transcription tells how
//! many bytes it was given.

use serde_json::{Value, json};

use super::form::Form;
use super::{bytes, given, text};
use crate::sim::chat_request;
use crate::sim::errors::ApiError;
use crate::sim::faults::Fault;
use crate::sim::hash::{self, Mix};
use crate::sim::reply::Reply;
use crate::sim::server::Ask;
use crate::sim::words;

const RATE: u32 = 8000;
/// Samples for each character of the text.
const SAMPLES: usize = 400;
const LONGEST: usize = 4096;
const VOICES: &[&str] = &[
    "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer",
    "verse",
];

pub(in crate::sim) fn speak(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let (body, model) = chat_request::read(ask.body)?;
    let said = text(&body, "input")?.to_owned();
    if said.chars().count() > LONGEST {
        return Err(ApiError::invalid(
            "input",
            "string_too_long",
            format!("Invalid 'input': string too long. Expected at most {LONGEST} characters."),
        ));
    }
    match given(&body, "voice") {
        None => return Err(ApiError::missing("voice")),
        Some(Value::String(voice)) if VOICES.contains(&voice.as_str()) => {}
        Some(Value::Object(voice)) if voice.contains_key("id") => {}
        Some(other) => {
            let message = format!(
                "Invalid value: {other}. Supported values are: '{}'.",
                VOICES.join("', '")
            );
            return Err(ApiError::invalid("voice", "invalid_value", message));
        }
    }
    let fault = Fault::of(ask, &model);
    if let Some(reply) = fault.refusal(ask) {
        return Ok(reply);
    }
    let kind = match given(&body, "response_format")
        .and_then(Value::as_str)
        .unwrap_or("mp3")
    {
        "mp3" => "audio/mpeg",
        "opus" => "audio/opus",
        "aac" => "audio/aac",
        "flac" => "audio/flac",
        "wav" => "audio/wav",
        "pcm" => "audio/pcm",
        other => {
            let message = format!(
                "Invalid value: '{other}'. Supported values are: 'mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'."
            );
            return Err(ApiError::invalid("response_format", "invalid_value", message));
        }
    };
    Ok(bytes(wav(&said), kind, &fault))
}

/// Sixteen bits, one channel.
fn wav(said: &str) -> Vec<u8> {
    let mut mix = Mix(hash::fnv(said.as_bytes()));
    let mut samples = Vec::with_capacity(said.len() * SAMPLES * 2);
    for _ in 0..said.chars().count() * SAMPLES {
        #[allow(clippy::cast_possible_truncation)]
        let sample = (mix.unit() * 1000.0) as i16;
        samples.extend(sample.to_le_bytes());
    }
    let length = u32::try_from(samples.len()).unwrap_or(u32::MAX - 36);
    let mut wav = b"RIFF".to_vec();
    wav.extend((36 + length).to_le_bytes());
    wav.extend(b"WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(RATE.to_le_bytes());
    wav.extend((RATE * 2).to_le_bytes());
    wav.extend(b"\x02\0\x10\0data");
    wav.extend(length.to_le_bytes());
    wav.extend(samples);
    wav
}

pub(in crate::sim) fn transcribe(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let form = Form::read(ask)?;
    let file = form.file("file")?;
    if file.content.is_empty() {
        return Err(ApiError::invalid(
            "file",
            "audio_too_short",
            "Audio file is too short. Minimum audio length is 0.1 seconds.",
        ));
    }
    let model = text(&form.fields, "model")?.to_owned();
    let fault = Fault::of(ask, &model);
    if let Some(reply) = fault.refusal(ask) {
        return Ok(reply);
    }
    let said = format!("{} bytes of sound were heard.", file.content.len());
    #[allow(clippy::cast_precision_loss)]
    let seconds = (file.content.len() as f64 / f64::from(RATE * 2)).max(0.1);
    let language = given(&form.fields, "language")
        .and_then(Value::as_str)
        .unwrap_or("en");
    let whisper = model.contains("whisper");
    match given(&form.fields, "response_format")
        .and_then(Value::as_str)
        .unwrap_or("json")
    {
        "json" => {
            let usage = if whisper {
                json!({"type": "duration", "seconds": seconds.ceil()})
            } else {
                let tokens = words::tokens(&words::pieces(&said));
                json!({"type": "tokens", "input_tokens": 10, "output_tokens": tokens, "total_tokens": tokens + 10,
                    "input_token_details": {"text_tokens": 0, "audio_tokens": 10}})
            };
            Ok(super::json(&json!({"text": said, "usage": usage}), &fault))
        }
        "verbose_json" if whisper => {
            let mut whole = json!({
                "task": "transcribe",
                "language": if language == "en" { "english" } else { language },
                "duration": seconds,
                "text": said,
                "segments": [{"id": 0, "seek": 0, "start": 0.0, "end": seconds, "text": said, "tokens": [],
                    "temperature": 0.0, "avg_logprob": -0.2, "compression_ratio": 1.0, "no_speech_prob": 0.01}],
                "usage": {"type": "duration", "seconds": seconds.ceil()},
            });
            let granular = form
                .fields
                .get("timestamp_granularities[]")
                .and_then(Value::as_str);
            if granular == Some("word")
                && let Some(whole) = whole.as_object_mut()
            {
                let pieces: Vec<&str> = said.split(' ').collect();
                #[allow(clippy::cast_precision_loss)]
                let step = seconds / pieces.len() as f64;
                #[allow(clippy::cast_precision_loss)]
                let heard = pieces.iter().enumerate().map(|(index, word)| {
                    json!({"word": word, "start": step * index as f64, "end": step * (index + 1) as f64})
                });
                whole.insert("words".to_owned(), heard.collect());
            }
            Ok(super::json(&whole, &fault))
        }
        "text" => Ok(bytes(format!("{said}\n"), "text/plain; charset=utf-8", &fault)),
        "srt" if whisper => {
            let text = format!("1\n00:00:00,000 --> 00:00:01,000\n{said}\n\n");
            Ok(bytes(text, "text/plain; charset=utf-8", &fault))
        }
        "vtt" if whisper => {
            let text = format!("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n{said}\n\n");
            Ok(bytes(text, "text/plain; charset=utf-8", &fault))
        }
        other => {
            let message = format!("response_format '{other}' is not compatible with model '{model}'.");
            Err(ApiError::invalid("response_format", "unsupported_value", message))
        }
    }
}
