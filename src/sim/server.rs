//! The accept loop, and the way from one HTTP request to one HTTP response.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use super::dialect::{Answered, Dialect};
use super::errors::ApiError;
use super::hash;
use super::openai;
use super::record::{RecordedRequest, Shared};
use super::reply::{Hold, Reply, Script};
use super::routes;

const LARGEST_BODY: usize = 256 * 1024 * 1024;

/// Headers whose values are credentials; that they were sent is kept, what they say is not.
const SECRET_HEADERS: &[&str] = &[
    "authorization",
    "proxy-authorization",
    "api-key",
    "x-api-key",
    "x-goog-api-key",
    "ocp-apim-subscription-key",
    "x-amz-security-token",
    "cookie",
];
const SECRET_QUERY: &[&str] = &["key", "api_key", "api-key", "access_token"];

/// A request as the routes see it.
#[derive(Clone, Copy)]
pub(super) struct Ask<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    /// Redacted, as the headers are.
    pub(super) query: Option<&'a str>,
    pub(super) headers: &'a [(String, String)],
    pub(super) body: &'a Bytes,
    /// Names this very request: same request, same hash.
    pub(super) hash: u64,
    pub(super) shared: &'a Shared,
    pub(super) dialect: &'static Dialect,
}

pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>, mut stopped: oneshot::Receiver<()>) {
    loop {
        tokio::select! {
            _ = &mut stopped => return,
            accepted = listener.accept() => match accepted {
                Ok((socket, _)) => {
                    tokio::spawn(connection(socket, Arc::clone(&shared)));
                }
                // Out of descriptors, most likely: others have to close first.
                Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
            },
        }
    }
}

async fn connection(socket: TcpStream, shared: Arc<Shared>) {
    // Without it the kernel would hold small events back.
    let _ = socket.set_nodelay(true);
    let _open = shared.connect();
    let service = service_fn(|request| respond(Arc::clone(&shared), request));
    // An error here is a client that left or an answer that was cut on request.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(socket), service)
        .await;
}

async fn respond(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Response<Script>, io::Error> {
    let (head, body) = request.into_parts();
    let (body, too_large) = match Limited::new(body, LARGEST_BODY).collect().await {
        Ok(body) => (body.to_bytes(), false),
        Err(error) if error.is::<LengthLimitError>() => (Bytes::new(), true),
        Err(error) => return Err(io::Error::other(error)),
    };
    let method = head.method.as_str();
    let path = head.uri.path();
    let query = head.uri.query().map(redacted_query);
    let headers = redacted_headers(&head.headers);
    let hash = hash::fnv(&body) ^ hash::fnv(method.as_bytes()) ^ hash::fnv(path.as_bytes()).rotate_left(1);
    let mut ticket = shared.open(RecordedRequest {
        method: method.to_owned(),
        path: path.to_owned(),
        query: query.clone(),
        headers: headers.clone(),
        body: body.clone(),
        status: None,
        open: true,
        aborted: false,
    });
    let ask = Ask {
        method,
        path,
        query: query.as_deref(),
        headers: &headers,
        body: &body,
        hash,
        shared: &shared,
        dialect: &openai::DIALECT,
    };
    let (reply, dialect) = if too_large {
        let error = ApiError::new(413, "The request body is too large.");
        (ask.dialect.reply(&error), ask.dialect)
    } else {
        routes::answer(&ask)
    };
    ticket.status(reply.status);
    let waited = match reply.hold {
        Hold::None => Duration::ZERO,
        Hold::For(time) => {
            tokio::time::sleep(time).await;
            time
        }
        Hold::Forever => std::future::pending().await,
    };
    if reply.steps.is_empty() {
        ticket.finish();
    }
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::from_u16(reply.status).map_err(io::Error::other)?;
    let common = (dialect.headers)(&Answered {
        status: reply.status,
        hash,
        request_bytes: body.len(),
        waited,
    });
    write_headers(response.headers_mut(), &reply, common);
    Ok(response.map(|()| Script::new(reply.steps, ticket)))
}

fn write_headers(headers: &mut HeaderMap, reply: &Reply, common: Vec<(&'static str, String)>) {
    let length = reply.length.map(|length| ("content-length", length.to_string()));
    let own = reply.headers.iter().map(|(name, value)| (*name, value.clone()));
    for (name, value) in common.into_iter().chain(length).chain(own) {
        // A value that is no header text came from a model name; it is left out.
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
}

fn redacted_headers(headers: &HeaderMap) -> Vec<(String, String)> {
    let redacted = headers.iter().map(|(name, value)| {
        let secret = SECRET_HEADERS.contains(&name.as_str());
        // An empty credential is none, and that difference is worth seeing.
        let shown = match value.as_bytes() {
            b"" => String::new(),
            _ if secret => "***".to_owned(),
            bytes => String::from_utf8_lossy(bytes).into_owned(),
        };
        (name.as_str().to_owned(), shown)
    });
    redacted.collect()
}

fn redacted_query(query: &str) -> String {
    let redacted = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if SECRET_QUERY.contains(&name.to_ascii_lowercase().as_str()) => {
            format!("{name}=***")
        }
        _ => pair.to_owned(),
    });
    redacted.collect::<Vec<_>>().join("&")
}
