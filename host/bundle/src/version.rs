//! The version of a plugin. It does not know which versions there are.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

/// The longest version, in bytes.
const MAX_VERSION: usize = 64;

/// A version as semantic versioning writes it: `1.2.3`, `1.2.3-beta.1`, `1.2.3+build.5`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(semver::Version);

/// A text that is no version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not a version: write three numbers, such as `1.2.3` or `1.2.3-beta.1`")]
pub struct NotAVersion;

baton_policy::written_as!(Version, {
    "type": "string",
    "pattern": "^[0-9]+\\.[0-9]+\\.[0-9]+([-+][0-9A-Za-z.+-]+)?$",
    "examples": ["0.1.0"],
});

impl Version {
    /// Tells whether this one comes before another; what is behind a `+` does not count.
    #[must_use]
    pub fn is_older_than(&self, other: &Version) -> bool {
        self.0.cmp_precedence(&other.0).is_lt()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Version {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let version = semver::Version::parse(text).ok().filter(|_| text.len() <= MAX_VERSION);
        version.map(Version).ok_or(NotAVersion)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_numbers_and_perhaps_more_are_a_version() {
        for good in ["0.1.0", "10.20.30", "1.0.0-rc.1", "1.0.0+b-1", "1.0.0-a.b+c"] {
            assert_eq!(good.parse::<Version>().unwrap().to_string(), good);
        }
        let long = format!("1.0.0-{}", "a".repeat(60));
        for bad in
            ["", "1", "1.0", "1.0.0.0", "v1.0.0", "01.0.0", "1.0.x", "1.0.0-", "1.0.0+", "1.0.0-a..b", "1.0.0 ", &long]
        {
            assert_eq!(bad.parse::<Version>(), Err(NotAVersion), "{bad}");
        }
    }

    #[test]
    fn an_older_version_comes_before() {
        let check = |older: &str, newer: &str| {
            let (older, newer): (Version, Version) = (older.parse().unwrap(), newer.parse().unwrap());
            assert!(older.is_older_than(&newer) && !newer.is_older_than(&older), "{older} {newer}");
        };
        check("0.9.0", "0.10.0");
        check("1.0.0-rc.1", "1.0.0");
        check("1.0.0-rc.2", "1.0.0-rc.10");
        let same: [Version; 2] = ["1.0.0+a", "1.0.0+b"].map(|text| text.parse().unwrap());
        assert!(!same[0].is_older_than(&same[1]) && !same[1].is_older_than(&same[0]));
    }
}
