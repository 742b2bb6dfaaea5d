//! How runs begin: what is said of it, and what is refused.

use baton_journal::{OnConflict, Priority, Timestamp};
use serde_json::{Value, json};

use super::bad::check_file;
use crate::fixture::plan;
use crate::plan::Occurrence;

const STEPS: &str = "steps: { a: { agent: any } }";

fn check(start: &str, expect: &[&str]) {
    check_file(&format!("workflow: t\n{start}\n{STEPS}"), expect);
}

#[test]
fn what_is_no_trigger_is_told() {
    check(
        "on: document.received",
        &["2:5 W0004 `on` must be a list of triggers: `- event: NAME`, not the text `document.received`"],
    );
    check("on: [{ if: \"${{ true }}\" }]", &["2:6 W0003 `on` must have exactly one of `event`, `schedule`, `webhook`"]);
    check(
        "on: [{ event: a, webhook: b }]",
        &["2:6 W0003 `on` must have exactly one of `event`, `schedule`, `webhook`"],
    );
    check(
        "on: [{ event: a b }]",
        &[
            "2:15 W0005 this is no name for an event [letters, digits, `.`, `-` and `_`, at most 64 of them, such as `document.received`]",
        ],
    );
    check("on: [{ event: a, missed: skip }]", &["2:18 W0002 `missed` means nothing without `schedule`"]);
    check("on: [{ evnt: a }]", &["2:8 W0002 `on` has no key `evnt` [did you mean `event`?]"]);
    check("priority: urgent", &["2:11 W0004 `priority` must be one of `low`, `normal`, `high`, not the text `urgent`"]);
}

#[test]
fn what_is_no_schedule_is_told() {
    let five = "five fields (minute, hour, day, month, day of the week), such as `0 7 * * mon-fri`, or `{ at: … }`";
    check(
        "on: [{ schedule: 0 0 30 2 * }]",
        &["2:18 W0005 the schedule `0 0 30 2 *` never comes [no year has such a day: change the day or the month]"],
    );
    check(
        "on: [{ schedule: 0 7 * * *, timezone: Europe/Berln }]",
        &["2:39 W0006 there is no time zone `Europe/Berln` [did you mean `Europe/Berlin`?]"],
    );
    check("on: [{ schedule: 7 }]", &[&format!("2:18 W0004 `schedule` must be {five}, not the number `7`")[..]]);
    check(
        "on: [{ schedule: { at: tomorrow } }]",
        &["2:24 W0004 `at` must be a moment with its zone, such as `2027-01-01T08:00:00Z`, not the text `tomorrow`"],
    );
}

#[test]
fn names_and_types_are_checked_where_runs_begin() {
    check(
        "on: [{ event: a, if: \"${{ steps.a.output.x == 1 }}\" }]",
        &["2:33 W0010 no step has begun where `on` is looked at"],
    );
    check(
        "on: [{ event: a, input: \"${{ input.x }}\" }]",
        &["2:30 W0010 there is no `input` in `on` [there is `event`, `data`]"],
    );
    check("on: [{ event: a, if: \"${{ event.name }}\" }]", &["2:22 W0011 `if` needs a boolean, and this is a string"]);
    check(
        "on: [{ event: a, if: \"${{ event.nme == 'x' }}\" }]",
        &["2:33 W0010 there is no field `nme` in `event` [did you mean `name`?]"],
    );
    check(
        "input: { schema: application.json }\non: [{ schedule: 0 7 * * * }]",
        &[
            "3:6 W0011 this does not fit the workflow's input: an object is needed, and this is null [say with `input` what a run gets]",
        ],
    );
    check(
        "concurrency: { key: \"${{ event.name }}\" }",
        &["2:26 W0010 there is no `event` in `concurrency` [there is `input`, `data`]"],
    );
    check("concurrency: { on_conflict: queue }", &["2:14 W0003 `concurrency` needs the key `key`"]);
}

fn event(name: &str, data: Value) -> Occurrence {
    Occurrence { name: name.to_owned(), data, at: Timestamp(1_704_067_200_000) }
}

#[test]
fn a_filter_says_for_which_events_a_run_begins() {
    let plan = plan(&format!(
        "workflow: t\npriority: high\non:\n- event: doc\n  if: ${{{{ event.data.kind == 'invoice' }}}}\n- event: doc\n  \
         input: {{ id: \"${{{{ event.data.id }}}}\", at: \"${{{{ event.at }}}}\" }}\n{STEPS}"
    ));
    let [filtered, mapped] = plan.triggers() else { panic!("two triggers") };
    let (invoice, letter) = (json!({"kind": "invoice", "id": 7}), json!({"kind": "letter", "id": 8}));
    assert_eq!(plan.triggered(filtered, &event("doc", invoice.clone())), Ok(Some(invoice.clone())));
    assert_eq!(plan.triggered(filtered, &event("doc", letter)), Ok(None));
    let input = json!({"id": 7, "at": "2024-01-01T00:00:00Z"});
    assert_eq!(plan.triggered(mapped, &event("doc", invoice)), Ok(Some(input)));
    assert!(plan.triggered(filtered, &event("doc", json!({}))).is_err(), "a filter without a value is told");
    assert_eq!(plan.priority(), Priority::High);
}

#[test]
fn a_key_follows_from_the_input() {
    let plan = plan(&format!(
        "workflow: t\nconcurrency: {{ key: \"client ${{{{ input.client }}}}\", on_conflict: replace }}\n{STEPS}"
    ));
    let key = plan.concurrency(&json!({"client": 7})).unwrap().unwrap();
    assert_eq!((key.key.as_str(), key.on_conflict), ("client 7", OnConflict::Replace));
    assert!(plan.concurrency(&json!({})).is_err());
    let again = crate::Plan::from_json(&plan.to_json()).unwrap();
    assert_eq!((again.digest(), again.concurrency(&json!({"client": 7})).unwrap().unwrap()), (plan.digest(), key));
}
