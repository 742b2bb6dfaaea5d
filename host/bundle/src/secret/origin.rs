//! The origin that a secret belongs to. It does not resolve anything.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::Problem;

/// A scheme, a host and a port: `https://api.crm.example`, `http://127.0.0.1:8080`. Without encryption only for the
/// machine itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Whether it is `https`.
    pub encrypted: bool,
    /// The host, in small letters; an IPv6 address without its brackets.
    pub host: String,
    /// The port, written or implied.
    pub port: u16,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Origin { encrypted, host, port } = self;
        let scheme = if *encrypted { "https" } else { "http" };
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        if *port == implied(*encrypted) {
            write!(f, "{scheme}://{host}")
        } else {
            write!(f, "{scheme}://{host}:{port}")
        }
    }
}

impl FromStr for Origin {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let origin = parse(text).ok_or(Problem(
            "this is no origin: write scheme, host and perhaps a port, as in \"https://api.crm.example\"",
        ))?;
        if origin.encrypted || is_loopback(&origin.host) {
            return Ok(origin);
        }
        Err(Problem("this would send the secret unencrypted: write https, or a host such as 127.0.0.1"))
    }
}

fn parse(text: &str) -> Option<Origin> {
    let (scheme, authority) = text.split_once("://")?;
    let encrypted = match scheme {
        "https" => true,
        "http" => false,
        _ => return None,
    };
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) => (address.parse::<std::net::Ipv6Addr>().ok()?.to_string(), port.to_owned()),
        None => {
            let end = authority.find(':').unwrap_or(authority.len());
            (name(authority.get(..end)?)?, authority.get(end..)?.to_owned())
        }
    };
    let port = match port.strip_prefix(':') {
        Some(digits) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().ok().filter(|port| *port > 0)?
        }
        None if port.is_empty() => implied(encrypted),
        _ => return None,
    };
    Some(Origin { encrypted, host, port })
}

/// A name of labels, or an IPv4 address in its usual form; no other spelling of one.
fn name(text: &str) -> Option<String> {
    const LONGEST: usize = 253;
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    let last_is_number = text.rsplit('.').next()?.starts_with(|first: char| first.is_ascii_digit());
    let is_address = text.parse::<std::net::Ipv4Addr>().is_ok();
    let sound = text.len() <= LONGEST && text.split('.').all(label) && (is_address || !last_is_number);
    sound.then(|| text.to_ascii_lowercase())
}

/// An address only: where a name such as `localhost` leads, a resolver decides.
fn is_loopback(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn implied(encrypted: bool) -> u16 {
    if encrypted { 443 } else { 80 }
}
