//! Hand-made streams in the documented shape.

use super::*;
use crate::error::ErrorKind;
use crate::framing::SseFramer;
use crate::stream::{Assembler, Machine};

fn events(events: &[Value]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for event in events {
        let name = event["type"].as_str().unwrap();
        bytes.extend_from_slice(format!("event: {name}\ndata: {event}\n\n").as_bytes());
    }
    bytes
}

fn notes() -> Value {
    json!({"schema_tool": "json_tool_call", "tool_names": {"f": "f of x"}, "gather_blocks": true})
}

fn machine() -> Machine {
    let assembler = Assembler::new("asked", true);
    Machine::new(
        Box::new(SseFramer::new()),
        Box::new(Decoder::new(notes().as_object().unwrap())),
        assembler,
    )
}

fn run(bytes: &[u8], cut: usize) -> Result<Vec<ChatChunk>> {
    let (mut machine, mut chunks) = (machine(), Vec::new());
    let (before, after) = bytes.split_at(cut);
    machine.push(before, &mut chunks)?;
    machine.push(after, &mut chunks)?;
    machine.finish(&mut chunks)?;
    Ok(chunks)
}

fn start(index: u64, block: Value) -> Value {
    json!({"type": "content_block_start", "index": index, "content_block": block})
}
fn delta(index: u64, delta: Value) -> Value {
    json!({"type": "content_block_delta", "index": index, "delta": delta})
}
fn stop(index: u64) -> Value {
    json!({"type": "content_block_stop", "index": index})
}
fn opening() -> Value {
    json!({"type": "message_start", "message": {"id": "msg_1", "model": "claude-x", "usage": {"input_tokens": 10, "cache_read_input_tokens": 4, "output_tokens": 1}}})
}
fn ending(reason: &str) -> [Value; 2] {
    [
        json!({"type": "message_delta", "delta": {"stop_reason": reason, "stop_sequence": null}, "usage": {"output_tokens": 9}}),
        json!({"type": "message_stop"}),
    ]
}
fn whole() -> Vec<Value> {
    let mut all = vec![
        opening(),
        json!({"type": "ping"}),
        start(0, json!({"type": "thinking", "thinking": "", "signature": ""})),
        delta(0, json!({"type": "thinking_delta", "thinking": "hm"})),
        delta(0, json!({"type": "signature_delta", "signature": "sig=="})),
        stop(0),
        start(1, json!({"type": "redacted_thinking", "data": "enc"})),
        stop(1),
        start(2, json!({"type": "text", "text": ""})),
        delta(2, json!({"type": "text_delta", "text": "H\u{e9}l"})),
        delta(
            2,
            json!({"type": "citations_delta", "citation": {"cited_text": "c"}}),
        ),
        stop(2),
        start(
            3,
            json!({"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}),
        ),
        delta(3, json!({"type": "input_json_delta", "partial_json": "{\"a\":"})),
        delta(3, json!({"type": "input_json_delta", "partial_json": "1}"})),
        stop(3),
        start(
            4,
            json!({"type": "tool_use", "id": "toolu_2", "name": "g", "input": {}}),
        ),
        stop(4),
    ];
    all.extend(ending("tool_use"));
    all
}

#[test]
fn every_event_and_every_cut() {
    let bytes = events(&whole());
    let chunks = run(&bytes, 0).unwrap();
    let deltas: Vec<&Delta> = chunks.iter().map(|chunk| &chunk.choices[0].delta).collect();
    let blocks: Vec<&Value> = deltas
        .iter()
        .filter_map(|delta| delta.extra.get("thinking_blocks"))
        .collect();
    assert_eq!(
        json!(blocks),
        json!([
            [{"type": "thinking", "thinking": "hm"}],
            [{"type": "thinking", "thinking": "", "signature": "sig=="}],
            [{"type": "redacted_thinking", "data": "enc"}]
        ])
    );
    let calls: Vec<_> = deltas
        .iter()
        .flat_map(|delta| &delta.tool_calls)
        .map(|call| {
            (
                call.index.unwrap(),
                call.id.as_deref(),
                call.function.as_ref().unwrap().arguments.as_str(),
            )
        })
        .collect();
    assert_eq!(
        calls,
        [
            (0, Some("toolu_1"), ""),
            (0, None, "{\"a\":"),
            (0, None, "1}"),
            (1, Some("toolu_2"), ""),
            (1, None, "{}")
        ]
    );
    let reasons: Vec<_> = chunks
        .iter()
        .filter_map(|chunk| chunk.choices[0].finish_reason.as_deref())
        .collect();
    assert_eq!(reasons, ["tool_calls"]);
    let usage = chunks.last().unwrap().usage.as_ref().unwrap();
    assert_eq!(
        (usage.prompt_tokens, usage.completion_tokens),
        (Some(14), Some(9))
    );
    for cut in 1..bytes.len() {
        assert_eq!(run(&bytes, cut).unwrap(), chunks, "cut at {cut}");
    }
}

#[test]
fn a_schema_by_tool_is_content_and_no_call() {
    let mut all = vec![
        opening(),
        start(
            0,
            json!({"type": "tool_use", "id": "toolu_1", "name": "json_tool_call", "input": {}}),
        ),
        delta(
            0,
            json!({"type": "input_json_delta", "partial_json": "{\"a\":1}"}),
        ),
        stop(0),
    ];
    all.extend(ending("tool_use"));
    let chunks = run(&events(&all), 0).unwrap();
    assert_eq!(
        chunks[0].choices[0].delta.content,
        Some(Content::Text("{\"a\":1}".to_owned()))
    );
    assert_eq!(chunks[1].choices[0].finish_reason.as_deref(), Some("stop"));
}

#[test]
fn errors_and_ends_without_a_finish() {
    let error = json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}});
    let failed = run(&events(&[opening(), error]), 0).unwrap_err();
    assert_eq!(
        (failed.kind(), failed.status()),
        (ErrorKind::ServiceUnavailable, Some(529))
    );
    let whole = whole();
    let cut = run(&events(&whole[..12]), 0).unwrap_err();
    assert_eq!(cut.kind(), ErrorKind::IncompleteStream);
    let corrupt = run(b"event: ping\ndata: {\"type\n\n", 0).unwrap_err();
    assert_eq!(corrupt.kind(), ErrorKind::ResponseValidation);
}
