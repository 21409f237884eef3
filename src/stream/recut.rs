//! However a stream's bytes are cut on their way, the chunks are the same. Tried on streams written here, and on real
//! ones where they lie beside the checkout.

use std::io::Read;
use std::path::Path;

use serde_json::Value;

use super::{Assembler, Machine};
use crate::error::ErrorKind;
use crate::options::CallOptions;
use crate::resolve::{Environment, Target};
use crate::secret::Secret;
use crate::types::ChatChunk;

fn target(model: &str) -> Option<Target> {
    let mut options = CallOptions {
        api_key: Some(Secret::new("sk-recorded")),
        base_url: Some("http://localhost/v1".to_owned()),
        ..CallOptions::default()
    };
    for (name, value) in [
        ("aws_region_name", "us-east-1"),
        ("vertex_project", "p"),
        ("vertex_location", "l"),
    ] {
        options.provider_options.set(name, Value::from(value));
    }
    Target::resolve(model, &options, &Environment).ok()
}

/// The chunks, and the kind of error that ended them, of `body` handed over in pieces of `size` bytes.
fn chunks(target: &Target, body: &[u8], size: usize) -> (Vec<ChatChunk>, Option<ErrorKind>) {
    let wire = target.provider.chat.unwrap();
    let mut machine = Machine::new(
        wire.framer(target),
        wire.decoder(target),
        Assembler::new(&target.model, true),
    );
    let mut chunks = Vec::new();
    let pushed = body.chunks(size).try_for_each(|piece| {
        // As the driver does: what comes after the end is not read.
        if machine.decoder.is_done() {
            Ok(())
        } else {
            machine.push(piece, &mut chunks)
        }
    });
    let ended = pushed.and_then(|()| {
        if machine.decoder.is_done() {
            Ok(())
        } else {
            machine.finish(&mut chunks)
        }
    });
    // An id that the provider did not give is made anew each time.
    for call in chunks
        .iter_mut()
        .flat_map(|chunk| &mut chunk.choices)
        .flat_map(|choice| &mut choice.delta.tool_calls)
    {
        call.id = call
            .id
            .take()
            .filter(|id| memchr::memmem::find(body, id.as_bytes()).is_some());
    }
    (chunks, ended.err().map(|error| error.kind()))
}

fn assert_same_however_cut(target: &Target, body: &[u8], what: &str) {
    let whole = chunks(target, body, body.len().max(1));
    for size in [1, 2, 7, 1024] {
        assert_eq!(chunks(target, body, size), whole, "{what} in pieces of {size}");
    }
}

#[test]
fn own_streams() {
    let target = target("custom_openai/m").unwrap();
    let finished = "\u{FEFF}: hi\r\n\r\ndata: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"gr\u{fc}\u{2028}\"}}]}\r\n\r\n\
        data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"f\",\"arguments\":\"{\"}}]}}]}\n\n\
        data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
        data: {\"choices\":[],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}}\n\ndata: [DONE]\n\n";
    let (seen, error) = chunks(&target, finished.as_bytes(), 3);
    assert_eq!((seen.len(), error), (4, None));
    assert_eq!(seen[2].choices[0].finish_reason.as_deref(), Some("tool_calls"));
    assert_same_however_cut(&target, finished.as_bytes(), "a finished stream");
    for cut in 0..finished.len() {
        assert_same_however_cut(&target, &finished.as_bytes()[..cut], "a cut stream");
    }
}

#[test]
fn recorded_streams() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/recordings");
    let Ok(files) = std::fs::read_dir(folder) else {
        return;
    };
    let mut tried = 0;
    for file in files
        .filter_map(Result::ok)
        .filter(|file| file.path().extension().is_some_and(|end| end == "gz"))
    {
        let mut rows = String::new();
        flate2::read::GzDecoder::new(std::fs::File::open(file.path()).unwrap())
            .read_to_string(&mut rows)
            .unwrap();
        for row in rows.lines() {
            let row: Value = serde_json::from_str(row).unwrap();
            let streamed =
                row["call"]["fn"] == "completion" && row["call"]["stream"] == true && row["status"] == 200;
            let Some(target) = target(row["call"]["model"].as_str().unwrap()).filter(|_| streamed) else {
                continue;
            };
            let (Some(body), "text") = (row["resp"].as_str(), row["kind"].as_str().unwrap_or_default())
            else {
                continue;
            };
            if target.provider.chat.is_some() {
                assert_same_however_cut(&target, body.as_bytes(), row["id"].as_str().unwrap());
                tried += 1;
            }
        }
    }
    assert!(tried > 100, "only {tried} recorded streams");
}
