//! Options that only other providers know.

use super::Provider;
use crate::options::ProviderOptions;

/// Who knows the options that begin so, or are called so.
const OWNERS: &[(&[&str], &[&str])] = &[
    (&["aws_", "model_id"], &["bedrock", "bedrock_mantle", "sagemaker"]),
    (&["vertex_"], &["vertex_ai", "vertex_ai_beta", "gemini"]),
    (
        &[
            "azure_",
            "api_version",
            "api_type",
            "tenant_id",
            "client_id",
            "client_secret",
        ],
        &["azure", "azure_ai"],
    ),
    (&["watsonx_"], &["watsonx"]),
];

/// Names of `options` that mean nothing to `row`: they are not looked at, and reported.
pub(crate) fn foreign_options(row: &Provider, options: &ProviderOptions) -> Vec<String> {
    options
        .names()
        .filter(|name| {
            let owners = OWNERS
                .iter()
                .find(|(names, _)| names.iter().any(|known| name.starts_with(known)));
            owners.is_some_and(|(_, owners)| !owners.contains(&row.name))
        })
        .map(str::to_owned)
        .collect()
}
