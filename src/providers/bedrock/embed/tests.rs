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
