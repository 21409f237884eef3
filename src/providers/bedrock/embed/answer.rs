//! What any family answers.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::types::Vector;

/// An answer of any family.
#[derive(Deserialize)]
pub(super) struct Answer {
    /// Titan.
    #[serde(default)]
    embedding: Option<Vec<f64>>,
    /// Titan, for every type that was asked for.
    #[serde(default, rename = "embeddingsByType")]
    by_type: Option<Map<String, Value>>,
    #[serde(default, rename = "inputTextTokenCount")]
    pub tokens: Option<i64>,
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
    pub(super) fn vectors(&self) -> Vec<Vector> {
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
