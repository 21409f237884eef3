//! How events are laid out in the bytes of a stream.

use bytes::Bytes;
use serde_json::Value;

use super::aws_events;
use super::faults::Fault;
use super::stream::Event;

/// A layout of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Framing {
    /// Server-sent events that end in `[DONE]`.
    SseDone,
    /// Server-sent events that end with the body.
    Sse,
    /// One JSON value a line.
    Lines,
    /// AWS's binary event stream.
    Aws,
}

/// What a broken event says in place of JSON.
const BROKEN: &str = "{\"id\": \"chatcmpl-simulator\", \"choices\": [{\"del";

impl Framing {
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Framing::SseDone | Framing::Sse => "text/event-stream; charset=utf-8",
            Framing::Lines => "application/x-ndjson",
            Framing::Aws => "application/vnd.amazon.eventstream",
        }
    }

    /// Whether the end is marked by something that is not an event of its own.
    pub(super) fn has_end(self) -> bool {
        self == Framing::SseDone
    }

    pub(super) fn end(self, fault: &Fault) -> Option<Bytes> {
        let text = match fault.name() {
            "crlf" => "data: [DONE]\r\n\r\n",
            "comments" => ": the end\nevent: message\ndata: [DONE]\n",
            _ => "data: [DONE]\n\n",
        };
        self.has_end().then(|| Bytes::from_static(text.as_bytes()))
    }

    /// The event's bytes; `number` counts the events before it.
    pub(super) fn encode(self, event: &Event, fault: &Fault, number: usize) -> Bytes {
        let crlf = fault.name() == "crlf";
        match self {
            Framing::Aws => aws_events::message(event.name, event.data.as_bytes()),
            Framing::Lines => Bytes::from(format!("{}{}", event.data, if crlf { "\r\n" } else { "\n" })),
            Framing::Sse | Framing::SseDone if fault.name() == "comments" => {
                Bytes::from(commented(event, number))
            }
            Framing::Sse | Framing::SseDone => {
                let line = if crlf { "\r\n" } else { "\n" };
                let name = match event.name {
                    "" => String::new(),
                    name => format!("event: {name}{line}"),
                };
                Bytes::from(format!("{name}data: {}{line}{line}", event.data))
            }
        }
    }

    /// An event in the place of `event` that cannot be read.
    pub(super) fn broken(self, event: &Event, fault: &Fault) -> Bytes {
        match self {
            Framing::Aws if fault.number("crc") == Some(1) => {
                let mut bytes = aws_events::message(event.name, event.data.as_bytes()).to_vec();
                if let Some(last) = bytes.last_mut() {
                    *last ^= 0xff;
                }
                Bytes::from(bytes)
            }
            Framing::Aws => aws_events::message(event.name, BROKEN.as_bytes()),
            Framing::Lines => Bytes::from(format!("{BROKEN}\n")),
            Framing::Sse | Framing::SseDone => match event.name {
                "" => Bytes::from(format!("data: {BROKEN}\n\n")),
                name => Bytes::from(format!("event: {name}\ndata: {BROKEN}\n\n")),
            },
        }
    }
}

/// A server-sent event with everything the format allows around it.
fn commented(event: &Event, number: usize) -> String {
    let mut text = String::new();
    if number == 0 {
        text.push_str("\u{feff}: keep-alive\n\nretry: 3000\n");
    }
    let name = if event.name.is_empty() {
        "message"
    } else {
        event.name
    };
    text.push_str(&format!(": keep-alive\nevent: {name}\nid: {number}\n"));
    // JSON broken between its tokens is the same JSON once the lines are joined.
    let parsed = serde_json::from_str(&event.data).unwrap_or(Value::Null);
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
