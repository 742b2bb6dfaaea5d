//! JSON texts that entries carry. It does not know where large ones are kept.

use std::fmt;
use std::sync::Arc;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::id::Digest;

/// A JSON text, kept byte for byte: what a guest said is what a replay compares.
/// Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Payload {
    /// The text itself.
    Text(Arc<str>),
    /// A text that the store keeps once, under its digest.
    Stored {
        /// The digest of the text.
        sha256: Digest,
        /// Its length in bytes.
        bytes: u64,
    },
}

impl Payload {
    /// Texts longer than this are stored once by digest: small enough that rows stay small,
    /// large enough that most host calls need no second row.
    pub const INLINE_LIMIT: usize = 1024;

    /// A payload of this text.
    #[must_use]
    pub fn text(text: impl Into<Arc<str>>) -> Self {
        Payload::Text(text.into())
    }

    /// A payload of this value's JSON text.
    #[must_use]
    pub fn json(value: &serde_json::Value) -> Self {
        Payload::text(value.to_string())
    }

    /// The text, if it is at hand; a stored one must be loaded first.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Payload::Text(text) => Some(text),
            Payload::Stored { .. } => None,
        }
    }

    /// The digest of the text.
    #[must_use]
    pub fn digest(&self) -> Digest {
        match self {
            Payload::Text(text) => Digest::of(text.as_bytes()),
            Payload::Stored { sha256, .. } => *sha256,
        }
    }

    /// The length of the text in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        match self {
            Payload::Text(text) => text.len() as u64,
            Payload::Stored { bytes, .. } => *bytes,
        }
    }

    /// The same payload as an entry holds it: short texts as they are, long ones by digest.
    #[must_use]
    pub fn as_reference(&self) -> Payload {
        match self {
            Payload::Text(text) if text.len() > Self::INLINE_LIMIT => {
                Payload::Stored { sha256: self.digest(), bytes: self.bytes() }
            }
            small => small.clone(),
        }
    }
}

/// By hand, because a derived one keeps a copy of every text until it knows which case it is.
impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PayloadVisitor)
    }
}

struct PayloadVisitor;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reference {
    sha256: Digest,
    bytes: u64,
}

impl<'de> Visitor<'de> for PayloadVisitor {
    type Value = Payload;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or the digest of one")
    }

    fn visit_str<E>(self, text: &str) -> Result<Payload, E> {
        Ok(Payload::text(text))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Payload, A::Error> {
        let Reference { sha256, bytes } = Reference::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Payload::Stored { sha256, bytes })
    }
}
