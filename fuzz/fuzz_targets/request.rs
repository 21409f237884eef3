//! A request into any dialect: messages, tools and JSON schemas. Input: a letter for the row, a JSON object.

#![no_main]

mod rows;

use edgequake_llm::{ChatRequest, prepare_chat};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|data: &[u8]| {
    let Some((row, body)) = rows::split(data) else {
        return;
    };
    let Ok(Value::Object(mut params)) = serde_json::from_slice(body) else {
        return;
    };
    let Some(Value::Array(messages)) = params.remove("messages") else {
        return;
    };
    let request = ChatRequest {
        model: row.to_owned(),
        messages,
        stream: false,
        params,
    };
    let written = |request: ChatRequest| {
        let prepared = prepare_chat(request, rows::options(), &rows::around());
        prepared.map(|prepared| prepared.body().to_vec())
    };
    // What is written is JSON.
    if let Ok(body) = written(request) {
        assert!(body.is_empty() || serde_json::from_slice::<Value>(&body).is_ok());
    }
});
