//! Embeddings: `InvokeModel` with each family's own body (docs.aws.amazon.com/bedrock, "Inference request parameters").

use bytes::Bytes;
use http::HeaderMap;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::model::Model;
use super::{error, request, response};
use crate::error::{Error, ErrorKind, Result};
use crate::params::ParamRules;
use crate::resolve::Target;
use crate::types::{EmbedRequest, Embedding, EmbeddingResponse, Extra, Usage, Vector};
use crate::wire::{EmbedWire, WireRequest};

/// Embeddings of Bedrock.
#[derive(Debug)]
pub struct Embed;

/// Where the notes of a call say that vectors are wanted as base64, which no family gives.
const BASE64: &str = "base64";
/// Texts, or images, that Cohere takes in one request.
const COHERE_MOST: usize = 96;
/// How the input counts when the answer's body does not say it.
const COUNT: &str = "x-amzn-bedrock-input-token-count";

/// Whose body a model takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Titan,
    Titan2,
    TitanImage,
    Cohere,
    Nova,
    Marengo,
}

impl Family {
    fn of(model: Model<'_>) -> Option<Self> {
        let known = [
            ("titan-embed-image", Self::TitanImage),
            ("titan-embed-text-v2", Self::Titan2),
            ("titan-embed", Self::Titan),
            ("cohere", Self::Cohere),
            ("nova", Self::Nova),
            ("marengo-embed-2", Self::Marengo),
        ];
        known
            .into_iter()
            .find(|(name, _)| model.is(name))
            .map(|(_, family)| family)
    }

    fn expected(model: Model<'_>) -> Result<Self> {
        Self::of(model).ok_or_else(|| {
            Error::bad_request(format!(
                "{:?} tells no family of embedding models; with the ARN of a profile, pass the model's name as `model` and \
                 the ARN as `model_id`",
                model.id
            ))
        })
    }
}

static NONE: ParamRules = ParamRules {
    unsupported: &[&["user", "dimensions"]],
    ..ParamRules::ALL
};
static SIZED: ParamRules = ParamRules {
    unsupported: &[&["user"]],
    ..ParamRules::ALL
};

/// Which parameters a model takes.
pub(super) fn rules(model: &str) -> &'static ParamRules {
    match Family::of(Model::named(model)) {
        Some(Family::Titan | Family::Marengo) => &NONE,
        _ => &SIZED,
    }
}

impl EmbedWire for Embed {
    fn most_inputs(&self, target: &Target, request: &EmbedRequest) -> usize {
        let model = Model::of(target);
        let images = inputs(&request.input).iter().any(is_image);
        match Family::of(model) {
            Some(Family::Cohere) if !images || model.is("embed-v4") => COHERE_MOST,
            _ => 1,
        }
    }

    fn notes(&self, _target: &Target, request: &EmbedRequest) -> Map<String, Value> {
        let wanted = request.params.get("encoding_format").and_then(Value::as_str) == Some(BASE64);
        wanted
            .then(|| (BASE64.to_owned(), json!(true)))
            .into_iter()
            .collect()
    }

    fn counted(&self, headers: &HeaderMap) -> Option<i64> {
        headers.get(COUNT)?.to_str().ok()?.parse().ok()
    }

    fn request(&self, target: &Target, request: EmbedRequest) -> Result<WireRequest> {
        let model = Model::of(target);
        let family = Family::expected(model)?;
        let EmbedRequest {
            input, mut params, ..
        } = request;
        params.retain(|_, value| !value.is_null());
        let types = match params.shift_remove("encoding_format") {
            // What no family gives is made of numbers.
            Some(Value::String(format)) if format == BASE64 => None,
            Some(Value::String(format)) => Some(json!([format])),
            given => given,
        };
        let other = types.as_ref().filter(|types| **types != json!(["float"]));
        if other.is_some() && !matches!(family, Family::Titan2 | Family::Cohere) {
            return Err(Error::new(
                ErrorKind::UnsupportedParams,
                "the model gives floats only; encoding_format is \"float\" or \"base64\"",
            ));
        }
        let mut body = match family {
            Family::Cohere => cohere(&input, types, &mut params)?,
            family => {
                let [one] = inputs(&input) else {
                    return Err(Error::bad_request("the model takes one input at a time"));
                };
                single(family, one, types, &mut params)?
            }
        };
        body.extend(params);
        body.extend(target.body.clone());
        request::post(target, model.id, "invoke", &Value::Object(body))
    }

    fn response(&self, target: &Target, body: &Bytes) -> Result<EmbeddingResponse> {
        let answer: Answer =
            serde_json::from_slice(body).map_err(|error| response::unreadable(body, &error.to_string()))?;
        let mut vectors = answer.vectors();
        if vectors.is_empty() {
            return Err(response::unreadable(body, "it has no embeddings"));
        }
        if target.notes.contains_key(BASE64) {
            vectors.iter_mut().for_each(Vector::become_base64);
        }
        let data = vectors.into_iter().zip(0..).map(|(embedding, index)| Embedding {
            index,
            embedding,
            extra: Extra::from_iter([("object".to_owned(), json!("embedding"))]),
        });
        Ok(EmbeddingResponse {
            model: Some(target.model.clone()),
            data: data.collect(),
            usage: answer.tokens.map(|count| Usage {
                prompt_tokens: Some(count),
                total_tokens: Some(count),
                ..Usage::default()
            }),
            extra: Extra::from_iter([("object".to_owned(), json!("list"))]),
        })
    }

    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        error::from_status(status, headers, body)
    }
}

fn inputs(input: &Value) -> &[Value] {
    match input {
        Value::Array(items) => items,
        one => std::slice::from_ref(one),
    }
}

fn is_image(input: &Value) -> bool {
    input.as_str().is_some_and(|text| text.starts_with("data:image/"))
}

fn text(input: &Value) -> Result<&str> {
    input
        .as_str()
        .ok_or_else(|| Error::bad_request("an input is not a text, and Bedrock embeds no tokens"))
}

fn cohere(
    input: &Value,
    types: Option<Value>,
    params: &mut Map<String, Value>,
) -> Result<Map<String, Value>> {
    let mut body = Map::new();
    let items = inputs(input);
    let images = items.iter().all(is_image);
    body.insert(
        "input_type".to_owned(),
        json!(if images { "image" } else { "search_document" }),
    );
    if items.iter().all(Value::is_object) {
        // Text and images of one thing, as Embed v4 takes them.
        body.insert("inputs".to_owned(), Value::Array(items.to_vec()));
    } else {
        items.iter().try_for_each(|item| text(item).map(drop))?;
        let name = if images { "images" } else { "texts" };
        body.insert(name.to_owned(), Value::Array(items.to_vec()));
    }
    if let Some(size) = params.shift_remove("dimensions") {
        body.insert("output_dimension".to_owned(), size);
    }
    if let Some(types) = types {
        body.insert("embedding_types".to_owned(), types);
    }
    Ok(body)
}

fn single(
    family: Family,
    input: &Value,
    types: Option<Value>,
    params: &mut Map<String, Value>,
) -> Result<Map<String, Value>> {
    let said = text(input)?;
    let image = said
        .strip_prefix("data:image/")
        .and_then(|rest| rest.split_once(";base64,"));
    let mut body = Map::new();
    match family {
        Family::TitanImage => {
            match image {
                Some((_, bytes)) => body.insert("inputImage".to_owned(), json!(bytes)),
                None => body.insert("inputText".to_owned(), json!(said)),
            };
            if let Some(size) = params.shift_remove("dimensions") {
                body.insert(
                    "embeddingConfig".to_owned(),
                    json!({"outputEmbeddingLength": size}),
                );
            }
        }
        Family::Nova => return nova(said, params),
        Family::Marengo => {
            let (kind, name, value) = match image {
                Some((_, bytes)) => ("image", "mediaSource", json!({"base64String": bytes})),
                None => ("text", "inputText", json!(said)),
            };
            body.insert("inputType".to_owned(), json!(kind));
            body.insert(name.to_owned(), value);
        }
        Family::Titan | Family::Titan2 | Family::Cohere => {
            body.insert("inputText".to_owned(), json!(said));
            if let Some(types) = types.filter(|_| family == Family::Titan2) {
                body.insert("embeddingTypes".to_owned(), types);
            }
        }
    }
    Ok(body)
}

/// Nova says what its vectors are for, and how long they are.
fn nova(said: &str, params: &mut Map<String, Value>) -> Result<Map<String, Value>> {
    let mut inner = Map::new();
    let size = params
        .shift_remove("dimensions")
        .or_else(|| params.shift_remove("embedding_dimension"));
    inner.insert("embeddingPurpose".to_owned(), json!("GENERIC_INDEX"));
    inner.insert(
        "embeddingDimension".to_owned(),
        size.unwrap_or_else(|| json!(3072)),
    );
    if said.starts_with("data:") || said.starts_with("s3://") {
        let file = super::media::File {
            data: said,
            ..super::media::File::default()
        };
        let block = file.block()?;
        let media = block.as_object().into_iter().flatten();
        inner.extend(media.map(|(name, value)| (name.clone(), value.clone())));
        if inner.contains_key("document") {
            return Err(Error::bad_request(
                "Nova embeds texts, images, videos and sound, and no documents",
            ));
        }
    } else {
        inner.insert("text".to_owned(), json!({"truncationMode": "END", "value": said}));
    }
    // Everything else that the caller says belongs to the input as well.
    for (name, value) in std::mem::take(params) {
        match (inner.get_mut(&name), value) {
            (Some(Value::Object(own)), Value::Object(more)) => own.extend(more),
            (_, value) => {
                inner.insert(name, value);
            }
        }
    }
    let mut body = Map::new();
    body.insert("schemaVersion".to_owned(), json!("nova-multimodal-embed-v1"));
    body.insert("taskType".to_owned(), json!("SINGLE_EMBEDDING"));
    body.insert("singleEmbeddingParams".to_owned(), Value::Object(inner));
    Ok(body)
}

/// What any family answers.
#[derive(Deserialize)]
struct Answer {
    /// Titan.
    #[serde(default)]
    embedding: Option<Vec<f64>>,
    /// Titan, for every type that was asked for.
    #[serde(default, rename = "embeddingsByType")]
    by_type: Option<Map<String, Value>>,
    #[serde(default, rename = "inputTextTokenCount")]
    tokens: Option<i64>,
    /// Cohere and Nova.
    #[serde(default)]
    embeddings: Option<Several>,
    /// Marengo.
    #[serde(default)]
    data: Option<Vec<Named>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Several {
    Plain(Vec<Vec<f64>>),
    Named(Vec<Named>),
    ByType(Map<String, Value>),
}

#[derive(Deserialize)]
struct Named {
    embedding: Vec<f64>,
}

impl Answer {
    fn vectors(&self) -> Vec<Vector> {
        let floats = |vectors: &[Vec<f64>]| vectors.iter().cloned().map(Vector::Floats).collect();
        let named = |vectors: &[Named]| {
            vectors
                .iter()
                .map(|vector| Vector::Floats(vector.embedding.clone()))
                .collect()
        };
        let parsed = |value: &Value| serde_json::from_value::<Vec<Vec<f64>>>(value.clone()).ok();
        match (&self.embedding, &self.by_type, &self.embeddings, &self.data) {
            (_, Some(by_type), ..) => wanted(by_type)
                .and_then(|vector| serde_json::from_value(vector.clone()).ok())
                .map(|vector| vec![Vector::Floats(vector)])
                .unwrap_or_default(),
            (Some(vector), ..) => vec![Vector::Floats(vector.clone())],
            (.., Some(Several::Plain(vectors)), _) => floats(vectors),
            (.., Some(Several::Named(vectors)), _) => named(vectors),
            (.., Some(Several::ByType(by_type)), _) => wanted(by_type)
                .and_then(parsed)
                .map(|vectors| floats(&vectors))
                .unwrap_or_default(),
            (.., Some(vectors)) => named(vectors),
            (None, None, None, None) => Vec::new(),
        }
    }
}

/// The numbers where there are several types, else whatever there is.
fn wanted(by_type: &Map<String, Value>) -> Option<&Value> {
    by_type.get("float").or_else(|| by_type.values().next())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::CallOptions;
    use crate::resolve::Surroundings;

    struct Nothing;
    impl Surroundings for Nothing {
        fn env(&self, _: &str) -> Option<String> {
            None
        }
    }

    fn target(model: &str) -> Target {
        Target::resolve(&format!("bedrock/{model}"), &CallOptions::default(), &Nothing).unwrap()
    }
    fn asked(input: Value, params: Value) -> EmbedRequest {
        EmbedRequest {
            model: "m".into(),
            input,
            params: params.as_object().cloned().unwrap(),
        }
    }
    fn sent(model: &str, input: Value, params: Value) -> Value {
        let written = Embed.request(&target(model), asked(input, params)).unwrap();
        assert!(written.url.path().ends_with("/invoke"), "{}", written.url);
        serde_json::from_slice(&written.body).unwrap()
    }

    #[test]
    fn every_familys_body() {
        let titan = "amazon.titan-embed-text-v2:0";
        assert_eq!(
            sent("amazon.titan-embed-text-v1", json!(["a"]), json!({})),
            json!({"inputText": "a"})
        );
        assert_eq!(
            sent(
                titan,
                json!("a"),
                json!({"dimensions": 256, "normalize": true, "encoding_format": "binary"})
            ),
            json!({"inputText": "a", "embeddingTypes": ["binary"], "dimensions": 256, "normalize": true})
        );
        assert_eq!(
            sent(titan, json!("a"), json!({"encoding_format": "base64"})),
            json!({"inputText": "a"})
        );
        let image = json!("data:image/png;base64,QQ==");
        assert_eq!(
            sent(
                "amazon.titan-embed-image-v1",
                image.clone(),
                json!({"dimensions": 384})
            ),
            json!({"inputImage": "QQ==", "embeddingConfig": {"outputEmbeddingLength": 384}})
        );
        assert_eq!(
            sent(
                "cohere.embed-english-v3",
                json!(["a", "b"]),
                json!({"input_type": "search_query", "truncate": "END"})
            ),
            json!({"input_type": "search_query", "texts": ["a", "b"], "truncate": "END"})
        );
        assert_eq!(
            sent(
                "us.cohere.embed-v4:0",
                json!([image]),
                json!({"dimensions": 512, "encoding_format": ["float", "int8"]})
            ),
            json!({"input_type": "image", "images": [image], "output_dimension": 512, "embedding_types": ["float", "int8"]})
        );
        let nova = "amazon.nova-2-multimodal-embeddings-v1:0";
        assert_eq!(
            sent(
                nova,
                json!("a"),
                json!({"embeddingPurpose": "CLUSTERING", "dimensions": 256, "text": {"truncationMode": "NONE"}})
            ),
            json!({"schemaVersion": "nova-multimodal-embed-v1", "taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams":
                {"embeddingPurpose": "CLUSTERING", "embeddingDimension": 256, "text": {"truncationMode": "NONE", "value": "a"}}})
        );
        assert_eq!(
            sent(nova, json!("data:image/jpg;base64,QQ=="), json!({}))["singleEmbeddingParams"]["image"],
            json!({"format": "jpeg", "source": {"bytes": "QQ=="}})
        );
        assert_eq!(
            sent("twelvelabs.marengo-embed-2-7-v1:0", json!("a"), json!({})),
            json!({"inputType": "text", "inputText": "a"})
        );
    }

    #[test]
    fn inputs_of_one_request() {
        let most = |model: &str, input| Embed.most_inputs(&target(model), &asked(input, json!({})));
        assert_eq!(most("amazon.titan-embed-text-v2:0", json!(["a", "b"])), 1);
        assert_eq!(most("cohere.embed-english-v3", json!(["a", "b"])), 96);
        assert_eq!(
            most("cohere.embed-english-v3", json!(["data:image/png;base64,QQ=="])),
            1
        );
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        let refused = |model: &str, input, params| {
            Embed
                .request(&target(model), asked(input, params))
                .unwrap_err()
                .kind()
        };
        assert_eq!(
            refused("amazon.titan-embed-text-v1", json!([1, 2]), json!({})),
            ErrorKind::BadRequest
        );
        assert_eq!(
            refused("arn:aws:bedrock:a:1:x/y", json!("a"), json!({})),
            ErrorKind::BadRequest
        );
        assert_eq!(
            refused(
                "amazon.titan-embed-text-v1",
                json!("a"),
                json!({"encoding_format": "int8"})
            ),
            ErrorKind::UnsupportedParams
        );
        assert_eq!(
            refused(
                "amazon.nova-2-multimodal-embeddings-v1:0",
                json!("data:application/pdf;base64,QQ=="),
                json!({})
            ),
            ErrorKind::BadRequest
        );
    }

    #[test]
    fn every_familys_answer() {
        let read = |answer: Value| {
            let read = Embed
                .response(
                    &target("amazon.titan-embed-text-v2:0"),
                    &Bytes::from(answer.to_string()),
                )
                .unwrap();
            let vectors: Vec<Vector> = read.data.into_iter().map(|one| one.embedding).collect();
            (vectors, read.usage.and_then(|usage| usage.prompt_tokens))
        };
        let vector = Vector::Floats(vec![0.5, -1.0]);
        let titan = json!({"embedding": [0.5, -1.0], "embeddingsByType": {"float": [0.5, -1.0]}, "inputTextTokenCount": 3});
        assert_eq!(read(titan), (vec![vector.clone()], Some(3)));
        assert_eq!(
            read(json!({"embeddingsByType": {"binary": [1, 0]}, "inputTextTokenCount": 3})).0,
            [Vector::Floats(vec![1.0, 0.0])]
        );
        for answer in [
            json!({"embeddings": [[0.5, -1.0], [0.5, -1.0]], "id": "1", "response_type": "embeddings_floats"}),
            json!({"embeddings": {"float": [[0.5, -1.0], [0.5, -1.0]], "int8": [[1], [2]]}}),
            json!({"embeddings": [{"embeddingType": "TEXT", "embedding": [0.5, -1.0]}, {"embedding": [0.5, -1.0]}]}),
            json!({"data": [{"embedding": [0.5, -1.0]}, {"embedding": [0.5, -1.0]}]}),
        ] {
            assert_eq!(read(answer), (vec![vector.clone(), vector.clone()], None));
        }
        let mut base64 = vector;
        base64.become_base64();
        assert_eq!(base64, Vector::Base64("AAAAPwAAgL8=".to_owned()));
        assert!(
            Embed
                .response(&target("m.titan-embed"), &Bytes::from_static(b"{}"))
                .is_err()
        );
    }
}
