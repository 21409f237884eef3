//! Files: OpenAI's data URLs, objects in S3 and Anthropic's sources as Converse's image, video, audio and document blocks.

use std::borrow::Cow;

use serde_json::{Map, Value, json};

use crate::auth::aws;
use crate::error::{Error, ErrorKind, Result};

const IMAGES: &[&str] = &["png", "jpeg", "gif", "webp"];
const VIDEOS: &[&str] = &[
    "mkv", "mov", "mp4", "webm", "flv", "mpeg", "mpg", "wmv", "three_gp",
];
const SOUNDS: &[&str] = &[
    "mp3", "opus", "wav", "aac", "flac", "mp4", "ogg", "mkv", "mka", "x-aac", "m4a", "mpeg", "mpga", "pcm",
    "webm",
];
const DOCUMENTS: &[&str] = &["pdf", "csv", "doc", "docx", "xls", "xlsx", "html", "txt", "md"];
/// Documents are named by as much of their content.
const NAMED_BY: usize = 64 * 1024;

/// A file: its bytes or its place, what it is, and what more a document may say.
#[derive(Default)]
pub(super) struct File<'a> {
    /// A `data:` URL, an `s3://` place, or base64 alone where `kind` says what it is.
    pub data: &'a str,
    /// MIME type or extension; wins over what the data say.
    pub kind: Option<&'a str>,
    /// Of a document.
    pub title: Option<&'a str>,
    /// Of a document.
    pub context: Option<&'a Value>,
    /// Of a document: `{"enabled": true}`.
    pub citations: Option<&'a Value>,
}

impl File<'_> {
    /// The block.
    ///
    /// # Errors
    /// `BadRequest` for what Converse has no block for, `ImageFetch` for an address.
    pub(super) fn block(&self) -> Result<Value> {
        let (mime, source) = self.source()?;
        let kind = self.kind.map_or(mime, str::to_owned).to_ascii_lowercase();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        let (family, format) = match kind.split_once('/') {
            Some((family, format)) => (Some(family), format),
            None => (family_of(kind), kind),
        };
        match family {
            Some("image") => block("image", renamed(format), IMAGES, source),
            Some("video") => block("video", renamed(format), VIDEOS, source),
            Some("audio") => block("audio", renamed(format), SOUNDS, source),
            _ => self.document(document_format(format), source),
        }
    }

    /// What the file is by its own account, and where its bytes are.
    fn source(&self) -> Result<(String, Value)> {
        let data = self.data.trim();
        if data.starts_with("s3://") {
            let extension = data.rsplit_once('.').map_or("", |(_, extension)| extension);
            return Ok((extension.to_owned(), json!({"s3Location": {"uri": data}})));
        }
        if data.starts_with("http://") || data.starts_with("https://") {
            return Err(Error::new(
                ErrorKind::ImageFetch,
                "Bedrock fetches no URLs; pass the file as a data: URL with base64",
            )
            .with_status(400));
        }
        match data.strip_prefix("data:").map(|rest| rest.split_once(";base64,")) {
            Some(Some((kind, bytes))) => Ok((kind.to_owned(), json!({"bytes": without_space(bytes)}))),
            None if self.kind.is_some() && !data.is_empty() => {
                Ok((String::new(), json!({"bytes": without_space(data)})))
            }
            _ => Err(Error::bad_request(
                "a file is neither a data: URL with base64 nor an s3:// place",
            )),
        }
    }

    fn document(&self, format: &str, source: Value) -> Result<Value> {
        if !DOCUMENTS.contains(&format) {
            return Err(unknown("document", format, DOCUMENTS));
        }
        let mut document = Map::new();
        let name = match self.title.map(neutral).filter(|title| !title.is_empty()) {
            Some(title) => title,
            None => name(&source, format),
        };
        document.insert("source".to_owned(), source);
        document.insert("format".to_owned(), json!(format));
        document.insert("name".to_owned(), Value::String(name));
        for (key, value) in [("context", self.context), ("citations", self.citations)] {
            if let Some(value) = value.filter(|value| !value.is_null()) {
                document.insert(key.to_owned(), value.clone());
            }
        }
        Ok(json!({"document": document}))
    }

    /// A document that is a text, or several.
    pub(super) fn written(&self, source: Value) -> Result<Value> {
        self.document("txt", source)
    }
}

fn block(family: &str, format: &str, known: &[&str], source: Value) -> Result<Value> {
    if !known.contains(&format) {
        return Err(unknown(family, format, known));
    }
    let mut inner = Map::new();
    inner.insert("format".to_owned(), json!(format));
    inner.insert("source".to_owned(), source);
    Ok(json!({family: inner}))
}

fn unknown(family: &str, format: &str, known: &[&str]) -> Error {
    let known = known.join(", ");
    Error::bad_request(format!(
        "Bedrock takes no {family} of type {format:?}; it takes {known}"
    ))
}

/// What a file is that only has an extension.
fn family_of(extension: &str) -> Option<&'static str> {
    let extension = renamed(extension);
    // A film has sound as well; where both know a format, it is a film.
    [("image", IMAGES), ("video", VIDEOS), ("audio", SOUNDS)]
        .into_iter()
        .find(|(_, known)| known.contains(&extension))
        .map(|(family, _)| family)
}

fn renamed(format: &str) -> &str {
    match format {
        "jpg" => "jpeg",
        "quicktime" => "mov",
        "x-matroska" => "mkv",
        "x-flv" => "flv",
        "x-ms-wmv" => "wmv",
        "3gpp" | "3gp" => "three_gp",
        "x-wav" | "wave" | "vnd.wave" => "wav",
        "x-m4a" => "m4a",
        "x-flac" => "flac",
        other => other,
    }
}

fn document_format(format: &str) -> &str {
    match format {
        "plain" => "txt",
        "markdown" | "x-markdown" => "md",
        "msword" => "doc",
        "vnd.openxmlformats-officedocument.wordprocessingml.document" => "docx",
        "vnd.ms-excel" => "xls",
        "vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "xlsx",
        other => other,
    }
}

/// The model reads a document's name, so it is made of the content, as Bedrock advises: neutral, and the same for the same
/// document.
fn name(source: &Value, format: &str) -> String {
    let bytes = source.get("bytes").and_then(Value::as_str);
    let content = bytes.map_or_else(|| Cow::Owned(source.to_string()), Cow::Borrowed);
    let mut end = NAMED_BY.min(content.len());
    while !content.is_char_boundary(end) {
        end -= 1;
    }
    let seed = format!("{}{}", content.get(..end).unwrap_or_default(), content.len());
    format!("DocumentPDFmessages_{}_{format}", aws::short_hash(&seed))
}

/// A title in the characters that a name may have.
fn neutral(title: &str) -> String {
    let allowed = |character: char| {
        if character.is_ascii_alphanumeric() || matches!(character, '-' | '(' | ')' | '[' | ']') {
            character
        } else {
            ' '
        }
    };
    let words: String = title.chars().map(allowed).collect();
    let words: Vec<&str> = words.split_whitespace().collect();
    words.join(" ").chars().take(200).collect()
}

fn without_space(base64: &str) -> String {
    if base64.bytes().any(|byte| byte.is_ascii_whitespace()) {
        base64.split_ascii_whitespace().collect()
    } else {
        base64.to_owned()
    }
}

/// Names of documents are unique in a request.
pub(super) fn name_apart(turns: &mut [Value]) {
    let mut seen = Vec::<String>::new();
    for turn in turns {
        name_apart_in(turn, &mut seen);
    }
}

fn name_apart_in(value: &mut Value, seen: &mut Vec<String>) {
    if let Some(document) = value.get_mut("document")
        && let Some(Value::String(name)) = document.get_mut("name")
    {
        let own = name.clone();
        let mut count = 1;
        while seen.contains(name) {
            count += 1;
            *name = format!("{own}-{count}");
        }
        seen.push(name.clone());
        return;
    }
    for key in ["content", "toolResult"] {
        match value.get_mut(key) {
            Some(Value::Array(blocks)) => blocks.iter_mut().for_each(|block| name_apart_in(block, seen)),
            Some(inner) => name_apart_in(inner, seen),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(data: &str, kind: Option<&str>) -> Result<Value> {
        File {
            data,
            kind,
            ..File::default()
        }
        .block()
    }

    #[test]
    fn every_family_by_mime_type_or_extension() {
        let cases = [
            (
                "data:image/jpg;base64,QQ==",
                None,
                json!({"image": {"format": "jpeg", "source": {"bytes": "QQ=="}}}),
            ),
            (
                "data:video/quicktime;base64,QQ==",
                None,
                json!({"video": {"format": "mov", "source": {"bytes": "QQ=="}}}),
            ),
            (
                "QQ==",
                Some("wav"),
                json!({"audio": {"format": "wav", "source": {"bytes": "QQ=="}}}),
            ),
            (
                "s3://b/a.png",
                None,
                json!({"image": {"format": "png", "source": {"s3Location": {"uri": "s3://b/a.png"}}}}),
            ),
            (
                "s3://b/a",
                Some("video/mp4"),
                json!({"video": {"format": "mp4", "source": {"s3Location": {"uri": "s3://b/a"}}}}),
            ),
        ];
        for (data, kind, expected) in cases {
            assert_eq!(block(data, kind).unwrap(), expected);
        }
        let document = block("data:text/plain;charset=utf-8;base64,aGk=", None).unwrap();
        assert_eq!(document["document"]["format"], "txt");
    }

    #[test]
    fn what_there_is_no_block_for_is_refused() {
        for (data, kind) in [
            ("data:image/svg+xml;base64,QQ==", None),
            ("data:application/zip;base64,QQ==", None),
            ("data:image/png,raw", None),
            ("QQ==", None),
            ("", Some("pdf")),
        ] {
            assert_eq!(
                block(data, kind).unwrap_err().kind(),
                ErrorKind::BadRequest,
                "{data}"
            );
        }
        assert_eq!(
            block("https://h/a.png", None).unwrap_err().kind(),
            ErrorKind::ImageFetch
        );
    }

    #[test]
    fn documents_are_named_by_their_content_and_apart() {
        let one = block("data:application/pdf;base64,JVBERi0xLjQK", None).unwrap();
        assert_eq!(
            one["document"]["name"],
            "DocumentPDFmessages_f88c515887406f64_pdf"
        );
        let mut turns = [json!({"role": "user", "content": [one, {"toolResult": {"content": [one]}}]})];
        name_apart(&mut turns);
        let name = &turns[0]["content"][1]["toolResult"]["content"][0]["document"]["name"];
        assert_eq!(name, "DocumentPDFmessages_f88c515887406f64_pdf-2");
        assert_eq!(neutral("Q3  report_v2 (final).pdf"), "Q3 report v2 (final) pdf");
    }
}
