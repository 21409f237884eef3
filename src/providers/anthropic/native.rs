//! Anthropic's own API for programs that speak it: requests, answers and events go through as they are.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::Value;

use super::{error, request};
use crate::error::{Error, Partial, Result};
use crate::framing::Frame;
use crate::providers::openai::{self, endpoints::Endpoints};
use crate::resolve::Target;
use crate::types::{EndpointAnswer, EndpointRequest, Operation, Piece};
use crate::wire::{EndpointWire, EventReader, WireRequest};

/// Messages and the list of models.
#[derive(Debug)]
pub(super) struct Native;

/// Features that a request names by the fields it has.
const FEATURES: [(&str, &str); 3] = [
    ("mcp_servers", "mcp-client-2025-04-04"),
    ("context_management", "context-management-2025-06-27"),
    ("output_format", "structured-outputs-2025-11-13"),
];

impl EndpointWire for Native {
    fn request(&self, target: &Target, mut given: EndpointRequest) -> Result<WireRequest> {
        if given.operation == Operation::ListModels {
            let mut written = Endpoints.request(target, given)?;
            let path = request::url(target).path().replace("/messages", "/models");
            written.url.set_path(&path);
            return Ok(written);
        }
        let betas = given.params.shift_remove("betas");
        let named = betas.as_ref().and_then(Value::as_array).into_iter().flatten();
        let needed = FEATURES
            .iter()
            .filter(|(field, _)| given.params.get(*field).is_some_and(|value| !value.is_null()))
            .map(|(_, beta)| *beta);
        let betas: Vec<String> = named
            .filter_map(|name| name.as_str().map(str::to_owned))
            .chain(needed.map(str::to_owned))
            .collect();
        let mut written = Endpoints.request(target, given)?;
        written.url = request::url(target);
        for beta in betas {
            let value = HeaderValue::from_str(&beta)
                .map_err(|_| Error::bad_request("betas has characters that no header can hold"))?;
            written
                .headers
                .append(HeaderName::from_static("anthropic-beta"), value);
        }
        Ok(written)
    }

    fn response(
        &self,
        _target: &Target,
        operation: Operation,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<EndpointAnswer> {
        let answer = openai::endpoints::read(operation, headers, body.clone());
        if serde_json::from_slice::<Value>(&body)
            .is_ok_and(|answer| answer.get("type").is_some_and(|kind| kind == "error"))
        {
            return Err(error::from_event(body));
        }
        answer
    }

    fn error(&self, _target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        error::from_status(status, headers, body)
    }

    fn events(&self, _target: &Target, _operation: Operation) -> Option<Box<dyn EventReader>> {
        Some(Box::new(Events::default()))
    }
}

/// From `message_start` to `message_stop`.
#[derive(Debug, Default)]
struct Events {
    complete: bool,
    text: String,
}

impl EventReader for Events {
    fn read(&mut self, frame: Frame<'_>, pieces: &mut Vec<Piece>) -> Result<()> {
        let data = frame.data.trim_ascii();
        if data.is_empty() || self.complete {
            return Ok(());
        }
        let event: Value = serde_json::from_slice(data).map_err(|failure| {
            let why = format!("an event of the stream is corrupt: {failure}");
            super::response::unreadable(&Bytes::copy_from_slice(data), &why)
        })?;
        match event.get("type").and_then(Value::as_str) {
            Some("error") => return Err(error::from_event(Bytes::copy_from_slice(data))),
            Some("message_stop") => self.complete = true,
            _ => {}
        }
        if let Some(text) = event.pointer("/delta/text").and_then(Value::as_str) {
            self.text.push_str(text);
        }
        pieces.push(Piece::Event(event));
        Ok(())
    }

    fn is_complete(&self) -> bool {
        self.complete
    }

    fn partial(&self) -> Partial {
        Partial {
            text: self.text.clone(),
            usage: None,
        }
    }
}
