//! One entry of a grant of http: `GET,POST https://api.example.com/v1/*`. It does not know the other entries.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use super::Problem;
use super::host::HostPattern;
use super::methods::Methods;
use super::networks::Networks;
use super::path::PathPattern;
use super::target::{self, HttpTarget, Scheme};
use crate::error::Error;
use crate::name::shown;
use crate::unknown::OnUnknown;

/// What goes before the networks.
const AT: &str = "at";

/// The URLs that an entry covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Urls {
    host: HostPattern,
    scheme: Scheme,
    port: u16,
    path: PathPattern,
}

impl Urls {
    fn parse(text: &str) -> Result<Self, Problem> {
        let split = target::split(text)?;
        let (host, path) = (HostPattern::parse(split.host)?, PathPattern::parse(split.rest)?);
        Ok(Urls { host, scheme: split.scheme, port: split.port, path })
    }

    fn covers(&self, target: &HttpTarget<'_>) -> bool {
        self.scheme == target.scheme()
            && self.port == target.port()
            && self.host.covers(target.host())
            && self.path.covers(target.path())
    }

    /// Whether all that the other covers is covered.
    pub(super) fn includes(&self, other: &Self) -> bool {
        (self.scheme, self.port) == (other.scheme, other.port)
            && self.host.includes(&other.host)
            && self.path.includes(&other.path)
    }

    /// What both cover. Hosts are apart or one within the other, and so are paths.
    fn intersect(&self, other: &Self) -> Option<Self> {
        let host = narrower(&self.host, &other.host, HostPattern::includes)?;
        let path = narrower(&self.path, &other.path, PathPattern::includes)?;
        let same = (self.scheme, self.port) == (other.scheme, other.port);
        same.then(|| Urls { host: host.clone(), path: path.clone(), ..*self })
    }
}

fn narrower<'a, T>(a: &'a T, b: &'a T, includes: fn(&T, &T) -> bool) -> Option<&'a T> {
    if includes(a, b) {
        return Some(b);
    }
    includes(b, a).then_some(a)
}

impl fmt::Display for Urls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Urls { host, scheme, port, path } = self;
        let port = if *port == scheme.default_port() { String::new() } else { format!(":{port}") };
        write!(f, "{scheme}://{host}{port}{path}")
    }
}

/// Methods on URLs, at addresses, and what is done about a request whose outcome nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) urls: Urls,
    pub(super) networks: Networks,
    pub(super) methods: Methods,
    pub(super) on_unknown: Option<OnUnknown>,
}

impl Entry {
    /// The entry that covers a target and nothing else.
    pub(super) fn of(target: &HttpTarget<'_>) -> Self {
        let urls = Urls {
            host: target.host().into(),
            scheme: target.scheme(),
            port: target.port(),
            path: PathPattern::Exact(target.path().to_owned()),
        };
        Entry { urls, networks: Networks::Open, methods: Methods::one(target.method()), on_unknown: None }
    }

    pub(super) fn covers(&self, target: &HttpTarget<'_>) -> bool {
        self.methods.covers(target.method()) && self.urls.covers(target)
    }

    /// Whether a host that it covers may be at an address that is not public: one of its networks, or the one it names as its host.
    pub(super) fn names(&self, address: IpAddr) -> bool {
        self.networks.covers(address) || self.urls.host.address() == Some(address)
    }

    pub(super) fn intersect(&self, other: &Self) -> Option<Self> {
        let urls = self.urls.intersect(&other.urls)?;
        let methods = self.methods.intersect(&other.methods);
        let networks = self.networks.intersect(&other.networks);
        let on_unknown = self.on_unknown.max(other.on_unknown);
        (!methods.is_empty()).then_some(Entry { urls, networks, methods, on_unknown })
    }

    /// Whether it covers what another does, and says as much of it, the methods aside.
    pub(super) fn reaches_beyond(&self, other: &Self) -> bool {
        let says_as_much = other.on_unknown.is_none() || other.on_unknown == self.on_unknown;
        self.urls.includes(&other.urls) && self.networks.includes(&other.networks) && says_as_much
    }

    fn parse(text: &str) -> Result<Self, Problem> {
        let (text, on_unknown) =
            OnUnknown::split_off(text).ok_or("after `on unknown` stands `retry`, `ask` or `fail`")?;
        let words: Vec<&str> = text.split(' ').collect();
        let (methods, urls, networks) = match words.as_slice() {
            [methods, urls] => (methods, urls, Networks::Open),
            [methods, urls, AT, networks] => (methods, urls, Networks::parse(networks)?),
            _ => return Err("it is not of the form `METHODS URL [at NETWORKS] [on unknown retry|ask|fail]`"),
        };
        Ok(Entry { urls: Urls::parse(urls)?, networks, methods: Methods::parse(methods)?, on_unknown })
    }
}

impl FromStr for Entry {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Entry::parse(text).map_err(|problem| Error::Http { text: shown(text), problem })
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Entry { urls, networks, methods, on_unknown } = self;
        write!(f, "{methods} {urls}")?;
        if !networks.is_unwritten() {
            write!(f, " {AT} {networks}")?;
        }
        f.write_str(&OnUnknown::suffix(*on_unknown))
    }
}
