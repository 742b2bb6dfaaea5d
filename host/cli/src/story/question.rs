//! A question and its answers as people read them: what was asked and shown, who said what, and when somebody was reminded. It does
//! not know the step around it.

use baton_runtime::journal::{Decision, Digest, Payload, Quorum, Timestamp, Turn};
use jiff::tz::TimeZone;

use super::page::Page;
use crate::escape::escape_line;
use crate::{format, paint};

/// Who is asked, and how many of them must answer: `ada or partner (2 votes)`.
pub(super) fn audience(who: &[&str], quorum: &Quorum) -> String {
    let names = if who.is_empty() { "anybody".to_owned() } else { who.join(" or ") };
    let of_role: Vec<String> = quorum.of_role.iter().map(|(role, votes)| format!("{votes} of {role}")).collect();
    match (quorum.needed(), of_role.as_slice()) {
        (1, _) => names,
        (votes, []) => format!("{names} ({votes} votes)"),
        (_, roles) => format!("{names} ({})", roles.join(", ")),
    }
}

/// Writes what was asked, with the digests that bind the answers to it.
pub(super) fn write_asked(page: &mut Page, question: &str, audience: &str, show: &Payload, token: Digest) {
    page.line(1, &format!("asked {}: {}", escape_line(audience), escape_line(question)));
    page.json(2, "shown ", show);
    let digests = format!("token {}, what was shown {}", token.short(), show.digest().short());
    page.line(2, &paint::faint(&digests));
}

/// Writes what happened to a question that stayed open.
pub(super) fn write_turn(page: &mut Page, at: Timestamp, turn: &Turn, zone: &TimeZone) {
    let when = format::moment(at, zone);
    match turn {
        Turn::Voted { vote } => write_decision(page, at, vote, zone),
        Turn::Delegated { by, role, to, comment } => {
            let (by, role, to) = (escape_line(by), in_role(role.as_deref()), escape_line(to));
            page.line(1, &format!("handed by {by}{role} to {to}, {when}"));
            write_comment(page, comment.as_deref());
        }
        Turn::Reminded { reminder } => page.line(1, &paint::faint(&format!("reminder {reminder}, {when}"))),
        Turn::Escalated { roles, assignees, deadline, .. } => {
            let who: Vec<&str> = assignees.iter().chain(roles).map(String::as_str).collect();
            let (who, until) = (escape_line(&who.join(" or ")), format::moment(*deadline, zone));
            page.line(1, &format!("{} to {who}, {when}, until {until}", paint::warn("escalated")));
        }
    }
}

/// Writes an answer.
pub(super) fn write_decision(page: &mut Page, at: Timestamp, decision: &Decision, zone: &TimeZone) {
    let (word, by, role, comment, answer) = match decision {
        Decision::Approved { by, role, comment, answer } => ("approved", by, role, comment, answer.as_ref()),
        Decision::Rejected { by, role, comment } => ("rejected", by, role, comment, None),
        Decision::Expired => return page.line(1, &paint::outcome("expired", "nobody answered in time")),
    };
    let who = format!("by {}{}, {}", escape_line(by), in_role(role.as_deref()), format::moment(at, zone));
    page.line(1, &format!("{} {who}", paint::outcome(word, word)));
    write_comment(page, comment.as_deref());
    if let Some(answer) = answer {
        page.json(2, "answer ", answer);
    }
}

fn in_role(role: Option<&str>) -> String {
    role.map(|role| format!(" as {}", escape_line(role))).unwrap_or_default()
}

fn write_comment(page: &mut Page, comment: Option<&str>) {
    if let Some(comment) = comment {
        page.line(2, &format!("{} {}", paint::faint("comment"), escape_line(comment)));
    }
}
