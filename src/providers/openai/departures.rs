//! Departures of single providers from OpenAI's requests that data cannot say.

use serde_json::{Value, json};

use crate::types::ChatRequest;

/// DeepSeek turns reasoning on and off (api-docs.deepseek.com, "Thinking mode"): any effort is on, `none` is off.
pub(crate) fn deepseek(request: &mut ChatRequest) {
    let kind = match request.params.shift_remove("reasoning_effort") {
        Some(effort) if effort == "none" => Some("disabled"),
        Some(_) => Some("enabled"),
        None => None,
    };
    let given = request
        .params
        .get("thinking")
        .and_then(|thinking| thinking.get("type"))
        .cloned();
    if let Some(kind) = given.or_else(|| kind.map(Value::from)) {
        request
            .params
            .insert("thinking".to_owned(), json!({"type": kind}));
    }
}

/// vLLM knows efforts, not budgets: a budget in Anthropic's form stands for the effort that has it.
pub(crate) fn vllm(request: &mut ChatRequest) {
    let Some(thinking) = request.params.shift_remove("thinking") else {
        return;
    };
    if thinking.get("type").and_then(Value::as_str) != Some("enabled") {
        return;
    }
    let effort = match thinking.get("budget_tokens").and_then(Value::as_u64) {
        Some(budget) if budget >= 4096 => "high",
        Some(budget) if budget >= 2048 => "medium",
        Some(budget) if budget >= 1024 => "low",
        Some(_) => "minimal",
        None => "medium",
    };
    request
        .params
        .entry("reasoning_effort")
        .or_insert_with(|| json!(effort));
}

/// OpenRouter counts tokens of cost only when asked (openrouter.ai/docs, "Usage accounting").
pub(crate) fn openrouter(request: &mut ChatRequest) {
    request
        .params
        .entry("usage")
        .or_insert_with(|| json!({"include": true}));
}

/// The dialect as it is.
pub(crate) fn none(_: &mut ChatRequest) {}
