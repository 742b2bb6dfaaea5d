//! What a request goes to: the one reading of a URL, by which it is both judged and sent. It does not know who asks for it.
//!
//! A URL has one spelling here. What other readers could take for something else (users and passwords, backslashes, letters
//! beyond ASCII, addresses as one number, dots in a path) is refused, not interpreted.

use std::fmt;

use super::host::Host;
use super::{Problem, methods, path};
use crate::error::Error;
use crate::name::shown;

/// The longest URL, in bytes: what common servers and proxies take.
pub const MAX_URL: usize = 8 << 10;

/// How a connection is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scheme {
    /// Without protection.
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    /// The port that is meant when a URL names none.
    #[must_use]
    pub const fn default_port(self) -> u16 {
        match self {
            Scheme::Http => 80,
            Scheme::Https => 443,
        }
    }

    fn split(url: &str) -> Result<(Self, &str), Problem> {
        let https = url.strip_prefix("https://").map(|rest| (Scheme::Https, rest));
        let http = || url.strip_prefix("http://").map(|rest| (Scheme::Http, rest));
        https.or_else(http).ok_or("it must begin with `https://` or `http://`")
    }
}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Scheme::Http => "http",
            Scheme::Https => "https",
        })
    }
}

/// A request's method and URL, read and in their only spelling. It borrows both texts and allocates nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HttpTarget<'a> {
    method: &'a str,
    scheme: Scheme,
    host: Host<'a>,
    port: u16,
    path: &'a str,
    query: Option<&'a str>,
}

impl<'a> HttpTarget<'a> {
    /// Reads a method and a URL: `https://HOST[:PORT][/PATH][?QUERY]`.
    ///
    /// # Errors
    /// [`Error::Url`] with what is wrong, for anything that is not in its canonical spelling.
    pub fn parse(method: &'a str, url: &'a str) -> Result<Self, Error> {
        let read = methods::check(method).and_then(|()| HttpTarget::read(method, url));
        read.map_err(|problem| Error::Url { text: shown(&format!("{method} {url}")), problem })
    }

    fn read(method: &'a str, url: &'a str) -> Result<Self, Problem> {
        let Split { scheme, host, port, rest } = split(url)?;
        let (path, query) = match rest.split_once('?') {
            Some((path, query)) => (path, Some(query)),
            None => (rest, None),
        };
        let path = if path.is_empty() { "/" } else { path };
        path::check(path)?;
        query.map_or(Ok(()), path::check_query)?;
        Ok(HttpTarget { method, scheme, host: Host::parse(host)?, port, path, query })
    }

    /// The method, in capital letters.
    #[must_use]
    pub fn method(&self) -> &'a str {
        self.method
    }

    /// How the connection is made.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The host.
    #[must_use]
    pub fn host(&self) -> Host<'a> {
        self.host
    }

    /// The port, written or not.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The path; `/` if none is written.
    #[must_use]
    pub fn path(&self) -> &'a str {
        self.path
    }

    /// What follows `?`, if anything does. Grants do not speak of it.
    #[must_use]
    pub fn query(&self) -> Option<&'a str> {
        self.query
    }

    /// The host, and the port if it is not the scheme's own: `example.com:8443`.
    #[must_use]
    pub fn authority(&self) -> Authority<'a> {
        Authority { scheme: self.scheme, host: self.host, port: self.port }
    }

    /// Whether the request only reads, as HTTP defines it: `GET` and `HEAD`.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        matches!(self.method, "GET" | "HEAD")
    }

    /// Whether the request has the same effect however often it is made, as HTTP defines it (RFC 9110, section 9.2.2).
    #[must_use]
    pub fn is_idempotent(&self) -> bool {
        self.only_reads() || matches!(self.method, "OPTIONS" | "PUT" | "DELETE")
    }
}

/// Without the query, which can hold what is nobody's business.
impl fmt::Display for HttpTarget<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}://{}{}", self.method, self.scheme, self.authority(), self.path)
    }
}

/// A host and its port, as they are written in a URL and in the header `Host`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority<'a> {
    scheme: Scheme,
    host: Host<'a>,
    port: u16,
}

impl fmt::Display for Authority<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.host.fmt(f)?;
        if self.port == self.scheme.default_port() { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

/// A URL, or the pattern of URLs, taken apart at its signs.
pub(super) struct Split<'a> {
    pub(super) scheme: Scheme,
    pub(super) host: &'a str,
    pub(super) port: u16,
    /// Path and query; it is empty or begins with `/` or `?`.
    pub(super) rest: &'a str,
}

pub(super) fn split(url: &str) -> Result<Split<'_>, Problem> {
    check_bytes(url)?;
    let (scheme, rest) = Scheme::split(url)?;
    let (authority, rest) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    if authority.contains('@') {
        return Err("it names a user: no URL may");
    }
    let (host, port) = split_port(authority)?;
    Ok(Split { scheme, host, port: port.unwrap_or(scheme.default_port()), rest })
}

fn check_bytes(url: &str) -> Result<(), Problem> {
    if url.len() > MAX_URL {
        return Err("it is longer than 8 KiB");
    }
    if !url.is_ascii() {
        return Err("it holds letters beyond ASCII: write a host as punycode (`xn--…`), all else as `%XX`");
    }
    if url.contains(|c: char| c == '\\' || !c.is_ascii_graphic()) {
        return Err("it holds a backslash, a space or a control character");
    }
    if url.contains('#') { Err("it holds a fragment (`#`), which is never sent") } else { Ok(()) }
}

fn split_port(authority: &str) -> Result<(&str, Option<u16>), Problem> {
    let after_address = authority.rfind(']').map_or(0, |bracket| bracket + 1);
    if authority.starts_with('[') && after_address == 0 {
        return Err("its IPv6 address lacks a bracket");
    }
    let Some(colon) = authority.get(after_address..).and_then(|rest| rest.find(':')) else {
        return Ok((authority, None));
    };
    let (host, port) = authority.split_at(after_address + colon);
    port_number(port.strip_prefix(':').unwrap_or_default()).map(|port| (host, Some(port)))
}

/// A port from 1 to 65,535 without needless zeros.
fn port_number(text: &str) -> Result<u16, Problem> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    let port = text.parse().ok().filter(|_| plain);
    port.ok_or("its port is not a number from 1 to 65535")
}
