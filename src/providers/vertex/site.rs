//! Where models live: a host for every location, a path for every publisher.

use url::Url;

use super::publisher::{bare, is_number};
use crate::auth::google::{self, LOCATION, PROJECT};
use crate::error::{Error, Result};
use crate::providers::gemini;
use crate::registry::Call;
use crate::resolve::Target;
use crate::secret::Secret;

const DEFAULT_LOCATION: &str = "us-central1";
const GLOBAL: &str = "global";

/// Google's host and the path of project and location.
pub(super) fn base(call: &Call<'_>) -> Result<String> {
    // Express mode has neither (docs.cloud.google.com, "Vertex AI in express mode REST API reference").
    let key = call.options.api_key.as_ref().map(Secret::expose);
    if key.is_some_and(google::is_api_key) && google::named_project(call).is_none() {
        return Ok(format!("https://{}/v1", host(GLOBAL)));
    }
    let location = google::location(call).unwrap_or_else(|| default_location(call.model).to_owned());
    let host = host(checked(&location, LOCATION)?);
    let project = google::project(call)?;
    Ok(format!(
        "https://{host}/v1/{}",
        place(checked(&project, PROJECT)?, &location)
    ))
}

/// Models of the third generation and later are served globally only.
fn default_location(model: &str) -> &'static str {
    if gemini::generation(bare(model)) >= 3 {
        GLOBAL
    } else {
        DEFAULT_LOCATION
    }
}

fn host(location: &str) -> String {
    match location {
        GLOBAL => "aiplatform.googleapis.com".to_owned(),
        // A location of several regions.
        area if !area.contains('-') => format!("aiplatform.{area}.rep.googleapis.com"),
        region => format!("{region}-aiplatform.googleapis.com"),
    }
}

fn place(project: &str, location: &str) -> String {
    format!("projects/{project}/locations/{location}")
}

/// What becomes part of a host or a path holds nothing that would end it.
pub(super) fn checked<'a>(name: &'a str, option: &str) -> Result<&'a str> {
    let fine = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    // Old projects belong to a domain: `example.com:project`.
    let fine = |byte: u8| fine(byte) || (option == PROJECT && matches!(byte, b':' | b'.'));
    if !name.is_empty() && name.bytes().all(fine) {
        return Ok(name);
    }
    Err(Error::bad_request(format!(
        "{option} {name:?} has characters that no such name holds"
    )))
}

/// A method of a model that speaks Google's dialect.
pub(super) fn google(target: &Target, method: &str) -> Result<Url> {
    let name = bare(&target.model);
    let path = if is_number(name) {
        format!("endpoints/{name}")
    } else {
        format!("publishers/google/models/{name}")
    };
    let mut url = model(target, &path, method)?;
    if method == gemini::method(true) {
        url.query_pairs_mut().append_pair("alt", "sse");
    }
    Ok(url)
}

/// A method of a publisher's model. A base of the caller's stands for the host, or for everything up to the method.
pub(super) fn model(target: &Target, path: &str, method: &str) -> Result<Url> {
    let base = target.base_url.path().trim_end_matches('/');
    let path = match prefix(target)? {
        Some(prefix) => format!("{prefix}/{path}:{method}"),
        None => format!("{base}:{method}"),
    };
    Ok(with_path(target, &path))
}

/// An address below project and location.
pub(super) fn below(target: &Target, path: &str) -> Result<Url> {
    let base = target.base_url.path().trim_end_matches('/');
    let operation = "chat/completions";
    let path = match prefix(target)? {
        Some(prefix) => format!("{prefix}/{path}"),
        None if base.ends_with(operation) => base.to_owned(),
        None => format!("{base}/{operation}"),
    };
    Ok(with_path(target, &path))
}

/// The path up to the location; none where the base names the model already.
fn prefix(target: &Target) -> Result<Option<String>> {
    let base = target.base_url.path().trim_end_matches('/');
    if target.own_host {
        return Ok(Some(base.to_owned()));
    }
    let version = match base {
        "" => "/v1",
        "/v1" | "/v1beta1" => base,
        _ if base.contains("/locations/") && !base.contains("/models/") && !base.contains("/endpoints/") => {
            return Ok(Some(base.to_owned()));
        }
        _ => return Ok(None),
    };
    let project = target.options.text(PROJECT).ok_or_else(google::unknown_project)?;
    let location = target
        .options
        .text(LOCATION)
        .unwrap_or_else(|| default_location(&target.model));
    let place = place(checked(project, PROJECT)?, checked(location, LOCATION)?);
    Ok(Some(format!("{version}/{place}")))
}

fn with_path(target: &Target, path: &str) -> Url {
    let mut url = target.url("");
    url.set_path(path);
    url
}
