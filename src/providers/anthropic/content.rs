//! Parts of a message: text, images, documents.

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};

/// Stands where the dialect refuses to have nothing said.
const NOTHING: &str = "[no content]";

/// The blocks of a user's message.
pub(super) fn user(content: Option<Value>, cache: Option<Value>) -> Result<Vec<Value>> {
    let mut blocks = match content {
        Some(Value::String(text)) if !text.trim().is_empty() => vec![text_block(text)],
        Some(Value::Array(items)) => parts(items)?,
        None | Some(Value::Null | Value::String(_)) => Vec::new(),
        Some(_) => return Err(Error::bad_request("content is neither text nor a list of parts")),
    };
    if blocks.is_empty() {
        blocks.push(text_block(NOTHING.to_owned()));
    }
    cached(blocks.last_mut(), cache);
    Ok(blocks)
}

/// A list of parts, without those that say nothing.
pub(super) fn parts(items: Vec<Value>) -> Result<Vec<Value>> {
    let mut blocks = Vec::with_capacity(items.len());
    for item in items {
        blocks.extend(part(item)?);
    }
    Ok(blocks)
}

/// A block of text.
pub(super) fn text_block(text: String) -> Value {
    json!({"type": "text", "text": text})
}

/// Marks a block for the cache, unless it is marked already.
pub(super) fn cached(block: Option<&mut Value>, cache: Option<Value>) {
    if let (Some(Value::Object(block)), Some(cache)) = (block, cache.filter(|cache| !cache.is_null())) {
        block.entry("cache_control").or_insert(cache);
    }
}

fn part(item: Value) -> Result<Option<Value>> {
    let mut item = match item {
        Value::String(text) => return Ok((!text.trim().is_empty()).then(|| text_block(text))),
        Value::Object(item) => item,
        _ => return Err(Error::bad_request("a content part is neither an object nor text")),
    };
    let kind = item
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let mut block = match kind.as_str() {
        "text" | "input_text" | "output_text" => match item.shift_remove("text") {
            Some(Value::String(text)) if !text.trim().is_empty() => text_block(text),
            _ => return Ok(None),
        },
        "refusal" => match item.shift_remove("refusal") {
            Some(Value::String(text)) if !text.trim().is_empty() => text_block(text),
            _ => return Ok(None),
        },
        "image_url" => image(item.shift_remove("image_url"))?,
        "file" => file(item.shift_remove("file"))?,
        "input_audio" | "audio" | "audio_url" | "video_url" => {
            return Err(Error::bad_request(format!(
                "anthropic does not take content of type {kind:?}"
            )));
        }
        // A block of the dialect's own.
        _ => return Ok(Some(Value::Object(item))),
    };
    if let Some(block) = block.as_object_mut() {
        for name in ["cache_control", "title", "context", "citations"] {
            if let Some(value) = item.shift_remove(name).filter(|value| !value.is_null()) {
                block.insert(name.to_owned(), value);
            }
        }
    }
    Ok(Some(block))
}

fn image(image: Option<Value>) -> Result<Value> {
    let (url, format) = match image {
        Some(Value::String(url)) => (url, None),
        Some(Value::Object(mut image)) => (
            text(&mut image, "url").unwrap_or_default(),
            text(&mut image, "format"),
        ),
        _ => (String::new(), None),
    };
    located(&url, format.as_deref(), "image")
        .ok_or_else(|| Error::bad_request("image_url is neither a base64 data URL nor an http(s) URL"))
}

/// A block for a data URL or an address; `usual` is what it is when nothing says otherwise.
fn located(url: &str, format: Option<&str>, usual: &'static str) -> Option<Value> {
    if let Some(rest) = url.strip_prefix("data:") {
        let (head, data) = rest.split_once(',')?;
        let media = head.strip_suffix(";base64")?;
        let media = format.unwrap_or_else(|| media.split(';').next().unwrap_or(media));
        return Some(
            json!({"type": block_for(media), "source": {"type": "base64", "media_type": media, "data": data}}),
        );
    }
    let address = url.starts_with("https://") || url.starts_with("http://");
    address.then(|| json!({"type": format.map_or(usual, block_for), "source": {"type": "url", "url": url}}))
}

fn block_for(media: &str) -> &'static str {
    if media.starts_with("image/") {
        "image"
    } else {
        "document"
    }
}

fn file(file: Option<Value>) -> Result<Value> {
    let Some(Value::Object(mut file)) = file else {
        return Err(Error::bad_request("file is not an object"));
    };
    let format = text(&mut file, "format");
    let named = text(&mut file, "file_id");
    if let Some(data) = text(&mut file, "file_data") {
        return located(&data, format.as_deref(), "document")
            .ok_or_else(|| Error::bad_request("file.file_data is not a base64 data URL"));
    }
    let Some(id) = named else {
        return Err(Error::bad_request("file has neither file_data nor file_id"));
    };
    if let Some(block) = located(&id, format.as_deref(), "document") {
        return Ok(block);
    }
    Ok(match format {
        Some(format) => json!({"type": block_for(&format), "source": {"type": "file", "file_id": id}}),
        None => json!({"type": "container_upload", "file_id": id}),
    })
}

fn text(map: &mut Map<String, Value>, name: &str) -> Option<String> {
    match map.shift_remove(name) {
        Some(Value::String(text)) if !text.is_empty() => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_and_files() {
        let one = |item: Value| part(item).unwrap().unwrap();
        assert_eq!(
            one(json!({"type": "image_url", "image_url": "https://a/b.png"})),
            json!({"type": "image", "source": {"type": "url", "url": "https://a/b.png"}})
        );
        assert_eq!(
            one(
                json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,AA==", "detail": "low"}, "cache_control": {"type": "ephemeral"}})
            ),
            json!({"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}, "cache_control": {"type": "ephemeral"}})
        );
        assert_eq!(
            one(json!({"type": "file", "file": {"file_data": "data:application/pdf;base64,AA=="}})),
            json!({"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "AA=="}})
        );
        assert_eq!(
            one(json!({"type": "file", "file": {"file_id": "file-1"}})),
            json!({"type": "container_upload", "file_id": "file-1"})
        );
        assert!(part(json!({"type": "input_audio", "input_audio": {}})).is_err());
    }
}
