//! A deterministic server on loopback that speaks the dialects of OpenAI, Anthropic, Google (Gemini and Vertex AI), Amazon
//! Bedrock, Cohere, Mistral and Ollama.
//!
//! It is a real HTTP/1.1 server, so what works against it has been through sockets, framing and
//! connection reuse. The same request always gets the same bytes back. Faults are chosen by the
//! model name (`sim/429?times=2`, `sim/stall?after=2`, ...), so a test needs no other channel to
//! the server than the request it sends anyway. The names are in [`FAULTS`].
//!
//! ```
//! use edgequake_llm::sim::Simulator;
//!
//! let mut simulator = Simulator::start()?;
//! assert!(simulator.base_url().starts_with("http://127.0.0.1:"));
//! assert_eq!(simulator.stats().requests, 0);
//! simulator.stop();
//! # Ok::<(), std::io::Error>(())
//! ```

mod answer;
mod anthropic;
mod aws_events;
mod bedrock;
mod chat;
mod chat_request;
mod cohere;
mod conversation;
mod dialect;
mod embeddings;
mod endpoints;
mod errors;
mod faults;
mod framing;
mod gemini;
mod hash;
mod mistral;
mod models;
mod ollama;
mod openai;
mod pattern;
mod plain;
mod record;
mod reply;
mod routes;
mod schema;
mod server;
mod shape;
mod stream;
mod tools;
mod vertex;
mod words;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::sync::oneshot;

pub use faults::FAULTS;
pub use record::{RecordedRequest, Stats};

/// How many connections may wait to be accepted; a bench opens many at once.
const BACKLOG: u32 = 1024;

/// A running simulator. Dropping it, or calling [`Simulator::stop`], closes every connection
/// and joins its one thread.
#[derive(Debug)]
pub struct Simulator {
    addr: SocketAddr,
    shared: Arc<record::Shared>,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
    // A forked child inherits this value but not the thread: it must not wait for it.
    pid: u32,
}

impl Simulator {
    /// Starts on 127.0.0.1 at a free port, and returns once it is listening.
    ///
    /// # Errors
    /// When the socket or the thread cannot be made.
    pub fn start() -> io::Result<Simulator> {
        Simulator::start_on(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }

    /// Starts on the given address; port 0 means any free port.
    ///
    /// # Errors
    /// When the address is taken, or the socket or the thread cannot be made.
    pub fn start_on(addr: SocketAddr) -> io::Result<Simulator> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        // Bound here rather than on the thread, so that the caller gets the error itself.
        let listener = {
            let _inside = runtime.enter();
            let socket = match addr {
                SocketAddr::V4(_) => tokio::net::TcpSocket::new_v4()?,
                SocketAddr::V6(_) => tokio::net::TcpSocket::new_v6()?,
            };
            socket.set_reuseaddr(true)?;
            socket.bind(addr)?;
            socket.listen(BACKLOG)?
        };
        let addr = listener.local_addr()?;
        let shared = Arc::new(record::Shared::default());
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("edgequake-sim".to_owned())
            .spawn({
                let shared = Arc::clone(&shared);
                move || {
                    runtime.block_on(server::serve(listener, shared, stopped));
                    // Dropping the runtime drops every connection, stalled or not.
                    drop(runtime);
                }
            })?;
        let running = Running {
            stop,
            thread,
            pid: std::process::id(),
        };
        Ok(Simulator {
            addr,
            shared,
            running: Some(running),
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What a client of OpenAI's dialect takes as its base URL: `http://127.0.0.1:PORT/v1`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("{}/v1", self.root_url())
    }

    /// What clients take that know their paths from the root: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn root_url(&self) -> String {
        let port = self.addr.port();
        // "Every interface" is an address to listen on, not one to connect to.
        let host = match self.addr.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.to_string(),
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) if ip.is_unspecified() => format!("[{}]", Ipv6Addr::LOCALHOST),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        format!("http://{host}:{port}")
    }

    /// The last requests, oldest first, credentials redacted: at most 1000 of them, and fewer
    /// when their bodies together pass 64 MB.
    #[must_use]
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.shared.requests()
    }

    /// Counters since the start.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.shared.stats()
    }

    /// Closes every connection, stalled ones too, and waits for the thread to end. What was
    /// recorded stays readable. Doing it twice is harmless.
    pub fn stop(&mut self) {
        if let Some(running) = self.running.take() {
            self.shared.stopping();
            if running.pid == std::process::id() {
                // A receiver that is gone means the thread has ended by itself.
                let _ = running.stop.send(());
                let _ = running.thread.join();
            } else {
                std::mem::forget(running.stop);
                std::mem::forget(running.thread);
            }
        }
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.stop();
    }
}
