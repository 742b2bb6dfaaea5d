//! Questions to people that could not be answered, or not be decided, and what is said about each.

use super::bad::check;
use super::{problems, with_steps};

/// Checks what is said about the keys of a question.
fn check_keys(keys: &str, expect: &[&str]) {
    check(&format!("  a:\n    approve:\n      question: ok?\n{}", indented(keys)), expect);
}

fn indented(keys: &str) -> String {
    keys.lines().map(|line| format!("      {line}\n")).collect()
}

#[test]
fn who_may_answer() {
    check_keys("assignees: []", &["8:18 W0005 `assignees` names 0 people; it must be from 1 to 64"]);
    check_keys("assignees: ada", &["8:18 W0004 `assignees` must be one expression [write `${{ ada }}`]"]);
    check_keys(
        "assignees: 3",
        &["8:18 W0004 `assignees` must be a list of names, or an expression that gives one, not the number `3`"],
    );
    check_keys(
        "assignees: [ada, \"Ada \", 3]",
        &[
            "8:24 W0005 `assignees` names `Ada ` twice, and nobody has two votes",
            "8:32 W0004 `assignees` must be a name, not the number `3`",
        ],
    );
    check_keys(
        "assignees: [\"${{ input.applicant.age }}\"]\nroles: [partner]",
        &["8:40 W0011 `assignees` needs names, and this is an integer"],
    );
    check_keys(
        "assignees: ${{ input.applicant.nam }}",
        &["8:38 W0010 there is no field `nam` in `input.applicant` [did you mean `name`?]"],
    );
    check_keys(
        "delegate: true",
        &["8:7 W0002 `delegate` means nothing where anybody may answer [say who may answer: `roles` or `assignees`]"],
    );
}

#[test]
fn how_many_must_answer() {
    check_keys("votes: 0", &["8:14 W0005 `votes` must be a whole number from 1 to 64, not 0"]);
    check_keys(
        "assignees: [ada, bob]\nvotes: 3",
        &["9:14 W0005 `votes` asks for 3 people, and 2 may answer [name more `assignees`, or `roles` besides them]"],
    );
    check_keys(
        "assignees: [ada, bob, cyd]\nvotes: 2\nrejections: 3",
        &["10:19 W0005 after 2 rejections of 3 people 2 cannot say yes any more [write `rejections: 2` or less]"],
    );
    check_keys(
        "roles: [legal]\nvotes: { leagl: 1 }",
        &["9:16 W0010 `votes` asks for the role `leagl`, which may not answer [did you mean `legal`?]"],
    );
    check_keys("votes: {}", &["8:14 W0005 `votes` asks for nobody"]);
    check_keys(
        "votes: { legal: 1 }\nassignees: [ada]",
        &[
            "9:7 W0002 `assignees` are named, and `votes` counts roles [name the people, and write `votes: 2`; or name roles alone]",
        ],
    );
}

#[test]
fn when_people_are_reminded() {
    check_keys(
        "timeout: 1d\nremind: [4h, 1d, 2h]",
        &[
            "9:20 W0005 this reminder comes when time is over: after 1d [remind earlier, or set a longer `timeout`]",
            "9:24 W0005 this reminder does not come after the one before it, of 4h [each is counted from the question: write the earliest first]",
        ],
    );
    check_keys(
        "remind: 4h",
        &["8:15 W0004 `remind` must be a list of durations, such as `[4h, 1d]`, not the text `4h`"],
    );
    let many = vec!["1h"; 17].join(", ");
    let said = problems(&with_steps(&format!("  a: {{ approve: {{ question: ok?, remind: [{many}] }} }}")));
    assert!(said.iter().any(|line| line.contains("`remind` has 17 reminders; at most 16 are allowed")), "{said:?}");
}

#[test]
fn what_happens_when_nobody_answers() {
    check_keys(
        "roles: [partner]\non_timeout: { then: reject }",
        &[
            "9:19 W0003 this escalates to nobody [name roles: `escalate: [managing-partner]`, or people: `assignees: [ada]`]",
        ],
    );
    check_keys(
        "roles: [partner]\non_timeout: { escalate: [partner] }",
        &[
            "9:19 W0005 this escalates to those who may answer already [name others, or take the level away and set a longer `timeout`]",
        ],
    );
    check_keys(
        "roles: [partner]\non_timeout: [{ escalate: [boss], then: reject }, { escalate: [owner] }]",
        &["9:40 W0002 what follows is the next level [write `then` at the last one]"],
    );
    check_keys(
        "on_timeout: { escalate: [boss] }",
        &[
            "8:7 W0005 anybody may answer already: it cannot be escalated to others [say who may answer at first: `roles` or `assignees`]",
        ],
    );
    check_keys(
        "answer: answer.yaml\non_timeout: approve",
        &[
            "9:7 W0005 a question with an `answer` cannot be approved by nobody [end with `then: reject` or `then: fail`, or take `answer` away]",
        ],
    );
    check_keys(
        "on_timeout: aprove",
        &["8:19 W0005 `aprove` is nothing that a question can come to [did you mean `approve`?]"],
    );
    check_keys("roles: [partner]\non_timeout: []", &["9:19 W0005 `on_timeout` has 0 levels; it must be from 1 to 8"]);
}

#[test]
fn what_comes_of_an_answer_is_known() {
    check(
        r#"  a: { approve: { question: ok?, roles: [partner], votes: 2 } }
  b: { agent: any, if: "${{ steps.a.output.votes.exists(v, v.buy == 'ada') }}" }
  c: { agent: any, if: "${{ steps.a.output.votes[0].decision == 'aproved' }}" }"#,
        &[
            "6:62 W0010 there is no field `buy` in `v` [there is `answer`, `by`, `comment`, `decision`, `instead_of`, `role`]",
            "7:65 W0011 `'aproved'` is not among `approved`, `rejected` [did you mean `'approved'`?]",
        ],
    );
}
