//! OpenAI's other endpoints: one table of places, one way to write a request.

mod events;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use serde_json::{Map, Value};

use super::{error, request, response};
use crate::error::{Error, Result};
use crate::multipart::Form;
use crate::registry::Endpoint;
use crate::resolve::Target;
use crate::types::{EndpointAnswer, EndpointRequest, Operation};
use crate::wire::{EndpointWire, EventReader, WireRequest};

use Operation as O;

/// The Responses API.
pub(crate) const OPENAI_RESPONSES: Endpoint = (
    &[
        O::Responses,
        O::GetResponse,
        O::DeleteResponse,
        O::CancelResponse,
        O::ListInputItems,
        O::CompactResponses,
    ],
    &Endpoints,
);

/// What OpenAI has.
pub(crate) const OPENAI: &[Endpoint] = &[
    OPENAI_RESPONSES,
    (&[O::TextCompletion], &Completions),
    (
        &[
            O::Moderation,
            O::ImageGeneration,
            O::ImageEdit,
            O::ImageVariation,
            O::Transcription,
            O::Speech,
            O::CreateFile,
            O::RetrieveFile,
            O::DeleteFile,
            O::ListFiles,
            O::FileContent,
            O::CreateBatch,
            O::RetrieveBatch,
            O::ListBatches,
            O::CancelBatch,
            O::ListModels,
        ],
        &Endpoints,
    ),
];

/// What a server that speaks OpenAI's dialect has, all but `/responses`, which few have: there it is done as chat.
pub(crate) const WITHOUT_RESPONSES: Endpoint = (
    &[
        O::TextCompletion,
        O::Moderation,
        O::ImageGeneration,
        O::ImageEdit,
        O::ImageVariation,
        O::Transcription,
        O::Speech,
        O::CreateFile,
        O::RetrieveFile,
        O::DeleteFile,
        O::ListFiles,
        O::FileContent,
        O::CreateBatch,
        O::RetrieveBatch,
        O::ListBatches,
        O::CancelBatch,
        O::ListModels,
    ],
    &Endpoints,
);

/// What every compatible provider has.
pub(crate) const MODELS: &[Endpoint] = &[(&[O::ListModels], &Endpoints)];

/// OpenAI's dialect, at OpenAI's places below the base URL.
#[derive(Debug)]
pub struct Endpoints;

/// OpenAI's `/completions`, for the few of its models that still have it.
#[derive(Debug)]
struct Completions;

impl EndpointWire for Endpoints {
    fn request(&self, target: &Target, request: EndpointRequest) -> Result<WireRequest> {
        let (method, path) = place(&request)?;
        write(target, method, &path, request)
    }

    fn response(
        &self,
        _target: &Target,
        operation: Operation,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<EndpointAnswer> {
        read(operation, headers, body)
    }

    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        error::from_status(status, headers, body)
    }

    fn events(&self, _target: &Target, operation: Operation) -> Option<Box<dyn EventReader>> {
        events::reader(operation)
    }
}

impl EndpointWire for Completions {
    fn takes(&self, _operation: Operation, model: &str) -> bool {
        let base = model.strip_prefix("ft:").unwrap_or(model);
        base.contains("instruct") || base.starts_with("davinci-") || base.starts_with("babbage-")
    }
    fn request(&self, target: &Target, request: EndpointRequest) -> Result<WireRequest> {
        Endpoints.request(target, request)
    }
    fn response(
        &self,
        target: &Target,
        operation: Operation,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<EndpointAnswer> {
        Endpoints.response(target, operation, headers, body)
    }
    fn error(&self, target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        Endpoints.error(target, status, headers, body)
    }
    fn events(&self, target: &Target, operation: Operation) -> Option<Box<dyn EventReader>> {
        Endpoints.events(target, operation)
    }
}

/// Method and path of a request.
///
/// # Errors
/// `BadRequest` when the id that the path needs is missing.
pub(crate) fn place(request: &EndpointRequest) -> Result<(Method, String)> {
    let id = || match request.id.as_deref() {
        Some(id) if !id.trim().is_empty() => Ok(segment(id)),
        _ => Err(Error::bad_request(format!(
            "`{}` needs the id of what it is about",
            request.operation.name()
        ))),
    };
    let post = |path: &str| Ok((Method::POST, path.to_owned()));
    let get = |path: String| Ok((Method::GET, path));
    match request.operation {
        O::Responses => post("responses"),
        O::CompactResponses => post("responses/compact"),
        O::GetResponse => get(format!("responses/{}", id()?)),
        O::DeleteResponse => Ok((Method::DELETE, format!("responses/{}", id()?))),
        O::CancelResponse => Ok((Method::POST, format!("responses/{}/cancel", id()?))),
        O::ListInputItems => get(format!("responses/{}/input_items", id()?)),
        O::Moderation => post("moderations"),
        O::TextCompletion => post("completions"),
        O::Rerank => post("rerank"),
        O::ImageGeneration => post("images/generations"),
        O::ImageEdit => post("images/edits"),
        O::ImageVariation => post("images/variations"),
        O::Transcription => post("audio/transcriptions"),
        O::Speech => post("audio/speech"),
        O::CreateFile => post("files"),
        O::RetrieveFile => get(format!("files/{}", id()?)),
        O::DeleteFile => Ok((Method::DELETE, format!("files/{}", id()?))),
        O::ListFiles => get("files".to_owned()),
        O::FileContent => get(format!("files/{}/content", id()?)),
        O::CreateBatch => post("batches"),
        O::RetrieveBatch => get(format!("batches/{}", id()?)),
        O::ListBatches => get("batches".to_owned()),
        O::CancelBatch => Ok((Method::POST, format!("batches/{}/cancel", id()?))),
        O::ListModels => get("models".to_owned()),
        O::Messages => post("messages"),
    }
}

/// An id as one segment of a path, whatever is in it.
pub(crate) fn segment(id: &str) -> String {
    let mut text = String::with_capacity(id.len());
    for byte in id.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'~' | b':' | b'@' | b'=' | b'+' => {
                text.push(char::from(byte));
            }
            // A dot is harmless unless the segment is nothing else.
            b'.' if !id.bytes().all(|byte| byte == b'.') => text.push('.'),
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

/// Writes a request for `path`: a form where files go along, a query where nothing is posted, else JSON.
pub(crate) fn write(
    target: &Target,
    method: Method,
    path: &str,
    request: EndpointRequest,
) -> Result<WireRequest> {
    let form = matches!(
        request.operation,
        O::ImageEdit | O::ImageVariation | O::Transcription | O::CreateFile
    );
    if form {
        return Ok(write_form(target, path, &request));
    }
    if method == Method::POST {
        let body = Body {
            target,
            request: &request,
        };
        let mut wire = request::post(target, path, &body)?;
        let accepts = match request.operation {
            O::Speech => "*/*",
            _ if request.stream => "text/event-stream",
            _ => "application/json",
        };
        wire.headers
            .insert(header::ACCEPT, HeaderValue::from_static(accepts));
        return Ok(wire);
    }
    let mut url = target.url(path);
    for (name, value) in &request.params {
        add_to_query(&mut url, name, value);
    }
    let accepts = if request.operation == O::FileContent {
        "*/*"
    } else {
        "application/json"
    };
    let mut headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static(accepts))]);
    let mut body = Bytes::new();
    if !target.body.is_empty() {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        body = serde_json::to_vec(&target.body).map_or(body, Bytes::from);
    }
    Ok(WireRequest {
        method,
        url,
        headers,
        body,
    })
}

/// A list is repeated under `name[]`, as OpenAI's own clients do.
fn add_to_query(url: &mut url::Url, name: &str, value: &Value) {
    match value {
        Value::Null => {}
        Value::Array(items) => {
            let name = format!("{name}[]");
            items.iter().for_each(|item| add_to_query(url, &name, item));
        }
        Value::String(text) => {
            url.query_pairs_mut().append_pair(name, text);
        }
        other => {
            url.query_pairs_mut().append_pair(name, &other.to_string());
        }
    }
}

fn write_form(target: &Target, path: &str, request: &EndpointRequest) -> WireRequest {
    let mut form = Form::default();
    let extra = &target.body;
    if !target.model.is_empty() && !extra.contains_key("model") {
        form.field("model", &Value::from(target.model.as_str()));
    }
    let own = request
        .params
        .iter()
        .filter(|(name, _)| !extra.contains_key(*name));
    own.chain(extra).for_each(|(name, value)| form.field(name, value));
    if request.stream && !extra.contains_key("stream") {
        form.field("stream", &Value::Bool(true));
    }
    let (kind, body) = form.write(&request.files);
    let mut headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_static("*/*"))]);
    // The boundary is ours: plain letters and digits.
    if let Ok(kind) = HeaderValue::from_str(&kind) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    WireRequest {
        method: Method::POST,
        url: target.url(path),
        headers,
        body,
    }
}

/// The body: model, parameters in the caller's order, then the caller's extra body, whose keys win.
struct Body<'a> {
    target: &'a Target,
    request: &'a EndpointRequest,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let extra = &self.target.body;
        let mut map = serializer.serialize_map(None)?;
        if !self.target.model.is_empty() && !extra.contains_key("model") {
            map.serialize_entry("model", &self.target.model)?;
        }
        request::write_params(&mut map, &self.request.params, extra)?;
        // Speech comes in pieces whether asked or not.
        if self.request.stream && self.request.operation != O::Speech && !extra.contains_key("stream") {
            map.serialize_entry("stream", &true)?;
        }
        map.end()
    }
}

/// Reads an answer: bytes where those were asked for, text where the server says it is none of JSON, else JSON.
pub(crate) fn read(operation: Operation, headers: &HeaderMap, body: Bytes) -> Result<EndpointAnswer> {
    if matches!(operation, O::Speech | O::FileContent) {
        return Ok(EndpointAnswer::Bytes(body));
    }
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let json = kind.is_none_or(|kind| kind.contains("json"));
    match serde_json::from_slice::<Value>(&body) {
        Ok(Value::Object(answer)) => {
            refuse_error(&answer, &body)?;
            Ok(EndpointAnswer::Json(Value::Object(answer)))
        }
        Ok(list @ Value::Array(_)) => Ok(EndpointAnswer::Json(list)),
        // Subtitles and plain text; some servers call them JSON all the same.
        _ if operation == O::Transcription => {
            Ok(EndpointAnswer::Text(String::from_utf8_lossy(&body).into_owned()))
        }
        // Deleting may be answered with nothing at all.
        Err(_) if body.trim_ascii().is_empty() && operation == O::DeleteResponse => {
            Ok(EndpointAnswer::Json(Value::Object(Map::new())))
        }
        Ok(_) => Err(response::unreadable(&body, "it is no object")),
        Err(error) if json => Err(response::unreadable(&body, &error.to_string())),
        Err(_) => Err(response::unreadable(&body, "it is not JSON")),
    }
}

/// An error inside a 200. What has an id was made, and its `error` is part of it.
fn refuse_error(answer: &Map<String, Value>, body: &Bytes) -> Result<()> {
    if answer.contains_key("id") || answer.contains_key("data") {
        return Ok(());
    }
    response::refuse_error(answer, body)
}
