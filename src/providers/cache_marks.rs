//! Marks for a prompt cache, in the form that Anthropic has: `cache_control` at a message, a part of it or a tool.

use serde_json::Value;

use crate::types::ChatRequest;

/// What such a mark is called.
const MARK: &str = "cache_control";

/// The name of the marks, where a request has any: for dialects that have no place for them.
pub(super) fn left_out(request: &ChatRequest) -> Option<String> {
    let tools = request.params.get("tools").and_then(Value::as_array);
    let mut tools = tools.into_iter().flatten();
    (request.messages.iter().any(marks)
        || tools.any(|tool| is_marked(tool) || tool.get("function").is_some_and(is_marked)))
    .then(|| MARK.to_owned())
}

fn marks(message: &Value) -> bool {
    let parts = message.get("content").and_then(Value::as_array);
    is_marked(message) || parts.into_iter().flatten().any(is_marked)
}

fn is_marked(value: &Value) -> bool {
    value.get(MARK).is_some_and(|mark| !mark.is_null())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(message: Value, tool: Value) -> bool {
        let mut request = ChatRequest::new("m");
        request.messages = vec![message];
        request.params.insert("tools".to_owned(), json!([tool]));
        left_out(&request).is_some()
    }

    #[test]
    fn marks_are_found_wherever_they_stand() {
        let mark = json!({"type": "ephemeral"});
        let plain = json!({"role": "user", "content": [{"type": "text", "text": "cache_control"}], "cache_control": null});
        let tool = json!({"type": "function", "function": {"name": "f"}});
        assert!(!found(plain.clone(), tool.clone()));
        assert!(found(
            json!({"role": "user", "content": "a", "cache_control": mark}),
            tool.clone()
        ));
        assert!(found(
            json!({"role": "user", "content": [{"type": "text", "text": "a", "cache_control": mark}]}),
            tool
        ));
        assert!(found(
            plain.clone(),
            json!({"type": "function", "cache_control": mark})
        ));
        assert!(found(
            plain,
            json!({"function": {"name": "f", "cache_control": mark}})
        ));
    }
}
