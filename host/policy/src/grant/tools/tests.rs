//! What rules of tools cover, alone and together.

use super::*;

fn grant(entries: &[&str]) -> ToolsGrant {
    entries.iter().map(|entry| entry.parse::<Rule>().unwrap()).collect()
}

fn call(name: &str) -> ToolCall<'_> {
    ToolCall { name, effect: Effect::Write }
}

#[test]
fn a_tool_is_allowed_by_its_name_or_its_plugin() {
    let granted = grant(&["crm/contacts.upsert", "billing/*"]);
    for allowed in ["crm/contacts.upsert", "billing/invoices.create", "billing/total"] {
        assert!(granted.allows(call(allowed)), "{allowed}");
    }
    for denied in
        ["crm/contacts.remove", "crm/contacts", "billing", "billing/*", "billing/", "bill/x", "billing2/x", ""]
    {
        assert!(!granted.allows(call(denied)), "{denied}");
    }
}

#[test]
fn a_call_may_change_no_more_than_its_rule_says() {
    let check = |entry: &str, expect: [bool; 3]| {
        let effects = [Effect::None, Effect::Read, Effect::Write];
        let allowed = effects.map(|effect| grant(&[entry]).allows(ToolCall { name: "crm/a", effect }));
        assert_eq!(allowed, expect, "{entry}");
    };
    check("none crm/a", [true, false, false]);
    check("read crm/*", [true, true, false]);
    check("crm/a", [true, true, true]);
    check("read billing/*", [false, false, false]);
}

#[test]
fn a_tool_acts_as_itself_only_where_the_grant_says_so() {
    let granted = grant(&["crm/*", "read crm/get as itself", "mail/* as itself"]);
    let delegated = |name: &str, effect| granted.delegates(ToolCall { name, effect });
    assert!(delegated("crm/get", Effect::Read) && delegated("mail/send", Effect::Write));
    assert!(!delegated("crm/get", Effect::Write) && !delegated("crm/set", Effect::Read));
}

#[test]
fn the_most_careful_word_about_the_unknown_holds() {
    let granted =
        grant(&["crm/* on unknown retry", "crm/pay on unknown fail", "mail/* as itself on unknown ask", "a/b"]);
    let said = |name| granted.on_unknown(call(name));
    assert_eq!(["crm/x", "crm/pay"].map(said), [Some(OnUnknown::Retry), Some(OnUnknown::Fail)]);
    assert_eq!(["mail/send", "a/b", "b/c", "?"].map(said), [Some(OnUnknown::Ask), None, None, None]);
    assert!(granted.delegates(call("mail/send")));
    let bounded = granted.intersect(&grant(&["crm/* on unknown ask"]));
    assert_eq!(bounded.written(), r#"["crm/pay on unknown fail", "crm/* on unknown ask"]"#);
    assert_eq!(granted.as_ask().on_unknown(call("crm/pay")), None, "an ask says nothing of it");
}

#[test]
fn a_plugin_and_one_of_its_tools_meet_in_the_tool() {
    let check = |a: &[&str], b: &[&str], expect: &str| {
        assert_eq!(grant(a).intersect(&grant(b)).written(), expect);
        assert_eq!(grant(b).intersect(&grant(a)).written(), expect);
    };
    check(&["crm/*"], &["crm/contacts.upsert"], r#"["crm/contacts.upsert"]"#);
    check(&["crm/*", "crm/x"], &["crm/*"], r#"["crm/*"]"#);
    check(&["crm/*"], &["billing/*", "billing/x"], "[]");
    check(&["crm/a", "crm/b"], &["crm/b", "crm/c"], r#"["crm/b"]"#);
    check(&["read crm/*"], &["crm/a as itself"], r#"["read crm/a"]"#);
    check(&["none crm/* as itself"], &["read crm/a as itself"], r#"["none crm/a as itself"]"#);
}

#[test]
fn who_a_tool_acts_for_is_the_operators_to_say() {
    let effective = |asked: &[&str], granted: &[&str]| grant(asked).as_ask().intersect(&grant(granted)).written();
    assert_eq!(effective(&["crm/*"], &["crm/a as itself"]), r#"["crm/a as itself"]"#);
    assert_eq!(effective(&["crm/* as itself"], &["crm/a"]), r#"["crm/a"]"#);
    assert!(grant(&["crm/a as itself"]).except(&grant(&["crm/*"])).is_empty());
}

#[test]
fn what_lies_within_another_rule_is_left_out() {
    let check = |entries: &[&str], expect: &str| assert_eq!(grant(entries).written(), expect);
    check(&["crm/a", "read crm/a", "read crm/*"], r#"["crm/a", "read crm/*"]"#);
    check(&["crm/* as itself", "read crm/*", "crm/b as itself"], r#"["crm/* as itself"]"#);
    check(&["crm/*", "crm/a as itself"], r#"["crm/a as itself", "crm/*"]"#);
    check(&["crm/* on unknown ask", "crm/a", "crm/b on unknown ask"], r#"["crm/* on unknown ask"]"#);
    check(&["crm/*", "crm/a on unknown ask"], r#"["crm/a on unknown ask", "crm/*"]"#);
}

#[test]
fn a_surplus_is_what_is_not_covered_wholly() {
    assert_eq!(grant(&["crm/*", "billing/x"]).except(&grant(&["crm/a", "billing/*"])).written(), r#"["crm/*"]"#);
    assert_eq!(grant(&["crm/a"]).except(&grant(&["read crm/*"])).written(), r#"["crm/a"]"#);
}

#[test]
fn other_entries_are_refused() {
    let odd = [
        "write crm/*",
        "read",
        "read  crm/a",
        "Read crm/a",
        "crm/a as  itself",
        "crm/a as another",
        " crm/a",
        "crm/a on unknown",
        "crm/a on unknown hope",
        "crm/a on unknown ask as itself",
    ];
    for entry in ["", "*", "*/*", "crm", "crm/", "crm/**", "crm/contacts.*", "Crm/*", "a/b/*"].into_iter().chain(odd) {
        assert_eq!(entry.parse::<Rule>().err(), Some(Error::Tool(entry.to_owned())));
    }
}
