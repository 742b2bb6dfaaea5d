//! The grant of secrets: which of them the host may put into a plugin's requests. It does not know their values, nor to
//! which origin each belongs; a plugin never sees one.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{Capability, toml_array};
use crate::name::{Name, shown};

/// Secrets; written `["crm-token"]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretsGrant {
    names: BTreeSet<Name>,
}

impl Capability for SecretsGrant {
    type Wanted<'a> = &'a str;

    const FORM: &'static str =
        "a secret is the name of a table in baton.toml, such as `crm-token` for [secrets.crm-token]";

    const CALL: &'static str = "a secret: secret crm-token";

    fn read_call(text: &str) -> Option<&str> {
        text.strip_prefix("secret ")
    }

    fn allows(&self, wanted: &str) -> bool {
        self.names.contains(wanted)
    }

    fn needed(wanted: &str) -> Option<Self> {
        Some(SecretsGrant { names: BTreeSet::from([wanted.parse().ok()?]) })
    }

    fn describe(wanted: &str) -> String {
        format!("the secret `{}`", shown(wanted))
    }

    fn intersect(&self, other: &Self) -> Self {
        SecretsGrant { names: &self.names & &other.names }
    }

    fn union(&self, other: &Self) -> Self {
        SecretsGrant { names: &self.names | &other.names }
    }

    fn except(&self, other: &Self) -> Self {
        SecretsGrant { names: &self.names - &other.names }
    }

    fn written(&self) -> String {
        toml_array(&self.names)
    }
}

impl SecretsGrant {
    /// The names, in order.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.names.iter()
    }
}

impl FromIterator<Name> for SecretsGrant {
    fn from_iter<I: IntoIterator<Item = Name>>(names: I) -> Self {
        SecretsGrant { names: names.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(names: &[&str]) -> SecretsGrant {
        SecretsGrant { names: names.iter().map(|name| name.parse().unwrap()).collect() }
    }

    #[test]
    fn a_secret_is_allowed_by_its_own_name_only() {
        let granted = grant(&["crm-token", "mail"]);
        for (name, allowed) in [("crm-token", true), ("mail", true), ("crm", false), ("*", false), ("Mail", false)] {
            assert_eq!(granted.allows(name), allowed, "{name}");
        }
        assert_eq!(granted.written(), r#"["crm-token", "mail"]"#);
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["*", "", "CRM_TOKEN", "crm token"] {
            assert_eq!(SecretsGrant::needed(text), None, "{text}");
            assert!(toml::from_str::<crate::Grants>(&format!("secrets = [{text:?}]")).is_err(), "{text}");
        }
    }
}
