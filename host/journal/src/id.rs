//! The names of things: runs, invocations, host calls, moments and digests. It does not know what they name.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Milliseconds since the Unix epoch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub u64);

/// A run's id: a ULID in lower case, so that ids sort by the time at which runs were started.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RunId(String);

/// A text that is no run id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a run id: 26 letters and digits, as `baton runs` lists them")]
pub struct NotARunId(String);

impl RunId {
    /// Makes an id from the time of the start and 80 random bits (the low bits of `random`).
    #[must_use]
    pub fn new(at: Timestamp, random: u128) -> Self {
        RunId(ulid::Ulid::from_parts(at.0, random).to_string().to_lowercase())
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RunId {
    type Err = NotARunId;

    fn from_str(text: &str) -> Result<Self, NotARunId> {
        let parsed = ulid::Ulid::from_string(&text.to_ascii_uppercase()).map_err(|_| NotARunId(text.to_owned()))?;
        Ok(RunId(parsed.to_string().to_lowercase())) // the one canonical spelling, whatever was typed
    }
}

impl TryFrom<String> for RunId {
    type Error = NotARunId;

    fn try_from(text: String) -> Result<Self, NotARunId> {
        text.parse()
    }
}

impl From<RunId> for String {
    fn from(id: RunId) -> String {
        id.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Where in the plan an invocation belongs: a step, and the item's index for a step that runs for each item.
/// It prints as `summarise` or `summarise[2]`. What a step does besides its own work has a dot in its name (`crm.undo`); the
/// steps of a workflow that a step runs have a slash (`onboard[2]/crm`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Site {
    /// The step's name.
    pub step: String,
    /// The item's index, from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<u32>,
}

impl Site {
    /// The site that prints so.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let item = text.strip_suffix(']').and_then(|text| text.rsplit_once('[')).and_then(|(step, item)| {
            let item = item.parse().ok()?;
            Some(Site { step: step.to_owned(), item: Some(item) })
        });
        item.unwrap_or_else(|| Site { step: text.to_owned(), item: None })
    }
}

impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.item {
            Some(item) => write!(f, "{}[{item}]", self.step),
            None => f.write_str(&self.step),
        }
    }
}

/// An invocation's id, unique within its run and the same whenever the run is replayed:
/// `summarise[2]#1` is the first attempt of an item, `summarise[2]#1/4` the tool invoked by its host call 4.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InvocationId(String);

impl InvocationId {
    /// Names an attempt (counted from 1) at a site of the plan.
    #[must_use]
    pub fn attempt(site: &Site, attempt: u32) -> Self {
        InvocationId(format!("{site}#{attempt}"))
    }

    /// Names the invocation that a host call makes, of the n-th call where the host call makes several.
    #[must_use]
    pub fn nested(caller: &InvocationId, call: u32, index: Option<u32>) -> Self {
        match index {
            Some(index) => InvocationId(format!("{caller}/{call}.{index}")),
            None => InvocationId(format!("{caller}/{call}")),
        }
    }

    /// Takes a text for an id, as a journal has it.
    pub(crate) fn parse(text: &str) -> Self {
        InvocationId(text.to_owned())
    }

    /// The number of the host call that made it; nothing if none did.
    #[must_use]
    pub fn call(&self) -> Option<u32> {
        self.0.rsplit_once('/')?.1.parse().ok()
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for InvocationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One host call of one invocation: the stable name under which its effect happens at most once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CallId {
    /// The run.
    pub run: RunId,
    /// The invocation that calls.
    pub invocation: InvocationId,
    /// Counts the host calls of the invocation from 0.
    pub sequence: u32,
}

/// A SHA-256 digest; as text 64 hexadecimal digits, in lower case only, so that each digest has one spelling.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

/// A text that is no digest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a digest: 64 hexadecimal digits in lower case")]
pub struct NotADigest(String);

impl Digest {
    /// The digest of some bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Digest(Sha256::digest(bytes).into())
    }

    /// The digest of several parts, each preceded by its length, so that no two lists of parts look the same.
    #[must_use]
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = Sha256::new();
        for part in parts {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Digest(hasher.finalize().into())
    }

    /// Takes the 32 bytes of a digest as they are stored.
    #[must_use]
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Digest(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first 12 digits, for people.
    #[must_use]
    pub fn short(&self) -> String {
        self.to_string()[..12].to_owned()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let mut digits = [0; 64];
        for (pair, byte) in digits.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&[byte >> 4, byte & 15].map(|half| DIGITS[usize::from(half)]));
        }
        f.write_str(std::str::from_utf8(&digits).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = NotADigest;

    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let refuse = || NotADigest(text.to_owned());
        if text.len() != 64 || !text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(refuse());
        }
        let mut bytes = [0; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).map_err(|_| refuse())?;
        }
        Ok(Digest(bytes))
    }
}

impl TryFrom<String> for Digest {
    type Error = NotADigest;

    fn try_from(text: String) -> Result<Self, NotADigest> {
        text.parse()
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> String {
        digest.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_is_read_as_it_prints() {
        for (step, item) in [("a", None), ("a", Some(0)), ("long-name_2", Some(u32::MAX)), ("a[1]/b.undo", Some(2))] {
            let site = Site { step: step.to_owned(), item };
            assert_eq!(Site::read(&site.to_string()), site);
        }
        for odd in ["a[", "a[x]", "a]", "a[1]b", ""] {
            assert_eq!(Site::read(odd), Site { step: odd.to_owned(), item: None });
        }
    }
}
