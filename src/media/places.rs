//! Where a request's messages name files by their addresses.

use serde_json::{Map, Value, json};

/// What a file is named as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// An image; people pass other media so, too.
    Image,
    /// A video.
    Video,
    /// Sound.
    Audio,
    /// Any file.
    File,
}

/// A file at an `http(s)` address, as a message names it.
#[derive(Debug, Clone)]
pub struct Remote<'a> {
    /// The address.
    pub url: &'a str,
    /// What it is named as.
    pub part: Part,
    /// Its media type, where the caller says it.
    pub format: Option<String>,
}

impl Remote<'_> {
    /// What the file probably is, as long as it has not been seen.
    pub(super) fn kind_without_content(&self) -> &str {
        if let Some(format) = &self.format {
            return format;
        }
        let by_name = url::Url::parse(self.url).ok();
        let by_name = by_name.and_then(|url| super::kind::of_name(&url));
        by_name.unwrap_or(match self.part {
            Part::Image => "image/png",
            Part::Video => "video/mp4",
            Part::Audio => "audio/wav",
            Part::File => "application/pdf",
        })
    }
}

/// The place of an address.
pub(super) enum Slot<'a> {
    /// OpenAI's: a text that may be a `data:` URL as well.
    Text(&'a mut Value),
    /// Anthropic's: a source of type `url` that becomes one of type `base64`.
    Source(&'a mut Map<String, Value>),
}

impl Slot<'_> {
    /// Puts a file in the place of its address.
    pub(super) fn put(self, kind: &str, base64: &str) {
        match self {
            Self::Text(text) => *text = Value::String(format!("data:{kind};base64,{base64}")),
            Self::Source(source) => {
                source.clear();
                source.insert("type".to_owned(), json!("base64"));
                source.insert("media_type".to_owned(), json!(kind));
                source.insert("data".to_owned(), json!(base64));
            }
        }
    }
}

/// Shows every remote file of the messages, in order.
pub(super) fn visit(messages: &mut [Value], see: &mut dyn FnMut(Remote<'_>, Slot<'_>)) {
    for message in messages {
        if let Some(parts) = message.get_mut("content").and_then(Value::as_array_mut) {
            parts.iter_mut().for_each(|part| visit_part(part, see));
        }
    }
}

fn visit_part(part: &mut Value, see: &mut dyn FnMut(Remote<'_>, Slot<'_>)) {
    let Some(part) = part.as_object_mut() else { return };
    let kind = part.get("type").and_then(Value::as_str).unwrap_or_default();
    let (name, kind) = match kind {
        "image_url" => ("image_url", Part::Image),
        "video_url" => ("video_url", Part::Video),
        "audio_url" => ("audio_url", Part::Audio),
        "document_url" => ("document_url", Part::File),
        "file" => ("file", Part::File),
        "image" => ("source", Part::Image),
        "document" => ("source", Part::File),
        // A result of Anthropic's own shape.
        "tool_result" => {
            if let Some(parts) = part.get_mut("content").and_then(Value::as_array_mut) {
                parts.iter_mut().for_each(|part| visit_part(part, see));
            }
            return;
        }
        _ => return,
    };
    match part.get_mut(name) {
        Some(text @ Value::String(_)) => show(text, None, kind, see),
        Some(Value::Object(object)) if name == "source" => {
            let url = object
                .get("url")
                .and_then(Value::as_str)
                .filter(|url| is_remote(url));
            if let Some(url) = url.map(str::to_owned) {
                let file = Remote {
                    url: &url,
                    part: kind,
                    format: None,
                };
                see(file, Slot::Source(object));
            }
        }
        Some(Value::Object(object)) => {
            let format = object.get("format").and_then(Value::as_str);
            let format = format.filter(|format| format.contains('/')).map(str::to_owned);
            let data = object.get("file_data").is_some_and(|data| !data.is_null());
            let name = match name {
                "file" if data => "file_data",
                "file" => "file_id",
                _ => "url",
            };
            if let Some(text) = object.get_mut(name) {
                show(text, format, kind, see);
            }
            // By value there is no id any more.
            if name == "file_id"
                && object
                    .get(name)
                    .and_then(Value::as_str)
                    .is_some_and(|id| id.starts_with("data:"))
                && let Some(data) = object.shift_remove(name)
            {
                object.insert("file_data".to_owned(), data);
            }
        }
        _ => {}
    }
}

fn show(text: &mut Value, format: Option<String>, part: Part, see: &mut dyn FnMut(Remote<'_>, Slot<'_>)) {
    if let Some(url) = text.as_str().filter(|url| is_remote(url)).map(str::to_owned) {
        let file = Remote {
            url: &url,
            part,
            format,
        };
        see(file, Slot::Text(text));
    }
}

fn is_remote(url: &str) -> bool {
    let starts = |scheme: &str| {
        url.trim_start()
            .get(..scheme.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    starts("http://") || starts("https://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_in_which_a_file_is_named() {
        let mut messages = vec![
            json!({"role": "system", "content": "https://a/not-a-part"}),
            json!({"role": "user", "content": [
                "https://a/text", {"type": "text", "text": "https://a/text"},
                {"type": "image_url", "image_url": "https://a/1.png"},
                {"type": "image_url", "image_url": {"url": "HTTPS://a/2", "format": "image/webp", "detail": "low"}},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}},
                {"type": "video_url", "video_url": {"url": "http://a/3.mp4"}},
                {"type": "file", "file": {"file_data": "https://a/4.pdf"}},
                {"type": "file", "file": {"file_id": "https://a/5.csv", "format": "text/csv"}},
                {"type": "file", "file": {"file_id": "file-6"}},
                {"type": "image", "source": {"type": "url", "url": "https://a/7"}},
            ]}),
            json!({"role": "user", "content": [{"type": "tool_result", "tool_use_id": "t", "content": [
                {"type": "image", "source": {"type": "url", "url": "https://a/8.gif"}}]}]}),
        ];
        let mut seen = Vec::new();
        visit(&mut messages, &mut |file, slot| {
            let kind = file.kind_without_content().to_owned();
            slot.put(&kind, "AAAA");
            seen.push((file.url.to_owned(), kind));
        });
        let seen: Vec<(&str, &str)> = seen
            .iter()
            .map(|(url, kind)| (url.as_str(), kind.as_str()))
            .collect();
        assert_eq!(
            seen,
            [
                ("https://a/1.png", "image/png"),
                ("HTTPS://a/2", "image/webp"),
                ("http://a/3.mp4", "video/mp4"),
                ("https://a/4.pdf", "application/pdf"),
                ("https://a/5.csv", "text/csv"),
                ("https://a/7", "image/png"),
                ("https://a/8.gif", "image/gif"),
            ]
        );
        let parts = &messages[1]["content"];
        assert_eq!(parts[0], "https://a/text");
        assert_eq!(parts[3]["image_url"]["url"], "data:image/webp;base64,AAAA");
        assert_eq!(parts[3]["image_url"]["detail"], "low");
        assert_eq!(
            parts[7]["file"],
            json!({"format": "text/csv", "file_data": "data:text/csv;base64,AAAA"})
        );
        assert_eq!(
            messages[2]["content"][0]["content"][0]["source"],
            json!({"type": "base64", "media_type": "image/gif", "data": "AAAA"})
        );
    }
}
