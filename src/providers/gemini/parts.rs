//! Parts of a user's message: text, and media by value or by reference.

use serde_json::{Map, Value, json};

use crate::error::{Error, ErrorKind, Result};

/// Reads `content`; `resolution` takes the finest detail an image asks for.
pub(super) fn read(content: &Value, resolution: &mut Option<&'static str>) -> Result<Vec<Value>> {
    match content {
        Value::Null => Ok(Vec::new()),
        Value::String(text) if text.is_empty() => Ok(Vec::new()),
        Value::String(text) => Ok(vec![json!({"text": text})]),
        Value::Array(parts) => {
            let read = parts.iter().map(|part| one(part, resolution));
            read.filter_map(Result::transpose).collect()
        }
        _ => Err(Error::bad_request("content is neither text nor a list of parts")),
    }
}

fn one(part: &Value, resolution: &mut Option<&'static str>) -> Result<Option<Value>> {
    if let Some(text) = part.as_str() {
        return Ok(Some(json!({"text": text})));
    }
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    match part.get("type").and_then(Value::as_str) {
        Some("text") => Ok(text(part, "text")
            .filter(|text| !text.is_empty())
            .map(|text| json!({"text": text}))),
        Some(kind @ ("image_url" | "video_url" | "audio_url")) => {
            let image = part.get(kind).unwrap_or(&Value::Null);
            let url = image.as_str().map(str::to_owned).or_else(|| text(image, "url"));
            let url = url.ok_or_else(|| Error::bad_request(format!("a part of type {kind} has no url")))?;
            *resolution = match text(image, "detail").as_deref() {
                Some("low") => (*resolution).or(Some("MEDIA_RESOLUTION_LOW")),
                Some("medium") if *resolution != Some("MEDIA_RESOLUTION_HIGH") => {
                    Some("MEDIA_RESOLUTION_MEDIUM")
                }
                Some("high" | "ultra_high") => Some("MEDIA_RESOLUTION_HIGH"),
                _ => *resolution,
            };
            media(&url, text(image, "format")).map(Some)
        }
        Some("input_audio") => {
            let audio = part.get("input_audio").unwrap_or(&Value::Null);
            let data = text(audio, "data").ok_or_else(|| Error::bad_request("input_audio has no data"))?;
            let format = text(audio, "format").unwrap_or_else(|| "wav".to_owned());
            Ok(Some(
                json!({"inline_data": {"mime_type": format!("audio/{format}"), "data": data}}),
            ))
        }
        Some("file") => {
            let file = part.get("file").unwrap_or(&Value::Null);
            let url = text(file, "file_data").or_else(|| text(file, "file_id"));
            let url =
                url.ok_or_else(|| Error::bad_request("a file part has neither file_data nor file_id"))?;
            let mut read = media(&url, text(file, "format"))?;
            if let (Some(video), Some(read)) = (file.get("video_metadata"), read.as_object_mut()) {
                read.insert("video_metadata".to_owned(), video.clone());
            }
            Ok(Some(read))
        }
        kind => Err(Error::bad_request(format!(
            "a content part of type {kind:?} is none that Gemini takes"
        ))),
    }
}

/// A `data:` URL by value, what Google can reach itself by reference.
pub(super) fn media(url: &str, format: Option<String>) -> Result<Value> {
    if let Some(rest) = url.strip_prefix("data:") {
        let (head, data) = rest
            .split_once(',')
            .ok_or_else(|| Error::bad_request("a data URL has no comma"))?;
        let kind = head
            .strip_suffix(";base64")
            .ok_or_else(|| Error::bad_request("a data URL is not in base64"))?;
        let kind = format.unwrap_or_else(|| kind.split(';').next().unwrap_or_default().to_owned());
        if kind.is_empty() {
            return Err(Error::bad_request(
                "a data URL names no media type; say it in `format`",
            ));
        }
        return Ok(json!({"inline_data": {"data": data, "mime_type": kind}}));
    }
    if fetched_by_google(url) {
        let mut file = Map::new();
        file.insert("file_uri".to_owned(), url.into());
        if let Some(format) = format {
            file.insert("mime_type".to_owned(), format.into());
        }
        return Ok(json!({"file_data": file}));
    }
    Err(Error::new(
        ErrorKind::ImageFetch,
        "Gemini does not fetch this URL; pass an http(s) URL or the file as a data URL",
    )
    .with_status(400))
}

/// Addresses that Google reads itself: its buckets, its Files API, its videos.
pub(super) fn fetched_by_google(url: &str) -> bool {
    const PLACES: &[&str] = &[
        "gs://",
        "https://generativelanguage.googleapis.com/",
        "https://www.youtube.com/",
        "https://youtu.be/",
    ];
    PLACES.iter().any(|place| url.starts_with(place))
}
