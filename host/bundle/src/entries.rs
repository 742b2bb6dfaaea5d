//! Grants taken apart: each entry as a set of its own. It does not know which capabilities there are, nor how their
//! entries are written.

use baton_policy::{Grants, Request};
use serde_json::{Value, json};

/// One entry of a set of grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The capability, as its key is written: `tools`.
    pub key: String,
    /// The entry, as it is written: `crm/*`.
    pub text: String,
    /// The set that has this entry only.
    pub grants: Grants,
}

/// The entries of a set, in the order in which they are written.
#[must_use]
pub fn entries(grants: &Grants) -> Vec<Entry> {
    let Ok(Value::Object(written)) = serde_json::to_value(grants) else { return Vec::new() };
    let of_key = |(key, entries): (String, Value)| {
        let entries = if let Value::Array(entries) = entries { entries } else { Vec::new() };
        entries.into_iter().filter_map(move |entry| single(&key, &entry))
    };
    written.into_iter().flat_map(of_key).collect()
}

/// The entries that cover a request, each by itself.
#[must_use]
pub fn covering(grants: &Grants, request: &Request<'_>) -> Vec<Entry> {
    entries(grants).into_iter().filter(|entry| entry.grants.allows(request)).collect()
}

/// What is asked for and not granted at all. Of an entry that asks for much, a part may be granted: that is
/// the operator's choice, and nothing to tell of.
pub(crate) fn not_at_all(asked: &Grants, granted: &Grants) -> Grants {
    let refused = |entry: &Entry| Grants::effective(&entry.grants, granted).is_empty();
    let refused = entries(asked).into_iter().filter(refused);
    refused.fold(Grants::default(), |sum, entry| sum.union(&entry.grants))
}

fn single(key: &str, entry: &Value) -> Option<Entry> {
    let text = entry.as_str()?.to_owned();
    let grants = serde_json::from_value(json!({ key: [entry] })).ok()?;
    Some(Entry { key: key.to_owned(), text, grants })
}

#[cfg(test)]
mod tests {
    use baton_policy::{Effect, StateWanted, ToolCall};

    use super::*;

    fn grants(text: &str) -> Grants {
        toml::from_str(text).unwrap()
    }

    fn tool(name: &str) -> Request<'_> {
        Request::Tool { call: ToolCall { name, effect: Effect::Write } }
    }

    #[test]
    fn a_set_is_the_sum_of_its_entries() {
        let all = grants("state = ['run', 'shared:a']\ntools = ['crm/*', 'mail/send']");
        let entries = entries(&all);
        let texts: Vec<&str> = entries.iter().map(|entry| entry.text.as_str()).collect();
        assert_eq!(texts, ["run", "shared:a", "mail/send", "crm/*"]);
        let sum = entries.iter().fold(Grants::default(), |sum, entry| sum.union(&entry.grants));
        assert_eq!(sum, all);
    }

    #[test]
    fn what_covers_a_request_is_found() {
        let all = grants("state = ['run']\ntools = ['crm/*', 'mail/send']");
        let check = |request: &Request<'_>| {
            covering(&all, request).into_iter().map(|entry| format!("{} {}", entry.key, entry.text)).collect::<Vec<_>>()
        };
        assert_eq!(check(&tool("crm/a.b")), ["tools crm/*"]);
        assert_eq!(check(&Request::State { wanted: StateWanted::parse("run").unwrap() }), ["state run"]);
        assert!(check(&tool("mail/receive")).is_empty());
    }

    #[test]
    fn what_is_granted_in_part_is_not_missing() {
        let asked = grants(
            "state = ['run up to 1MiB', 'shared:a', 'shared:b', 'read agent']\ntools = ['crm/*', 'billing/*', 'mail/send']",
        );
        let granted = grants("state = ['run', 'read shared:b/x*']\ntools = ['crm/contacts.upsert', 'mail/*']");
        assert_eq!(
            not_at_all(&asked, &granted).to_string(),
            r#"{ state = ["read agent", "shared:a"], tools = ["billing/*"] }"#
        );
    }
}
