//! Grants of state as they are written, and as sets.

use proptest::prelude::*;

use super::*;
use crate::error::Error;

fn grant(entries: &[&str]) -> StateGrant {
    StateGrant::of(entries.iter().map(|entry| entry.parse::<Entry>().unwrap()))
}

fn allows(grant: &StateGrant, wanted: &str) -> bool {
    grant.allows(StateWanted::parse(wanted).unwrap())
}

#[test]
fn each_scope_is_allowed_by_its_own_entry_only() {
    let scopes = ["run/k", "agent/k", "shared:clients/k", "shared:other/k"];
    let check = |entries: &[&str], expect: [bool; 4]| {
        assert_eq!(scopes.map(|wanted| allows(&grant(entries), wanted)), expect, "{entries:?}");
    };
    check(&[], [false; 4]);
    check(&["run"], [true, false, false, false]);
    check(&["agent"], [false, true, false, false]);
    check(&["shared:clients"], [false, false, true, false]);
    check(&["run", "agent", "shared:clients"], [true, true, true, false]);
}

#[test]
fn what_may_be_read_may_not_be_written() {
    let granted = grant(&["read agent", "run"]);
    assert!(allows(&granted, "read agent/k") && allows(&granted, "read agent") && allows(&granted, "read run"));
    assert!(!allows(&granted, "agent/k") && !allows(&granted, "agent"));
}

#[test]
fn a_prefix_is_a_literal_beginning() {
    let granted = grant(&["shared:clients/eu-*", "run/a*"]);
    for allowed in ["shared:clients/eu-1", "shared:clients/eu-", "shared:clients/eu-1*", "run/a", "run/a:", "run/ab"] {
        assert!(allows(&granted, allowed), "{allowed}");
    }
    for denied in ["shared:clients/eu", "shared:clients/EU-1", "shared:clients/us-1", "shared:clients", "run", "run/b"]
    {
        assert!(!allows(&granted, denied), "{denied}");
    }
    assert!(!allows(&grant(&["run/a:*"]), "run/a") && allows(&grant(&["run/a:*"]), "run/a:b"));
}

#[test]
fn no_spelling_of_a_room_reaches_another() {
    let granted = grant(&["run", "agent", "shared:clients"]);
    for room in ["", "*", "Clients", "clients ", "../clients", "shared:clients", "agent", "run", "client\0s"] {
        let wanted =
            StateWanted { scope: StateScope::Shared(room), access: StateAccess::Read, keys: StateKeys::One("k") };
        assert!(!granted.allows(wanted), "{room}");
    }
}

#[test]
fn other_entries_are_refused() {
    for entry in [
        "",
        "Run",
        "agents",
        "shared",
        "shared:",
        "shared:*",
        "shared:A",
        "*",
        "read",
        "write agent",
        "read  agent",
        "agent/",
        "agent/eu",
        "agent/eu-*x",
        "agent/*/b",
        "agent/a\u{7}*",
        "agent upto 1MiB",
        "agent up to",
        "agent  up to 1MiB",
        "agent/eu-* up 1MiB",
        "agent*",
        "agent up to 1MiB/eu-*",
    ] {
        assert_eq!(entry.parse::<Entry>().err(), Some(Error::State(crate::name::shown(entry))));
    }
    assert!(matches!("agent up to 1MB".parse::<Entry>(), Err(Error::Quantity { .. })));
    assert!(format!("run/{}*", "k".repeat(513)).parse::<Entry>().is_err());
}

#[test]
fn it_is_written_as_it_was_read() {
    let check = |entries: &[&str], expect: &str| assert_eq!(grant(entries).written(), expect);
    check(&[], "[]");
    check(&["shared:b", "agent", "shared:a", "agent"], r#"["agent", "shared:a", "shared:b"]"#);
    check(&["read run/a b:/ up to * up to 1024KiB", "run/c*"], r#"["read run/a b:/ up to *", "run/c*"]"#);
    check(&["agent/* up to 2048KiB"], r#"["agent up to 2MiB"]"#);
    check(&[r#"run/"\*"#], r#"["run/\"\\*"]"#);
}

#[test]
fn what_another_entry_covers_is_left_out() {
    let check = |entries: &[&str], expect: &str| assert_eq!(grant(entries).written(), expect);
    check(&["agent", "read agent", "agent/a*", "agent up to 1MiB"], r#"["agent"]"#);
    check(&["read agent", "agent/a*"], r#"["read agent", "agent/a*"]"#);
    check(&["agent up to 1MiB", "agent/a* up to 2MiB"], r#"["agent up to 1MiB", "agent/a* up to 2MiB"]"#);
    // In an ask the first covers the second; in a grant it does not.
    check(&["agent", "agent/a* up to 1GiB"], r#"["agent", "agent/a* up to 1GiB"]"#);
}

#[test]
fn the_greatest_quota_counts() {
    let granted = grant(&["agent up to 1MiB", "agent/big-* up to 1GiB", "agent/big-blue-* up to 2MiB", "run"]);
    let quota = |wanted: &str| granted.quota(StateWanted::parse(wanted).unwrap());
    assert_eq!(quota("agent/a"), Bytes(1 << 20));
    assert_eq!(quota("agent/big-blue-1"), Bytes(1 << 30));
    assert_eq!(quota("run/a"), DEFAULT_QUOTA);
    assert_eq!(quota("shared:a/a"), Bytes(0));
}

/// Few scopes, prefixes and quotas, so that sets meet.
fn entries() -> impl Strategy<Value = StateGrant> {
    let entry = (any::<bool>(), 0..3_usize, 0..5_usize, 0..4_usize).prop_map(|(read, scope, prefix, quota)| {
        let read = if read { "read " } else { "" };
        let (scope, prefix) = (["run", "agent", "shared:a"][scope], ["", "/a*", "/ab*", "/a:*", "/b*"][prefix]);
        format!("{read}{scope}{prefix}{}", ["", " up to 1B", " up to 2MiB", " up to 1GiB"][quota])
    });
    prop::collection::vec(entry, 0..5).prop_map(|entries| {
        let entries: Vec<&str> = entries.iter().map(String::as_str).collect();
        grant(&entries)
    })
}

const SCOPES: [&str; 4] = ["run", "agent", "shared:a", "shared:b"];
const KEYS: [&str; 9] = ["", "/a", "/ab", "/abc*", "/a:", "/a:b", "/b*", "/c", "/*"];

/// What a set allows, and up to which quota, for each of many wishes.
fn table(grant: &StateGrant) -> Vec<(bool, Bytes)> {
    let wishes = SCOPES.iter().flat_map(|scope| KEYS.iter().map(move |key| format!("{scope}{key}")));
    let both = wishes.flat_map(|wish| [format!("read {wish}"), wish]);
    both.map(|wish| StateWanted::parse(&wish).map(|wish| (grant.allows(wish), grant.quota(wish))).unwrap()).collect()
}

fn zip<T>(a: &StateGrant, b: &StateGrant, join: impl Fn((bool, Bytes), (bool, Bytes)) -> T) -> Vec<T> {
    table(a).into_iter().zip(table(b)).map(|(a, b)| join(a, b)).collect()
}

proptest! {
    #[test]
    fn what_both_cover_has_the_lesser_quota(a in entries(), b in entries()) {
        let (a, b) = (a.settled(), b.settled());
        let both = a.intersect(&b);
        prop_assert_eq!(&both, &b.intersect(&a));
        prop_assert_eq!(table(&both), zip(&a, &b, |a, b| (a.0 && b.0, a.1.min(b.1))));
    }

    #[test]
    fn what_either_covers_has_the_greater_quota(a in entries(), b in entries()) {
        let (a, b) = (a.settled(), b.settled());
        prop_assert_eq!(table(&a.union(&b)), zip(&a, &b, |a, b| (a.0 || b.0, a.1.max(b.1))));
    }

    #[test]
    fn settling_and_uniting_may_change_places(a in entries(), b in entries()) {
        prop_assert_eq!(a.union(&b).settled(), a.settled().union(&b.settled()));
    }

    #[test]
    fn what_is_left_over_is_what_the_other_does_not_cover(a in entries(), b in entries()) {
        let (a, b) = (a.settled(), b.settled());
        let covered = zip(&a, &b, |a, b| (!a.0 || b.0) && a.1 <= b.1).into_iter().all(|covered| covered);
        prop_assert_eq!(a.except(&b).is_empty(), covered);
    }

    #[test]
    fn no_text_breaks_the_reader(text in "(read )?(run|agent|shared:[a-z]*)?(/\\PC{0,6}\\*?)?( up to [0-9]{0,3}(MiB|B)?)?|\\PC*") {
        if let Ok(entry) = text.parse::<Entry>() {
            prop_assert_eq!(entry.to_string().parse::<Entry>(), Ok(entry));
        }
        let _ = StateWanted::parse(&text);
    }
}
