//! Parts of a user's message: text, and media by value or by reference.

use serde_json::{Map, Value, json};
use url::Url;

use crate::error::{Error, ErrorKind, Result};
use crate::media::{Remote, kind};
use crate::resolve::Target;

/// What matters about a model and its host when files are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Host {
    /// Whether it reaches whatever is public, beside Google's own places.
    pub public: bool,
    /// Whether every part has a resolution of its own, rather than the request one for all.
    pub own_resolutions: bool,
}

impl Host {
    pub(crate) fn of(target: &Target) -> Self {
        Self {
            public: target.provider.name.starts_with("vertex_ai"),
            own_resolutions: super::generation(&target.model) >= 3,
        }
    }
}

/// How finely an image is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    Low,
    Medium,
    High,
    UltraHigh,
}

impl Level {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Low => "MEDIA_RESOLUTION_LOW",
            Self::Medium => "MEDIA_RESOLUTION_MEDIUM",
            Self::High => "MEDIA_RESOLUTION_HIGH",
            Self::UltraHigh => "MEDIA_RESOLUTION_ULTRA_HIGH",
        }
    }
}

/// OpenAI's `detail`, and Google's two more.
fn level(detail: &str) -> Option<Level> {
    Some(match detail {
        "low" => Level::Low,
        "medium" => Level::Medium,
        "high" => Level::High,
        "ultra_high" => Level::UltraHigh,
        _ => return None,
    })
}

/// Reads `content`; `resolution` takes the finest detail an image asks for.
pub(crate) fn read(content: &Value, host: Host, resolution: &mut Option<Level>) -> Result<Vec<Value>> {
    match content {
        Value::Null => Ok(Vec::new()),
        Value::String(text) if text.is_empty() => Ok(Vec::new()),
        Value::String(text) => Ok(vec![json!({"text": text})]),
        Value::Array(parts) => {
            let read = parts.iter().map(|part| one(part, host, resolution));
            read.filter_map(Result::transpose).collect()
        }
        _ => Err(Error::bad_request("content is neither text nor a list of parts")),
    }
}

fn one(part: &Value, host: Host, resolution: &mut Option<Level>) -> Result<Option<Value>> {
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
            let mut read = media(&url, text(image, "format"), host)?;
            let detail = text(image, "detail");
            if let Some(level) = detail.as_deref().and_then(level) {
                if !host.own_resolutions {
                    // One for all: the finest that is asked for, and no finer than there is.
                    *resolution = (*resolution).max(Some(level.min(Level::High)));
                } else if let Some(read) = read.as_object_mut() {
                    read.insert("media_resolution".to_owned(), json!({"level": level.name()}));
                }
            }
            Ok(Some(read))
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
            let mut read = media(&url, text(file, "format"), host)?;
            if let (Some(Value::Object(video)), Some(read)) =
                (file.get("video_metadata"), read.as_object_mut())
            {
                let spelt = |name: &str| match name {
                    "start_offset" => "startOffset".to_owned(),
                    "end_offset" => "endOffset".to_owned(),
                    other => other.to_owned(),
                };
                let video: Map<String, Value> = video
                    .iter()
                    .map(|(name, value)| (spelt(name), value.clone()))
                    .collect();
                read.insert("video_metadata".to_owned(), Value::Object(video));
            }
            Ok(Some(read))
        }
        kind => Err(Error::bad_request(format!(
            "a content part of type {kind:?} is none that Gemini takes"
        ))),
    }
}

/// A `data:` URL by value, what Google can reach itself by reference.
pub(crate) fn media(url: &str, format: Option<String>, host: Host) -> Result<Value> {
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
        Some(name) if !host.public => {
            whole = format!("{FILES}{name}");
            whole.as_str()
        }
        _ => url,
    };
    // A bucket says nothing of what is in it, so what the name tells is said.
    let named = || Url::parse(url).ok().and_then(|url| kind::of_name(&url));
    let format = format.or_else(|| named().map(str::to_owned));
    if fetched_by_google(url) || (host.public && url.starts_with("http")) {
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
    Host::of(target).public && (file.format.is_some() || named().is_some())
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

#[cfg(test)]
mod tests {
    use super::*;

    const OLDER: Host = Host {
        public: false,
        own_resolutions: false,
    };
    const NEWER: Host = Host {
        own_resolutions: true,
        ..OLDER
    };

    fn image(detail: &str) -> Value {
        json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,AA==", "detail": detail}})
    }

    #[test]
    fn a_resolution_for_all_or_for_each() {
        let two = json!([image("low"), image("ultra_high")]);
        let mut resolution = None;
        let parts = read(&two, OLDER, &mut resolution).unwrap();
        assert_eq!(
            (resolution, parts[0].get("media_resolution")),
            (Some(Level::High), None)
        );
        resolution = None;
        let parts = read(&two, NEWER, &mut resolution).unwrap();
        assert_eq!(resolution, None);
        assert_eq!(
            parts[1]["media_resolution"],
            json!({"level": "MEDIA_RESOLUTION_ULTRA_HIGH"})
        );
    }

    #[test]
    fn files_in_googles_places_are_named() {
        let file = |id: &str| {
            let part = json!([{"type": "file", "file": {"file_id": id, "video_metadata": {"fps": 2, "start_offset": "1s"}}}]);
            read(&part, OLDER, &mut None).map(|parts| parts[0].clone())
        };
        assert_eq!(
            file("gs://b/a.mp4").unwrap(),
            json!({"file_data": {"file_uri": "gs://b/a.mp4", "mime_type": "video/mp4"}, "video_metadata": {"fps": 2, "startOffset": "1s"}})
        );
        assert_eq!(
            file("files/x").unwrap()["file_data"]["file_uri"],
            format!("{FILES}x")
        );
        assert_eq!(
            file("https://example.com/a.mp4").unwrap_err().kind(),
            ErrorKind::ImageFetch
        );
    }
}
