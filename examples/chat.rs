//! Streams an answer without Python: `cargo run --example chat -- "Count 1 to 5"`.
//!
//! With `OPENAI_API_KEY` set it talks to OpenAI, without it to the simulator.

#![allow(clippy::print_stdout)]

use std::io::Write;

use edgequake_llm::sim::Simulator;
use edgequake_llm::types::Content;
use edgequake_llm::{CallOptions, ChatRequest, Client};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let question = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "Count 1 to 5".to_owned());
    let simulator = if std::env::var_os("OPENAI_API_KEY").is_none() {
        Some(Simulator::start()?)
    } else {
        None
    };
    let (model, base_url) = match &simulator {
        Some(simulator) => ("sim/chat", Some(simulator.base_url())),
        None => ("openai/gpt-4o-mini", None),
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let options = CallOptions {
            base_url,
            ..CallOptions::default()
        };
        let mut stream = Client::new()
            .chat_stream(ChatRequest::new(model).user(question), options)
            .await?;
        loop {
            let chunks = stream.next_batch().await?;
            if chunks.is_empty() {
                break;
            }
            let choices = chunks.iter().flat_map(|chunk| &chunk.choices);
            for text in choices.filter_map(|choice| choice.delta.content.as_ref().and_then(Content::as_text))
            {
                print!("{text}");
                std::io::stdout().flush()?;
            }
        }
        println!();
        Ok(())
    })
}
