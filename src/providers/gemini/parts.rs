//! Parts of a user's message: text, and media by value or by reference.

use serde_json::{Map, Value, json};
use url::Url;

use crate::error::{Error, ErrorKind, Result};
use crate::media::{Remote, kind};
use crate::resolve::Target;

/// Which URLs the host reaches by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Places {
    /// Its own files and YouTube.
    Own,
    /// Cloud Storage and whatever is public besides.
    Public,
}

impl Places {
    pub(crate) fn of(target: &Target) -> Self {
        if target.provider.name.starts_with("vertex_ai") {
            Self::Public
        } else {
            Self::Own
        }
    }
}

/// Reads `content`; `resolution` takes the finest detail an image asks for.
pub(crate) fn read(
    content: &Value,
    places: Places,
    resolution: &mut Option<&'static str>,
) -> Result<Vec<Value>> {
    match content {
        Value::Null => Ok(Vec::new()),
        Value::String(text) if text.is_empty() => Ok(Vec::new()),
        Value::String(text) => Ok(vec![json!({"text": text})]),
        Value::Array(parts) => {
            let read = parts.iter().map(|part| one(part, places, resolution));
            read.filter_map(Result::transpose).collect()
        }
        _ => Err(Error::bad_request("content is neither text nor a list of parts")),
    }
}

fn one(part: &Value, places: Places, resolution: &mut Option<&'static str>) -> Result<Option<Value>> {
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
            media(&url, text(image, "format"), places).map(Some)
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
            let mut read = media(&url, text(file, "format"), places)?;
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
pub(crate) fn media(url: &str, format: Option<String>, places: Places) -> Result<Value> {
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
    // The Files API names its files so, too.
    let whole;
    let url = match url.strip_prefix("files/") {
        Some(name) if places == Places::Own => {
            whole = format!("{FILES}{name}");
            whole.as_str()
        }
        _ => url,
    };
    // A bucket says nothing of what is in it, so what the name tells is said.
    let named = || Url::parse(url).ok().and_then(|url| kind::of_name(&url));
    let format = format.or_else(|| named().map(str::to_owned));
    if fetched_by_google(url) || (places == Places::Public && url.starts_with("http")) {
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

/// Where the Files API keeps what was uploaded.
const FILES: &str = "https://generativelanguage.googleapis.com/v1beta/files/";

/// Whether a file may be named by its address: one that Google reads, of a kind that is known.
pub(super) fn takes_address(target: &Target, file: &Remote<'_>) -> bool {
    if fetched_by_google(file.url) {
        return true;
    }
    let named = || Url::parse(file.url).ok().and_then(|url| kind::of_name(&url));
    Places::of(target) == Places::Public && (file.format.is_some() || named().is_some())
}

/// Addresses that Google reads itself: its buckets, its Files API, its videos.
fn fetched_by_google(url: &str) -> bool {
    const PLACES: &[&str] = &[
        "gs://",
        "https://generativelanguage.googleapis.com/",
        "https://www.youtube.com/",
        "https://youtu.be/",
    ];
    PLACES.iter().any(|place| url.starts_with(place))
}
