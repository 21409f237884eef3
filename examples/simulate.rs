//! Runs the simulator until Ctrl-C: `cargo run --example simulate -- --port 8080`.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::ExitCode;

use edgequake_llm::sim::{FAULTS, Simulator};

const USAGE: &str = "usage: simulate [--host ADDRESS] [--port PORT] [--faults]";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let mut host = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let mut port = 0;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| format!("{arg} needs a value\n{USAGE}"));
        match arg.as_str() {
            "--port" => port = value()?.parse().map_err(|error| format!("--port: {error}"))?,
            "--host" => host = value()?.parse().map_err(|error| format!("--host: {error}"))?,
            "--faults" => {
                for (name, what) in FAULTS {
                    println!("sim/{name:<15} {what}");
                }
                return Ok(());
            }
            _ => return Err(USAGE.to_owned()),
        }
    }
    let simulator = Simulator::start_on(SocketAddr::new(host, port))
        .map_err(|error| format!("cannot listen on {host}:{port}: {error}"))?;
    println!("{}", simulator.base_url());
    loop {
        std::thread::park();
    }
}
