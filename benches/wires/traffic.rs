//! What the providers send, in their documented shapes: an answer, and a stream of chunks that are all alike.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

/// The dialect that a model's name stands for.
fn dialect(model: &str) -> &str {
    match model.split_once('/').unwrap() {
        ("bedrock", rest) if rest.starts_with("invoke/") => "bedrock/invoke",
        (provider, _) => provider,
    }
}

/// An answer of 60 words.
pub fn answer(model: &str) -> Value {
    let text = "It is cold in Oslo, four degrees, with a wind from the north. ".repeat(4);
    match dialect(model) {
        "anthropic" | "bedrock/invoke" => {
            json!({"id": "m", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn", "stop_sequence": null,
            "content": [{"type": "text", "text": text}], "usage": {"input_tokens": 30, "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0, "output_tokens": 60, "service_tier": "standard"}})
        }
        "gemini" => {
            json!({"candidates": [{"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": "STOP", "index": 0}],
            "usageMetadata": {"promptTokenCount": 30, "candidatesTokenCount": 60, "totalTokenCount": 90,
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 30}]}, "modelVersion": "m", "responseId": "r"})
        }
        "bedrock" => {
            json!({"output": {"message": {"role": "assistant", "content": [{"text": text}]}}, "stopReason": "end_turn",
            "usage": {"inputTokens": 30, "outputTokens": 60, "totalTokens": 90}, "metrics": {"latencyMs": 1}})
        }
        "cohere" => {
            json!({"id": "m", "finish_reason": "COMPLETE", "message": {"role": "assistant", "content": [{"type": "text", "text": text}]},
            "usage": {"billed_units": {"input_tokens": 30, "output_tokens": 60}, "tokens": {"input_tokens": 30, "output_tokens": 60}}})
        }
        "ollama_chat" => {
            json!({"model": "m", "created_at": "2025-01-01T00:00:00Z", "message": {"role": "assistant", "content": text},
            "done": true, "done_reason": "stop", "total_duration": 9, "load_duration": 1, "prompt_eval_count": 30, "prompt_eval_duration": 1,
            "eval_count": 60, "eval_duration": 7})
        }
        _ => {
            let details = json!({"cached_tokens": 0, "audio_tokens": 0});
            json!({"id": "m", "object": "chat.completion", "created": 1, "model": "m", "system_fingerprint": "fp", "service_tier": "default",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text, "refusal": null}, "logprobs": null, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 30, "completion_tokens": 60, "total_tokens": 90, "prompt_tokens_details": details}})
        }
    }
}

/// `count` chunks of text, or of thoughts where the dialect has a chunk of its own for them.
pub fn stream(model: &str, count: usize, thoughts: bool) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    for number in 0..count {
        let word = format!(" word{number}");
        bytes.extend(chunk(dialect(model), &word, thoughts)?);
    }
    Some(bytes)
}

fn chunk(dialect: &str, word: &str, thought: bool) -> Option<Vec<u8>> {
    let event = match (dialect, thought) {
        ("anthropic" | "bedrock/invoke", _) => {
            let delta = if thought {
                json!({"type": "thinking_delta", "thinking": word})
            } else {
                json!({"type": "text_delta", "text": word})
            };
            json!({"type": "content_block_delta", "index": 0, "delta": delta})
        }
        ("gemini", _) => {
            let mut part = json!({"text": word});
            if thought {
                part["thought"] = json!(true);
            }
            json!({"candidates": [{"content": {"parts": [part], "role": "model"}, "index": 0}],
                "usageMetadata": {"promptTokenCount": 30, "candidatesTokenCount": 7, "totalTokenCount": 81,
                    "promptTokensDetails": [{"modality": "TEXT", "tokenCount": 30}], "thoughtsTokenCount": 44},
                "modelVersion": "gemini-2.5-flash", "responseId": "mAxWaLe_Ntzvn9kPmYiyuQY"})
        }
        ("bedrock", _) => {
            let delta = if thought {
                json!({"reasoningContent": {"text": word}})
            } else {
                json!({"text": word})
            };
            json!({"contentBlockIndex": 0, "delta": delta, "p": "abcdefghijklmno"})
        }
        ("cohere", false) => {
            json!({"type": "content-delta", "index": 0, "delta": {"message": {"content": {"text": word}}}})
        }
        ("cohere", true) => {
            json!({"type": "content-delta", "index": 0, "delta": {"message": {"content": {"thinking": word}}}})
        }
        ("ollama_chat", _) => {
            let (text, thinking) = if thought { ("", word) } else { (word, "") };
            let message = json!({"role": "assistant", "content": text, "thinking": thinking});
            json!({"model": "m", "created_at": "2025-01-01T00:00:00.123456789Z", "message": message, "done": false})
        }
        ("mistral", true) => {
            let content = json!([{"type": "thinking", "thinking": [{"type": "text", "text": word}]}]);
            json!({"id": "m", "object": "chat.completion.chunk", "created": 1, "model": "m",
                "choices": [{"index": 0, "delta": {"content": content}, "finish_reason": null}]})
        }
        ("openai", true) => {
            json!({"id": "m", "object": "chat.completion.chunk", "created": 1, "model": "m", "system_fingerprint": "fp",
                "choices": [{"index": 0, "delta": {"reasoning_content": word}, "logprobs": null, "finish_reason": null}]})
        }
        (_, true) => return None,
        _ => {
            json!({"id": "m", "object": "chat.completion.chunk", "created": 1, "model": "m", "system_fingerprint": "fp",
                "choices": [{"index": 0, "delta": {"content": word}, "logprobs": null, "finish_reason": null}]})
        }
    };
    let mut text = String::new();
    match dialect {
        "bedrock" => return Some(message("contentBlockDelta", event.to_string().as_bytes())),
        "bedrock/invoke" => {
            let inner = json!({"bytes": BASE64_STANDARD.encode(event.to_string()), "p": "abcdefghijklmno"});
            return Some(message("chunk", inner.to_string().as_bytes()));
        }
        "ollama_chat" => writeln!(text, "{event}"),
        "gemini" => write!(text, "data: {event}\r\n\r\n"),
        "anthropic" | "cohere" => write!(text, "event: {}\ndata: {event}\n\n", event["type"].as_str()?),
        _ => write!(text, "data: {event}\n\n"),
    }
    .unwrap();
    Some(text.into_bytes())
}

/// One message of AWS's binary event stream: lengths, their checksum, headers, payload, checksum of it all.
fn message(event: &str, payload: &[u8]) -> Vec<u8> {
    let mut headers = Vec::new();
    for (name, value) in [
        (":event-type", event),
        (":content-type", "application/json"),
        (":message-type", "event"),
    ] {
        headers.push(u8::try_from(name.len()).unwrap());
        headers.extend(name.as_bytes());
        headers.push(7);
        headers.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
        headers.extend(value.as_bytes());
    }
    let total = u32::try_from(16 + headers.len() + payload.len()).unwrap();
    let mut message = total.to_be_bytes().to_vec();
    message.extend(u32::try_from(headers.len()).unwrap().to_be_bytes());
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message.extend(headers);
    message.extend(payload);
    message.extend(crc32fast::hash(&message).to_be_bytes());
    message
}
