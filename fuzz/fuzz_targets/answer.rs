//! A plain answer in any dialect: of a chat, of an error, of embeddings, of every other operation the row has.
//! Input: a letter for the row, the body.

#![no_main]

mod rows;

use bytes::Bytes;
use http::HeaderMap;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((row, body)) = rows::split(data) else {
        return;
    };
    let (target, body) = (rows::target(row), Bytes::copy_from_slice(body));
    if let Some(wire) = target.provider.chat {
        let _ = wire.response(&target, &body);
        let _ = wire
            .error(&target, 400, HeaderMap::new(), body.clone())
            .to_string();
    }
    if let Some(wire) = target.provider.embed {
        let _ = wire.response(&target, &body);
        let _ = wire
            .error(&target, 429, HeaderMap::new(), body.clone())
            .to_string();
    }
    for (operations, wire) in target.provider.endpoints {
        for operation in *operations {
            let _ = wire.response(&target, *operation, &HeaderMap::new(), body.clone());
        }
    }
});
