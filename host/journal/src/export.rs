//! A run as one text that can be carried elsewhere: its entries, the payloads that they refer to and, if they are wanted,
//! its components. It does not know files, and it trusts nothing that it reads: the chain and every digest are checked.
//!
//! The text has a line for each thing, and each line is a JSON object whose first key says what it is:
//!
//! ```text
//! {"baton-run":1,"run":"01k…","entries":91,"payloads":12,"components":0,"head":"3fa9…"}
//! {"entry":0,"at":1700000000000,"digest":"5c0f…","body":{"event":"run-started",…}}
//! {"payload":"9b1d…","text":"{…}"}
//! {"component":"77e0…","base64":"AGFzbQ…"}
//! ```
//!
//! The digest of an entry is the SHA-256 of five parts, each preceded by its length in bytes (64 bits, little-endian): the
//! text `baton journal entry 1`, the digest of the entry before it, its number and its time (64 bits each, little-endian),
//! and its body as it stands in the line. Entry 0 follows the digest of `baton journal run 1` and the run's id. So anybody
//! can check a run without Baton.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::entry::{Chain, Entry};
use crate::id::{Digest, RunId, Timestamp};
use crate::payload::Payload;

/// The version of the form, which the first line has. A form is never changed, only followed by a new one.
pub const FORMAT: u32 = 1;

/// A run as it was exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exported {
    /// Its id.
    pub run: RunId,
    /// Its entries, their payloads loaded.
    pub entries: Vec<Entry>,
    /// Components by their digests: none, if it was exported without.
    pub components: BTreeMap<Digest, Vec<u8>>,
}

/// A text that is no exported run, or not the one that was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct NotExported {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub what: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    #[serde(rename = "baton-run")]
    format: u32,
    run: RunId,
    entries: u64,
    payloads: u64,
    components: u64,
    head: Digest,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EntryLine<'a> {
    entry: u64,
    at: Timestamp,
    digest: Digest,
    #[serde(borrow)]
    body: &'a RawValue,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PayloadLine<'a> {
    payload: Digest,
    text: std::borrow::Cow<'a, str>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ComponentLine<'a> {
    component: Digest,
    base64: std::borrow::Cow<'a, str>,
}

impl Exported {
    /// Adds a component that the file did not have. Whether it is one of the run's.
    pub fn add(&mut self, component: Vec<u8>) -> bool {
        let digest = Digest::of(&component);
        let is_used = pinned(&self.entries).contains(&digest);
        if is_used {
            self.components.insert(digest, component);
        }
        is_used
    }

    /// Hands out the lines of the text, one after the other, without their ends.
    ///
    /// # Errors
    /// That of `write`.
    pub fn write<E>(&self, mut write: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
        let payloads = large_payloads(&self.entries);
        write(&json(&Head {
            format: FORMAT,
            run: self.run.clone(),
            entries: self.entries.len() as u64,
            payloads: payloads.len() as u64,
            components: self.components.len() as u64,
            head: self.entries.last().map_or_else(|| Chain::of(&self.run).head(), |entry| entry.digest),
        }))?;
        for entry in &self.entries {
            write(&entry_line(entry))?;
        }
        for (payload, text) in payloads {
            let text = text.as_str().unwrap_or_default().into();
            write(&json(&PayloadLine { payload, text }))?;
        }
        for (component, bytes) in &self.components {
            write(&json(&ComponentLine { component: *component, base64: STANDARD.encode(bytes).into() }))?;
        }
        Ok(())
    }
}

fn entry_line(entry: &Entry) -> String {
    let body = RawValue::from_string(entry.body()).expect("a body is JSON because it was serialised");
    json(&EntryLine { entry: entry.sequence, at: entry.at, digest: entry.digest, body: &body })
}

/// The texts that the entries have by digest only.
fn large_payloads(entries: &[Entry]) -> BTreeMap<Digest, Payload> {
    let large = entries.iter().flat_map(|entry| entry.event.by_reference().1);
    large.map(|payload| (payload.digest(), payload)).collect()
}

fn json(line: &impl Serialize) -> String {
    serde_json::to_string(line).expect("a line serialises because it holds only texts and numbers")
}

/// Reads the lines of an exported run.
#[derive(Debug, Default)]
pub struct Reader {
    line: u64,
    head: Option<(Head, Chain)>,
    entries: Vec<Entry>,
    payloads: BTreeMap<Digest, Payload>,
    components: BTreeMap<Digest, Vec<u8>>,
}

impl std::fmt::Debug for Head {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Head").field("run", &self.run).finish_non_exhaustive()
    }
}

impl Reader {
    /// Takes the next line, without its end.
    ///
    /// # Errors
    /// It is no line of an exported run, an entry does not continue the chain, or a content has another digest.
    pub fn take(&mut self, line: &str) -> Result<(), NotExported> {
        self.line += 1;
        self.take_line(line).map_err(|what| NotExported { line: self.line, what })
    }

    fn take_line(&mut self, line: &str) -> Result<(), String> {
        if self.head.is_none() {
            return self.take_head(line);
        }
        match line.get(..8) {
            Some("{\"entry\"") => self.take_entry(line),
            Some("{\"payloa") => self.take_payload(line),
            Some("{\"compon") => self.take_component(line),
            _ => Err("it is neither an entry nor a payload nor a component".to_owned()),
        }
    }

    fn take_head(&mut self, line: &str) -> Result<(), String> {
        if !line.starts_with("{\"baton-run\":") {
            return Err("this is no exported run: its first line is another".to_owned());
        }
        let head: Head = parse(line)?;
        if head.format != FORMAT {
            return Err(format!("its form is {}; this version reads {FORMAT}", head.format));
        }
        let chain = Chain::of(&head.run);
        self.head = Some((head, chain));
        Ok(())
    }

    fn take_entry(&mut self, line: &str) -> Result<(), String> {
        let EntryLine { entry, at, digest, body } = parse(line)?;
        let (_, chain) = self.head.as_mut().ok_or("it comes before the first line")?;
        let entry = Entry::from_body(chain, entry, at, body.get(), digest).map_err(|error| error.to_string())?;
        self.entries.push(entry);
        Ok(())
    }

    fn take_payload(&mut self, line: &str) -> Result<(), String> {
        let PayloadLine { payload, text } = parse(line)?;
        let text = Payload::text(text);
        require(payload, text.digest())?;
        self.payloads.insert(payload, text);
        Ok(())
    }

    fn take_component(&mut self, line: &str) -> Result<(), String> {
        let ComponentLine { component, base64 } = parse(line)?;
        let bytes = STANDARD.decode(base64.as_bytes()).map_err(|error| error.to_string())?;
        require(component, Digest::of(&bytes))?;
        self.components.insert(component, bytes);
        Ok(())
    }

    /// The run, when all lines were taken.
    ///
    /// # Errors
    /// Something is missing, or is there that the run does not have.
    pub fn finish(mut self) -> Result<Exported, NotExported> {
        let line = self.line;
        self.whole().map_err(|what| NotExported { line, what })
    }

    fn whole(&mut self) -> Result<Exported, String> {
        let (head, chain) = self.head.take().ok_or("there is no line")?;
        require_number("entries", head.entries, self.entries.len())?;
        require_number("payloads", head.payloads, self.payloads.len())?;
        require_number("components", head.components, self.components.len())?;
        if chain.head() != head.head {
            return Err(format!("the last entry is {}, and the first line says {}", chain.head(), head.head));
        }
        let mut entries = std::mem::take(&mut self.entries);
        self.load(&mut entries)?;
        self.require_pinned(&entries)?;
        Ok(Exported { run: head.run, entries, components: std::mem::take(&mut self.components) })
    }

    /// Replaces references by texts.
    fn load(&self, entries: &mut [Entry]) -> Result<(), String> {
        let mut used = BTreeSet::new();
        for entry in entries {
            let (mut loaded, number) = (Ok(()), entry.sequence);
            entry.event.for_each_payload(|payload| {
                let Payload::Stored { sha256, bytes } = *payload else { return };
                used.insert(sha256);
                match self.payloads.get(&sha256).filter(|text| text.bytes() == bytes) {
                    Some(text) => *payload = text.clone(),
                    None => loaded = Err(format!("the payload {sha256} of entry {number} is missing")),
                }
            });
            loaded?;
        }
        match self.payloads.keys().find(|payload| !used.contains(*payload)) {
            Some(payload) => Err(format!("no entry has the payload {payload}")),
            None => Ok(()),
        }
    }

    fn require_pinned(&self, entries: &[Entry]) -> Result<(), String> {
        let pinned = pinned(entries);
        match self.components.keys().find(|component| !pinned.contains(*component)) {
            Some(component) => Err(format!("the run does not use the component {component}")),
            None => Ok(()),
        }
    }
}

/// The components of a run.
fn pinned(entries: &[Entry]) -> BTreeSet<Digest> {
    entries.iter().flat_map(|entry| entry.event.components()).collect()
}

fn parse<'a, T: Deserialize<'a>>(line: &'a str) -> Result<T, String> {
    serde_json::from_str(line).map_err(|error| error.to_string())
}

fn require(told: Digest, found: Digest) -> Result<(), String> {
    if told == found { Ok(()) } else { Err(format!("it says that its digest is {told}, and its content has {found}")) }
}

fn require_number(what: &str, told: u64, found: usize) -> Result<(), String> {
    if told == found as u64 { Ok(()) } else { Err(format!("{found} {what} are there, and the first line says {told}")) }
}

#[cfg(test)]
mod tests;
