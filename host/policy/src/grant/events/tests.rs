//! What entries of events cover, alone and together.

use super::*;

fn grant(entries: &[&str]) -> EventsGrant {
    entries.iter().map(|entry| entry.parse::<Entry>().unwrap()).collect()
}

#[test]
fn an_event_is_allowed_by_what_is_done_with_it_and_by_its_name() {
    let granted = grant(&["emit order.paid", "wait order.*", "emit stock.*"]);
    let long = "order.".to_owned() + &"x".repeat(60);
    for (call, allowed) in [
        ("emit order.paid", true),
        ("wait order.paid", true),
        ("wait order.paid.late", true),
        ("emit stock.low", true),
        ("emit order.cancelled", false),
        ("wait stock.low", false),
        ("wait order", false),
        ("wait orders.paid", false),
        ("wait order.*", false),
        ("wait order. paid", false),
        (&format!("wait {long}"), false),
        ("emit webhook:order.paid", false),
        ("emit ", false),
    ] {
        let wanted = EventsGrant::read_call(call).unwrap();
        assert_eq!(granted.allows(wanted), allowed, "{call}");
    }
    assert!(granted.has(EventAct::Wait) && !grant(&["emit *"]).has(EventAct::Wait));
}

#[test]
fn two_entries_meet_in_the_narrower_one() {
    let check = |a: &[&str], b: &[&str], expect: &str| {
        assert_eq!(grant(a).intersect(&grant(b)).written(), expect);
        assert_eq!(grant(b).intersect(&grant(a)).written(), expect);
    };
    check(&["emit *"], &["emit order.*", "wait order.paid"], r#"["emit order.*"]"#);
    check(&["emit order.*"], &["emit order.paid.*", "emit stock.low"], r#"["emit order.paid.*"]"#);
    check(&["emit order.*"], &["emit stock.*"], "[]");
    check(&["emit order.paid"], &["wait order.paid"], "[]");
}

#[test]
fn what_lies_within_another_entry_is_left_out() {
    assert_eq!(grant(&["emit *", "emit order.*", "wait order.paid"]).written(), r#"["emit *", "wait order.paid"]"#);
    assert_eq!(grant(&["emit order.*", "emit order.paid"]).written(), r#"["emit order.*"]"#);
    assert_eq!(grant(&["emit order.*"]).except(&grant(&["emit order.paid"])).written(), r#"["emit order.*"]"#);
    assert_eq!(grant(&["emit order.paid"]).except(&grant(&["emit order.*"])).written(), "[]");
}

#[test]
fn other_entries_are_refused() {
    for entry in
        ["", "emit", "emit ", "order.paid", "emit  a", "Emit a", "emit a*", "emit a.*.b", "emit .*x", "emit a b"]
    {
        assert_eq!(entry.parse::<Entry>().err(), Some(Error::Events(entry.to_owned())), "{entry}");
    }
}
