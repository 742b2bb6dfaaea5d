//! What entries of agents cover, alone and together.

use super::*;
use crate::error::Error;

fn grant(entries: &[&str]) -> AgentsGrant {
    entries.iter().map(|entry| entry.parse::<Entry>().unwrap()).collect()
}

fn call(name: &str, percent: u32) -> AgentCall<'_> {
    AgentCall { name, share: Share::of_percent(percent).unwrap() }
}

#[test]
fn an_agent_is_allowed_by_its_name_and_up_to_its_share() {
    let granted = grant(&["researcher", "writer up to 25%"]);
    for (name, percent, allowed) in [
        ("researcher", 100, true),
        ("writer", 25, true),
        ("writer", 26, false),
        ("auditor", 1, false),
        ("*", 1, false),
        ("", 1, false),
    ] {
        assert_eq!(granted.allows(call(name, percent)), allowed, "{name} {percent}");
    }
}

#[test]
fn two_entries_meet_in_the_smaller_share() {
    let check = |a: &[&str], b: &[&str], expect: &str| {
        assert_eq!(grant(a).intersect(&grant(b)).written(), expect);
        assert_eq!(grant(b).intersect(&grant(a)).written(), expect);
    };
    check(&["writer"], &["writer up to 25%"], r#"["writer up to 25%"]"#);
    check(&["writer up to 50% as itself"], &["writer up to 60%"], r#"["writer up to 50%"]"#);
    check(&["writer"], &["researcher"], "[]");
}

#[test]
fn who_an_agent_acts_for_is_the_operators_to_say() {
    let effective = |asked: &[&str], granted: &[&str]| grant(asked).as_ask().intersect(&grant(granted));
    assert_eq!(effective(&["writer"], &["writer up to 10% as itself"]).written(), r#"["writer up to 10% as itself"]"#);
    let granted = effective(&["writer as itself"], &["writer up to 50%", "writer up to 10% as itself"]);
    assert!(granted.delegates(call("writer", 10)) && !granted.delegates(call("writer", 11)));
    assert!(granted.allows(call("writer", 50)));
}

#[test]
fn what_lies_within_another_entry_is_left_out() {
    assert_eq!(grant(&["writer up to 25%", "writer", "writer up to 5%"]).written(), r#"["writer"]"#);
    let both = grant(&["writer up to 10% as itself", "writer up to 50%", "researcher up to 1%"]);
    assert_eq!(both.written(), r#"["researcher up to 1%", "writer up to 10% as itself", "writer up to 50%"]"#);
    let agents: Vec<String> = both.agents().map(|(name, share)| format!("{name} {share}")).collect();
    assert_eq!(agents, ["researcher 1%", "writer 50%"]);
    assert_eq!(both.except(&grant(&["writer"])).written(), r#"["researcher up to 1%"]"#);
}

#[test]
fn a_call_is_written_with_a_verb() {
    let read = |text: &'static str| AgentsGrant::read_call(text).map(|call| (call.name, call.share.percent()));
    assert_eq!(read("delegate writer"), Some(("writer", 1)));
    assert_eq!(read("delegate writer 30%"), Some(("writer", 30)));
    assert_eq!(["writer", "delegate writer much", "agent"].map(read), [None; 3]);
}

#[test]
fn other_entries_are_refused() {
    for entry in ["", "*", "Writer", "crew/*", "writer  as itself", "writer up to", "writer as itself up to 5%"] {
        assert_eq!(entry.parse::<Entry>().err(), Some(Error::Agent(entry.to_owned())), "{entry}");
    }
    for share in ["0%", "101%", "5", "a lot", ""] {
        let entry = format!("writer up to {share}");
        assert_eq!(entry.parse::<Entry>().err(), Some(Error::Share(share.to_owned())), "{entry}");
    }
}
