//! Messages: OpenAI's as Converse's system blocks and turns of content blocks.

use serde_json::{Map, Value, json};

use super::tools;
use crate::auth::aws;
use crate::error::{Error, ErrorKind, Result};

/// Models that take cache points.
pub(super) fn caches(model: &str) -> bool {
    tools::is_claude(model) || model.contains("amazon.nova")
}

/// System blocks and turns. `plain` is for a call without tools, to which Converse takes no tool blocks.
pub(super) fn split(model: &str, messages: &[Value], plain: bool) -> Result<(Vec<Value>, Vec<Value>)> {
    let (mut system, mut turns) = (Vec::new(), Vec::<(&str, Vec<Value>)>::new());
    for message in messages {
        let role = message.get("role").and_then(Value::as_str).unwrap_or_default();
        let (side, blocks) = match role {
            "system" | "developer" => {
                system.extend(content(model, message)?);
                continue;
            }
            "assistant" => ("assistant", assistant(model, message, plain)?),
            "tool" | "function" => ("user", result(model, message, plain)?),
            "user" => ("user", content(model, message)?),
            other => return Err(Error::bad_request(format!("Bedrock has no role {other:?}"))),
        };
        match turns.last_mut() {
            Some((last, before)) if *last == side => before.extend(blocks),
            _ if blocks.is_empty() => {}
            _ => turns.push((side, blocks)),
        }
    }
    if turns.is_empty() {
        return Err(Error::bad_request(
            "Invalid Message: bedrock requires at least one non-system message that says something",
        ));
    }
    let turns = turns
        .into_iter()
        .map(|(role, content)| json!({"role": role, "content": content}));
    Ok((system, turns.collect()))
}

fn assistant(model: &str, message: &Value, plain: bool) -> Result<Vec<Value>> {
    let mut blocks = Vec::new();
    for block in message
        .get("thinking_blocks")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
    {
        if let Some(data) = block.get("data") {
            blocks.push(json!({"reasoningContent": {"redactedContent": data}}));
        } else if let Some(text) = block.get("thinking") {
            let mut thought = Map::from_iter([("text".to_owned(), text.clone())]);
            if let Some(signature) = block.get("signature").filter(|signature| signature.is_string()) {
                thought.insert("signature".to_owned(), signature.clone());
            }
            blocks.push(json!({"reasoningContent": {"reasoningText": thought}}));
        }
    }
    blocks.extend(content(model, message)?);
    let calls = message
        .get("tool_calls")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let calls = calls.map(|call| (call.get("id"), call.get("function")));
    let legacy = message.get("function_call").filter(|call| !call.is_null());
    for (id, function) in calls.chain(legacy.map(|call| (call.get("name"), Some(call)))) {
        let id = id.and_then(Value::as_str).unwrap_or_default();
        let text = |name: &str| function.and_then(|function| function.get(name)?.as_str());
        let (name, arguments) = (
            text("name").unwrap_or_default(),
            text("arguments").unwrap_or_default(),
        );
        if plain {
            blocks.push(json!({"text": format!("[tool call {id}: {name}({arguments})]")}));
            continue;
        }
        let arguments = if arguments.trim().is_empty() {
            "{}"
        } else {
            arguments
        };
        let input: Value = serde_json::from_str(arguments)
            .map_err(|_| Error::bad_request(format!("the arguments of tool call {id:?} are not JSON")))?;
        blocks.push(json!({"toolUse": {"input": input, "name": tools::sanitized(name), "toolUseId": id}}));
    }
    Ok(blocks)
}

fn result(model: &str, message: &Value, plain: bool) -> Result<Vec<Value>> {
    let id = message.get("tool_call_id").or_else(|| message.get("name"));
    let id = id.and_then(Value::as_str).unwrap_or_default();
    let blocks = content(model, message)?;
    if plain {
        let texts: Vec<&str> = blocks
            .iter()
            .filter_map(|block| block.get("text")?.as_str())
            .collect();
        let mut plain = vec![json!({"text": format!("[tool result for {id}: {}]", texts.join("\n"))})];
        plain.extend(blocks.iter().filter(|block| block.get("text").is_none()).cloned());
        return Ok(plain);
    }
    let (points, mut blocks): (Vec<_>, Vec<_>) = blocks
        .into_iter()
        .partition(|block| block.get("cachePoint").is_some());
    if blocks.is_empty() {
        // A result that says nothing is a result all the same.
        blocks.push(json!({"text": " "}));
    }
    let mut result = vec![json!({"toolResult": {"content": blocks, "toolUseId": id}})];
    result.extend(points);
    Ok(result)
}

/// The blocks of a message's content; blank text is left out, as Converse refuses it.
fn content(model: &str, message: &Value) -> Result<Vec<Value>> {
    let mut blocks = Vec::new();
    match message.get("content") {
        None | Some(Value::Null) => {}
        Some(Value::String(text)) => blocks.extend(text_block(text)),
        Some(Value::Array(parts)) => {
            for part in parts {
                blocks.extend(self::part(part)?);
                if part.get("cache_control").is_some_and(|mark| !mark.is_null()) && caches(model) {
                    blocks.push(json!({"cachePoint": {"type": "default"}}));
                }
            }
        }
        Some(_) => {
            return Err(Error::bad_request(
                "content is neither a text nor a list of parts",
            ));
        }
    }
    if message.get("cache_control").is_some_and(|mark| !mark.is_null()) && caches(model) && !blocks.is_empty()
    {
        blocks.push(json!({"cachePoint": {"type": "default"}}));
    }
    Ok(blocks)
}

fn text_block(text: &str) -> Option<Value> {
    (!text.trim().is_empty()).then(|| json!({"text": text}))
}

fn part(part: &Value) -> Result<Option<Value>> {
    let text = |pointer: &str| part.pointer(pointer).and_then(Value::as_str);
    if let Some(text) = text("/text").or_else(|| part.as_str()) {
        return Ok(text_block(text));
    }
    let data = match text("/type").unwrap_or_default() {
        "image_url" | "video_url" => text("/image_url/url")
            .or_else(|| text("/image_url"))
            .or_else(|| text("/video_url/url"))
            .or_else(|| text("/video_url")),
        "file" => text("/file/file_data").or_else(|| text("/file/file_id")),
        "guarded_text" => {
            return Ok(text("/text").map(|text| json!({"guardContent": {"text": {"text": text}}})));
        }
        // Converse's own blocks pass as they are.
        "" => return Ok(Some(part.clone())),
        other => {
            return Err(Error::bad_request(format!(
                "Bedrock takes no content part of type {other:?}"
            )));
        }
    };
    data.ok_or_else(|| Error::bad_request("a content part has no data"))
        .and_then(media)
        .map(Some)
}

fn media(data: &str) -> Result<Value> {
    if data.starts_with("http") {
        return Err(Error::new(
            ErrorKind::ImageFetch,
            "Bedrock fetches no URLs; pass the file as a data: URL with base64",
        )
        .with_status(400));
    }
    let parsed = data
        .strip_prefix("data:")
        .and_then(|rest| rest.split_once(";base64,"));
    let Some((kind, bytes)) = parsed else {
        return Err(Error::bad_request("a file is not a data: URL with base64"));
    };
    let kind = kind.split(';').next().unwrap_or_default();
    let (family, format) = kind.split_once('/').unwrap_or((kind, kind));
    match (family, format) {
        ("image", format) => {
            let format = if format == "jpg" { "jpeg" } else { format };
            Ok(json!({"image": {"format": format, "source": {"bytes": bytes}}}))
        }
        ("video", format) => {
            let format = match format {
                "quicktime" => "mov",
                "x-matroska" => "mkv",
                "3gpp" => "three_gp",
                other => other,
            };
            Ok(json!({"video": {"format": format, "source": {"bytes": bytes}}}))
        }
        (_, format) => {
            let format = match format {
                "plain" => "txt",
                "markdown" => "md",
                "msword" => "doc",
                "vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
                "vnd.ms-excel" => "xls",
                "vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
                known @ ("pdf" | "csv" | "html") => known,
                other => {
                    return Err(Error::bad_request(format!(
                        "Bedrock takes no document of type {other:?}"
                    )));
                }
            };
            // Named by its content, so that the same input gives the same bytes.
            let hash = aws::short_hash(bytes);
            let name = format!("DocumentPDFmessages_{hash}_{format}");
            Ok(json!({"document": {"source": {"bytes": bytes}, "format": format, "name": name}}))
        }
    }
}
