//! Sources of an answer, as OpenAI's annotations.

use serde_json::{Value, json};

use super::said::Text;

/// One citation per supported segment and source. Google counts bytes from the beginning of a part, OpenAI characters
/// from the beginning of the text; `starts` says where the parts begin.
pub(super) fn annotations(metadata: &Value, text: &Text, starts: &[usize]) -> Vec<Value> {
    let list = |name: &str| metadata.get(name).and_then(Value::as_array);
    let Some(chunks) = list("groundingChunks") else {
        return Vec::new();
    };
    let mut out = Vec::new();
    for support in list("groundingSupports").into_iter().flatten() {
        let indices = support.get("groundingChunkIndices").and_then(Value::as_array);
        let number = |name: &str| {
            let number = support.get("segment").and_then(|segment| segment.get(name));
            number
                .and_then(Value::as_u64)
                .and_then(|number| usize::try_from(number).ok())
        };
        let start = number("partIndex").and_then(|part| starts.get(part)).copied();
        let position = |name: &str| characters(&text.text, start.unwrap_or(0) + number(name).unwrap_or(0));
        for index in indices.into_iter().flatten().filter_map(Value::as_u64) {
            let chunk = usize::try_from(index).ok().and_then(|index| chunks.get(index));
            let source = chunk.and_then(|chunk| {
                ["web", "maps", "retrievedContext", "image"]
                    .iter()
                    .find_map(|kind| chunk.get(kind))
            });
            let Some(source) = source else { continue };
            out.push(json!({"type": "url_citation", "url_citation": {
                "start_index": position("startIndex"),
                "end_index": position("endIndex"),
                "title": source.get("title"),
                "url": source.get("uri"),
            }}));
        }
    }
    out
}

/// How many characters the first `bytes` of a text are.
fn characters(text: &str, bytes: usize) -> usize {
    text.char_indices()
        .take_while(|(index, _)| *index < bytes)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_characters() {
        let mut said = super::super::said::Said::default();
        let text = said.of(0);
        text.text.push_str("é is é");
        let metadata = json!({"groundingChunks": [{"web": {"uri": "u", "title": "t"}}],
            "groundingSupports": [{"segment": {"startIndex": 3, "endIndex": 8}, "groundingChunkIndices": [0, 7]}]});
        assert_eq!(
            json!(annotations(&metadata, text, &[0])),
            json!([{"type": "url_citation", "url_citation": {"start_index": 2, "end_index": 6, "title": "t", "url": "u"}}])
        );
    }
}
