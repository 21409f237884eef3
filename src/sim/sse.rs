//! Streams of server-sent events, and what faults do to them.

use std::collections::VecDeque;
use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::faults::Fault;
use super::plain::split_characters;
use super::reply::{FLUSH, Reply, Step};

/// One event, and whether `after=N` counts it.
#[derive(Debug)]
pub(super) struct Event {
    /// JSON as text: a long stream of parsed values would take many times the memory.
    pub(super) data: String,
    pub(super) place: Place,
}

/// Where in an answer an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The role, before anything is said.
    Opening,
    /// Something said.
    Content,
    /// The finish reason, the usage.
    Closing,
}

pub(super) fn reply(events: Vec<Event>, fault: &Fault) -> Reply {
    let mut writer = Writer::new(fault);
    if fault.name() == "slow_first" {
        writer.steps.push_back(Step::Wait(fault.milliseconds(500)));
    }
    let events = if fault.name() == "empty" {
        Vec::new()
    } else {
        events
    };
    if play(events, fault, &mut writer) && fault.name() != "cut_done" {
        writer.done();
    }
    let mut reply = Reply::whole(200, "text/event-stream; charset=utf-8", "");
    reply.headers.push(("cache-control", "no-cache".to_owned()));
    if fault.name() == "gzip" {
        reply.headers.push(("content-encoding", "gzip".to_owned()));
    }
    reply.hold = fault.hold();
    reply.length = None;
    reply.steps = writer.finish();
    reply
}

/// Writes the events up to the point where the fault strikes; says whether the stream goes on to
/// its proper end.
fn play(events: Vec<Event>, fault: &Fault, writer: &mut Writer<'_>) -> bool {
    let mut seen = 0;
    let mut struck = false;
    for event in events {
        // A stream shorter than that is struck where its content ends: never complete.
        let due = event.place == Place::Closing || (event.place == Place::Content && seen >= fault.after());
        if due && !struck {
            struck = true;
            match fault.name() {
                "stall" => {
                    writer.steps.push_back(Step::Stall);
                    return false;
                }
                "cut" => {
                    writer.abort();
                    return false;
                }
                "cut_event" => {
                    let bytes = writer.encode(&event.data);
                    writer.steps.push_back(Step::Send(bytes.slice(..bytes.len() / 2)));
                    writer.abort();
                    return false;
                }
                "cut_clean" => return false,
                "error_event" => {
                    writer.event(&fault.error_object().to_string());
                    return false;
                }
                "malformed" => writer.raw("{\"id\": \"chatcmpl-simulator\", \"choices\": [{\"del"),
                _ => {}
            }
        }
        writer.event(&event.data);
        if event.place == Place::Content {
            seen += 1;
            if let Some(pause) = fault.pace() {
                writer.steps.push_back(Step::Wait(pause));
            }
        }
    }
    true
}

struct Writer<'f> {
    fault: &'f Fault,
    steps: VecDeque<Step>,
    gzip: Option<GzEncoder<Vec<u8>>>,
    written: usize,
}

impl<'f> Writer<'f> {
    fn new(fault: &'f Fault) -> Writer<'f> {
        let gzip = fault.name() == "gzip";
        Writer {
            fault,
            steps: VecDeque::new(),
            gzip: gzip.then(|| GzEncoder::new(Vec::new(), Compression::fast())),
            written: 0,
        }
    }

    fn encode(&self, data: &str) -> Bytes {
        Bytes::from(match self.fault.name() {
            "crlf" => format!("data: {data}\r\n\r\n"),
            "comments" => self.commented(data),
            _ => format!("data: {data}\n\n"),
        })
    }

    /// One event with everything the format allows around it.
    fn commented(&self, data: &str) -> String {
        let number = self.written;
        let mut text = String::new();
        if number == 0 {
            text.push_str("\u{feff}: keep-alive\n\nretry: 3000\n");
        }
        text.push_str(": keep-alive\n");
        text.push_str(&format!("event: message\nid: {number}\n"));
        // JSON broken between its tokens is the same JSON once the lines are joined.
        let parsed = serde_json::from_str(data).unwrap_or(Value::Null);
        let pretty = serde_json::to_string_pretty(&parsed).unwrap_or_default();
        for line in pretty.lines() {
            // The space after the colon is optional, so every other event goes without.
            text.push_str(if number.is_multiple_of(2) {
                "data: "
            } else {
                "data:"
            });
            text.push_str(line);
            text.push('\n');
        }
        text.push('\n');
        text
    }

    fn event(&mut self, data: &str) {
        let bytes = self.encode(data);
        self.send(bytes);
    }

    fn raw(&mut self, data: &str) {
        self.send(Bytes::from(format!("data: {data}\n\n")));
    }

    fn done(&mut self) {
        let text = match self.fault.name() {
            "crlf" => "data: [DONE]\r\n\r\n",
            "comments" => ": the end\nevent: message\ndata: [DONE]\n",
            _ => "data: [DONE]\n\n",
        };
        self.send(Bytes::from_static(text.as_bytes()));
    }

    fn send(&mut self, bytes: Bytes) {
        self.written += 1;
        match self.fault.name() {
            "unicode" => self.steps.extend(split_characters(&bytes)),
            // Splitting every event would cost a pause each; a few show the bug.
            "crlf" if self.written <= 4 => {
                let last = bytes.len().saturating_sub(1);
                self.steps.push_back(Step::Send(bytes.slice(..last)));
                self.steps.push_back(Step::Wait(FLUSH));
                self.steps.push_back(Step::Send(bytes.slice(last..)));
            }
            _ => {
                let bytes = self.compressed(bytes);
                self.steps.push_back(Step::Send(bytes));
            }
        }
    }

    fn compressed(&mut self, bytes: Bytes) -> Bytes {
        let Some(encoder) = &mut self.gzip else {
            return bytes;
        };
        // Writing to memory does not fail; the flush is what lets each event out by itself.
        let _ = encoder.write_all(&bytes);
        let _ = encoder.flush();
        Bytes::from(std::mem::take(encoder.get_mut()))
    }

    fn abort(&mut self) {
        self.steps.push_back(Step::Wait(FLUSH));
        self.steps.push_back(Step::Abort);
    }

    fn finish(mut self) -> VecDeque<Step> {
        if let Some(encoder) = self.gzip.take() {
            self.steps
                .push_back(Step::Send(Bytes::from(encoder.finish().unwrap_or_default())));
        }
        self.steps
    }
}
