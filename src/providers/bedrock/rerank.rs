//! Reranking, which is an operation of Bedrock's agents (docs.aws.amazon.com/bedrock, "Rerank"): a host of its own, and
//! signatures only.

use bytes::Bytes;
use http::HeaderMap;
use serde_json::{Map, Value, json};
use url::Url;

use super::model::Model;
use super::{error, request};
use crate::auth::aws;
use crate::error::{Error, Result};
use crate::params::ParamRules;
use crate::providers::rerank;
use crate::resolve::Target;
use crate::types::{EndpointAnswer, EndpointRequest, Operation};
use crate::wire::{EndpointWire, WireRequest};

/// The wire.
#[derive(Debug)]
pub(super) struct Rerank;

const RULES: ParamRules = ParamRules {
    unsupported: &[&["rank_fields", "max_chunks_per_doc"]],
    ..ParamRules::ALL
};
/// The model's own parameters, as Bedrock calls them together.
const FIELDS: &str = "additionalModelRequestFields";
/// Where the next part of a long list begins.
const NEXT: &str = "nextToken";

impl EndpointWire for Rerank {
    fn rules(&self, _operation: Operation, _model: &str) -> &ParamRules {
        &RULES
    }

    fn request(&self, target: &Target, given: EndpointRequest) -> Result<WireRequest> {
        let mut params = given.params;
        rerank::check(&params)?;
        let Some(Value::String(query)) = params.shift_remove("query") else {
            return Err(Error::bad_request("query is not a text"));
        };
        let documents = match params.shift_remove("documents") {
            Some(Value::Array(documents)) => documents,
            _ => Vec::new(),
        };
        // The texts are the caller's own; the layer above puts them beside the ranks.
        params.shift_remove("return_documents");
        // More than there are is all of them.
        let most = documents.len();
        let count = params.shift_remove("top_n").filter(|count| !count.is_null());
        let count = count.filter(|count| count.as_u64().is_none_or(|count| count < most as u64));
        let count = count.unwrap_or_else(|| most.into());
        let mut model = Map::from_iter([("modelArn".to_owned(), arn(target).into())]);
        let mut body = Map::new();
        if let Some(next) = params.shift_remove(NEXT) {
            body.insert(NEXT.to_owned(), next);
        }
        let mut fields = match params.shift_remove(FIELDS) {
            Some(Value::Object(fields)) => fields,
            _ => Map::new(),
        };
        fields.extend(params.into_iter().filter(|(_, value)| !value.is_null()));
        if !fields.is_empty() {
            model.insert(FIELDS.to_owned(), Value::Object(fields));
        }
        let configuration = json!({"modelConfiguration": model, "numberOfResults": count});
        body.insert(
            "queries".to_owned(),
            json!([{"textQuery": {"text": query}, "type": "TEXT"}]),
        );
        body.insert(
            "rerankingConfiguration".to_owned(),
            json!({"bedrockRerankingConfiguration": configuration, "type": "BEDROCK_RERANKING_MODEL"}),
        );
        body.insert("sources".to_owned(), documents.into_iter().map(source).collect());
        body.extend(target.body.clone());
        let mut written = request::post_to(request::url(target, "rerank")?, &body)?;
        agents(&mut written.url);
        Ok(written)
    }

    fn response(&self, _: &Target, _: Operation, _: &HeaderMap, body: Bytes) -> Result<EndpointAnswer> {
        let answer: Value =
            serde_json::from_slice(&body).map_err(|error| Error::unreadable(&body, &error.to_string()))?;
        let results = answer.get("results").and_then(Value::as_array);
        let results = results.ok_or_else(|| Error::unreadable(&body, "it has no ranked documents"))?;
        let of = |rank: &Value, name: &str| rank.get(name).cloned().unwrap_or_default();
        let one = |rank: &Value| rerank::result(&of(rank, "index"), &of(rank, "relevanceScore"), None);
        let results = results.iter().map(one).collect();
        Ok(EndpointAnswer::Json(Value::Object(rerank::whole(
            &answer, results,
        ))))
    }

    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        error::from_status(status, headers, body)
    }
}

/// The model's ARN: what is called by a plain name is one of Bedrock's own.
fn arn(target: &Target) -> String {
    let id = Model::of(target).id;
    if id.starts_with("arn:") {
        return id.to_owned();
    }
    let region = target.options.text(aws::REGION).unwrap_or_default();
    let partition = match region {
        china if china.starts_with("cn-") => "aws-cn",
        government if government.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    };
    format!("arn:{partition}:bedrock:{region}::foundation-model/{id}")
}

fn source(document: Value) -> Value {
    let document = match document {
        Value::String(text) => json!({"textDocument": {"text": text}, "type": "TEXT"}),
        document => json!({"jsonDocument": document, "type": "JSON"}),
    };
    json!({"inlineDocumentSource": document, "type": "INLINE"})
}

/// The same place on the host of the agents.
fn agents(url: &mut Url) {
    if let Some(host) = url.host_str().filter(|host| host.contains("bedrock-runtime")) {
        let host = host.replacen("bedrock-runtime", "bedrock-agent-runtime", 1);
        // A host with another label in it is still one.
        let _ = url.set_host(Some(&host));
    }
}
