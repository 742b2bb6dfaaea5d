//! Secrets, put into requests to the origin they belong to. It does not know where they are kept, nor who was granted them.

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use baton_policy::{Host, HttpTarget, Name, Scheme};
use http::header::{HeaderMap, HeaderName, HeaderValue};
use zeroize::Zeroizing;

/// The shortest secret, in bytes. A shorter one could be guessed, and would be found by chance in what servers answer,
/// where it is removed.
pub const SHORTEST: usize = 8;

/// The longest secret, in bytes: what fits into a header that common servers take.
pub const LONGEST: usize = 4 << 10;

/// Stands for the secret in the value of a header.
const HOLE: &str = "{}";

/// A scheme, a host and a port: `https://api.crm.example`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// Reads an origin: a URL without path, of `https`, or of `http` at a loopback address.
    ///
    /// # Errors
    /// [`SecretError::Origin`] with what is wrong.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let refuse = |problem: String| SecretError::Origin { origin: text.to_owned(), problem };
        let target = HttpTarget::parse("GET", text).map_err(|error| refuse(error.to_string()))?;
        let origin = Origin::of(&target);
        if text.matches('/').count() > 2 || target.query().is_some() {
            return Err(refuse("it has a path or a query".to_owned()));
        }
        let protected = target.scheme() == Scheme::Https || is_loopback(target.host());
        protected.then_some(origin).ok_or_else(|| refuse("a secret is sent over https only".to_owned()))
    }

    /// The origin of a request.
    #[must_use]
    pub fn of(target: &HttpTarget<'_>) -> Self {
        Origin(format!("{}://{}", target.scheme(), target.authority()))
    }
}

fn is_loopback(host: Host<'_>) -> bool {
    matches!(host, Host::Address(IpAddr::V4(v4)) if v4.is_loopback())
        || matches!(host, Host::Address(IpAddr::V6(v6)) if v6.is_loopback())
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A secret, with the origin and the header that it is for. Its value is wiped from memory when it is dropped.
#[derive(Clone)]
pub struct Secret {
    name: Name,
    origin: Origin,
    header: HeaderName,
    template: String,
    value: Zeroizing<String>,
}

impl Secret {
    /// Makes a secret. `template` is the header's value with `{}` where the secret goes: `Bearer {}`.
    ///
    /// # Errors
    /// The header is none or belongs to the connection, the template has not exactly one hole, or the value is too short,
    /// too long, or cannot stand in a header. No error holds the value.
    pub fn new(
        name: Name,
        origin: Origin,
        header: &str,
        template: &str,
        value: Zeroizing<String>,
    ) -> Result<Self, SecretError> {
        let header = header_name(&name, header)?;
        if template.matches(HOLE).count() != 1 || HeaderValue::from_str(template).is_err() {
            return Err(SecretError::Template { name, template: template.to_owned() });
        }
        let sound = value.bytes().all(|byte| (0x20..0x7f).contains(&byte)) && value.trim().len() == value.len();
        if !sound || !(SHORTEST..=LONGEST).contains(&value.len()) {
            return Err(SecretError::Value { name });
        }
        Ok(Secret { name, origin, header, template: template.to_owned(), value })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Where it is sent.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    pub(crate) fn value(&self) -> &str {
        &self.value
    }

    /// The header as it is sent; nothing if it cannot be, which [`Secret::new`] has ruled out.
    fn rendered(&self) -> Option<HeaderValue> {
        let text = Zeroizing::new(self.template.replacen(HOLE, &self.value, 1));
        let mut value = HeaderValue::from_str(&text).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

fn header_name(name: &Name, header: &str) -> Result<HeaderName, SecretError> {
    let refuse = || SecretError::Header { name: name.clone(), header: header.to_owned() };
    let header: HeaderName = header.parse().map_err(|_| refuse())?;
    if crate::header::is_settable(header.as_str()) { Ok(header) } else { Err(refuse()) }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({} for {} of {})", self.name, self.header, self.origin)
    }
}

/// Secrets by name.
#[derive(Clone, Debug, Default)]
pub struct Secrets(BTreeMap<Name, Secret>);

impl Secrets {
    /// Adds a secret.
    ///
    /// # Errors
    /// [`SecretError::Twice`] if another is for the same header of the same origin, or has the name.
    pub fn insert(&mut self, secret: Secret) -> Result<(), SecretError> {
        let same = |other: &&Secret| {
            other.name == secret.name || (&other.origin, &other.header) == (&secret.origin, &secret.header)
        };
        if let Some(other) = self.0.values().find(same) {
            return Err(SecretError::Twice { name: secret.name, other: other.name.clone() });
        }
        self.0.insert(secret.name.clone(), secret);
        Ok(())
    }

    /// The secret of a name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Secret> {
        self.0.get(name)
    }

    /// All secrets, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Secret> {
        self.0.values()
    }

    /// Those of which the names are granted.
    #[must_use]
    pub fn granted(&self, is_granted: impl Fn(&str) -> bool) -> Self {
        let kept = self.0.iter().filter(|(name, _)| is_granted(name.as_str()));
        Secrets(kept.map(|(name, secret)| (name.clone(), secret.clone())).collect())
    }

    /// Puts those that belong to the target's origin into the headers, in place of what the caller set there.
    pub(crate) fn inject(&self, target: &HttpTarget<'_>, headers: &mut HeaderMap) {
        let origin = Origin::of(target);
        for secret in self.iter().filter(|secret| secret.origin == origin) {
            if let Some(value) = secret.rendered() {
                headers.insert(secret.header.clone(), value);
            }
        }
    }
}

/// Why a secret cannot be used. No case holds its value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The origin is none.
    #[error("`{origin}` is not an origin such as `https://api.example.com`: {problem}")]
    Origin {
        /// The text.
        origin: String,
        /// What is wrong.
        problem: String,
    },
    /// The header is none, or belongs to the connection.
    #[error("the secret `{name}` cannot be sent in the header `{header}`")]
    Header {
        /// The secret.
        name: Name,
        /// The header.
        header: String,
    },
    /// The header's value has not exactly one `{}`.
    #[error("the secret `{name}` needs a value such as `Bearer {{}}`, with one `{{}}`, not `{template}`")]
    Template {
        /// The secret.
        name: Name,
        /// The text.
        template: String,
    },
    /// The value cannot be sent.
    #[error(
        "the secret `{name}` is not a line of {SHORTEST} to {LONGEST} printable characters without spaces around it"
    )]
    Value {
        /// The secret.
        name: Name,
    },
    /// Two secrets are for one header, or have one name.
    #[error("the secrets `{name}` and `{other}` are for the same header of the same origin, or the same")]
    Twice {
        /// The secret.
        name: Name,
        /// The one that was there.
        other: Name,
    },
}
