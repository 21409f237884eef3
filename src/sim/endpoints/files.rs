//! Stored files.

use serde_json::{Value, json};

use super::form::Form;
use super::{CREATED, not_found, text};
use crate::sim::errors::ApiError;
use crate::sim::hash;
use crate::sim::reply::Reply;
use crate::sim::server::Ask;

const PURPOSES: &[&str] = &["assistants", "batch", "fine-tune", "vision", "user_data", "evals"];

pub(in crate::sim) fn create(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let form = Form::read(ask)?;
    let file = form.file("file")?;
    let purpose = text(&form.fields, "purpose")?;
    if !PURPOSES.contains(&purpose) {
        let message = format!(
            "Invalid value: '{purpose}'. Supported values are: '{}'.",
            PURPOSES.join("', '")
        );
        return Err(ApiError::invalid("purpose", "invalid_value", message));
    }
    // What is in it names it, not the boundary of the form, which is another each time.
    let seed = hash::fnv(&file.content) ^ hash::fnv(file.name.as_bytes()) ^ hash::fnv(purpose.as_bytes());
    let id = format!("file-{}", hash::hex(seed));
    let about = about(&id, &file.name, purpose, file.content.len());
    ask.shared.storage.put(&id, about.clone(), file.content.clone());
    Ok(Reply::json(200, &about))
}

pub(super) fn about(id: &str, name: &str, purpose: &str, bytes: usize) -> Value {
    json!({
        "id": id,
        "object": "file",
        "bytes": bytes,
        "created_at": CREATED,
        "expires_at": null,
        "filename": name,
        "purpose": purpose,
        "status": "processed",
        "status_details": null,
    })
}

pub(in crate::sim) fn list(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let purpose = ask.query.and_then(|query| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        pairs
            .find(|(name, _)| name == "purpose")
            .map(|(_, value)| value.into_owned())
    });
    let mut files = ask.shared.storage.all("file-");
    files.retain(|file| {
        purpose
            .as_deref()
            .is_none_or(|purpose| file.get("purpose").is_some_and(|known| known == purpose))
    });
    Ok(page(files))
}

/// A list that is all there is.
pub(super) fn page(items: Vec<Value>) -> Reply {
    let id = |item: Option<&Value>| item.and_then(|item| item.get("id")).cloned();
    let whole = json!({
        "object": "list",
        "first_id": id(items.first()),
        "last_id": id(items.last()),
        "has_more": false,
        "data": items,
    });
    Reply::json(200, &whole)
}

pub(in crate::sim) fn retrieve(ask: &Ask<'_>, id: &str) -> Result<Reply, ApiError> {
    let stored = ask.shared.storage.get(id).filter(|_| id.starts_with("file-"));
    let stored = stored.ok_or_else(|| not_found("File object", id))?;
    Ok(Reply::json(200, &stored.about))
}

pub(in crate::sim) fn content(ask: &Ask<'_>, id: &str) -> Result<Reply, ApiError> {
    let stored = ask.shared.storage.get(id).filter(|_| id.starts_with("file-"));
    let stored = stored.ok_or_else(|| not_found("File object", id))?;
    Ok(Reply::whole(200, "application/octet-stream", stored.content))
}

pub(in crate::sim) fn delete(ask: &Ask<'_>, id: &str) -> Result<Reply, ApiError> {
    if !id.starts_with("file-") || ask.shared.storage.remove(id).is_none() {
        return Err(not_found("File object", id));
    }
    Ok(Reply::json(
        200,
        &json!({"id": id, "object": "file", "deleted": true}),
    ))
}
