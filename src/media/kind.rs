//! What a file is: by its content where that is beyond doubt, else by its server's word, else by its name.

use url::Url;

/// Media types by the ends of names.
const NAMES: &[(&str, &str)] = &[
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("gif", "image/gif"),
    ("webp", "image/webp"),
    ("bmp", "image/bmp"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("heic", "image/heic"),
    ("heif", "image/heif"),
    ("avif", "image/avif"),
    ("svg", "image/svg+xml"),
    ("pdf", "application/pdf"),
    ("txt", "text/plain"),
    ("md", "text/markdown"),
    ("csv", "text/csv"),
    ("html", "text/html"),
    ("htm", "text/html"),
    ("json", "application/json"),
    ("xml", "application/xml"),
    ("doc", "application/msword"),
    (
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    ("xls", "application/vnd.ms-excel"),
    (
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    ("mp4", "video/mp4"),
    ("mov", "video/quicktime"),
    ("mkv", "video/x-matroska"),
    ("webm", "video/webm"),
    ("mpeg", "video/mpeg"),
    ("mpg", "video/mpeg"),
    ("wmv", "video/x-ms-wmv"),
    ("flv", "video/x-flv"),
    ("3gp", "video/3gpp"),
    ("mp3", "audio/mpeg"),
    ("wav", "audio/wav"),
    ("flac", "audio/flac"),
    ("ogg", "audio/ogg"),
    ("aac", "audio/aac"),
    ("m4a", "audio/mp4"),
    ("aiff", "audio/aiff"),
];

/// The media type of a file.
pub(super) fn of(declared: Option<&str>, url: &Url, content: &[u8]) -> Option<String> {
    if let Some(kind) = of_content(content) {
        return Some(kind.to_owned());
    }
    let declared = declared.map(|kind| kind.split(';').next().unwrap_or(kind).trim().to_ascii_lowercase());
    // What servers say of files they know nothing about.
    let declared = declared.filter(|kind| {
        kind.contains('/') && !matches!(&**kind, "application/octet-stream" | "binary/octet-stream")
    });
    match declared.as_deref() {
        Some("image/jpg" | "image/pjpeg") => Some("image/jpeg".to_owned()),
        // Plain text is the guess of many a server for a CSV or a Markdown file.
        Some("text/plain") => Some(
            of_name(url)
                .filter(|kind| kind.starts_with("text/"))
                .unwrap_or("text/plain")
                .to_owned(),
        ),
        Some(_) => declared,
        None => of_name(url).map(str::to_owned),
    }
}

/// Whether a file of this type can stand where an image, a video or a sound is expected.
pub(super) fn is_media(kind: &str) -> bool {
    ["image/", "video/", "audio/"]
        .iter()
        .any(|family| kind.starts_with(family))
        || kind == "application/pdf"
}

/// By the end of the name.
pub(crate) fn of_name(url: &Url) -> Option<&'static str> {
    let (_, end) = url.path().rsplit('/').next()?.rsplit_once('.')?;
    NAMES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(end))
        .map(|(_, kind)| *kind)
}

/// By the first bytes, for formats that cannot be mistaken.
fn of_content(content: &[u8]) -> Option<&'static str> {
    let at = |from: usize, bytes: &[u8]| content.get(from..from + bytes.len()) == Some(bytes);
    const START: &[(&[u8], &str)] = &[
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF87a", "image/gif"),
        (b"GIF89a", "image/gif"),
        (b"%PDF-", "application/pdf"),
        (b"fLaC", "audio/flac"),
        (b"OggS", "audio/ogg"),
        (b"ID3", "audio/mpeg"),
    ];
    if let Some((_, kind)) = START.iter().find(|(start, _)| content.starts_with(start)) {
        return Some(kind);
    }
    if at(0, b"RIFF") {
        return match content.get(8..12) {
            Some(b"WEBP") => Some("image/webp"),
            Some(b"WAVE") => Some("audio/wav"),
            _ => None,
        };
    }
    if at(4, b"ftyp") {
        return match content.get(8..12) {
            Some(b"avif" | b"avis") => Some("image/avif"),
            Some(b"heic" | b"heix") => Some("image/heic"),
            Some(b"mif1" | b"msf1") => Some("image/heif"),
            Some(b"qt  ") => Some("video/quicktime"),
            Some(b"M4A ") => Some("audio/mp4"),
            _ => Some("video/mp4"),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_before_word_before_name() {
        let kind = |declared, url: &str, content: &[u8]| of(declared, &Url::parse(url).unwrap(), content);
        assert_eq!(
            kind(Some("image/jpeg"), "http://a/x.gif", b"\x89PNG\r\n\x1a\n..").as_deref(),
            Some("image/png")
        );
        assert_eq!(
            kind(Some("Image/JPG; q=1"), "http://a/x.gif", b"?").as_deref(),
            Some("image/jpeg")
        );
        assert_eq!(
            kind(Some("application/octet-stream"), "http://a/x.GIF?y=z.png", b"?").as_deref(),
            Some("image/gif")
        );
        assert_eq!(
            kind(Some("text/plain; charset=utf-8"), "http://a/x.csv", b"a,b").as_deref(),
            Some("text/csv")
        );
        assert_eq!(
            kind(Some("text/plain"), "http://a/x.png", b"a,b").as_deref(),
            Some("text/plain")
        );
        assert_eq!(
            kind(None, "http://a/x", b"RIFF....WEBPVP8 ").as_deref(),
            Some("image/webp")
        );
        assert_eq!(kind(None, "http://a/x", b"?"), None);
    }
}
