//! Batches: the requests of a stored file, answered by the routes that would answer each alone. What was started is
//! done when it is next asked for.

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::{CREATED, files, given, not_found, text};
use crate::sim::errors::ApiError;
use crate::sim::hash;
use crate::sim::reply::{Reply, Step};
use crate::sim::routes;
use crate::sim::server::Ask;

const ENDPOINTS: &[&str] = &[
    "/v1/responses",
    "/v1/chat/completions",
    "/v1/embeddings",
    "/v1/completions",
    "/v1/moderations",
];

pub(in crate::sim) fn create(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    let body: Map<String, Value> = serde_json::from_slice(ask.body)
        .map_err(|_| ApiError::new(400, "We could not parse the JSON body of your request."))?;
    super::known(
        &body,
        &[
            "completion_window",
            "endpoint",
            "input_file_id",
            "metadata",
            "output_expires_after",
        ],
    )?;
    let endpoint = text(&body, "endpoint")?;
    let file = text(&body, "input_file_id")?;
    if !ENDPOINTS.contains(&endpoint) {
        let message = format!(
            "Invalid value: '{endpoint}'. Supported values are: '{}'.",
            ENDPOINTS.join("', '")
        );
        return Err(ApiError::invalid("endpoint", "invalid_value", message));
    }
    if text(&body, "completion_window")? != "24h" {
        return Err(ApiError::invalid(
            "completion_window",
            "invalid_value",
            "Invalid value for 'completion_window'. Supported values are: '24h'.",
        ));
    }
    let Some(input) = ask.shared.storage.get(file) else {
        return Err(not_found("File object", file));
    };
    let id = format!("batch_{}", hash::hex(ask.hash));
    let total = String::from_utf8_lossy(&input.content)
        .lines()
        .filter(|line| !line.trim().is_empty())
        .count();
    let about = json!({
        "id": id,
        "object": "batch",
        "endpoint": endpoint,
        "errors": null,
        "input_file_id": file,
        "completion_window": "24h",
        "status": "validating",
        "output_file_id": null,
        "error_file_id": null,
        "created_at": CREATED,
        "expires_at": CREATED + 86_400,
        "request_counts": {"total": total, "completed": 0, "failed": 0},
        "metadata": given(&body, "metadata"),
    });
    ask.shared.storage.put(&id, about.clone(), input.content);
    Ok(Reply::json(200, &about))
}

pub(in crate::sim) fn retrieve(ask: &Ask<'_>, id: &str) -> Result<Reply, ApiError> {
    let stored = ask.shared.storage.get(id).filter(|_| id.starts_with("batch_"));
    let stored = stored.ok_or_else(|| not_found("batch", id))?;
    let mut about = stored.about;
    if about.get("status").is_some_and(|status| status == "validating") {
        done(ask, &mut about, &stored.content);
        ask.shared.storage.put(id, about.clone(), stored.content);
    }
    Ok(Reply::json(200, &about))
}

pub(in crate::sim) fn cancel(ask: &Ask<'_>, id: &str) -> Result<Reply, ApiError> {
    let stored = ask.shared.storage.get(id).filter(|_| id.starts_with("batch_"));
    let stored = stored.ok_or_else(|| not_found("batch", id))?;
    let mut about = stored.about;
    if about.get("status").is_some_and(|status| status == "completed") {
        return Err(ApiError::new(
            409,
            "Cannot cancel a batch with status 'completed'.",
        ));
    }
    set(&mut about, "status", json!("cancelled"));
    set(&mut about, "cancelled_at", json!(CREATED + 1));
    ask.shared.storage.put(id, about.clone(), stored.content);
    Ok(Reply::json(200, &about))
}

pub(in crate::sim) fn list(ask: &Ask<'_>, _rest: &str) -> Result<Reply, ApiError> {
    Ok(files::page(ask.shared.storage.all("batch_")))
}

fn set(about: &mut Value, name: &str, value: Value) {
    if let Some(about) = about.as_object_mut() {
        about.insert(name.to_owned(), value);
    }
}

/// Answers every line.
fn done(ask: &Ask<'_>, about: &mut Value, input: &Bytes) {
    let endpoint = about
        .get("endpoint")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for line in String::from_utf8_lossy(input)
        .lines()
        .filter(|line| !line.trim().is_empty())
    {
        let request: Value = serde_json::from_str(line).unwrap_or_default();
        let custom = request.get("custom_id").cloned().unwrap_or_default();
        let right = request.get("url").is_some_and(|url| *url == endpoint.as_str());
        let (status, body) = if right {
            one(ask, &endpoint, &request)
        } else {
            let message =
                format!("The URL provided for this request does not match the batch endpoint '{endpoint}'.");
            (
                400,
                json!({"error": {"message": message, "type": "invalid_request_error", "param": "url", "code": "mismatched_endpoint"}}),
            )
        };
        let id = hash::hex(hash::fnv(line.as_bytes()));
        let answer = json!({
            "id": format!("batch_req_{id}"),
            "custom_id": custom,
            "response": {"status_code": status, "request_id": format!("req_{id}"), "body": body},
            "error": null,
        });
        if status < 400 {
            good.push(answer.to_string());
        } else {
            bad.push(answer.to_string());
        }
    }
    let batch = about
        .get("id")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let total = good.len() + bad.len();
    let counts = json!({"total": total, "completed": good.len(), "failed": bad.len()});
    for (lines, field, kind) in [
        (good, "output_file_id", "output"),
        (bad, "error_file_id", "errors"),
    ] {
        if lines.is_empty() {
            continue;
        }
        let text = lines.join("\n") + "\n";
        let id = format!("file-{kind}-{}", hash::hex(hash::fnv(batch.as_bytes())));
        let told = files::about(&id, &format!("{batch}_{kind}.jsonl"), "batch_output", text.len());
        ask.shared.storage.put(&id, told, text);
        set(about, field, json!(id));
    }
    set(about, "status", json!("completed"));
    set(about, "in_progress_at", json!(CREATED + 1));
    set(about, "completed_at", json!(CREATED + 2));
    set(about, "request_counts", counts);
}

/// The status and body of one request's answer; what a fault would do to its bytes on the way is not part of it.
fn one(ask: &Ask<'_>, endpoint: &str, request: &Value) -> (u16, Value) {
    let body = Bytes::from(request.get("body").cloned().unwrap_or_default().to_string());
    let inner = Ask {
        method: "POST",
        path: endpoint,
        query: None,
        body: &body,
        hash: hash::fnv(&body),
        ..*ask
    };
    let (reply, _) = routes::answer(&inner);
    let mut whole = Vec::new();
    for step in &reply.steps {
        if let Step::Send(bytes) = step {
            whole.extend_from_slice(bytes);
        }
    }
    let body = serde_json::from_slice(&whole).unwrap_or_default();
    (reply.status, body)
}
