//! `generationConfig`: sampling, limits, formats, thinking.

use serde_json::{Map, Value, json};

use super::parts::Level;
use super::{Family, schema};
use crate::error::{Error, ErrorKind, Result};

/// Parameters that go into the configuration under another name, or under their own.
const NAMES: &[(&str, &str)] = &[
    ("temperature", "temperature"),
    ("top_p", "top_p"),
    ("top_k", "top_k"),
    ("topK", "top_k"),
    ("max_tokens", "max_output_tokens"),
    ("max_completion_tokens", "max_output_tokens"),
    ("max_output_tokens", "max_output_tokens"),
    ("n", "candidate_count"),
    ("seed", "seed"),
    ("presence_penalty", "presence_penalty"),
    ("frequency_penalty", "frequency_penalty"),
    ("logprobs", "responseLogprobs"),
    ("top_logprobs", "logprobs"),
    ("response_mime_type", "response_mime_type"),
    ("responseMimeType", "response_mime_type"),
    ("response_schema", "response_schema"),
    ("responseSchema", "response_schema"),
    ("response_json_schema", "response_json_schema"),
    ("responseJsonSchema", "response_json_schema"),
    ("responseModalities", "responseModalities"),
    ("response_modalities", "responseModalities"),
    ("speechConfig", "speechConfig"),
    ("speech_config", "speechConfig"),
    ("mediaResolution", "mediaResolution"),
    ("media_resolution", "mediaResolution"),
    ("imageConfig", "imageConfig"),
    ("image_config", "imageConfig"),
    ("audioTimestamp", "audioTimestamp"),
    ("audio_timestamp", "audioTimestamp"),
    ("routingConfig", "routingConfig"),
];

/// Parameters that say what Google does anyway.
const DECIDED: &[&str] = &["stream_options", "parallel_tool_calls", "stream"];

/// The configuration; `resolution` is what the images of the messages ask for.
pub(super) fn write(
    params: &mut Map<String, Value>,
    family: Family,
    resolution: Option<Level>,
) -> Result<Map<String, Value>> {
    let mut config = Map::new();
    for (name, own) in NAMES {
        if let Some(value) = params.shift_remove(*name) {
            config.insert((*own).to_owned(), value);
        }
    }
    match params.shift_remove("stop") {
        Some(Value::String(stop)) => drop(config.insert("stop_sequences".to_owned(), json!([stop]))),
        Some(stop) => drop(config.insert("stop_sequences".to_owned(), stop)),
        None => {}
    }
    if let Some(format) = params.shift_remove("response_format") {
        format_of(&format, family, &mut config)?;
    }
    if let Some(Value::Array(modalities)) = params.shift_remove("modalities") {
        let names = modalities
            .iter()
            .filter_map(Value::as_str)
            .map(str::to_ascii_uppercase);
        config.insert("responseModalities".to_owned(), names.collect());
    }
    if let Some(audio) = params.shift_remove("audio")
        && let Some(voice) = audio.get("voice")
    {
        config.insert(
            "speechConfig".to_owned(),
            json!({"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": voice}}}),
        );
    }
    if let Some(resolution) = resolution
        && !config.contains_key("mediaResolution")
    {
        config.insert("mediaResolution".to_owned(), resolution.name().into());
    }
    if let Some(thinking) = thinking(params, family)? {
        config.insert("thinkingConfig".to_owned(), thinking);
    }
    if let Some(Value::Object(own)) = ["generationConfig", "generation_config"]
        .iter()
        .find_map(|name| params.shift_remove(*name))
    {
        config.extend(own);
    }
    // What is not known here may be known there; a name that is not is refused there by that name.
    config.extend(
        std::mem::take(params)
            .into_iter()
            .filter(|(name, _)| !DECIDED.contains(&name.as_str())),
    );
    // Google advises against any other value for these models; said here so that gateways agree on it.
    if family.generation >= 3 && !config.contains_key("temperature") {
        config.insert("temperature".to_owned(), json!(1.0));
    }
    Ok(config)
}

fn format_of(format: &Value, family: Family, config: &mut Map<String, Value>) -> Result<()> {
    let mut set = |name: &str, value: Value| drop(config.insert(name.to_owned(), value));
    match format.get("type").and_then(Value::as_str) {
        Some("text") => set("response_mime_type", "text/plain".into()),
        Some("json_object") => {
            set("response_mime_type", "application/json".into());
            if let Some(asked) = format.get("response_schema").filter(|asked| asked.is_object()) {
                let (name, schema) = schema_of(asked, family)?;
                set(name, schema);
            }
        }
        Some("json_schema") => {
            set("response_mime_type", "application/json".into());
            let Some(asked) = format
                .get("json_schema")
                .and_then(|asked| asked.get("schema"))
                .or_else(|| format.get("schema"))
            else {
                return Ok(());
            };
            let (name, schema) = schema_of(asked, family)?;
            set(name, schema);
        }
        other => {
            return Err(Error::bad_request(format!(
                "response_format.type {:?} is none of text, json_object, json_schema",
                other.unwrap_or_default()
            )));
        }
    }
    Ok(())
}

/// A schema, and the field for it: JSON Schema itself where the model takes that.
fn schema_of(asked: &Value, family: Family) -> Result<(&'static str, Value)> {
    Ok(if family.generation >= 2 {
        ("response_json_schema", asked.clone())
    } else {
        ("response_schema", schema::openapi(asked)?)
    })
}

/// Thinking: Google's own words first, then Anthropic's, then OpenAI's.
fn thinking(params: &mut Map<String, Value>, family: Family) -> Result<Option<Value>> {
    let own = ["thinkingConfig", "thinking_config"]
        .iter()
        .find_map(|name| params.shift_remove(*name));
    let asked = params.shift_remove("thinking");
    let effort = params.shift_remove("reasoning_effort");
    if own.is_some() {
        return Ok(own);
    }
    if let Some(asked) = asked {
        return by_budget(&asked, family).map(Some);
    }
    let effort = match effort {
        // The Responses API nests it.
        Some(Value::Object(nested)) => nested.get("effort").cloned(),
        other => other,
    };
    match effort {
        None => Ok(None),
        Some(Value::String(effort)) => by_effort(&effort, family).map(Some),
        Some(other) => Err(unknown_effort(&other.to_string())),
    }
}

fn by_budget(asked: &Value, family: Family) -> Result<Value> {
    let budget = asked.get("budget_tokens").and_then(Value::as_i64);
    match asked.get("type").and_then(Value::as_str) {
        Some("disabled") => by_effort("none", family),
        Some("enabled" | "adaptive") => Ok(match budget {
            Some(budget) => json!({"includeThoughts": budget != 0, "thinkingBudget": budget}),
            None => json!({"includeThoughts": true}),
        }),
        other => Err(Error::bad_request(format!(
            "thinking.type {other:?} is none of enabled, adaptive, disabled"
        ))),
    }
}

fn by_effort(effort: &str, family: Family) -> Result<Value> {
    let thoughts = !matches!(effort, "none" | "disable");
    if family.generation >= 3 {
        let level = match effort {
            "none" | "disable" | "minimal" if family.flash => "minimal",
            "none" | "disable" | "minimal" | "low" => "low",
            "medium" => "medium",
            "high" => "high",
            other => return Err(unknown_effort(other)),
        };
        return Ok(json!({"thinkingLevel": level, "includeThoughts": thoughts}));
    }
    let budget = match effort {
        "none" | "disable" => 0,
        // The smallest budget that thinks at all differs by model.
        "minimal" if family.lite => 512,
        "minimal" if family.flash && !family.pro => 1,
        "minimal" => 128,
        "low" => 1024,
        "medium" => 2048,
        "high" => 4096,
        other => return Err(unknown_effort(other)),
    };
    Ok(json!({"thinkingBudget": budget, "includeThoughts": thoughts}))
}

fn unknown_effort(effort: &str) -> Error {
    Error::new(
        ErrorKind::UnsupportedParams,
        format!("reasoning_effort {effort:?} is none of none, minimal, low, medium, high"),
    )
    .with_status(400)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(model: &str, params: Value) -> Value {
        let Value::Object(mut params) = params else {
            return Value::Null;
        };
        match write(&mut params, Family::of_name(model), None) {
            Ok(config) => Value::Object(config),
            Err(error) => error.kind().class_name().into(),
        }
    }

    #[test]
    fn names_and_limits() {
        assert_eq!(
            config(
                "gemini-2.5-flash",
                json!({"max_tokens": 10, "max_completion_tokens": 20, "stop": "END", "n": 2, "logprobs": true, "top_logprobs": 3})
            ),
            json!({"max_output_tokens": 20, "candidate_count": 2, "responseLogprobs": true, "logprobs": 3, "stop_sequences": ["END"]})
        );
        assert_eq!(
            config("gemini-2.5-flash-image", json!({"modalities": ["text", "image"]})),
            json!({"responseModalities": ["TEXT", "IMAGE"]})
        );
    }

    #[test]
    fn thinking_by_family() {
        let effort =
            |model, effort| config(model, json!({"reasoning_effort": effort}))["thinkingConfig"].clone();
        assert_eq!(
            effort("gemini-2.5-flash", "minimal"),
            json!({"thinkingBudget": 1, "includeThoughts": true})
        );
        assert_eq!(effort("gemini-2.5-flash-lite", "minimal")["thinkingBudget"], 512);
        assert_eq!(effort("gemini-2.5-pro", "minimal")["thinkingBudget"], 128);
        assert_eq!(
            effort("gemini-2.5-pro", "none"),
            json!({"thinkingBudget": 0, "includeThoughts": false})
        );
        assert_eq!(
            effort("gemini-3-pro-preview", "minimal"),
            json!({"thinkingLevel": "low", "includeThoughts": true})
        );
        assert_eq!(
            effort("gemini-3-flash-preview", "none")["thinkingLevel"],
            "minimal"
        );
        assert_eq!(
            config("gemini-2.5-pro", json!({"reasoning_effort": "huge"})),
            "UnsupportedParamsError"
        );
        assert_eq!(
            config(
                "gemini-2.5-pro",
                json!({"thinking": {"type": "enabled", "budget_tokens": 7}})
            ),
            json!({"thinkingConfig": {"includeThoughts": true, "thinkingBudget": 7}})
        );
    }

    #[test]
    fn what_is_not_known_here_is_sent_as_it_is() {
        assert_eq!(
            config(
                "gemini-2.5-flash",
                json!({"enableEnhancedCivicAnswers": true, "parallel_tool_calls": true})
            ),
            json!({"enableEnhancedCivicAnswers": true})
        );
    }

    #[test]
    fn formats() {
        let schema = json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/A"}}, "$defs": {"A": {"type": "string"}}});
        let format = json!({"type": "json_schema", "json_schema": {"name": "x", "schema": schema}});
        assert_eq!(
            config("gemini-2.5-pro", json!({"response_format": format})),
            json!({"response_mime_type": "application/json", "response_json_schema": schema})
        );
        assert_eq!(
            config("gemini-1.5-pro", json!({"response_format": format})),
            json!({"response_mime_type": "application/json", "response_schema": {"type": "object", "properties": {"a": {"type": "string"}}}})
        );
        assert_eq!(
            config("gemini-2.5-pro", json!({"response_format": {"type": "yaml"}})),
            "BadRequestError"
        );
    }
}
