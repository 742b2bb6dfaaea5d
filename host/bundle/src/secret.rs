//! `[secrets.NAME]` of `baton.toml`: where a secret's value is found, and into which requests the host puts it. It holds no
//! value: that is read when a host begins to work, and never stands in a message.

mod needed;
mod origin;
mod value;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};

pub use needed::FilledSecret;
pub(crate) use needed::{check_granted, fill};
pub use origin::Origin;
pub use value::SecretValue;

/// What a template has in the place of the secret.
const GAP: &str = "{}";

/// Headers that say how a message is read or to whom it goes: a secret in one of them would break requests.
const RESERVED: [&str; 8] =
    ["host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade", "expect"];

/// `[secrets.crm-token]`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretEntry {
    /// Where its value is found: `env:VARIABLE` or `file:PATH`, relative to the file's folder.
    pub from: Source,
    /// The only origin that gets it: scheme, host and port, as in `https://api.crm.example`.
    pub origin: Origin,
    /// The header that it is put into.
    pub header: Header,
    /// The header's value, with `{}` for the secret. Default `Bearer {}` for `authorization`, else `{}`.
    #[serde(default)]
    pub value: Option<Template>,
}

impl SecretEntry {
    /// The header's value with `{}` in the place of the secret, as written or by default.
    #[must_use]
    pub fn template(&self) -> &str {
        let default = if self.header.0 == "authorization" { "Bearer {}" } else { GAP };
        self.value.as_ref().map_or(default, |template| &template.0)
    }
}

/// Where a secret's value is found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A variable of the environment in which the host is started.
    Environment(String),
    /// A file that only its owner can read.
    File(PathBuf),
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::Environment(variable) => write!(f, "env:{variable}"),
            Source::File(path) => write!(f, "file:{}", path.display()),
        }
    }
}

baton_policy::written_as!(Source, {
    "type": "string",
    "pattern": "^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$",
    "examples": ["env:CRM_TOKEN", "file:secrets/crm-token"],
});

baton_policy::written_as!(Origin, {
    "type": "string",
    "pattern": "^https?://[^/?#@]+$",
    "examples": ["https://api.crm.example"],
});

baton_policy::written_as!(Header, {
    "type": "string",
    "pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$",
    "examples": ["authorization", "x-api-key"],
});

baton_policy::written_as!(Template, { "type": "string", "pattern": "\\{\\}", "examples": ["Bearer {}"] });

/// The name of a header, in small letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header(String);

impl Header {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A header's value with a gap for the secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template(String);

/// A text that means nothing here; what is wrong, and what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Problem(&'static str);

impl FromStr for Source {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        match text.split_once(':') {
            Some(("env", variable)) if is_variable(variable) => Ok(Source::Environment(variable.to_owned())),
            Some(("file", path)) if !path.is_empty() && !path.contains(char::is_control) => {
                Ok(Source::File(path.into()))
            }
            _ => Err(Problem("this is no source of a secret: write \"env:VARIABLE\" or \"file:PATH\"")),
        }
    }
}

impl FromStr for Header {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let name = text.to_ascii_lowercase();
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.is_empty() || !name.bytes().all(is_token) {
            return Err(Problem("this is no name of a header: write one such as \"authorization\" or \"x-api-key\""));
        }
        if RESERVED.contains(&name.as_str()) {
            return Err(Problem("this belongs to the host: write a header such as \"authorization\" or \"x-api-key\""));
        }
        Ok(Header(name))
    }
}

impl FromStr for Template {
    type Err = Problem;

    fn from_str(text: &str) -> Result<Self, Problem> {
        let sound = text.matches(GAP).count() == 1 && value::fits_header(text);
        let problem = Problem("this has no place for the secret: write {} once, as in \"Bearer {}\"");
        if sound { Ok(Template(text.to_owned())) } else { Err(problem) }
    }
}

fn is_variable(text: &str) -> bool {
    !text.starts_with(|first: char| first.is_ascii_digit())
        && !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

macro_rules! read_from_text {
    ($($type:ty),+) => {
        $(impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        })+
    };
}

read_from_text!(Source, Header, Template, Origin);

#[cfg(test)]
mod tests;
