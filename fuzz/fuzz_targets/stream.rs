//! A streamed answer in any dialect: framed and decoded, whole and in pieces, which must come to the same.
//! Input: a letter for the row, a byte for the size of the pieces, the body.

#![no_main]

mod rows;

use edgequake_llm::ChatChunk;
use libfuzzer_sys::fuzz_target;

fn read(row: &str, body: &[u8], size: usize) -> (Vec<ChatChunk>, bool, Option<String>) {
    let target = rows::target(row);
    let wire = target.provider.chat.expect("it chats");
    let (mut framer, mut decoder) = (wire.framer(&target), wire.decoder(&target));
    let mut chunks = Vec::new();
    for piece in body.chunks(size) {
        if let Err(error) = framer.push(piece, &mut |frame| decoder.decode(frame, &mut chunks)) {
            return (chunks, decoder.is_done(), Some(error.to_string()));
        }
    }
    let end = framer.finish(&mut |frame| decoder.decode(frame, &mut chunks));
    (
        chunks,
        decoder.is_done(),
        end.err().map(|error| error.to_string()),
    )
}

fuzz_target!(|data: &[u8]| {
    let Some((row, rest)) = rows::split(data) else {
        return;
    };
    let Some((size, body)) = rest.split_first() else {
        return;
    };
    let whole = read(row, body, body.len().max(1));
    let pieces = read(row, body, usize::from(*size % 61) + 1);
    // Ids and times of day that the decoder makes up differ; how many chunks and how it ends do not.
    assert_eq!(
        (whole.0.len(), whole.1, &whole.2),
        (pieces.0.len(), pieces.1, &pieces.2)
    );
});
