//! Features that have to be asked for by name, in `anthropic-beta` (platform.claude.com, "Beta headers").

use serde_json::{Map, Value};

use super::messages::has_type;
use super::tools::need;

/// Schemas were a beta when the models before adaptive thinking came; these take them under that name.
pub(super) const SCHEMAS: &str = "structured-outputs-2025-11-13";

/// Notes the features that the parameters and the messages in `body` need; tools note their own.
pub(super) fn needed(params: &Map<String, Value>, body: &Map<String, Value>, betas: &mut Vec<&'static str>) {
    let given = |name: &str| params.get(name).filter(|value| !value.is_null());
    if let Some(managed) = given("context_management") {
        let edits = managed
            .get("edits")
            .and_then(Value::as_array)
            .into_iter()
            .flatten();
        let kinds: Vec<&str> = edits.filter_map(|edit| edit.get("type")?.as_str()).collect();
        if kinds.iter().any(|kind| kind.starts_with("compact_")) {
            need(Some("compact-2026-01-12"), betas);
        }
        if kinds.is_empty() || kinds.iter().any(|kind| !kind.starts_with("compact_")) {
            need(Some("context-management-2025-06-27"), betas);
        }
    }
    if given("mcp_servers").is_some() {
        need(Some("mcp-client-2025-04-04"), betas);
    }
    if given("output_format").is_some() {
        need(Some(SCHEMAS), betas);
    }
    if given("speed").is_some() {
        need(Some("fast-mode-2026-02-01"), betas);
    }
    if given("container").is_some_and(|container| container.get("skills").is_some()) {
        need(Some("skills-2025-10-02"), betas);
    }
    let turns = body
        .get("messages")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let blocks = turns.filter_map(|turn| turn.get("content")?.as_array()).flatten();
    let mut blocks = blocks.chain(body.get("system").and_then(Value::as_array).into_iter().flatten());
    if blocks.any(names_a_file) {
        need(Some("files-api-2025-04-14"), betas);
    }
}

/// Whether a block names a file that was uploaded before.
fn names_a_file(block: &Value) -> bool {
    has_type(block, "container_upload") || block.get("source").is_some_and(|source| has_type(source, "file"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn betas(params: Value, content: Value) -> Vec<&'static str> {
        let body = json!({"messages": [{"role": "user", "content": [content]}]});
        let mut betas = Vec::new();
        needed(params.as_object().unwrap(), body.as_object().unwrap(), &mut betas);
        betas
    }

    #[test]
    fn features_are_named_when_they_are_used() {
        let text = || json!({"type": "text", "text": "a"});
        assert!(betas(json!({"speed": null}), text()).is_empty());
        assert_eq!(
            betas(
                json!({}),
                json!({"type": "document", "source": {"type": "file", "file_id": "f"}})
            ),
            ["files-api-2025-04-14"]
        );
        assert_eq!(
            betas(json!({}), json!({"type": "container_upload", "file_id": "f"})),
            ["files-api-2025-04-14"]
        );
        let edits = |kind: &str| json!({"context_management": {"edits": [{"type": kind}]}});
        assert_eq!(betas(edits("compact_20260112"), text()), ["compact-2026-01-12"]);
        assert_eq!(
            betas(edits("clear_tool_uses_20250919"), text()),
            ["context-management-2025-06-27"]
        );
        assert_eq!(
            betas(json!({"container": {"skills": []}}), text()),
            ["skills-2025-10-02"]
        );
    }
}
