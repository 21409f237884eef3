//! The parts of a message as Converse's content blocks. Blank text is left out, as Converse refuses it.

use serde_json::{Map, Value, json};

use super::media::File;
use super::model::Model;
use crate::error::{Error, Result};

/// How the parts of one message are written.
#[derive(Clone, Copy)]
pub(super) struct Writer<'a> {
    pub model: Model<'a>,
    /// Text is for the guardrail to judge.
    pub guarded: bool,
}

impl Writer<'_> {
    /// The blocks of a message's content.
    ///
    /// # Errors
    /// `BadRequest` that names the part.
    pub(super) fn content(self, message: &Value) -> Result<Vec<Value>> {
        let mut blocks = Vec::new();
        match message.get("content") {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) => blocks.extend(self.text(text)),
            Some(Value::Array(parts)) => {
                let marked = parts.iter().any(|part| kind(part) == "guarded_text");
                let writer = Self {
                    guarded: self.guarded && !marked,
                    ..self
                };
                for (index, part) in parts.iter().enumerate() {
                    let block = writer
                        .part(part)
                        .map_err(|error| error.within(&format!("content[{index}]")))?;
                    blocks.extend(block);
                    self.cache(part, &mut blocks);
                }
            }
            Some(_) => {
                return Err(Error::bad_request(
                    "content is neither a text nor a list of parts",
                ));
            }
        }
        Ok(blocks)
    }

    /// A cache point after `blocks` where `marked` asks for one; there must be something to cache.
    pub(super) fn cache(self, marked: &Value, blocks: &mut Vec<Value>) {
        let Some(point) = cache_point(self.model, marked) else {
            return;
        };
        if blocks.last().is_some_and(|last| last.get("cachePoint").is_none()) {
            blocks.push(point);
        }
    }

    fn text(self, text: &str) -> Option<Value> {
        (!text.trim().is_empty()).then(|| {
            if self.guarded {
                json!({"guardContent": {"text": {"text": text}}})
            } else {
                json!({"text": text})
            }
        })
    }

    fn part(self, part: &Value) -> Result<Option<Value>> {
        let text = |pointer: &str| part.pointer(pointer).and_then(Value::as_str);
        let missing = |what: &str| Error::bad_request(format!("it has no {what}"));
        let file = |data: Option<&str>, kind: Option<&str>, what: &str| {
            let file = File {
                data: data.ok_or_else(|| missing(what))?,
                kind,
                ..File::default()
            };
            file.block().map(Some)
        };
        let address = |name: &str| text(&format!("/{name}/url")).or_else(|| text(&format!("/{name}")));
        match kind(part) {
            "" => match part {
                Value::String(text) => Ok(self.text(text)),
                // Converse's own blocks pass as they are.
                Value::Object(block) if block.keys().any(|name| OWN.contains(&name.as_str())) => {
                    Ok(own(block))
                }
                _ => Err(missing("type")),
            },
            "text" | "input_text" | "output_text" => Ok(self.text(text("/text").unwrap_or_default())),
            "refusal" => Ok(self.text(text("/refusal").unwrap_or_default())),
            "guarded_text" => {
                let said = text("/text").filter(|text| !text.trim().is_empty());
                Ok(said.map(|said| guarded(said, part.get("qualifiers"))))
            }
            name @ ("image_url" | "video_url" | "audio_url" | "document_url") => file(
                address(name),
                text(&format!("/{name}/format")),
                &format!("{name}.url"),
            ),
            "input_audio" => file(
                text("/input_audio/data"),
                text("/input_audio/format"),
                "input_audio.data",
            ),
            "file" => {
                let data = text("/file/file_data").or_else(|| text("/file/file_id"));
                let data = data.ok_or_else(|| missing("file.file_data"))?;
                let own = |name: &str| part.get(name).or_else(|| part.get("file")?.get(name));
                File {
                    data,
                    kind: text("/file/format"),
                    title: own("title").and_then(Value::as_str),
                    context: own("context"),
                    citations: own("citations"),
                }
                .block()
                .map(Some)
            }
            "image" | "document" => source(part).map(Some),
            "search_result" => Ok(Some(
                json!({"searchResult": without(part, &["type", "cache_control"])}),
            )),
            "thinking" | "redacted_thinking" => Ok(thought(self.model, part)),
            other => Err(Error::bad_request(format!(
                "Bedrock takes no content part of type {other:?}"
            ))),
        }
    }
}

/// The kinds of blocks that Converse has.
const OWN: &[&str] = &[
    "text",
    "image",
    "document",
    "video",
    "audio",
    "toolUse",
    "toolResult",
    "guardContent",
    "cachePoint",
    "reasoningContent",
    "citationsContent",
    "searchResult",
    "json",
    "toolAddition",
    "toolRemoval",
];

fn kind(part: &Value) -> &str {
    part.get("type").and_then(Value::as_str).unwrap_or_default()
}

fn own(block: &Map<String, Value>) -> Option<Value> {
    let blank = block
        .get("text")
        .and_then(Value::as_str)
        .is_some_and(|text| text.trim().is_empty());
    let mut block = block.clone();
    block.shift_remove("cache_control");
    (!blank).then_some(Value::Object(block))
}

fn guarded(text: &str, qualifiers: Option<&Value>) -> Value {
    let mut inner = Map::new();
    inner.insert("text".to_owned(), json!(text));
    if let Some(qualifiers) = qualifiers.filter(|qualifiers| qualifiers.is_array()) {
        inner.insert("qualifiers".to_owned(), qualifiers.clone());
    }
    json!({"guardContent": {"text": inner}})
}

/// Anthropic's image and document parts.
fn source(part: &Value) -> Result<Value> {
    let text = |pointer: &str| part.pointer(pointer).and_then(Value::as_str);
    let missing = |what: &str| Error::bad_request(format!("it has no {what}"));
    let file = File {
        data: text("/source/data")
            .or_else(|| text("/source/url"))
            .unwrap_or_default(),
        kind: text("/source/media_type"),
        title: text("/title"),
        context: part.get("context"),
        citations: part.get("citations"),
    };
    match text("/source/type").unwrap_or_default() {
        "base64" if file.kind.is_none() => Err(missing("source.media_type")),
        "base64" | "url" => file.block(),
        "text" => file.written(json!({"text": file.data})),
        "content" => {
            let texts = match part.pointer("/source/content") {
                Some(Value::String(text)) => json!([{"text": text}]),
                Some(Value::Array(parts)) => {
                    let texts = parts.iter().filter_map(|part| part.get("text"));
                    texts.map(|text| json!({"text": text})).collect()
                }
                _ => return Err(missing("source.content")),
            };
            file.written(json!({"content": texts}))
        }
        other => Err(Error::bad_request(format!(
            "Bedrock takes no source of type {other:?}"
        ))),
    }
}

fn without(part: &Value, names: &[&str]) -> Map<String, Value> {
    let members = part.as_object().into_iter().flatten();
    members
        .filter(|(name, _)| !names.contains(&name.as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// A thought of an earlier answer. Claude takes back only what it signed, and what it did not sign as text; DeepSeek takes
/// back none.
pub(super) fn thought(model: Model<'_>, block: &Value) -> Option<Value> {
    if let Some(data) = block.get("data") {
        return Some(json!({"reasoningContent": {"redactedContent": data}}));
    }
    let text = block.get("thinking").filter(|text| text.is_string())?;
    let signature = block
        .get("signature")
        .filter(|signature| signature.as_str().is_some_and(|text| !text.is_empty()));
    let blank = text.as_str().is_some_and(|text| text.trim().is_empty());
    match signature {
        Some(signature) => {
            Some(json!({"reasoningContent": {"reasoningText": {"text": text, "signature": signature}}}))
        }
        None if blank || model.is("deepseek") => None,
        None if model.is_claude() => Some(json!({"text": text})),
        None => Some(json!({"reasoningContent": {"reasoningText": {"text": text}}})),
    }
}

/// The cache point that `cache_control` asks for, for models that have them.
pub(super) fn cache_point(model: Model<'_>, marked: &Value) -> Option<Value> {
    let mark = marked.get("cache_control").filter(|mark| !mark.is_null())?;
    if !model.caches() {
        return None;
    }
    let mut point = json!({"type": "default"});
    let ttl = mark
        .get("ttl")
        .filter(|ttl| ttl.is_string() && model.keeps_caches());
    if let (Some(ttl), Some(point)) = (ttl, point.as_object_mut()) {
        point.insert("ttl".to_owned(), ttl.clone());
    }
    Some(json!({"cachePoint": point}))
}
