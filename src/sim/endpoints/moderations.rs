//! `/moderations`: what is judged is the words.

use serde_json::{Map, Value, json};

use super::given;
use crate::sim::errors::ApiError;
use crate::sim::faults::Fault;
use crate::sim::hash::{self, Mix};
use crate::sim::reply::Reply;
use crate::sim::server::Ask;

/// Each category, and a word that breaks its rule.
const CATEGORIES: &[(&str, &str)] = &[
    ("harassment", "idiot"),
    ("harassment/threatening", "threaten"),
    ("hate", "hate"),
    ("hate/threatening", "exterminate"),
    ("illicit", "steal"),
    ("illicit/violent", "bomb"),
    ("self-harm", "suicide"),
    ("self-harm/instructions", "overdose"),
    ("self-harm/intent", "end my life"),
    ("sexual", "porn"),
    ("sexual/minors", "lolita"),
    ("violence", "kill"),
    ("violence/graphic", "gore"),
];
const MODEL: &str = "omni-moderation-latest";

pub(in crate::sim) fn answer(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let body: Map<String, Value> = serde_json::from_slice(ask.body)
        .map_err(|_| ApiError::new(400, "We could not parse the JSON body of your request."))?;
    let model = given(&body, "model").and_then(Value::as_str).unwrap_or(MODEL);
    let inputs: Vec<(String, bool)> = match given(&body, "input") {
        None => return Err(ApiError::missing("input")),
        Some(Value::String(text)) => vec![(text.clone(), false)],
        Some(Value::Array(items)) if items.iter().all(Value::is_string) && !items.is_empty() => items
            .iter()
            .map(|item| (item.as_str().unwrap_or_default().to_owned(), false))
            .collect(),
        // Parts are one input.
        Some(Value::Array(parts)) if parts.iter().all(Value::is_object) && !parts.is_empty() => {
            let texts = parts.iter().filter_map(|part| part.get("text")?.as_str());
            let has_image = parts.iter().any(|part| part.get("image_url").is_some());
            vec![(texts.collect::<Vec<_>>().join("\n"), has_image)]
        }
        Some(other) => return Err(ApiError::wrong_type("input", "a string or an array", other)),
    };
    let fault = Fault::of(ask, model);
    if let Some(reply) = fault.refusal(ask) {
        return Ok(reply);
    }
    let results: Vec<Value> = inputs.iter().map(|(text, image)| judged(text, *image)).collect();
    let whole = json!({"id": format!("modr-{}", hash::hex(ask.hash)), "model": model, "results": results});
    Ok(super::json(&whole, &fault))
}

fn judged(text: &str, has_image: bool) -> Value {
    let lower = text.to_lowercase();
    let mut mix = Mix(hash::fnv(text.as_bytes()));
    let (mut flags, mut scores, mut kinds) = (Map::new(), Map::new(), Map::new());
    let mut flagged = false;
    for (category, word) in CATEGORIES {
        let broken = lower.contains(word);
        flagged |= broken;
        let small = f64::from(mix.unit().abs()) / 1000.0;
        flags.insert((*category).to_owned(), broken.into());
        scores.insert((*category).to_owned(), json!(if broken { 0.98 } else { small }));
        let mut applied = vec!["text"];
        if has_image {
            applied.push("image");
        }
        kinds.insert((*category).to_owned(), json!(applied));
    }
    json!({"flagged": flagged, "categories": flags, "category_scores": scores, "category_applied_input_types": kinds})
}
