//! Where a model lives.

use url::Url;

use crate::resolve::Target;

/// The URL of a model's method.
pub(super) fn method(target: &Target, method: &str) -> Url {
    target.url(&format!("{}:{method}", name(target)))
}

/// A model's whole name.
pub(super) fn name(target: &Target) -> String {
    let model = target.model.as_str();
    match model.split_once('/') {
        Some(("models" | "tunedModels", _)) => model.to_owned(),
        _ => format!("models/{model}"),
    }
}
