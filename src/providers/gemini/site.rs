//! Where a model lives.

use url::Url;

use crate::resolve::Target;

/// The URL of a model's method.
pub(super) fn method(target: &Target, method: &str) -> Url {
    let model = target.model.as_str();
    match model.split_once('/') {
        Some(("models" | "tunedModels", _)) => target.url(&format!("{model}:{method}")),
        _ => target.url(&format!("models/{model}:{method}")),
    }
}
