//! An answer as a script of steps, and the body that plays it.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame};
use tokio::time::Sleep;

use super::record::Ticket;

/// What a body does next.
#[derive(Debug)]
pub(super) enum Step {
    /// Hand these bytes to the socket.
    Send(Bytes),
    /// Wait; what was sent before is flushed meanwhile.
    Wait(Duration),
    /// Stay silent until the client leaves.
    Stall,
    /// Close the connection with the body unfinished.
    Abort,
}

/// What happens before the headers go out.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum Hold {
    #[default]
    None,
    For(Duration),
    Forever,
}

/// An answer: status, headers beyond the common ones, and the script of its body.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) hold: Hold,
    pub(super) steps: VecDeque<Step>,
    /// The content-length to announce; `None` makes the body chunked.
    pub(super) length: Option<usize>,
}

/// Long enough for the connection to flush what it holds before the next step.
pub(super) const FLUSH: Duration = Duration::from_millis(3);

/// The connection takes no more frames than it can write, so frames of this size tell how far a
/// slow client has got, and an answer counts as finished only near its end.
const LARGEST_FRAME: usize = 64 * 1024;

impl Reply {
    /// A whole body of a known length.
    pub(super) fn whole(status: u16, content_type: &str, body: impl Into<Bytes>) -> Reply {
        let body = body.into();
        Reply {
            status,
            headers: vec![("content-type", content_type.to_owned())],
            hold: Hold::None,
            length: Some(body.len()),
            steps: VecDeque::from([Step::Send(body)]),
        }
    }

    pub(super) fn json(status: u16, body: &serde_json::Value) -> Reply {
        Reply::whole(status, "application/json", body.to_string())
    }
}

/// Plays the steps of a reply to the connection.
pub(super) struct Script {
    steps: VecDeque<Step>,
    sleep: Option<Pin<Box<Sleep>>>,
    ticket: Ticket,
}

impl Script {
    pub(super) fn new(steps: VecDeque<Step>, ticket: Ticket) -> Script {
        Script {
            steps,
            sleep: None,
            ticket,
        }
    }
}

impl Body for Script {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let this = self.get_mut();
        loop {
            if let Some(sleep) = &mut this.sleep {
                ready!(sleep.as_mut().poll(cx));
                this.sleep = None;
            }
            match this.steps.pop_front() {
                Some(Step::Send(mut bytes)) => {
                    if bytes.len() > LARGEST_FRAME {
                        let rest = bytes.split_off(LARGEST_FRAME);
                        this.steps.push_front(Step::Send(rest));
                    }
                    // With a known length the connection does not ask again after the last byte.
                    if this.steps.is_empty() {
                        this.ticket.finish();
                    }
                    return Poll::Ready(Some(Ok(Frame::data(bytes))));
                }
                Some(Step::Wait(time)) => this.sleep = Some(Box::pin(tokio::time::sleep(time))),
                Some(Step::Stall) => {
                    // Nothing wakes this again: the connection notices the client's leaving.
                    this.steps.push_front(Step::Stall);
                    return Poll::Pending;
                }
                Some(Step::Abort) => {
                    this.ticket.finish();
                    let error = io::Error::new(io::ErrorKind::ConnectionAborted, "cut on request");
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    this.ticket.finish();
                    return Poll::Ready(None);
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.steps.is_empty() && self.sleep.is_none()
    }
}
