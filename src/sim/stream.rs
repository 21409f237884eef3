//! Streams of events, and what faults do to them, whatever the framing.

use std::collections::VecDeque;
use std::io::Write as _;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::faults::Fault;
use super::framing::Framing;
use super::plain::split_characters;
use super::reply::{FLUSH, Reply, Step};

/// One event, and whether `after=N` counts it.
#[derive(Debug)]
pub(super) struct Event {
    /// The type that some framings name beside the data; empty for none.
    pub(super) name: &'static str,
    /// JSON as text: a long stream of parsed values would take many times the memory.
    pub(super) data: String,
    pub(super) place: Place,
}

/// Where in an answer an event stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The role, the start or the end of a part: nothing said.
    Opening,
    /// Something said.
    Content,
    /// The finish reason, the usage.
    Closing,
}

impl Event {
    pub(super) fn new(place: Place, data: impl Into<String>) -> Event {
        Event::named("", place, data)
    }

    pub(super) fn named(name: &'static str, place: Place, data: impl Into<String>) -> Event {
        let data = data.into();
        Event { name, data, place }
    }
}

pub(super) fn reply(mut events: Vec<Event>, fault: &Fault, framing: Framing) -> Reply {
    let mut writer = Writer::new(fault, framing);
    if fault.name() == "slow_first" {
        writer.steps.push_back(Step::Wait(fault.milliseconds(500)));
    }
    match fault.name() {
        "empty" if framing.has_end() => events.clear(),
        // Without a mark of the end the last event is what tells that there will be no more.
        "cut_done" if !framing.has_end() => drop(events.pop()),
        _ => {}
    }
    if play(events, fault, &mut writer) && fault.name() != "cut_done" {
        writer.end();
    }
    let mut reply = Reply::whole(200, framing.content_type(), "");
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
                    let bytes = writer.encode(&event);
                    writer.steps.push_back(Step::Send(bytes.slice(..bytes.len() / 2)));
                    writer.abort();
                    return false;
                }
                "cut_clean" => return false,
                "error_event" => {
                    writer.event(&fault.error_event());
                    return false;
                }
                "malformed" => {
                    let bytes = writer.framing.broken(&event, fault);
                    writer.send(bytes);
                }
                _ => {}
            }
        }
        writer.event(&event);
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
    framing: Framing,
    steps: VecDeque<Step>,
    gzip: Option<GzEncoder<Vec<u8>>>,
    written: usize,
}

impl<'f> Writer<'f> {
    fn new(fault: &'f Fault, framing: Framing) -> Writer<'f> {
        let gzip = fault.name() == "gzip";
        Writer {
            fault,
            framing,
            steps: VecDeque::new(),
            gzip: gzip.then(|| GzEncoder::new(Vec::new(), Compression::fast())),
            written: 0,
        }
    }

    fn encode(&self, event: &Event) -> Bytes {
        self.framing.encode(event, self.fault, self.written)
    }

    fn event(&mut self, event: &Event) {
        let bytes = self.encode(event);
        self.send(bytes);
    }

    fn end(&mut self) {
        if let Some(bytes) = self.framing.end(self.fault) {
            self.send(bytes);
        }
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
