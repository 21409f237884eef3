//! OpenAI's first form of tool calls in messages, for dialects that know only the second: `function_call` becomes a list
//! of one call, and the message of role `function` that answers it names that call.

use serde_json::{Map, Value, json};

/// Rewrites legacy calls and their answers in place. The first form has no ids; they are made from positions, so the
/// same history has the same ids every time.
pub(crate) fn modernize(messages: &mut [Value]) {
    let mut open: Vec<(String, String)> = Vec::new();
    for (position, message) in messages.iter_mut().enumerate() {
        let Some(message) = message.as_object_mut() else {
            continue;
        };
        if message.get("role").is_some_and(|role| role == "function") {
            answer(message, &mut open, position);
        } else if let Some(call) = message.shift_remove("function_call").filter(Value::is_object) {
            let has_calls = message
                .get("tool_calls")
                .and_then(Value::as_array)
                .is_some_and(|calls| !calls.is_empty());
            if has_calls {
                continue;
            }
            let id = id(position);
            open.push((name(call.get("name")), id.clone()));
            message.insert(
                "tool_calls".to_owned(),
                json!([{"id": id, "type": "function", "function": call}]),
            );
        }
    }
}

fn answer(message: &mut Map<String, Value>, open: &mut Vec<(String, String)>, position: usize) {
    let name = name(message.get("name"));
    let asked = open.iter().position(|(called, _)| *called == name);
    let id = asked.map_or_else(|| id(position), |index| open.remove(index).1);
    message.insert("role".to_owned(), Value::from("tool"));
    message.insert("tool_call_id".to_owned(), Value::from(id));
}

fn id(position: usize) -> String {
    format!("call_{position:08}")
}

fn name(name: Option<&Value>) -> String {
    name.and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_and_answers_find_each_other() {
        let mut messages = json!([
            {"role": "user", "content": "q"},
            {"role": "assistant", "content": null, "function_call": {"name": "f", "arguments": "{}"}},
            {"role": "function", "name": "f", "content": "1"},
            {"role": "assistant", "content": "done", "function_call": null},
        ]);
        modernize(messages.as_array_mut().unwrap());
        assert_eq!(
            messages,
            json!([
                {"role": "user", "content": "q"},
                {"role": "assistant", "content": null, "tool_calls": [
                    {"id": "call_00000001", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
                {"role": "tool", "name": "f", "content": "1", "tool_call_id": "call_00000001"},
                {"role": "assistant", "content": "done"},
            ])
        );
    }
}
