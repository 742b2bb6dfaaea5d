//! Requests to servers, as far as the plugin was granted them. The host follows no redirect and puts secrets in itself.
//!
//! ```text
//! let rates: Rates = http::get("https://api.example.com/v1/rates")?.success()?.json()?;
//! let made = Request::post("https://api.example.com/v1/orders").json(&order)?.send()?;
//! ```

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::bindings::baton::plugin::http as host;
use crate::{Error, Failure};

/// Makes a `GET` and waits for the response.
///
/// # Errors
///
/// The host refuses the request, or the server is not reached.
pub fn get(url: &str) -> Result<Response, Error> {
    Request::new("GET", url).send()
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request(host::Request);

impl Request {
    /// A request with a method in capital letters and a URL.
    #[must_use]
    pub fn new(method: &str, url: &str) -> Self {
        Self(host::Request { method: method.to_owned(), url: url.to_owned(), headers: Vec::new(), body: Vec::new() })
    }

    /// A `POST`.
    #[must_use]
    pub fn post(url: &str) -> Self {
        Self::new("POST", url)
    }

    /// Adds a header. Those that belong to the connection are the host's.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.0.headers.push(host::Header { name: name.to_owned(), value: value.to_owned() });
        self
    }

    /// Sets the body.
    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.0.body = body.into();
        self
    }

    /// Sets the body to a value as JSON, and the header that says so.
    ///
    /// # Errors
    ///
    /// The value cannot be written as JSON.
    pub fn json(self, value: &impl Serialize) -> Result<Self, Error> {
        let body = serde_json::to_vec(value)
            .map_err(|error| Error::Invalid(format!("the body for {}: {error}", self.0.url)))?;
        Ok(self.header("content-type", "application/json").body(body))
    }

    /// Makes the request and waits for the response, whatever its status.
    ///
    /// # Errors
    ///
    /// The host refuses the request, or the server is not reached.
    pub fn send(&self) -> Result<Response, Error> {
        host::fetch(&self.0).map(Response)
    }
}

/// What a server answered.
#[derive(Clone, Debug)]
pub struct Response(host::Response);

impl Response {
    /// The status code.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.0.status
    }

    /// The value of the first header of a name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.0.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        found.map(|header| header.value.as_str())
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.0.body
    }

    /// The body as text. What is not UTF-8 is replaced.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.body).into_owned()
    }

    /// The body as JSON of a type.
    ///
    /// # Errors
    ///
    /// [`Failure::Permanent`] if it does not fit the type.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let fits = |error| Failure::permanent(format_args!("the server's answer: {error}"));
        crate::task::decode(&self.text()).map_err(fits)
    }

    /// The response, if its status is one of success (200 to 299).
    ///
    /// # Errors
    ///
    /// [`Failure::Transient`] for a status that says to try later (408, 425, 429, 500, 502, 503, 504); else
    /// [`Failure::Permanent`].
    pub fn success(self) -> Result<Self, Failure> {
        match self.status() {
            200..=299 => Ok(self),
            status @ (408 | 425 | 429 | 500 | 502..=504) => {
                Err(Failure::transient(format_args!("the server answered with status {status}")))
            }
            status => Err(Failure::permanent(format_args!("the server answered with status {status}"))),
        }
    }
}
