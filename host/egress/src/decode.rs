//! Compressed bodies, without bombs: what comes out is bounded, in bytes and as a multiple of what went in. It does not
//! know where a body comes from.

use std::io::Read;

use bytes::Bytes;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use http::header::{CONTENT_ENCODING, HeaderMap};

use crate::error::EgressError;
use crate::limits::Limits;

/// What is unpacked in one go; then others have a turn, and the time is looked at.
const STEP: usize = 64 << 10;

/// What may come out whatever went in.
const FREE: usize = 1 << 20;

/// Unpacks a body as its headers say, and takes the header that says so away.
pub(crate) async fn decode(headers: &mut HeaderMap, body: Bytes, limits: &Limits) -> Result<Vec<u8>, EgressError> {
    let encodings: Vec<String> = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or("?").split(','))
        .map(|encoding| encoding.trim().to_ascii_lowercase())
        .filter(|encoding| encoding != "identity" && !encoding.is_empty())
        .collect();
    let packed: &[u8] = &body;
    let unpacked = match encodings.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => body.to_vec(),
        _ if body.is_empty() => Vec::new(), // the answer to a HEAD
        ["gzip" | "x-gzip"] => unpack(MultiGzDecoder::new(packed), packed.len(), limits).await?,
        ["deflate"] if is_zlib(packed) => unpack(ZlibDecoder::new(packed), packed.len(), limits).await?,
        ["deflate"] => unpack(DeflateDecoder::new(packed), packed.len(), limits).await?,
        others => {
            let others: String = others.join(", ").chars().take(64).flat_map(char::escape_debug).collect();
            return Err(EgressError::Malformed(format!("its body is encoded as `{others}`, which nobody asked for")));
        }
    };
    headers.remove(CONTENT_ENCODING);
    check(unpacked.len(), packed.len(), limits).map(|()| unpacked)
}

/// Whether `deflate` means what its standard says: servers send both.
fn is_zlib(body: &[u8]) -> bool {
    let [first, second, ..] = body else { return false };
    first & 0x0f == 8 && (u16::from(*first) << 8 | u16::from(*second)).is_multiple_of(31)
}

async fn unpack(mut reader: impl Read + Send, packed: usize, limits: &Limits) -> Result<Vec<u8>, EgressError> {
    let mut unpacked = Vec::new();
    loop {
        let step = (&mut reader).take(STEP as u64).read_to_end(&mut unpacked);
        match step.map_err(|error| EgressError::Malformed(format!("its body cannot be unpacked: {error}")))? {
            0 => return Ok(unpacked),
            _ => check(unpacked.len(), packed, limits)?,
        }
        tokio::task::yield_now().await;
    }
}

fn check(unpacked: usize, packed: usize, limits: &Limits) -> Result<(), EgressError> {
    if unpacked > limits.decoded {
        return Err(EgressError::TooLarge {
            what: "the response's body, unpacked,",
            limit: limits.decoded,
            unit: "bytes",
        });
    }
    if unpacked > FREE && unpacked / limits.ratio.max(1) > packed {
        return Err(EgressError::TooLarge {
            what: "the response's body, unpacked,",
            limit: limits.ratio,
            unit: "times what came",
        });
    }
    Ok(())
}
