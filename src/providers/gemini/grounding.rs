//! Sources of an answer, as OpenAI's annotations.

use serde_json::{Value, json};

/// One citation per supported segment and source.
pub(super) fn annotations(metadata: &Value) -> Vec<Value> {
    let list = |name: &str| metadata.get(name).and_then(Value::as_array);
    let Some(chunks) = list("groundingChunks") else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for support in list("groundingSupports").into_iter().flatten() {
        let indices = support.get("groundingChunkIndices").and_then(Value::as_array);
        let segment = |name: &str| {
            support
                .get("segment")
                .and_then(|segment| segment.get(name))
                .and_then(Value::as_i64)
        };
        for index in indices.into_iter().flatten().filter_map(Value::as_u64) {
            let chunk = usize::try_from(index).ok().and_then(|index| chunks.get(index));
            let Some(source) = chunk.and_then(|chunk| chunk.get("web").or_else(|| chunk.get("maps"))) else {
                continue;
            };
            out.push(json!({"type": "url_citation", "url_citation": {
                "start_index": segment("startIndex").unwrap_or(0),
                "end_index": segment("endIndex").unwrap_or(0),
                "title": source.get("title"),
                "url": source.get("uri"),
            }}));
        }
    }
    out
}
