//! Embeddings: `batchEmbedContents`, a request for every input (ai.google.dev/api/embeddings).

use bytes::Bytes;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{error, parts, request, response, site};
use crate::error::{Error, ErrorKind, Result};
use crate::params::ParamRules;
use crate::providers::openai;
use crate::resolve::Target;
use crate::types::{EmbedRequest, Embedding, EmbeddingResponse, Extra, Usage, Vector};
use crate::wire::{EmbedWire, WireRequest};

/// Nobody at Google asks who the user is.
pub(crate) static RULES: ParamRules = ParamRules {
    unsupported: &[&["user"]],
    ..ParamRules::ALL
};

/// Embeddings of AI Studio.
#[derive(Debug)]
pub(crate) struct Embed;

/// What Google's dialects know beside the texts.
pub(crate) struct EmbedParams {
    pub task: Option<Value>,
    pub title: Option<Value>,
    pub dimensions: Option<Value>,
    pub rest: Map<String, Value>,
}

impl EmbedParams {
    /// Takes the parameters apart.
    ///
    /// # Errors
    /// `UnsupportedParams` for vectors that are not to be numbers.
    pub(crate) fn take(target: &Target, mut params: Map<String, Value>) -> Result<Self> {
        params.retain(|_, value| !value.is_null());
        if let Some(format) = params.shift_remove("encoding_format")
            && format != "float"
        {
            return Err(Error::new(
                ErrorKind::UnsupportedParams,
                format!(
                    "{} does not support encoding_format={format}; its vectors are numbers",
                    target.provider.name
                ),
            ));
        }
        let mut first = |names: &[&str]| {
            let found: Vec<Value> = names
                .iter()
                .filter_map(|name| params.shift_remove(*name))
                .collect();
            found.into_iter().next()
        };
        Ok(Self {
            task: first(&["task_type", "taskType"]),
            title: first(&["title"]),
            dimensions: first(&["outputDimensionality", "output_dimensionality", "dimensions"]),
            rest: params,
        })
    }
}

/// The inputs one by one. Tokens are none: Google takes no other tokenizer's.
pub(crate) fn inputs(input: Value) -> Result<Vec<Value>> {
    let inputs = match input {
        Value::Array(inputs) => inputs,
        one => vec![one],
    };
    let is_tokens = |input: &Value| match input {
        Value::Array(items) => items.iter().any(Value::is_number),
        Value::String(_) | Value::Object(_) => false,
        _ => true,
    };
    match inputs.iter().position(is_tokens) {
        None => Ok(inputs),
        Some(index) => Err(Error::bad_request(format!(
            "input[{index}] is not a text, and Google embeds no tokens"
        ))),
    }
}

/// One input as `Content`: a text, a data URL, or a list of a message's content parts.
pub(crate) fn content(target: &Target, input: Value) -> Result<Value> {
    let host = parts::Host::of(target);
    let parts = match input {
        Value::String(text) if text.starts_with("data:") && text.contains(";base64,") => {
            vec![parts::media(&text, None, host)?]
        }
        Value::String(text) if text.starts_with("gs://") => vec![parts::media(&text, None, host)?],
        Value::String(text) => vec![json!({"text": text})],
        Value::Array(parts) => parts::read(&Value::Array(parts), host, &mut None)?,
        one => parts::read(&json!([one]), host, &mut None)?,
    };
    Ok(json!({"parts": parts}))
}

impl EmbedWire for Embed {
    fn most_inputs(&self, _target: &Target, _request: &EmbedRequest) -> usize {
        100
    }
    fn request(&self, target: &Target, request: EmbedRequest) -> Result<WireRequest> {
        let given = EmbedParams::take(target, request.params)?;
        let model = site::name(target);
        let mut requests = Vec::new();
        for input in inputs(request.input)? {
            let mut one = Map::new();
            one.insert("model".to_owned(), model.as_str().into());
            one.insert("content".to_owned(), content(target, input)?);
            for (name, value) in [
                ("taskType", &given.task),
                ("title", &given.title),
                ("outputDimensionality", &given.dimensions),
            ] {
                if let Some(value) = value {
                    one.insert(name.to_owned(), value.clone());
                }
            }
            one.extend(given.rest.clone());
            requests.push(Value::Object(one));
        }
        let mut body = Map::new();
        body.insert("requests".to_owned(), Value::Array(requests));
        for (name, value) in &target.body {
            body.insert(name.clone(), value.clone());
        }
        request::post(site::method(target, "batchEmbedContents"), &body)
    }

    fn response(&self, target: &Target, body: &Bytes) -> Result<EmbeddingResponse> {
        read(target, body)
    }

    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        error::from_status(status, headers, body)
    }
}

/// Reads the answer to one request or to many.
pub(crate) fn read(target: &Target, body: &Bytes) -> Result<EmbeddingResponse> {
    let answer: Answer = openai::response::parse(body)?;
    if answer.error.is_some_and(|error| !error.is_null()) {
        return Err(error::from_event(body));
    }
    let vectors = answer.embeddings.into_iter().chain(answer.embedding);
    let data: Vec<Embedding> = vectors
        .zip(0..)
        .map(|(vector, index)| Embedding {
            index,
            embedding: Vector::Floats(vector.values),
            extra: Extra::from_iter([("object".to_owned(), json!("embedding"))]),
        })
        .collect();
    if data.is_empty() {
        return Err(response::unreadable(body, "it has no embeddings"));
    }
    let count = answer.usage.and_then(|usage| usage.prompt_token_count);
    Ok(EmbeddingResponse {
        model: Some(target.model.clone()),
        data,
        usage: count.map(|count| Usage {
            prompt_tokens: Some(count),
            completion_tokens: Some(0),
            total_tokens: Some(count),
            ..Usage::default()
        }),
        extra: Extra::from_iter([("object".to_owned(), json!("list"))]),
    })
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    embeddings: Vec<Values>,
    #[serde(default)]
    embedding: Option<Values>,
    #[serde(default, rename = "usageMetadata")]
    usage: Option<Counts>,
    #[serde(default)]
    error: Option<Value>,
}
#[derive(Deserialize)]
struct Values {
    #[serde(default)]
    values: Vec<f64>,
}
#[derive(Deserialize)]
struct Counts {
    #[serde(default, rename = "promptTokenCount")]
    prompt_token_count: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::super::testing::target;
    use super::*;

    fn sent(input: Value, params: Value) -> Result<Value> {
        let request = EmbedRequest {
            model: "m".to_owned(),
            input,
            params: params.as_object().cloned().unwrap(),
        };
        let request = Embed.request(&target("gemini/gemini-embedding-001"), request)?;
        assert!(
            request
                .url
                .path()
                .ends_with("/models/gemini-embedding-001:batchEmbedContents")
        );
        Ok(serde_json::from_slice(&request.body).unwrap())
    }

    #[test]
    fn a_request_for_every_input() {
        let params = json!({"dimensions": 8, "task_type": "RETRIEVAL_DOCUMENT", "title": "T", "encoding_format": "float"});
        let one = |text: &str| {
            json!({"model": "models/gemini-embedding-001", "content": {"parts": [{"text": text}]},
                "taskType": "RETRIEVAL_DOCUMENT", "title": "T", "outputDimensionality": 8})
        };
        assert_eq!(
            sent(json!(["a", "b"]), params).unwrap(),
            json!({"requests": [one("a"), one("b")]})
        );
        let image = sent(json!("data:image/png;base64,AA=="), json!({})).unwrap();
        assert_eq!(
            image["requests"][0]["content"]["parts"],
            json!([{"inline_data": {"data": "AA==", "mime_type": "image/png"}}])
        );
        assert!(
            sent(json!([[1, 2]]), json!({}))
                .unwrap_err()
                .message()
                .contains("input[0]")
        );
        let base64 = sent(json!("a"), json!({"encoding_format": "base64"})).unwrap_err();
        assert_eq!(base64.kind(), ErrorKind::UnsupportedParams);
    }

    #[test]
    fn vectors_in_order_and_counts_where_there_are_any() {
        let read = |body: &'static str| {
            let target = target("gemini/gemini-embedding-001");
            Embed.response(&target, &Bytes::from_static(body.as_bytes()))
        };
        let answer = read(
            r#"{"embeddings": [{"values": [0.5]}, {"values": [1, 2]}], "usageMetadata": {"promptTokenCount": 3}}"#,
        );
        let answer = answer.unwrap();
        assert_eq!(answer.data[1].embedding, Vector::Floats(vec![1.0, 2.0]));
        assert_eq!(
            (answer.data[1].index, answer.usage.unwrap().prompt_tokens),
            (1, Some(3))
        );
        assert!(
            read(r#"{"embedding": {"values": [0.5]}}"#)
                .unwrap()
                .usage
                .is_none()
        );
        assert_eq!(read("{}").unwrap_err().kind(), ErrorKind::ResponseValidation);
        assert_eq!(
            read(r#"{"error": {"code": 429, "message": "m"}}"#)
                .unwrap_err()
                .kind(),
            ErrorKind::RateLimit
        );
    }
}
