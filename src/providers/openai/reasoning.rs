//! Reasoning in OpenAI's dialect: servers disagree on its name, and some leave the model's own tags in the text.

use serde_json::Value;

use crate::types::{Content, Extra, Message};

const NAME: &str = "reasoning_content";

/// `reasoning` (OpenRouter, Groq, Together, Ollama, vLLM) is what DeepSeek and LiteLLM call `reasoning_content`.
/// `field` is a server's own name for it, empty if it has none.
pub(super) fn rename(extra: &mut Extra, field: &str) {
    if extra.get(NAME).is_some_and(|given| !given.is_null()) {
        return;
    }
    let names = ["reasoning", field];
    let name = names
        .into_iter()
        .find(|name| extra.get(*name).is_some_and(Value::is_string));
    if let Some(given) = name.and_then(|name| extra.shift_remove(name)) {
        extra.insert(NAME.to_owned(), given);
    }
}

/// As [`rename`]; and text that begins with `<think>...</think>`, as open models write it when their server does not cut
/// it out, is taken apart.
pub(crate) fn settle(message: &mut Message, field: &str) {
    rename(&mut message.extra, field);
    if message.extra.contains_key(NAME) {
        return;
    }
    let Some(Content::Text(text)) = &message.content else {
        return;
    };
    let Some((thought, said)) = text
        .trim_start()
        .strip_prefix("<think>")
        .and_then(|rest| rest.split_once("</think>"))
    else {
        return;
    };
    let (thought, said) = (thought.to_owned(), said.to_owned());
    message.extra.insert(NAME.to_owned(), Value::String(thought));
    message.content = Some(Content::Text(said));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn settled(message: Value) -> Value {
        let mut message: Message = serde_json::from_value(message).unwrap();
        settle(&mut message, "thoughts");
        json!([message.content, message.extra.get(NAME)])
    }

    #[test]
    fn every_spelling_ends_in_one_place() {
        assert_eq!(
            settled(json!({"content": "a", "reasoning": "b"})),
            json!(["a", "b"])
        );
        assert_eq!(
            settled(json!({"content": "a", "reasoning_content": "b", "reasoning": "c"})),
            json!(["a", "b"])
        );
        assert_eq!(
            settled(json!({"content": "a", "thoughts": "b"})),
            json!(["a", "b"])
        );
        assert_eq!(
            settled(json!({"content": "<think>\nb</think>\na"})),
            json!(["\na", "\nb"])
        );
        assert_eq!(
            settled(json!({"content": "<think> without end"})),
            json!(["<think> without end", null])
        );
        assert_eq!(
            settled(json!({"content": "says <think>x</think>"})),
            json!(["says <think>x</think>", null])
        );
        assert_eq!(
            settled(json!({"content": null, "reasoning": {"not": "text"}})),
            json!([null, null])
        );
    }
}
