//! The version of a plugin. It compares nothing: people and lock files read it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize};

/// The longest version, in bytes.
const MAX_VERSION: usize = 64;

/// A version as semantic versioning writes it: `1.2.3`, `1.2.3-beta.1`, `1.2.3+build.5`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct Version(String);

/// A text that is no version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a version: write three numbers, such as `1.2.3` or `1.2.3-beta.1`")]
pub struct NotAVersion;

impl Version {
    /// The version as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Version {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let (rest, build) = split(text, '+');
        let (core, pre) = split(rest, '-');
        let numbers: Vec<&str> = core.split('.').collect();
        let sound = text.len() <= MAX_VERSION
            && numbers.len() == 3
            && numbers.iter().all(|number| is_number(number))
            && build.is_none_or(is_suffix)
            && pre.is_none_or(is_suffix);
        if sound { Ok(Version(text.to_owned())) } else { Err(NotAVersion) }
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

fn split(text: &str, at: char) -> (&str, Option<&str>) {
    text.split_once(at).map_or((text, None), |(before, after)| (before, Some(after)))
}

fn is_number(text: &str) -> bool {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits && (text == "0" || !text.starts_with('0'))
}

fn is_suffix(text: &str) -> bool {
    text.split('.')
        .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_numbers_and_perhaps_more_are_a_version() {
        for good in ["0.1.0", "10.20.30", "1.0.0-rc.1", "1.0.0+b-1", "1.0.0-a.b+c"] {
            assert_eq!(good.parse::<Version>().unwrap().as_str(), good);
        }
        let long = format!("1.0.0-{}", "a".repeat(60));
        for bad in
            ["", "1", "1.0", "1.0.0.0", "v1.0.0", "01.0.0", "1.0.x", "1.0.0-", "1.0.0+", "1.0.0-a..b", "1.0.0 ", &long]
        {
            assert_eq!(bad.parse::<Version>(), Err(NotAVersion), "{bad}");
        }
    }
}
