//! Where credentials are found, and what kind they are.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;

use super::super::token::{Fetched, Token, TokenSource};
use super::account::Account;
use super::{CREDENTIALS, refused};
use crate::error::Result;
use crate::registry::Call;
use crate::resolve::Surroundings;
use crate::transport::Connection;

/// What the host language calls its own ways to Google.
const HOST_LANGUAGE: &str = "google";

/// Credentials of a call.
pub(super) enum Found {
    /// The JSON that Google gives out: a service account's key, a signed-in user, and others.
    Json(Value),
    /// A token that somebody else has asked for.
    Token(String),
    /// Nothing is named: what the machine offers.
    Default,
}

/// The credentials of a call; none where a source of tokens, a key or a header of the caller's own stands for them.
///
/// # Errors
/// `Authentication` for credentials that cannot be read.
pub(super) fn find(call: &Call<'_>) -> Result<Option<Found>> {
    let given = &call.options.provider_options;
    let authorized = call
        .options
        .headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    if given.source(CREDENTIALS).is_some() || call.options.api_key.is_some() || authorized {
        return Ok(None);
    }
    for option in [CREDENTIALS, "vertex_ai_credentials"] {
        match given.get(option) {
            Some(Value::Object(json)) => return Ok(Some(Found::Json(Value::Object(json.clone())))),
            Some(Value::String(text)) if !text.trim().is_empty() => return of_text(option, text).map(Some),
            Some(Value::Null | Value::String(_)) | None => {}
            Some(_) => return Err(refused(format!("{option} is neither a text nor a dict"))),
        }
    }
    for variable in [
        "VERTEXAI_CREDENTIALS",
        "VERTEX_CREDENTIALS",
        "GOOGLE_APPLICATION_CREDENTIALS",
    ] {
        if let Some(text) = call.around.env(variable) {
            return of_text(variable, &text).map(Some);
        }
    }
    let known = well_known(call.around).filter(|path| path.is_file());
    known.map_or(Ok(Some(Found::Default)), |path| {
        of_file("gcloud's application default credentials", &path).map(Some)
    })
}

/// A path, JSON, or a token.
fn of_text(name: &str, text: &str) -> Result<Found> {
    let text = text.trim();
    if text.starts_with('{') {
        return of_json(name, text.as_bytes());
    }
    let path = Path::new(text);
    if path.is_file() {
        return of_file(name, path);
    }
    // Google's tokens, and the JWTs of others.
    if text.starts_with("ya29.") || text.starts_with("eyJ") {
        return Ok(Found::Token(text.to_owned()));
    }
    // The text is not shown: it may be a secret that was put in the wrong place.
    Err(refused(format!(
        "{name} is neither JSON, nor the path of a file, nor an access token"
    )))
}

fn of_file(name: &str, path: &Path) -> Result<Found> {
    let text =
        std::fs::read(path).map_err(|error| refused(format!("{name}: the file cannot be read: {error}")))?;
    of_json(name, &text)
}

fn of_json(name: &str, text: &[u8]) -> Result<Found> {
    // What is wrong is not shown: the text around it may be the key.
    match serde_json::from_slice(text) {
        Ok(json @ Value::Object(_)) => Ok(Found::Json(json)),
        Ok(_) => Err(refused(format!("{name} is JSON, but not an object"))),
        Err(error) => Err(refused(format!(
            "{name} is not JSON (line {}, column {})",
            error.line(),
            error.column()
        ))),
    }
}

/// Where `gcloud auth application-default login` leaves credentials.
fn well_known(around: &dyn Surroundings) -> Option<PathBuf> {
    let folder = around.env("CLOUDSDK_CONFIG").map(PathBuf::from).or_else(|| {
        if cfg!(windows) {
            around
                .env("APPDATA")
                .map(|folder| Path::new(&folder).join("gcloud"))
        } else {
            around
                .env("HOME")
                .map(|home| Path::new(&home).join(".config/gcloud"))
        }
    })?;
    Some(folder.join("application_default_credentials.json"))
}

impl Found {
    /// The project they belong to.
    pub(super) fn project(&self) -> Option<String> {
        let Self::Json(json) = self else { return None };
        ["project_id", "quota_project_id"]
            .iter()
            .find_map(|name| json.get(name).and_then(Value::as_str))
            .filter(|project| !project.is_empty())
            .map(str::to_owned)
    }

    /// Who gives out their tokens.
    pub(super) fn source(self, around: &dyn Surroundings) -> Result<Arc<dyn TokenSource>> {
        let details = match self {
            Self::Token(token) => return Ok(Arc::new(Fixed(token))),
            Self::Json(json) => {
                if let Some(account) = Account::of(&json)? {
                    return Ok(Arc::new(account));
                }
                json
            }
            Self::Default => Value::Null,
        };
        match around.token_source(HOST_LANGUAGE, &details) {
            Some(source) => source,
            None if details.is_null() => Err(super::missing("vertex_ai")),
            None => Err(refused(format!(
                "credentials of type {} are not known here",
                details.get("type").unwrap_or(&Value::Null)
            ))),
        }
    }
}

/// A token that never changes.
struct Fixed(String);

impl TokenSource for Fixed {
    fn identity(&self) -> &str {
        "google:fixed"
    }
    fn fetch<'a>(&'a self, _: &'a Connection) -> Fetched<'a> {
        Box::pin(std::future::ready(Ok(Token::bearer(&self.0, None))))
    }
}
