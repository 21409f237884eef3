//! How servers differ.

use serde_json::{Map, Value, json};
use url::Url;

use super::{Rerank, meta, result, texts};
use crate::error::Result;
use crate::params::ParamRules;
use crate::resolve::Target;

/// Cohere's second dialect. It refuses what it does not know, and gives no texts back.
pub(crate) const COHERE: Rerank = Rerank {
    url: |target| below(target, "v2/rerank", &["/v2/rerank", "/v1/rerank", "/rerank"]),
    rules: ParamRules {
        unsupported: &[&["rank_fields", "max_chunks_per_doc"]],
        ..ParamRules::ALL
    },
    write: |target, mut params| {
        // The texts are the caller's own; the layer above puts them beside the ranks.
        params.shift_remove("return_documents");
        let texts = texts(&params);
        params.insert("documents".to_owned(), texts.into());
        as_given(target, params)
    },
    read: |answer| cohere(answer, &["results"]),
};

/// Jina's dialect (jina.ai/reranker), which LiteLLM's proxy speaks too, and Azure AI for Cohere's models.
pub(crate) const JINA: Rerank = Rerank {
    rules: ParamRules::ALL,
    url: |target| below(target, "v1/rerank", &["/rerank"]),
    write: as_given,
    read: |answer| cohere(answer, &["results", "data"]),
};

/// The same at a base that says its version itself: Together, vLLM, Infinity, Fireworks.
pub(crate) const SERVER: Rerank = Rerank {
    url: |target| below(target, "rerank", &["/rerank"]),
    ..JINA
};

/// Voyage's (docs.voyageai.com/reference/reranker-api).
pub(crate) const VOYAGE: Rerank = Rerank {
    rules: ParamRules::ALL,
    url: |target| below(target, "v1/rerank", &["/rerank"]),
    write: |target, mut params| {
        rename(&mut params, "top_n", "top_k");
        as_given(target, params)
    },
    read: |answer| cohere(answer, &["data", "results"]),
};

/// NVIDIA's retrieval models (docs.nvidia.com/nim, "Text Reranking"): hosted ones have an address for each model.
pub(crate) const NVIDIA: Rerank = Rerank {
    rules: ParamRules::ALL,
    url: |target| {
        let mut url = target.base_url.clone();
        if target.own_host {
            // Chat and retrieval are on different hosts; a host that is a constant parses.
            url = Url::parse("https://ai.api.nvidia.com").unwrap_or(url);
        }
        let base = url.path().trim_end_matches('/').to_owned();
        let path = match target.model.strip_prefix("ranking/") {
            Some(_) => format!("{}/v1/ranking", base.trim_end_matches("/v1")),
            None => format!(
                "{}/v1/retrieval/{}/reranking",
                base.trim_end_matches("/v1"),
                target.model
            ),
        };
        url.set_path(&path);
        url
    },
    write: |target, mut params| {
        let passages: Vec<Value> = texts(&params).iter().map(|text| json!({"text": text})).collect();
        let query = params.shift_remove("query").unwrap_or_default();
        params.shift_remove("documents");
        // The texts are the caller's own; the layer above puts them beside the ranks.
        params.shift_remove("return_documents");
        // The server ranks all; the layer above takes as many as were asked for.
        params.shift_remove("top_n");
        let model = target.model.strip_prefix("ranking/").unwrap_or(&target.model);
        let query = if query.is_object() {
            query
        } else {
            json!({"text": query})
        };
        let mut body = Map::from_iter([
            ("model".to_owned(), Value::from(model)),
            ("query".to_owned(), query),
            ("passages".to_owned(), Value::from(passages)),
        ]);
        body.extend(params);
        Ok(body)
    },
    read: |answer| {
        let rankings = answer.get("rankings")?.as_array()?;
        let one = |rank: &Value| {
            result(
                rank.get("index").unwrap_or(&Value::Null),
                rank.get("logit")
                    .or_else(|| rank.get("relevance_score"))
                    .unwrap_or(&Value::Null),
                None,
            )
        };
        Some(whole(&answer, rankings.iter().map(one).collect()))
    },
};

/// Hugging Face's Text Embeddings Inference.
pub(crate) const TEXT_EMBEDDINGS_INFERENCE: Rerank = Rerank {
    rules: ParamRules::ALL,
    url: |target| below(target, "rerank", &["/rerank"]),
    write: |_, mut params| {
        let texts = texts(&params);
        params.shift_remove("documents");
        params.shift_remove("top_n");
        rename(&mut params, "return_documents", "return_text");
        params.insert("texts".to_owned(), texts.into());
        Ok(params)
    },
    read: |answer| {
        let ranks = answer.as_array()?;
        let one = |rank: &Value| {
            result(
                rank.get("index").unwrap_or(&Value::Null),
                rank.get("score").unwrap_or(&Value::Null),
                rank.get("text"),
            )
        };
        let mut whole = whole(&Value::Null, ranks.iter().map(one).collect());
        whole.shift_remove("meta");
        Some(whole)
    },
};

/// DeepInfra's (deepinfra.com/docs, "Rerankers"): a score for each document, in their order.
pub(crate) const DEEPINFRA: Rerank = Rerank {
    rules: ParamRules::ALL,
    url: |target| {
        let mut url = target.base_url.clone();
        let base = url.path().trim_end_matches('/');
        let base = base.strip_suffix("/openai").unwrap_or(base);
        let path = format!("{base}/inference/{}", target.model);
        url.set_path(&path);
        url
    },
    write: |_, mut params| {
        let documents = texts(&params);
        let query = params.shift_remove("query").unwrap_or_default();
        for name in ["documents", "top_n", "return_documents"] {
            params.shift_remove(name);
        }
        params.insert("queries".to_owned(), Value::from(vec![query; documents.len()]));
        params.insert("documents".to_owned(), documents.into());
        Ok(params)
    },
    read: |answer| {
        let scores = answer.get("scores")?.as_array()?;
        let mut ranked: Vec<(usize, f64)> = scores
            .iter()
            .map(|score| score.as_f64().unwrap_or(f64::NEG_INFINITY))
            .enumerate()
            .collect();
        ranked.sort_by(|one, other| other.1.total_cmp(&one.1));
        let results = ranked
            .into_iter()
            .map(|(index, score)| result(&index.into(), &score.into(), None))
            .collect();
        let mut whole = whole(&answer, results);
        if let Some(tokens) = answer.get("input_tokens") {
            whole.insert(
                "meta".to_owned(),
                json!({"billed_units": {"total_tokens": tokens}, "tokens": {"input_tokens": tokens}}),
            );
        }
        if let Some(id) = answer.get("request_id") {
            whole.insert("id".to_owned(), id.clone());
        }
        Some(whole)
    },
};

/// The model, then what was given.
#[expect(clippy::unnecessary_wraps, reason = "other flavours refuse")]
fn as_given(target: &Target, params: Map<String, Value>) -> Result<Map<String, Value>> {
    let mut body = Map::from_iter([("model".to_owned(), Value::from(target.model.as_str()))]);
    body.extend(params);
    Ok(body)
}

fn rename(params: &mut Map<String, Value>, old: &str, new: &str) {
    if let Some(value) = params.shift_remove(old) {
        params.entry(new).or_insert(value);
    }
}

/// `path` below the base, unless the base is the whole address already.
fn below(target: &Target, path: &str, whole: &[&str]) -> Url {
    let mut url = target.base_url.clone();
    let base = url.path().trim_end_matches('/').to_owned();
    if whole.iter().any(|end| base.ends_with(end)) {
        return url;
    }
    // A base that names its version takes that one's place.
    let joined = match path.split_once('/') {
        Some((version, rest)) if base.ends_with("/v1") || base.ends_with(&format!("/{version}")) => {
            format!("{base}/{rest}")
        }
        _ => format!("{base}/{path}"),
    };
    url.set_path(&joined);
    url
}

/// An answer that has Cohere's shape but for the name of its list and its counts.
fn cohere(answer: Value, lists: &[&str]) -> Option<Map<String, Value>> {
    let list = lists
        .iter()
        .find_map(|name| answer.get(*name).filter(|list| list.is_array()))?;
    let one = |rank: &Value| {
        result(
            rank.get("index").unwrap_or(&Value::Null),
            rank.get("relevance_score")
                .or_else(|| rank.get("score"))
                .unwrap_or(&Value::Null),
            rank.get("document"),
        )
    };
    let results = list.as_array()?.iter().map(one).collect();
    Some(whole(&answer, results))
}

/// Id, results and meta; what else the server says is kept.
pub(crate) fn whole(answer: &Value, results: Vec<Value>) -> Map<String, Value> {
    let mut whole = Map::new();
    let given = answer.as_object();
    whole.insert(
        "id".to_owned(),
        given
            .and_then(|given| given.get("id"))
            .cloned()
            .unwrap_or_default(),
    );
    whole.insert("results".to_owned(), results.into());
    if let Some(given) = given {
        let meta = given.get("meta").cloned().or_else(|| meta(given.get("usage")));
        if let Some(meta) = meta {
            whole.insert("meta".to_owned(), meta);
        }
        let known = ["id", "results", "data", "rankings", "scores", "meta", "object"];
        for (name, value) in given.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
            whole.insert(name.clone(), value.clone());
        }
    }
    whole
}
