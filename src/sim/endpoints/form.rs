//! Reads `multipart/form-data`.

use serde_json::{Map, Value};

use crate::sim::errors::ApiError;
use crate::sim::server::Ask;

/// One file of a form.
pub(super) struct File {
    pub(super) field: String,
    pub(super) name: String,
    pub(super) content: Vec<u8>,
}

/// A form: fields as texts, and files.
pub(super) struct Form {
    pub(super) fields: Map<String, Value>,
    pub(super) files: Vec<File>,
}

impl Form {
    pub(super) fn read(ask: &Ask<'_>) -> Result<Form, ApiError> {
        let kind = ask
            .headers
            .iter()
            .find(|(name, _)| name == "content-type")
            .map_or("", |(_, value)| value.as_str());
        let boundary = kind
            .strip_prefix("multipart/form-data")
            .and_then(|rest| rest.split_once("boundary="))
            .map(|(_, boundary)| boundary.trim_matches('"'));
        let Some(boundary) = boundary.filter(|boundary| !boundary.is_empty()) else {
            return Err(ApiError::new(400, "Could not parse multipart form"));
        };
        let mut form = Form {
            fields: Map::new(),
            files: Vec::new(),
        };
        let mark = format!("--{boundary}");
        let marks: Vec<usize> = memchr::memmem::find_iter(ask.body, mark.as_bytes()).collect();
        for pair in marks.windows(2) {
            let [start, end] = pair else { continue };
            let part = ask.body.get(start + mark.len()..*end).unwrap_or_default();
            form.part(part);
        }
        if marks.len() < 2 {
            return Err(ApiError::new(400, "Could not parse multipart form"));
        }
        Ok(form)
    }

    fn part(&mut self, part: &[u8]) {
        let part = part.strip_prefix(b"\r\n").unwrap_or(part);
        let Some(split) = memchr::memmem::find(part, b"\r\n\r\n") else {
            return;
        };
        let head = String::from_utf8_lossy(part.get(..split).unwrap_or_default()).into_owned();
        let content = part.get(split + 4..).unwrap_or_default();
        let content = content.strip_suffix(b"\r\n").unwrap_or(content);
        let named = |key: &str| {
            let (_, rest) = head.split_once(&format!("; {key}=\""))?;
            rest.split_once('"').map(|(name, _)| name.to_owned())
        };
        let field = named("name").unwrap_or_default();
        match named("filename") {
            Some(name) => self.files.push(File {
                field,
                name,
                content: content.to_vec(),
            }),
            None => {
                let value = Value::from(String::from_utf8_lossy(content).into_owned());
                self.fields.insert(field, value);
            }
        }
    }

    /// The file that has to be there; a field of several is called `field[]`.
    pub(super) fn file(&self, field: &str) -> Result<&File, ApiError> {
        let found = self
            .files
            .iter()
            .find(|file| file.field == field || file.field.strip_suffix("[]") == Some(field));
        found.ok_or_else(|| ApiError::missing(field))
    }
}
