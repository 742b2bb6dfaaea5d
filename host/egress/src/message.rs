//! Requests and responses, whole. They do not know how they are sent.

use std::fmt;

/// A header of a request or a response.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// Its name; in small letters in a response.
    pub name: String,
    /// Its value. What in a response is not UTF-8 is replaced by U+FFFD.
    pub value: String,
}

/// A request that somebody wants to make.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method in capital letters.
    pub method: String,
    /// The URL, in the spelling that [`HttpTarget::parse`](baton_policy::HttpTarget::parse) reads.
    pub url: String,
    /// What it says besides. `Host`, `Content-Length` and what else belongs to the connection is not the caller's to set.
    pub headers: Vec<Header>,
    /// The body; empty for none.
    pub body: Vec<u8>,
}

/// The answer of a server, redirects included.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// 200 to 999.
    pub status: u16,
    /// Its headers, in order, without those that belong to the connection.
    pub headers: Vec<Header>,
    /// The body, unpacked.
    pub body: Vec<u8>,
}

impl Header {
    /// A header.
    #[must_use]
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Header { name: name.into(), value: value.into() }
    }
}

impl Request {
    /// A request without headers or body.
    #[must_use]
    pub fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Request { method: method.into(), url: url.into(), headers: Vec::new(), body: Vec::new() }
    }
}

impl Response {
    /// The value of the first header of a name, which is given in small letters.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.name == name).map(|header| header.value.as_str())
    }
}

// What is in a message is between the caller and the server: a log that shows one shows its outside.

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: …", self.name)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.split('?').next().unwrap_or_default();
        write!(f, "{} {url} {:?}, {} bytes", self.method, self.headers, self.body.len())
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}, {} bytes", self.status, self.headers, self.body.len())
    }
}
