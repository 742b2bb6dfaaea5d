//! Hosts of URLs and the patterns that cover them. It does not know how a name is resolved.

use std::fmt::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Problem;

/// The longest name of a host, and of one of its labels (RFC 1035).
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// What goes before a name in the pattern for all names below it.
const BELOW: &str = "*.";

/// The host of a URL, in the one spelling that is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Host<'a> {
    /// A name in small letters.
    Name(&'a str),
    /// An address, written as such.
    Address(IpAddr),
}

impl<'a> Host<'a> {
    /// Reads a host: a name of small letters, digits and `-`, an IPv4 address as four numbers, or an IPv6 address in brackets.
    pub(super) fn parse(text: &'a str) -> Result<Self, Problem> {
        if let Some(inner) = text.strip_prefix('[') {
            let inner = inner.strip_suffix(']').ok_or("its IPv6 address lacks a bracket")?;
            return ipv6(inner).map(|address| Host::Address(IpAddr::V6(address)));
        }
        match text.parse::<Ipv4Addr>() {
            Ok(address) => Ok(Host::Address(IpAddr::V4(address))),
            Err(_) => name(text).map(Host::Name),
        }
    }
}

impl fmt::Display for Host<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Host::Name(name) => f.write_str(name),
            Host::Address(IpAddr::V4(address)) => address.fmt(f),
            Host::Address(IpAddr::V6(address)) => write!(f, "[{address}]"),
        }
    }
}

/// An IPv6 address in its canonical spelling (RFC 5952): another one is how checks are fooled.
fn ipv6(text: &str) -> Result<Ipv6Addr, Problem> {
    let address: Ipv6Addr = text.parse().map_err(|_| "its host is not an IPv6 address")?;
    if address.to_ipv4_mapped().is_some() {
        return Err("its host is an IPv4 address in the form of an IPv6 one");
    }
    let mut rest = Rest(text);
    let same = write!(rest, "{address}").is_ok() && rest.0.is_empty();
    if same { Ok(address) } else { Err("its IPv6 address is not in its shortest form in small letters") }
}

/// What is left of a text after what was written of it. It compares without allocating.
struct Rest<'a>(&'a str);

impl fmt::Write for Rest<'_> {
    fn write_str(&mut self, part: &str) -> fmt::Result {
        self.0 = self.0.strip_prefix(part).ok_or(fmt::Error)?;
        Ok(())
    }
}

/// A name of labels. Where the last label is a number, other readers see an IPv4 address.
fn name(text: &str) -> Result<&str, Problem> {
    if text.is_empty() {
        return Err("it has no host");
    }
    if text.ends_with('.') {
        return Err("its host ends with a dot");
    }
    if text.len() > MAX_NAME || !text.split('.').all(is_label) {
        return Err("its host is no name of small letters, digits, `-` and dots, and no address");
    }
    let last = text.rsplit('.').next().unwrap_or_default();
    if is_number(last) { Err("its host is an address in an unusual spelling") } else { Ok(text) }
}

fn is_label(label: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=MAX_LABEL).contains(&label.len())
        && label.bytes().all(inner)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

/// Whether common readers take a label for a decimal, octal or hexadecimal number.
fn is_number(label: &str) -> bool {
    let hexadecimal = label.strip_prefix("0x").is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
    hexadecimal || label.bytes().all(|byte| byte.is_ascii_digit())
}

/// Hosts that a grant covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum HostPattern {
    /// This name.
    Name(String),
    /// Every name below this one, which is not meant itself.
    Below(String),
    /// This address, written as such.
    Address(IpAddr),
}

impl HostPattern {
    pub(super) fn parse(text: &str) -> Result<Self, Problem> {
        match text.strip_prefix(BELOW) {
            Some(apex) => match Host::parse(apex)? {
                Host::Name(apex) => Ok(HostPattern::Below(apex.to_owned())),
                Host::Address(_) => Err("there is nothing below an address"),
            },
            None => Host::parse(text).map(HostPattern::from),
        }
    }

    pub(super) fn covers(&self, host: Host<'_>) -> bool {
        match (self, host) {
            (HostPattern::Name(ours), Host::Name(name)) => ours == name,
            (HostPattern::Below(apex), Host::Name(name)) => is_below(name, apex),
            (HostPattern::Address(ours), Host::Address(address)) => *ours == address,
            _ => false,
        }
    }

    /// Whether it covers all that the other covers.
    pub(super) fn includes(&self, other: &Self) -> bool {
        match (self, other) {
            (HostPattern::Below(apex), HostPattern::Name(name)) => is_below(name, apex),
            (HostPattern::Below(apex), HostPattern::Below(inner)) => apex == inner || is_below(inner, apex),
            _ => self == other,
        }
    }

    /// The address, if it is one.
    pub(super) fn address(&self) -> Option<IpAddr> {
        if let HostPattern::Address(address) = self { Some(*address) } else { None }
    }
}

impl From<Host<'_>> for HostPattern {
    fn from(host: Host<'_>) -> Self {
        match host {
            Host::Name(name) => HostPattern::Name(name.to_owned()),
            Host::Address(address) => HostPattern::Address(address),
        }
    }
}

fn is_below(name: &str, apex: &str) -> bool {
    name.strip_suffix(apex).is_some_and(|rest| rest.ends_with('.'))
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HostPattern::Name(name) => f.write_str(name),
            HostPattern::Below(apex) => write!(f, "{BELOW}{apex}"),
            HostPattern::Address(address) => Host::Address(*address).fmt(f),
        }
    }
}
