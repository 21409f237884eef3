//! However a stream's bytes are cut on their way, the chunks are the same. Tried on streams written here, and on real
//! ones where they lie beside the checkout.

use std::io::Read;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as STANDARD;
use serde_json::Value;

use super::{Assembler, Machine, Reading as _};
use crate::error::ErrorKind;
use crate::framing::Frame;
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
    in_pieces(target, body, body.chunks(size))
}

fn in_pieces<'a>(
    target: &Target,
    body: &[u8],
    mut pieces: impl Iterator<Item = &'a [u8]>,
) -> (Vec<ChatChunk>, Option<ErrorKind>) {
    let wire = target.provider.chat.unwrap();
    let mut machine = Machine::new(
        wire.framer(target),
        wire.decoder(target),
        Assembler::new(&target.model, true),
    );
    let mut chunks = Vec::new();
    let pushed = pieces.try_for_each(|piece| {
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

/// Cuts `body` in two at every byte: the frames are the same, byte by byte.
fn assert_same_frames(target: &Target, body: &[u8], what: &str) {
    let framer = || target.provider.chat.unwrap().framer(target);
    let mut whole: Vec<(String, Vec<u8>)> = Vec::new();
    let mut keep = |frame: Frame<'_>| {
        whole.push((frame.name.to_owned(), frame.data.to_vec()));
        Ok(())
    };
    let mut reader = framer();
    let read = reader
        .push(body, &mut keep)
        .and_then(|()| reader.finish(&mut keep));
    for cut in 0..=body.len() {
        let (before, after) = body.split_at(cut);
        let (mut reader, mut seen) = (framer(), 0);
        let mut compare = |frame: Frame<'_>| {
            let same = whole
                .get(seen)
                .is_some_and(|(name, data)| frame.name == name && frame.data == data);
            assert!(same, "{what} cut at {cut}: frame {seen} is another");
            seen += 1;
            Ok(())
        };
        let again = reader
            .push(before, &mut compare)
            .and_then(|()| reader.push(after, &mut compare))
            .and_then(|()| reader.finish(&mut compare));
        assert_eq!(
            (seen, again.is_ok()),
            (whole.len(), read.is_ok()),
            "{what} cut at {cut}"
        );
    }
}

fn assert_same_however_cut(target: &Target, body: &[u8], what: &str) {
    assert_same_frames(target, body, what);
    let whole = chunks(target, body, body.len().max(1));
    for size in [1, 2, 7, 1024] {
        assert_eq!(chunks(target, body, size), whole, "{what} in pieces of {size}");
    }
    // What is read from frames depends on them alone, so chunks need fewer cuts: everywhere in a short stream, at places
    // spread over a long one.
    let step = (body.len() / 40).max(1);
    for cut in (0..body.len()).step_by(step) {
        let (before, after) = body.split_at(cut);
        assert_eq!(
            in_pieces(target, body, [before, after].into_iter()),
            whole,
            "{what} cut at {cut}"
        );
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

/// One stream of each dialect, in its documented shape: text, a call of a tool, counts, an end.
const NATIVE: &[(&str, &str)] = &[
    (
        "anthropic/claude-sonnet-4-5",
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"usage\":{\"input_tokens\":3}}}\n\n\
        event: ping\ndata: {\"type\":\"ping\"}\n\n\
        event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n\
        event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"gr\u{fc}n\"}}\n\n\
        event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":1,\"content_block\":{\"type\":\"tool_use\",\"id\":\"t\",\"name\":\"f\",\"input\":{}}}\n\n\
        event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":1,\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{}\"}}\n\n\
        event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"tool_use\"},\"usage\":{\"output_tokens\":4}}\n\n\
        event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
    ),
    (
        "gemini/gemini-2.5-flash",
        "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"gr\u{fc}n\"}]}}]}\r\n\r\n\
        data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"functionCall\":{\"name\":\"f\",\"args\":{\"a\":1}}}]},\"finishReason\":\"STOP\"}],\
        \"usageMetadata\":{\"promptTokenCount\":3,\"candidatesTokenCount\":4,\"totalTokenCount\":7}}\r\n\r\n",
    ),
    (
        "cohere/command-a-03-2025",
        "event: message-start\ndata: {\"type\":\"message-start\",\"id\":\"m\",\"delta\":{\"message\":{\"role\":\"assistant\"}}}\n\n\
        event: content-delta\ndata: {\"type\":\"content-delta\",\"index\":0,\"delta\":{\"message\":{\"content\":{\"text\":\"gr\u{fc}n\"}}}}\n\n\
        event: tool-call-start\ndata: {\"type\":\"tool-call-start\",\"index\":0,\"delta\":{\"message\":{\"tool_calls\":{\"id\":\"t\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"\"}}}}}\n\n\
        event: tool-call-delta\ndata: {\"type\":\"tool-call-delta\",\"index\":0,\"delta\":{\"message\":{\"tool_calls\":{\"function\":{\"arguments\":\"{}\"}}}}}\n\n\
        event: message-end\ndata: {\"type\":\"message-end\",\"delta\":{\"finish_reason\":\"TOOL_CALL\",\"usage\":{\"tokens\":{\"input_tokens\":3,\"output_tokens\":4}}}}\n\n",
    ),
    (
        "ollama_chat/llama3.2",
        "{\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"gr\u{fc}n\"},\"done\":false}\n\
        {\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"function\":{\"name\":\"f\",\"arguments\":{}}}]},\"done\":false}\n\
        {\"model\":\"m\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":3,\"eval_count\":4}\n",
    ),
];

#[test]
fn streams_of_every_dialect() {
    for (model, body) in NATIVE {
        let target = target(model).unwrap();
        let (seen, error) = chunks(&target, body.as_bytes(), body.len());
        assert_eq!(error, None, "{model}");
        let said = seen.iter().flat_map(|chunk| &chunk.choices);
        let text: String = said
            .clone()
            .filter_map(|choice| choice.delta.content.as_ref()?.as_text())
            .collect();
        assert_eq!(text, "gr\u{fc}n", "{model}");
        let finishes: Vec<&str> = said
            .filter_map(|choice| choice.finish_reason.as_deref())
            .collect();
        assert_eq!(finishes, ["tool_calls"], "{model}");
        let usage = seen.last().unwrap().usage.as_ref().unwrap();
        assert_eq!(
            (usage.prompt_tokens, usage.completion_tokens),
            (Some(3), Some(4)),
            "{model}"
        );
        assert_same_however_cut(&target, body.as_bytes(), model);
        // Before its end it is no whole answer, wherever it breaks off.
        let end = body
            .trim_end()
            .rfind(if model.starts_with("ollama") {
                "\n{"
            } else {
                "data:"
            })
            .unwrap();
        let end = if model.starts_with("anthropic") {
            body.find("event: message_delta").unwrap()
        } else {
            end
        };
        let (_, error) = chunks(&target, &body.as_bytes()[..end], 16);
        assert_eq!(error, Some(ErrorKind::IncompleteStream), "{model}");
    }
}

/// Google counts in every event; where the answer breaks off, the last count is known.
#[test]
fn a_broken_stream_has_counted() {
    let target = target("gemini/gemini-2.5-flash").unwrap();
    let wire = target.provider.chat.unwrap();
    let mut machine = Machine::new(
        wire.framer(&target),
        wire.decoder(&target),
        Assembler::new(&target.model, true),
    );
    let mut chunks = Vec::new();
    for counted in [3, 5] {
        let event = format!(
            "data: {{\"candidates\":[{{\"content\":{{\"parts\":[{{\"text\":\"a\"}}]}}}}],\
            \"usageMetadata\":{{\"promptTokenCount\":7,\"candidatesTokenCount\":{counted}}}}}\n\n"
        );
        machine.push(event.as_bytes(), &mut chunks).unwrap();
    }
    assert!(chunks.iter().all(|chunk| chunk.usage.is_none()));
    assert_eq!(
        machine.finish(&mut chunks).unwrap_err().kind(),
        ErrorKind::IncompleteStream
    );
    let partial = machine.partial();
    let usage = partial.usage.unwrap();
    assert_eq!(
        (
            partial.text.as_str(),
            usage.prompt_tokens,
            usage.completion_tokens
        ),
        ("aa", Some(7), Some(5))
    );
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
            let Some(body) = row["resp"].as_str() else {
                continue;
            };
            let body = match row["kind"].as_str() {
                Some("bytes") => STANDARD.decode(body).unwrap(),
                _ => body.as_bytes().to_vec(),
            };
            if target.provider.chat.is_some() {
                assert_same_however_cut(&target, &body, row["id"].as_str().unwrap());
                tried += 1;
            }
        }
    }
    assert!(tried > 100, "only {tried} recorded streams");
}
