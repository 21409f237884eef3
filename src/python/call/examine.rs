//! A call that is checked as if it were sent, and is not: mocks refuse what the real call would.

use pyo3::prelude::*;
use pyo3::types::PyDict;
use serde_json::Value;

use super::{Settings, Sorted, prepared_chat, prepared_embed};
use crate::error::Result;
use crate::resolve::split_model;
use crate::secret::Secret;

/// What a call would be: the provider's name, the bare model, the parameters that would be dropped, and the body.
pub(in crate::python) type Examined = (String, String, Vec<String>, String);

/// Stands for what only a call that is sent must have.
const STAND_IN: &str = "not-sent";
const STAND_IN_BASE: &str = "http://not-sent.invalid";

/// Checks the call. A missing key, address or credential is no fault of it.
pub(in crate::python) fn examine(
    operation: &str,
    arguments: &Bound<'_, PyDict>,
    settings: &Settings<'_, '_>,
    stream: bool,
) -> Result<Examined> {
    let mut sorted = Sorted::new(arguments, settings, stream, None)?;
    let options = &mut sorted.options;
    let (provider, model) = split_model(&sorted.model, options.provider.as_deref())?;
    let named = (provider.name.to_owned(), model.to_owned());
    options.api_key.get_or_insert_with(|| Secret::new(STAND_IN));
    options.base_url.get_or_insert_with(|| STAND_IN_BASE.to_owned());
    let mut lent = Vec::new();
    for name in [
        "aws_access_key_id",
        "aws_secret_access_key",
        "aws_region_name",
        "vertex_project",
        "vertex_location",
    ] {
        if options.provider_options.text(name).is_none() {
            options
                .provider_options
                .set(name, Value::String(STAND_IN.to_owned()));
            lent.push(name);
        }
    }
    let (mut dropped, body) = match operation {
        "chat" => {
            let prepared = prepared_chat(sorted, settings, stream)?;
            (prepared.dropped_params().to_vec(), text(prepared.body()))
        }
        "embed" => {
            let prepared = prepared_embed(sorted, settings)?;
            (prepared.dropped_params().to_vec(), text(prepared.body()))
        }
        _ => (Vec::new(), String::new()),
    };
    // What was put in here is not the caller's, and so no loss of theirs.
    dropped.retain(|name| !lent.contains(&name.as_str()));
    Ok((named.0, named.1, dropped, body))
}

fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).into_owned()
}
