//! Reranking, which is a service of its own (docs.cloud.google.com/generative-ai-app-builder/docs/ranking): Discovery
//! Engine ranks records in one place for all locations.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value, json};
use url::Url;

use super::publisher::bare;
use crate::auth::google::{self, PROJECT};
use crate::error::{Error, Result};
use crate::params::ParamRules;
use crate::providers::{gemini, rerank};
use crate::resolve::Target;
use crate::types::{EndpointAnswer, EndpointRequest, Operation};
use crate::wire::{ChatWire, EndpointWire, WireRequest};

/// The wire.
#[derive(Debug)]
pub(super) struct Rerank;

const HOST: &str = "https://discoveryengine.googleapis.com/v1";
const CONFIG: &str = "rankingConfigs/default_ranking_config";
const RULES: ParamRules = ParamRules {
    unsupported: &[&["rank_fields", "max_chunks_per_doc", "max_tokens_per_doc"]],
    ..ParamRules::ALL
};

impl EndpointWire for Rerank {
    fn takes(&self, operation: Operation, model: &str) -> bool {
        operation == Operation::Rerank && bare(model).starts_with("semantic-ranker")
    }

    fn rules(&self, _operation: Operation, _model: &str) -> &ParamRules {
        &RULES
    }

    fn request(&self, target: &Target, given: EndpointRequest) -> Result<WireRequest> {
        let mut params = given.params;
        rerank::check(&params)?;
        let query = params.shift_remove("query").unwrap_or_default();
        let documents = match params.shift_remove("documents") {
            Some(Value::Array(documents)) => documents,
            _ => Vec::new(),
        };
        let mut body = Map::from_iter([
            ("model".to_owned(), Value::from(bare(&target.model))),
            ("query".to_owned(), query),
        ]);
        let records = documents.into_iter().enumerate();
        let records: Result<Vec<Value>> = records.map(|(index, document)| record(index, document)).collect();
        body.insert("records".to_owned(), records?.into());
        if let Some(most) = params.shift_remove("top_n").filter(|most| !most.is_null()) {
            body.insert("topN".to_owned(), most);
        }
        // The texts are the caller's own; the layer above puts them beside the ranks.
        params.shift_remove("return_documents");
        body.insert("ignoreRecordDetailsInResponse".to_owned(), true.into());
        body.extend(params.into_iter().filter(|(_, value)| !value.is_null()));
        body.extend(target.body.clone());
        let project = target.options.text(PROJECT).ok_or_else(google::unknown_project)?;
        let mut written = gemini::post(url(target, super::site::checked(project, PROJECT)?)?, &body)?;
        // Who pays, where the credentials belong to another project (or to a user).
        let payer = HeaderValue::from_str(project).map_err(|_| google::unknown_project())?;
        written
            .headers
            .insert(HeaderName::from_static("x-goog-user-project"), payer);
        Ok(written)
    }

    fn response(&self, _: &Target, _: Operation, _: &HeaderMap, body: Bytes) -> Result<EndpointAnswer> {
        let unreadable = |why: &str| Error::unreadable(&body, why);
        let answer: Value = serde_json::from_slice(&body).map_err(|error| unreadable(&error.to_string()))?;
        let records = answer.get("records").and_then(Value::as_array);
        let records = records.ok_or_else(|| unreadable("it has no ranked documents"))?;
        let mut results = Vec::with_capacity(records.len());
        for record in records {
            let id = record.get("id").and_then(Value::as_str);
            let index = id.and_then(|id| id.parse::<u64>().ok());
            let index = index.ok_or_else(|| unreadable("a record's id is none of those that were sent"))?;
            // What has no score is as good as what Google puts it beside: a zero is left out of its JSON.
            let score = record.get("score").cloned().unwrap_or_else(|| json!(0.0));
            results.push(rerank::result(&index.into(), &score, None));
        }
        let mut whole = rerank::whole(&answer, results);
        whole.shift_remove("records");
        Ok(EndpointAnswer::Json(Value::Object(whole)))
    }

    fn error(&self, target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        gemini::Chat.error(target, status, headers, body)
    }
}

/// A document as a record: a text is its content; of an object, title and content (or `text`).
fn record(index: usize, document: Value) -> Result<Value> {
    let mut record = Map::from_iter([("id".to_owned(), Value::from(index.to_string()))]);
    match document {
        Value::String(text) => drop(record.insert("content".to_owned(), text.into())),
        Value::Object(fields) => {
            let title = fields.get("title");
            let content = fields.get("content").or_else(|| fields.get("text"));
            for (name, value) in [("title", title), ("content", content)] {
                if let Some(value) = value {
                    record.insert(name.to_owned(), value.clone());
                }
            }
        }
        _ => {}
    }
    if record.len() == 1 {
        return Err(Error::bad_request(format!(
            "documents[{index}] has no text: pass a text, or a dict with `text`, `content` or `title`"
        )));
    }
    Ok(Value::Object(record))
}

/// A base of the caller's stands for the host, or for everything up to the method.
fn url(target: &Target, project: &str) -> Result<Url> {
    let place = format!("projects/{project}/locations/global/{CONFIG}:rank");
    if target.own_host {
        return Url::parse(&format!("{HOST}/{place}"))
            .map_err(|_| Error::bad_request(format!("{PROJECT} {project:?} makes no address")));
    }
    let base = target.base_url.path().trim_end_matches('/').to_owned();
    let path = match base.rsplit('/').next().unwrap_or_default() {
        "" => format!("/v1/{place}"),
        last if last.ends_with(":rank") => base,
        _ if base.contains("/rankingConfigs/") => format!("{base}:rank"),
        _ => format!("{base}/{place}"),
    };
    let mut url = target.url("");
    url.set_path(&path);
    Ok(url)
}
