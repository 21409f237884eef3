//! The headers that a call adds to the dialect's own.

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::Surroundings;
use crate::error::{Error, Result};
use crate::options::CallOptions;
use crate::registry::Provider;

/// The row's headers, the account's and the caller's, in that order.
pub(super) fn headers(
    provider: &Provider,
    options: &CallOptions,
    around: &dyn Surroundings,
) -> Result<HeaderMap> {
    let mut headers = HeaderMap::new();
    for (name, value) in provider.headers {
        insert(&mut headers, name, value)?;
    }
    for (name, variable) in provider.headers_env {
        if let Some(value) = around.env(variable) {
            insert(&mut headers, name, &value)?;
        }
    }
    if provider.name == "openai" {
        let organization = options
            .organization
            .clone()
            .or_else(|| around.setting("organization"));
        let organization = organization
            .or_else(|| around.env("OPENAI_ORGANIZATION"))
            .or_else(|| around.env("OPENAI_ORG_ID"));
        if let Some(organization) = organization {
            insert(&mut headers, "openai-organization", &organization)?;
        }
        let project = options
            .project
            .clone()
            .or_else(|| around.setting("project"))
            .or_else(|| around.env("OPENAI_PROJECT"));
        let project = project.or_else(|| around.env("OPENAI_PROJECT_ID"));
        if let Some(project) = project {
            insert(&mut headers, "openai-project", &project)?;
        }
    }
    for (name, value) in &options.headers {
        insert(&mut headers, name, value)?;
    }
    Ok(headers)
}

// The value is not shown in the errors: a header is where keys travel.
fn insert(headers: &mut HeaderMap, name: &str, value: &str) -> Result<()> {
    let header = HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| Error::bad_request(format!("{name:?} is not a header name")))?;
    if header == CONTENT_LENGTH || header == TRANSFER_ENCODING {
        // Another length would make the rest of the body a request of its own.
        return Err(Error::bad_request(format!(
            "header {name:?} is the connection's own: it says where the request ends"
        )));
    }
    let mut value = HeaderValue::from_str(value).map_err(|_| {
        Error::bad_request(format!(
            "the value of header {name:?} has characters no header can hold"
        ))
    })?;
    value.set_sensitive(true);
    headers.insert(header, value);
    Ok(())
}
