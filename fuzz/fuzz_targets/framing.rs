//! The framings: the same events however the bytes are cut. Input: which framing, the size of the pieces, the bytes.

#![no_main]

use edgequake_llm::framing::{ArrayFramer, EventStreamFramer, Framer, NdjsonFramer, SseFramer};
use libfuzzer_sys::fuzz_target;

type Events = Vec<(String, Vec<u8>)>;

fn read(kind: u8, body: &[u8], size: usize) -> (Events, bool) {
    let mut framer: Box<dyn Framer> = match kind % 4 {
        0 => Box::new(SseFramer::new()),
        1 => Box::new(NdjsonFramer::new()),
        2 => Box::new(EventStreamFramer::new()),
        _ => Box::new(ArrayFramer::new()),
    };
    let mut events = Events::new();
    for piece in body.chunks(size) {
        let pushed = framer.push(piece, &mut |frame| {
            events.push((frame.name.to_owned(), frame.data.to_owned()));
            Ok(())
        });
        if pushed.is_err() {
            return (events, false);
        }
    }
    let end = framer.finish(&mut |frame| {
        events.push((frame.name.to_owned(), frame.data.to_owned()));
        Ok(())
    });
    (events, end.is_ok())
}

fuzz_target!(|data: &[u8]| {
    let [kind, size, body @ ..] = data else { return };
    let kind = kind.wrapping_sub(b'a');
    let pieces = read(kind, body, usize::from(*size % 61) + 1);
    assert_eq!(read(kind, body, body.len().max(1)), pieces);
});
