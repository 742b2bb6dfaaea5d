//! Which headers a caller may set, and which a caller gets to see. It does not know what they mean to a server.

use http::header::{ACCEPT_ENCODING, HeaderMap, HeaderName, HeaderValue, USER_AGENT};

use crate::error::EgressError;
use crate::message::Header;

/// Headers of a request: what servers commonly take is 8 KiB and 100 of them.
const MAX_HEADERS: usize = 100;
const MAX_BYTES: usize = 16 << 10;

/// What the host says of itself where the caller says nothing.
const AGENT: &str = concat!("baton/", env!("CARGO_PKG_VERSION"));

/// What the host can unpack.
const ENCODINGS: &str = "gzip, deflate";

/// Headers that speak of the connection, which is the host's: with one of them a request could say something else than what was
/// judged. Those that begin with `proxy-` are the same.
const OF_THE_CONNECTION: [&str; 12] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
    "x-http-method-override",
];

/// Headers of a response that are the connection's, not the message's.
const HOP_BY_HOP: [&str; 7] =
    ["connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length"];

/// Whether a header, in small letters, is one that somebody else than the host may set.
pub(crate) fn is_settable(name: &str) -> bool {
    !is_forbidden(name)
}

/// Whether a header, in small letters, is not the caller's to set.
fn is_forbidden(name: &str) -> bool {
    OF_THE_CONNECTION.contains(&name) || name.starts_with("proxy-")
}

/// The headers of a request as they are sent, without `Host`.
///
/// `Accept-Encoding` is the host's, because the host unpacks: what the caller says there is replaced.
pub(crate) fn of_request(headers: &[Header]) -> Result<HeaderMap, EgressError> {
    check_size(headers)?;
    let mut map = HeaderMap::with_capacity(headers.len() + 4);
    for Header { name, value } in headers {
        let (name, value) = read(name, value)?;
        map.append(name, value);
    }
    map.insert(ACCEPT_ENCODING, HeaderValue::from_static(ENCODINGS));
    map.entry(USER_AGENT).or_insert(HeaderValue::from_static(AGENT));
    Ok(map)
}

fn check_size(headers: &[Header]) -> Result<(), EgressError> {
    let bytes: usize = headers.iter().map(|header| header.name.len() + header.value.len()).sum();
    if headers.len() > MAX_HEADERS {
        return Err(EgressError::TooLarge { what: "the request", limit: MAX_HEADERS, unit: "headers" });
    }
    if bytes > MAX_BYTES {
        return Err(EgressError::TooLarge { what: "the request's headers", limit: MAX_BYTES, unit: "bytes" });
    }
    Ok(())
}

fn read(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), EgressError> {
    let shown: String = name.chars().take(64).flat_map(char::escape_debug).collect();
    let refuse = |problem: &str| EgressError::Invalid(format!("the header `{shown}` {problem}"));
    let name: HeaderName = name.parse().map_err(|_| refuse("has no name of HTTP"))?;
    if is_forbidden(name.as_str()) {
        return Err(refuse("belongs to the connection: the host sets it"));
    }
    let value = HeaderValue::from_str(value).map_err(|_| refuse("has a value that holds a control character"))?;
    Ok((name, value))
}

/// The headers of a response as the caller gets them.
pub(crate) fn of_response(map: &HeaderMap) -> Vec<Header> {
    let seen = map.iter().filter(|(name, _)| !HOP_BY_HOP.contains(&name.as_str()));
    seen.map(|(name, value)| Header::new(name.as_str(), String::from_utf8_lossy(value.as_bytes()))).collect()
}
