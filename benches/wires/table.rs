//! The table that the goals are read from: what each wire costs, and what that is more than OpenAI's.

use std::time::{Duration, Instant};

use super::{CHUNKS, MODELS, wire};

/// The goals: microseconds that a call and a chunk may cost more than OpenAI's, milliseconds for a long history.
const GOALS: (f64, f64, f64) = (20.0, 2.0, 10.0);

/// The fastest of many runs: what else the machine does can only make one slower.
fn fastest<T>(runs: usize, mut run: impl FnMut() -> T) -> f64 {
    let time = |run: &mut dyn FnMut() -> T| {
        let start = Instant::now();
        let made = run();
        let taken = start.elapsed();
        drop(made);
        taken
    };
    let fastest = (0..runs).map(|_| time(&mut run)).min();
    fastest.unwrap_or(Duration::MAX).as_secs_f64() * 1e6
}

/// What one wire costs, in microseconds.
struct Cost {
    call: f64,
    chunk: f64,
    thought: Option<f64>,
    history: f64,
}

fn cost(model: &str) -> Cost {
    let wire = wire(model);
    let (short, long) = (super::short(), super::long());
    let body = super::body(model);
    let per_chunk = |bytes: &[u8]| fastest(60, || wire.read_stream(bytes)) / CHUNKS as f64;
    let thoughts = super::traffic::stream(model, CHUNKS, true);
    let request = |request: &edgequake_llm::ChatRequest, runs: usize| {
        let mut copies: Vec<_> = (0..runs).map(|_| request.clone()).collect();
        fastest(runs, || copies.pop().map(|request| wire.write(request)))
    };
    Cost {
        call: request(&short, 400) + fastest(400, || wire.read(&body)),
        chunk: per_chunk(&super::traffic::stream(model, CHUNKS, false).unwrap()),
        thought: thoughts.map(|bytes| per_chunk(&bytes)),
        history: request(&long, 15),
    }
}

/// Measures every wire and prints the table; whether a goal is missed is said at its end.
pub fn print() {
    println!("microseconds; in brackets what is added over OpenAI's wire\n");
    println!(
        "{:<52}{:>16}{:>16}{:>16}{:>16}",
        "", "call", "chunk of text", "of thought", "2 MB history"
    );
    let costs: Vec<(&str, Cost)> = MODELS.iter().map(|model| (*model, cost(model))).collect();
    let base = &costs[0].1;
    let mut worst = (0.0, 0.0, 0.0);
    for (model, cost) in &costs {
        let (call, chunk) = (cost.call - base.call, cost.chunk - base.chunk);
        let more = |cost: f64, added: f64| format!("{cost:.2} ({added:+.2})");
        let thought = cost
            .thought
            .zip(base.thought)
            .map_or_else(String::new, |(cost, base)| more(cost, cost - base));
        println!(
            "{model:<52}{:>16}{:>16}{thought:>16}{:>13.2} ms",
            more(cost.call, call),
            more(cost.chunk, chunk),
            cost.history / 1e3,
        );
        let thought = cost
            .thought
            .zip(base.thought)
            .map_or(0.0, |(cost, base)| cost - base);
        worst = (
            f64::max(worst.0, call),
            f64::max(worst.1, chunk.max(thought)),
            f64::max(worst.2, cost.history / 1e3),
        );
    }
    for (what, worst, goal, unit) in [
        ("added per call", worst.0, GOALS.0, "us"),
        ("added per chunk", worst.1, GOALS.1, "us"),
        ("a history of 2 MB", worst.2, GOALS.2, "ms"),
    ] {
        let verdict = if worst < goal { "met" } else { "MISSED" };
        println!("{what}: at most {worst:.2} {unit}, goal {goal} {unit}: {verdict}");
    }
    println!();
}
