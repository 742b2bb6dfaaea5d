//! The grant of environment: which variables a guest finds, and with which values. It does not know what they mean.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Capability, toml_array};
use crate::error::Error;
use crate::name::shown;

/// The longest name of a variable, in bytes: the longest that programs use have some forty.
const MAX_VARIABLE: usize = 64;

/// The longest value, in bytes: a variable is a setting; what is longer is a document, and belongs into the input.
const MAX_VALUE: usize = 4_096;

/// Variables; written `["REGION=eu-west"]`, or `["REGION"]` where the value is left open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvironmentGrant {
    variables: BTreeMap<String, Option<String>>,
}

impl Capability for EnvironmentGrant {
    type Wanted<'a> = &'a str;

    const FORM: &'static str = "a variable is letters, digits and `_`, no digit first, at most 64, and in a grant `=` \
        and its value, one line of at most 4096 bytes: `REGION=eu-west`";

    const CALL: &'static str = "a variable: environment NAME";

    fn read_call(text: &str) -> Option<&str> {
        text.strip_prefix("environment ")
    }

    fn allows(&self, wanted: &str) -> bool {
        self.variables.contains_key(wanted)
    }

    fn needed(wanted: &str) -> Option<Self> {
        is_variable(wanted).then(|| EnvironmentGrant { variables: BTreeMap::from([(wanted.to_owned(), None)]) })
    }

    fn describe(wanted: &str) -> String {
        format!("the variable `{}`", shown(wanted))
    }

    fn intersect(&self, other: &Self) -> Self {
        let both = self.variables.iter().filter_map(|(name, value)| {
            let other = other.variables.get(name)?;
            agree(value, other).then(|| (name.clone(), value.clone().or_else(|| other.clone())))
        });
        EnvironmentGrant { variables: both.collect() }
    }

    /// A variable is a setting: with another value today, what was granted before keeps its own.
    fn still(&self, today: &Self) -> Self {
        let left = self.variables.iter().filter(|(name, _)| today.variables.contains_key(*name));
        EnvironmentGrant { variables: left.map(|(name, value)| (name.clone(), value.clone())).collect() }
    }

    fn union(&self, other: &Self) -> Self {
        let mut either = self.clone();
        for (name, value) in &other.variables {
            let known = either.variables.entry(name.clone()).or_default();
            *known = known.take().or_else(|| value.clone());
        }
        either
    }

    fn except(&self, other: &Self) -> Self {
        let covered =
            |name: &str, value| other.variables.get(name).is_some_and(|other: &Option<String>| agree(value, other));
        let left = self.variables.iter().filter(|(name, value)| !covered(name, value));
        EnvironmentGrant { variables: left.map(|(name, value)| (name.clone(), value.clone())).collect() }
    }

    fn written(&self) -> String {
        toml_array(self.entries())
    }

    fn is_complete(&self) -> Result<(), Error> {
        let open = self.variables.iter().find(|(_, value)| value.is_none());
        open.map_or(Ok(()), |(name, _)| Err(Error::NoValue(name.clone())))
    }

    fn completed(&self) -> Self {
        let complete = |(name, value): (&String, &Option<String>)| {
            (name.clone(), Some(value.clone().unwrap_or_else(|| "value".to_owned())))
        };
        EnvironmentGrant { variables: self.variables.iter().map(complete).collect() }
    }
}

/// Whether two entries can mean the same value: what one leaves open, the other says.
fn agree(a: &Option<String>, b: &Option<String>) -> bool {
    a.is_none() || b.is_none() || a == b
}

impl EnvironmentGrant {
    /// The variables that have a value, by name.
    #[must_use]
    pub fn values(&self) -> BTreeMap<String, String> {
        self.variables.iter().filter_map(|(name, value)| Some((name.clone(), value.clone()?))).collect()
    }

    /// The names of the variables.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str)
    }

    fn entries(&self) -> impl Iterator<Item = String> {
        self.variables.iter().map(|(name, value)| match value {
            Some(value) => format!("{name}={value}"),
            None => name.clone(),
        })
    }
}

/// Whether a text is a name that every system and shell takes for one variable: without `=`, blanks or NUL.
fn is_variable(text: &str) -> bool {
    let sound = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    sound && text.len() <= MAX_VARIABLE && text.starts_with(|first: char| !first.is_ascii_digit())
}

/// One entry of the written form.
fn read(text: &str) -> Result<(String, Option<String>), Error> {
    let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
    let sound = value.is_none_or(|value| value.len() <= MAX_VALUE && !value.contains(char::is_control));
    if !sound || !is_variable(name) {
        return Err(Error::Variable(shown(text)));
    }
    Ok((name.to_owned(), value.map(ToOwned::to_owned)))
}

impl<'de> Deserialize<'de> for EnvironmentGrant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut variables = BTreeMap::new();
        for text in Vec::<String>::deserialize(deserializer)? {
            let (name, value) = read(&text).map_err(|error| error.to_serde())?;
            if variables.insert(name.clone(), value).is_some() {
                return Err(Error::Twice(name).to_serde());
            }
        }
        Ok(EnvironmentGrant { variables })
    }
}

impl Serialize for EnvironmentGrant {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.entries())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(array: &str) -> Result<EnvironmentGrant, toml::de::Error> {
        toml::from_str::<BTreeMap<String, EnvironmentGrant>>(&format!("grant = {array}"))
            .map(|mut read| read.remove("grant").unwrap())
    }

    fn grant(entries: &[&str]) -> EnvironmentGrant {
        parse(&format!("{entries:?}")).unwrap()
    }

    #[test]
    fn the_value_comes_from_the_side_that_has_one() {
        let check = |a: &[&str], b: &[&str], expect: &str| {
            assert_eq!(grant(a).intersect(&grant(b)).written(), expect);
            assert_eq!(grant(b).intersect(&grant(a)).written(), expect);
        };
        check(&["REGION"], &["REGION=eu-west"], r#"["REGION=eu-west"]"#);
        check(&["A=1"], &["A=1"], r#"["A=1"]"#);
        check(&["A=1"], &["A=2"], "[]");
        check(&["A"], &["B=1"], "[]");
        check(&["A"], &["A"], r#"["A"]"#);
    }

    #[test]
    fn what_is_still_granted_keeps_its_value() {
        let check = |before: &[&str], today: &[&str], expect: &str| {
            assert_eq!(grant(before).still(&grant(today)).written(), expect);
        };
        check(&["A=1", "B=2"], &["A=2", "C=3"], r#"["A=1"]"#);
        check(&["A=1"], &[], "[]");
    }

    #[test]
    fn a_grant_says_the_value() {
        assert_eq!(grant(&["A=", "B"]).is_complete(), Err(Error::NoValue("B".to_owned())));
        assert!(grant(&["A=", "B"]).completed().is_complete().is_ok());
        assert_eq!(grant(&["A=", "B"]).values(), BTreeMap::from([("A".to_owned(), String::new())]));
    }

    #[test]
    fn values_are_written_as_they_were_read() {
        let json = grant(&[r#"A={"a": "\\"}"#, "B=a=b"]);
        assert_eq!(parse(&json.written()).unwrap(), json);
    }

    #[test]
    fn other_entries_are_refused() {
        for entry in ["", "=", "=a", "1A=x", "A-B=x", "A B=x", "A\0=x", "A=a\nb", "Ä=x", &"A".repeat(65)] {
            assert_eq!(read(entry), Err(Error::Variable(shown(entry))));
        }
        assert!(read(&format!("A={}", "x".repeat(MAX_VALUE + 1))).is_err());
        let twice = parse(r#"["A=1", "A=2"]"#).unwrap_err().to_string();
        assert!(twice.contains("`A` is there twice"), "{twice}");
    }
}
