//! `multipart/form-data` (RFC 7578), written to memory: a request that is repeated must have the same bytes.

use std::hash::{BuildHasher, RandomState};

use bytes::Bytes;
use serde_json::Value;

use crate::types::Upload;

/// The parts of a form.
#[derive(Debug, Default)]
pub(crate) struct Form {
    fields: Vec<(String, String)>,
}

impl Form {
    /// Adds a parameter as forms have it: a list as a field per item, an object as a field per key.
    pub(crate) fn field(&mut self, name: &str, value: &Value) {
        match value {
            Value::Null => {}
            Value::String(text) => self.fields.push((name.to_owned(), text.clone())),
            Value::Array(items) => {
                let name = format!("{name}[]");
                items.iter().for_each(|item| self.field(&name, item));
            }
            Value::Object(map) => map
                .iter()
                .for_each(|(key, value)| self.field(&format!("{name}[{key}]"), value)),
            Value::Bool(_) | Value::Number(_) => self.fields.push((name.to_owned(), value.to_string())),
        }
    }

    /// The media type with its boundary, and the bytes.
    pub(crate) fn write(&self, files: &[Upload]) -> (String, Bytes) {
        let boundary = boundary(files);
        let size: usize = files.iter().map(|file| file.bytes.len() + 256).sum();
        let mut body = Vec::with_capacity(size + 256 * self.fields.len() + 64);
        for (name, value) in &self.fields {
            let head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"\r\n\r\n",
                quoted(name)
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(value.as_bytes());
            body.extend_from_slice(b"\r\n");
        }
        for file in files {
            let head = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: {}\r\n\r\n",
                quoted(&file.field),
                quoted(&file.filename),
                one_line(&file.content_type)
            );
            body.extend_from_slice(head.as_bytes());
            body.extend_from_slice(&file.bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        (
            format!("multipart/form-data; boundary={boundary}"),
            Bytes::from(body),
        )
    }
}

/// A name as a header may hold it (the rule of browsers: percent signs for what would end it).
fn quoted(name: &str) -> String {
    name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A")
}

fn one_line(text: &str) -> String {
    text.replace(['\r', '\n'], " ")
}

/// A line that no file holds.
fn boundary(files: &[Upload]) -> String {
    loop {
        let state = RandomState::new();
        let boundary = format!("edgequake-{:016x}{:016x}", state.hash_one(0), state.hash_one(1));
        let finder = memchr::memmem::Finder::new(&boundary);
        if files.iter().all(|file| finder.find(&file.bytes).is_none()) {
            return boundary;
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_lists_objects_and_files() {
        let mut form = Form::default();
        form.field("model", &json!("whisper-1"));
        form.field("temperature", &json!(0.5));
        form.field("granularities", &json!(["word", "segment"]));
        form.field("expires_after", &json!({"anchor": "created_at", "seconds": 60}));
        form.field("nothing", &Value::Null);
        let files = [Upload {
            field: "file".to_owned(),
            filename: "a \"b\".wav".to_owned(),
            content_type: "audio/wav".to_owned(),
            bytes: Bytes::from_static(b"\0\x01\r\n--"),
        }];
        let (kind, body) = form.write(&files);
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        let text = String::from_utf8_lossy(&body);
        let parts: Vec<&str> = text.split(&format!("--{boundary}")).collect();
        assert_eq!(parts.len(), 9);
        assert_eq!(
            parts[1],
            "\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n"
        );
        assert!(parts[3].contains("name=\"granularities[]\"\r\n\r\nword\r\n"));
        assert!(parts[6].contains("name=\"expires_after[seconds]\"\r\n\r\n60\r\n"));
        assert!(
            parts[7]
                .contains("name=\"file\"; filename=\"a %22b%22.wav\"\r\nContent-Type: audio/wav\r\n\r\n\0")
        );
        assert_eq!(parts[8], "--\r\n");
    }
}
