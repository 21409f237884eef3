//! Answers in one piece, and what faults do to them.

use std::collections::VecDeque;
use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::faults::Fault;
use super::reply::{FLUSH, Reply, Step};
use super::server::Ask;

/// How many pieces a dripped body comes in.
const DRIPS: usize = 10;

/// The answer to a request whose model asks for nothing more than a fault.
pub(super) fn answer(ask: &Ask<'_>, model: &str, body: &Value) -> Reply {
    let fault = Fault::of(ask, model);
    fault
        .refusal(ask)
        .unwrap_or_else(|| reply(body.to_string().into_bytes(), &fault))
}

pub(super) fn reply(body: Vec<u8>, fault: &Fault) -> Reply {
    let mut reply = Reply::whole(200, "application/json", "");
    reply.hold = fault.hold();
    let body = Bytes::from(match fault.name() {
        "malformed" => b"{\"id\": \"chatcmpl-simulator\", \"choices\": [{\"index\": 0,".to_vec(),
        "error_event" => fault.error_event().data.into_bytes(),
        "gzip" => {
            reply.headers.push(("content-encoding", "gzip".to_owned()));
            gzip(&body)
        }
        _ => body,
    });
    // Also with a body cut short: that is what makes the cut visible.
    reply.length = Some(body.len());
    reply.steps = match fault.name() {
        "slow_first" => VecDeque::from([Step::Wait(fault.milliseconds(500)), Step::Send(body)]),
        "drip" => drip(&body, fault),
        "stall" => VecDeque::from([half(&body), Step::Stall]),
        "cut" | "cut_event" => VecDeque::from([half(&body), Step::Wait(FLUSH), Step::Abort]),
        "cut_clean" => {
            reply.length = None;
            VecDeque::from([half(&body)])
        }
        "unicode" => split_characters(&body),
        _ => VecDeque::from([Step::Send(body)]),
    };
    reply
}

fn half(body: &Bytes) -> Step {
    Step::Send(body.slice(..body.len() / 2))
}

fn drip(body: &Bytes, fault: &Fault) -> VecDeque<Step> {
    let mut steps = VecDeque::new();
    let mut rest = body.clone();
    let size = body.len().div_ceil(DRIPS).max(1);
    while !rest.is_empty() {
        steps.push_back(Step::Send(rest.split_to(size.min(rest.len()))));
        if let Some(pause) = fault.pace().filter(|_| !rest.is_empty()) {
            steps.push_back(Step::Wait(pause));
        }
    }
    steps
}

/// Cuts inside the first character that has several bytes, so that a reader which decodes each
/// read by itself fails.
pub(super) fn split_characters(bytes: &Bytes) -> VecDeque<Step> {
    let inside = bytes.iter().position(|byte| byte & 0b1100_0000 == 0b1000_0000);
    match inside {
        Some(at) => VecDeque::from([
            Step::Send(bytes.slice(..at)),
            Step::Wait(FLUSH),
            Step::Send(bytes.slice(at..)),
        ]),
        None => VecDeque::from([Step::Send(bytes.clone())]),
    }
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    // Writing to memory does not fail.
    let _ = encoder.write_all(body);
    encoder.finish().unwrap_or_default()
}
