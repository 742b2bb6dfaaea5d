//! Properties of the sum of all grants.

use proptest::prelude::*;

use super::*;

/// Few names, so that sets meet.
fn grants() -> impl Strategy<Value = Grants> {
    let scope = prop::sample::select(vec!["run", "agent", "shared:a", "shared:b"]);
    let tool = prop::sample::select(vec!["crm/a", "crm/i.b", "billing/a", "crm/*", "billing/*"]);
    (prop::collection::vec(scope, 0..4), prop::collection::vec(tool, 0..4))
        .prop_map(|(state, tools)| toml::from_str(&format!("state = {state:?}\ntools = {tools:?}")).unwrap())
}

const REQUESTS: [Request<'static>; 9] = [
    Request::State { scope: StateScope::Run },
    Request::State { scope: StateScope::Agent },
    Request::State { scope: StateScope::Shared("a") },
    Request::State { scope: StateScope::Shared("b") },
    Request::Tool { name: "crm/a" },
    Request::Tool { name: "crm/i.b" },
    Request::Tool { name: "crm/unheard-of" },
    Request::Tool { name: "billing/a" },
    Request::Tool { name: "billing/unheard-of" },
];

proptest! {
    #[test]
    fn effective_is_exactly_what_was_asked_and_granted(asked in grants(), granted in grants()) {
        let effective = Grants::effective(&asked, &granted);
        for request in REQUESTS {
            prop_assert_eq!(effective.allows(&request), asked.allows(&request) && granted.allows(&request));
        }
        prop_assert!(effective.except(&asked).is_empty() && effective.except(&granted).is_empty());
    }

    #[test]
    fn a_union_is_exactly_what_either_allows(a in grants(), b in grants()) {
        for request in REQUESTS {
            prop_assert_eq!(a.union(&b).allows(&request), a.allows(&request) || b.allows(&request));
        }
    }

    #[test]
    fn a_surplus_is_empty_exactly_if_all_is_covered(a in grants(), b in grants()) {
        let covered = REQUESTS.iter().all(|request| !a.allows(request) || b.allows(request));
        prop_assert_eq!(a.except(&b).is_empty(), covered);
    }

    #[test]
    fn what_is_needed_allows_and_nothing_else(at in 0..REQUESTS.len()) {
        let needed = REQUESTS[at].needed().unwrap();
        for (other, request) in REQUESTS.iter().enumerate() {
            prop_assert_eq!(needed.allows(request), other == at);
        }
    }

    #[test]
    fn what_is_written_is_read_back(grants in grants()) {
        let written = format!("grants = {grants}");
        let read: std::collections::BTreeMap<String, Grants> = toml::from_str(&written).unwrap();
        prop_assert_eq!(&read["grants"], &grants);
        prop_assert_eq!(toml::from_str::<Grants>(&toml::to_string(&grants).unwrap()).unwrap(), grants);
    }
}

#[test]
fn nothing_is_allowed_by_default() {
    assert!(REQUESTS.iter().all(|request| !Grants::default().allows(request)));
}

#[test]
fn an_unknown_capability_is_an_error() {
    let error = toml::from_str::<Grants>("http = []").unwrap_err();
    assert!(error.message().contains("unknown field `http`"), "{error}");
}
