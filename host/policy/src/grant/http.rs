//! The grant of http: which requests a plugin may make, at which addresses beside the public ones, and what is done about
//! one whose outcome nobody knows. It does not know how a request is sent, nor what is in it: who may send to a host may send it anything, in the query too.

mod entry;
mod host;
mod methods;
mod networks;
mod path;
mod target;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use self::entry::Entry;
use self::methods::Methods;
use self::networks::Networks;
use super::{Capability, toml_array};
use crate::error::Error;
use crate::unknown::OnUnknown;

pub use host::Host;
pub use target::{Authority, HttpTarget, MAX_URL, Scheme};

/// What is wrong with a text, for people.
type Problem = &'static str;

/// Requests; written `["GET,POST https://api.example.com/v1/*", "GET http://intranet.corp:8080/* at 10.1.0.0/16"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HttpGrant {
    /// In order; none covers what another does.
    entries: Vec<Entry>,
}

impl Capability for HttpGrant {
    type Wanted<'a> = HttpTarget<'a>;

    const FORM: &'static str = "a grant of http is `METHODS URL [at NETWORKS] [on unknown retry|ask|fail]`, such as \
        `GET,POST https://api.example.com/v1/*` or `* http://*.corp:8080/* at 10.0.0.0/8`; a URL ends in `*` or is \
        meant as it stands";

    const CALL: &'static str = "a request: GET https://api.example.com/v1/x";

    fn read_call(text: &str) -> Option<HttpTarget<'_>> {
        let (method, url) = text.split_once(' ')?;
        HttpTarget::parse(method, url).ok()
    }

    fn fault(text: &str) -> Option<String> {
        let (method, url) = text.split_once(' ').filter(|(_, url)| url.contains("://"))?;
        HttpTarget::parse(method, url).err().map(|error| format!("{error}: {}", error.hint()))
    }

    fn allows(&self, wanted: HttpTarget<'_>) -> bool {
        self.entries.iter().any(|entry| entry.covers(&wanted))
    }

    fn needed(wanted: HttpTarget<'_>) -> Option<Self> {
        Some(HttpGrant { entries: vec![Entry::of(&wanted)] })
    }

    fn describe(wanted: HttpTarget<'_>) -> String {
        format!("http, `{wanted}`")
    }

    fn intersect(&self, other: &Self) -> Self {
        let both = self.entries.iter().flat_map(|a| other.entries.iter().filter_map(|b| a.intersect(b)));
        HttpGrant::of(both)
    }

    fn union(&self, other: &Self) -> Self {
        HttpGrant::of(self.entries.iter().chain(&other.entries).cloned())
    }

    fn except(&self, other: &Self) -> Self {
        let wholly = |entry: &&Entry| !other.covers_wholly(entry);
        HttpGrant { entries: self.entries.iter().filter(wholly).cloned().collect() }
    }

    fn written(&self) -> String {
        toml_array(&self.entries)
    }

    /// What is risked is the operator's to say.
    fn as_ask(&self) -> Self {
        HttpGrant::of(self.entries.iter().map(|entry| Entry { on_unknown: None, ..entry.clone() }))
    }

    fn settled(&self) -> Self {
        let settle = |entry: &Entry| Entry { networks: entry.networks.settled(), ..entry.clone() };
        HttpGrant::of(self.entries.iter().map(settle))
    }
}

impl HttpGrant {
    /// Reads entries as they are written.
    ///
    /// # Errors
    /// [`Error::Http`] with what is wrong.
    pub fn parse<'a>(entries: impl IntoIterator<Item = &'a str>) -> Result<Self, Error> {
        let entries = entries.into_iter().map(str::parse).collect::<Result<Vec<Entry>, _>>()?;
        Ok(HttpGrant::of(entries))
    }

    /// Whether a request may go to an address that is not public: a covering entry names a network that holds it, or
    /// names the address as its host. What an entry leaves open is not named.
    #[must_use]
    pub fn names(&self, target: HttpTarget<'_>, address: IpAddr) -> bool {
        self.entries.iter().any(|entry| entry.covers(&target) && entry.names(address))
    }

    /// What is done about a request if nobody knows whether it took effect: the most careful of what the entries say that
    /// cover it; nothing if none says anything.
    #[must_use]
    pub fn on_unknown(&self, target: HttpTarget<'_>) -> Option<OnUnknown> {
        self.entries.iter().filter(|entry| entry.covers(&target)).filter_map(|entry| entry.on_unknown).max()
    }

    /// The set of some entries, in its only form: joined where only the methods differ, without what is covered twice.
    fn of(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut joined: BTreeMap<_, Methods> = BTreeMap::new();
        for Entry { urls, networks, methods, on_unknown } in entries {
            let known = joined.entry((urls, networks, on_unknown)).or_insert_with(|| methods.clone());
            *known = known.union(&methods);
        }
        let joined = joined.into_iter().map(|((urls, networks, on_unknown), methods)| Entry {
            urls,
            networks,
            methods,
            on_unknown,
        });
        let entries: Vec<Entry> = joined.collect();
        HttpGrant { entries: entries.iter().filter_map(|entry| what_only_it_covers(entry, &entries)).collect() }
    }

    /// Whether each method of an entry is covered, with all its networks.
    fn covers_wholly(&self, entry: &Entry) -> bool {
        entry.methods.apart().iter().all(|method| {
            let wider = |ours: &&Entry| ours.urls.includes(&entry.urls) && method.except(&ours.methods).is_empty();
            let mut covering = self.entries.iter().filter(wider).peekable();
            covering.peek().is_some() && Networks::union(covering.map(|ours| &ours.networks)).suffice(&entry.networks)
        })
    }
}

/// An entry without the methods that a wider one covers; nothing if none is left.
fn what_only_it_covers(entry: &Entry, all: &[Entry]) -> Option<Entry> {
    let wider = all.iter().filter(|other| *other != entry && other.reaches_beyond(entry));
    let methods = wider.fold(entry.methods.clone(), |left, other| left.except(&other.methods));
    (!methods.is_empty()).then(|| Entry { methods, ..entry.clone() })
}

impl<'de> Deserialize<'de> for HttpGrant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let entries = Vec::<String>::deserialize(deserializer)?;
        HttpGrant::parse(entries.iter().map(String::as_str)).map_err(|error| error.to_serde())
    }
}

impl Serialize for HttpGrant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.entries.iter().map(ToString::to_string))
    }
}
