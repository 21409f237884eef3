//! Answers that were packed for the way: gzip, be it in several members, and both things that are called deflate.

use std::io::{self, Write};
use std::mem::take;

use bytes::{Bytes, BytesMut};
use flate2::write::{DeflateDecoder, GzDecoder, ZlibDecoder};
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use http::{HeaderMap, HeaderValue};

/// What a server is told that it may use.
pub(super) const ACCEPTED: HeaderValue = HeaderValue::from_static("gzip, deflate");
/// So much is unpacked at a time: it may become a thousand times as much.
const STEP: usize = 4 << 10;

/// Unpacks a body as it comes.
#[derive(Debug)]
pub(super) struct Packed {
    coding: Coding,
    waiting: Bytes,
    begun: bool,
    over: bool,
}

#[derive(Debug)]
enum Coding {
    Gzip(GzDecoder<Vec<u8>>),
    /// Deflate, as it is defined or bare, which the first two bytes tell.
    Deflate,
    Zlib(ZlibDecoder<Vec<u8>>),
    Bare(DeflateDecoder<Vec<u8>>),
}

impl Packed {
    /// How the body that these headers announce is packed. The headers are then those of the unpacked one.
    pub(super) fn of(headers: &mut HeaderMap) -> Option<Self> {
        let named = headers.get_all(CONTENT_ENCODING).iter();
        let named = named.flat_map(|value| value.to_str().unwrap_or("?").split(','));
        let mut named = named
            .map(str::trim)
            .filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("identity"));
        let (name, None) = (named.next()?.to_ascii_lowercase(), named.next()) else {
            return None;
        };
        let coding = match name.as_str() {
            "gzip" | "x-gzip" => Coding::Gzip(GzDecoder::new(Vec::new())),
            "deflate" => Coding::Deflate,
            _ => return None,
        };
        headers.remove(CONTENT_ENCODING);
        headers.remove(CONTENT_LENGTH);
        Some(Self {
            coding,
            waiting: Bytes::new(),
            begun: false,
            over: false,
        })
    }

    /// Takes in the next piece.
    pub(super) fn add(&mut self, piece: Bytes) {
        if self.waiting.is_empty() {
            self.waiting = piece;
        } else {
            let mut both = BytesMut::from(take(&mut self.waiting));
            both.extend_from_slice(&piece);
            self.waiting = both.freeze();
        }
    }

    /// What can be unpacked of what was taken in; none when that is all.
    pub(super) fn next(&mut self) -> io::Result<Option<Bytes>> {
        if matches!(self.coding, Coding::Deflate) {
            let Some((first, second)) = self.waiting.first().zip(self.waiting.get(1)) else {
                return Ok(None);
            };
            // A header of zlib's names its method and is divisible by 31.
            let header = u16::from_be_bytes([*first, *second]);
            self.coding = if first & 0x0f == 8 && header % 31 == 0 {
                Coding::Zlib(ZlibDecoder::new(Vec::new()))
            } else {
                Coding::Bare(DeflateDecoder::new(Vec::new()))
            };
        }
        while !self.waiting.is_empty() {
            let step = self.waiting.split_to(self.waiting.len().min(STEP));
            self.unpack(&step)?;
            if let Some(piece) = self.coding.unpacked() {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }

    fn unpack(&mut self, mut packed: &[u8]) -> io::Result<()> {
        while !packed.is_empty() && !self.over {
            self.begun = true;
            let taken = match &mut self.coding {
                Coding::Gzip(member) => member.write(packed)?,
                Coding::Zlib(all) => all.write(packed)?,
                Coding::Bare(all) => all.write(packed)?,
                Coding::Deflate => packed.len(),
            };
            if taken == 0 {
                self.next_member(packed)?;
            }
            packed = packed.get(taken..).unwrap_or_default();
        }
        match &mut self.coding {
            Coding::Gzip(member) if !self.over => member.flush(),
            Coding::Zlib(all) if !self.over => all.flush(),
            Coding::Bare(all) if !self.over => all.flush(),
            _ => Ok(()),
        }
    }

    /// One is over: another begins with gzip's first byte, and anything else is padding.
    fn next_member(&mut self, packed: &[u8]) -> io::Result<()> {
        match &mut self.coding {
            Coding::Gzip(member) if packed.first() == Some(&0x1f) => {
                member.try_finish()?;
                let unpacked = take(member.get_mut());
                *member = GzDecoder::new(unpacked);
                Ok(())
            }
            coding => {
                self.over = true;
                coding.finish()
            }
        }
    }

    /// The rest, once nothing more comes.
    ///
    /// # Errors
    /// When it is not whole.
    pub(super) fn finish(&mut self) -> io::Result<Option<Bytes>> {
        if !self.over && (self.begun || !self.waiting.is_empty()) {
            self.over = true;
            self.coding.finish()?;
        }
        Ok(self.coding.unpacked())
    }
}

impl Coding {
    fn finish(&mut self) -> io::Result<()> {
        match self {
            Self::Gzip(member) => member.try_finish(),
            Self::Zlib(all) => all.try_finish(),
            Self::Bare(all) => all.try_finish(),
            Self::Deflate => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn unpacked(&mut self) -> Option<Bytes> {
        let unpacked = match self {
            Self::Gzip(member) => take(member.get_mut()),
            Self::Zlib(all) => take(all.get_mut()),
            Self::Bare(all) => take(all.get_mut()),
            Self::Deflate => Vec::new(),
        };
        (!unpacked.is_empty()).then(|| unpacked.into())
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    const TEXT: &[u8] = b"{\"a\": \"a text that is said again, a text that is said again\"}";

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    /// What a body of this coding is, coming in pieces of `size`.
    fn unpacked(name: &str, body: &[u8], size: usize) -> io::Result<Vec<u8>> {
        let mut headers = HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_str(name).unwrap())]);
        let mut packed = Packed::of(&mut headers).unwrap();
        assert!(headers.is_empty());
        let mut whole = Vec::new();
        for piece in body.chunks(size) {
            packed.add(Bytes::copy_from_slice(piece));
            while let Some(piece) = packed.next()? {
                whole.extend_from_slice(&piece);
            }
        }
        whole.extend_from_slice(&packed.finish()?.unwrap_or_default());
        Ok(whole)
    }

    #[test]
    fn every_coding_in_pieces_of_any_size() {
        let mut zlib = ZlibEncoder::new(Vec::new(), Compression::default());
        zlib.write_all(TEXT).unwrap();
        let mut bare = DeflateEncoder::new(Vec::new(), Compression::default());
        bare.write_all(TEXT).unwrap();
        let members = [gzip(&TEXT[..9]), gzip(b""), gzip(&TEXT[9..])].concat();
        let padded = [gzip(TEXT), vec![0; 70]].concat();
        for (name, body) in [
            ("gzip", gzip(TEXT)),
            ("X-GZip", gzip(TEXT)),
            ("identity, gzip", gzip(TEXT)),
            ("gzip", members),
            ("gzip", padded),
            ("deflate", zlib.finish().unwrap()),
            ("deflate", bare.finish().unwrap()),
        ] {
            for size in [1, 2, 7, 4096] {
                assert_eq!(unpacked(name, &body, size).unwrap(), TEXT, "{name} {size}");
            }
        }
        assert!(unpacked("gzip", b"", 1).unwrap().is_empty());
    }

    #[test]
    fn what_is_flushed_is_here_at_once() {
        let mut headers = HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_static("gzip"))]);
        let mut packed = Packed::of(&mut headers).unwrap();
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        for text in [&TEXT[..20], &TEXT[20..]] {
            encoder.write_all(text).unwrap();
            encoder.flush().unwrap();
            packed.add(take(encoder.get_mut()).into());
            assert_eq!(packed.next().unwrap().unwrap(), text);
            assert!(packed.next().unwrap().is_none());
        }
    }

    #[test]
    fn what_is_not_whole_is_an_error() {
        let whole = gzip(TEXT);
        for size in [1, 4096] {
            for cut in [1, 5, 20, whole.len() - 9, whole.len() - 1] {
                assert!(unpacked("gzip", &whole[..cut], size).is_err(), "{cut}");
            }
            let second = [whole.clone(), whole[..12].to_vec()].concat();
            assert!(unpacked("gzip", &second, size).is_err());
            let mut wrong = whole.clone();
            *wrong.iter_mut().rev().nth(5).unwrap() ^= 1;
            assert!(unpacked("gzip", &wrong, size).is_err());
            assert!(unpacked("gzip", b"no gzip", size).is_err());
            assert!(unpacked("deflate", b"x", size).is_err());
        }
    }

    #[test]
    fn other_codings_are_left_alone() {
        for name in ["br", "zstd", "identity", "", "gzip, gzip"] {
            let mut headers = HeaderMap::from_iter([(CONTENT_ENCODING, HeaderValue::from_static(name))]);
            assert!(Packed::of(&mut headers).is_none(), "{name}");
            assert_eq!(headers.len(), 1);
        }
    }
}
