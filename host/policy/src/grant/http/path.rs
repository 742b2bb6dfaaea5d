//! Paths of URLs and the patterns that cover them. It does not know what a server makes of a path, so what two servers could
//! read differently is no path here: a grant that is narrower than a host must mean the same to everybody.

use std::fmt;

use super::Problem;

/// Stands for the rest of a path, at its end.
const REST: char = '*';

/// Bytes that must not be written as `%XX`: decoded once or twice they would be another path.
/// They are `.`, `/`, `\`, `;`, `%` and what is never part of UTF-8.
fn is_ambiguous(decoded: u8) -> bool {
    matches!(decoded, b'.' | b'/' | b'\\' | b';' | b'%' | 0xc0 | 0xc1 | 0xf5..)
}

/// Checks the path of a URL, which begins with `/` and holds no `?` or `#`.
pub(super) fn check(path: &str) -> Result<(), Problem> {
    if !path.starts_with('/') {
        return Err("its path must begin with `/`");
    }
    if path.contains("//") {
        return Err("its path holds an empty segment (`//`), which servers read differently");
    }
    if path.contains(REST) {
        return Err("its path holds a `*`: write it as `%2A`");
    }
    check_characters(path)?;
    if path.split('/').any(is_dots) { Err("its path holds a segment `.` or `..`") } else { Ok(()) }
}

/// A segment that some servers take for `.` or `..`: they cut off what follows a `;`.
fn is_dots(segment: &str) -> bool {
    matches!(segment.split(';').next(), Some("." | ".."))
}

fn check_characters(path: &str) -> Result<(), Problem> {
    let mut escapes = escapes(path)?;
    if escapes.any(|byte| is_ambiguous(byte) || byte.is_ascii_control()) {
        return Err("its path holds an encoded `.`, `/`, `\\`, `;`, `%`, control character or wrong UTF-8");
    }
    Ok(())
}

/// Checks a query: the characters of RFC 3986.
pub(super) fn check_query(query: &str) -> Result<(), Problem> {
    if escapes(query)?.any(|byte| byte.is_ascii_control() && !matches!(byte, b'\n' | b'\r' | b'\t')) {
        return Err("its query holds an encoded control character");
    }
    Ok(())
}

/// The bytes that are written as `%XX`, after a check that all else may stand in a URL.
fn escapes(text: &str) -> Result<impl Iterator<Item = u8>, Problem> {
    let (plain, mut escaped) = split_escapes(text);
    if !plain.bytes().all(is_plain) {
        return Err("it holds a character that must be written as `%XX`");
    }
    if escaped.clone().any(|part| hexadecimal(part).is_none())
        || !escaped.clone().all(|part| rest(part).bytes().all(is_plain))
    {
        return Err(
            "it holds a `%` that two hexadecimal digits do not follow, or a character that must be written as `%XX`",
        );
    }
    Ok(std::iter::from_fn(move || escaped.next().and_then(hexadecimal)))
}

/// What stands before the first `%`, and the parts after each.
fn split_escapes(text: &str) -> (&str, std::str::Split<'_, char>) {
    let mut parts = text.split('%');
    (parts.next().unwrap_or_default(), parts)
}

/// The byte that the two digits at the beginning of a part stand for.
fn hexadecimal(part: &str) -> Option<u8> {
    let digits = part.get(..2).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

fn rest(part: &str) -> &str {
    part.get(2..).unwrap_or_default()
}

/// What stands for itself in a path or a query (RFC 3986: unreserved, sub-delims, `:`, `@`, `/`, `?`).
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?".contains(&byte)
}

/// Paths that a grant covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PathPattern {
    /// This path.
    Exact(String),
    /// Every path that begins so.
    Prefix(String),
}

impl PathPattern {
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        let (path, make): (_, fn(String) -> Self) = match text.strip_suffix(REST) {
            Some(prefix) => (prefix, PathPattern::Prefix),
            None => (text, PathPattern::Exact),
        };
        if path.contains('?') {
            return Err("a grant speaks of no query: leave it out");
        }
        check(path).map(|()| make(path.to_owned()))
    }

    pub(super) fn covers(&self, path: &str) -> bool {
        match self {
            PathPattern::Exact(ours) => ours == path,
            PathPattern::Prefix(prefix) => path.starts_with(prefix.as_str()),
        }
    }

    /// Whether it covers all that the other covers.
    pub(super) fn includes(&self, other: &Self) -> bool {
        match (self, other) {
            (_, PathPattern::Exact(path)) => self.covers(path),
            (PathPattern::Prefix(prefix), PathPattern::Prefix(longer)) => longer.starts_with(prefix.as_str()),
            (PathPattern::Exact(_), PathPattern::Prefix(_)) => false,
        }
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PathPattern::Exact(path) => f.write_str(path),
            PathPattern::Prefix(prefix) => write!(f, "{prefix}{REST}"),
        }
    }
}
