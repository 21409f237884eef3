//! What each family is asked.

use serde_json::{Map, Value, json};

use super::super::media::File;
use super::{Family, inputs, is_image};
use crate::error::{Error, Result};

fn text(input: &Value) -> Result<&str> {
    input
        .as_str()
        .ok_or_else(|| Error::bad_request("an input is not a text, and Bedrock embeds no tokens"))
}

pub(super) fn cohere(
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

pub(super) fn single(
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
        let file = File {
            data: said,
            ..File::default()
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
