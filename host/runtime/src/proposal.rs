//! What changed between a question that a person has seen and the one that is asked by now. It does not know who answers.

use baton_journal::{Digest, Entry, Event, Payload};
use baton_workflow::Ask;
use serde_json::Value;

/// The most lines that tell what changed: who wants all of it looks at the question.
const MOST_LINES: usize = 12;

/// The longest value that is told, in characters.
const LONGEST: usize = 80;

/// The fewest digits of a token that name it: as many as are shown to people.
const FEWEST_DIGITS: usize = 12;

/// A question as it was asked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'e> {
    question: &'e str,
    show: &'e Payload,
}

/// Whether a text names a token: all its digits, or the first of them.
pub(crate) fn is_token(text: &str, token: Digest) -> bool {
    let text = text.trim().to_ascii_lowercase();
    text.len() >= FEWEST_DIGITS && token.to_string().starts_with(&text)
}

/// The question of a journal that a token is of.
pub(crate) fn seen<'e>(entries: &'e [Entry], text: &str) -> Option<Seen<'e>> {
    entries.iter().rev().find_map(|entry| match &entry.event {
        Event::ApprovalRequested { question, show, token, .. } if is_token(text, *token) => {
            Some(Seen { question, show })
        }
        _ => None,
    })
}

/// What is asked by now and was not seen, in lines: `- amount: 10`, `+ amount: 12`.
pub(crate) fn changes(seen: Seen<'_>, now: &Ask) -> Vec<String> {
    let mut lines = Vec::new();
    if seen.question != now.question {
        lines.extend([format!("- {}", short(seen.question)), format!("+ {}", short(&now.question))]);
    }
    compare("", value(seen.show).as_ref(), value(&now.show).as_ref(), &mut lines);
    if lines.len() > MOST_LINES {
        lines.truncate(MOST_LINES);
        lines.push("…".to_owned());
    }
    lines
}

fn value(payload: &Payload) -> Option<Value> {
    serde_json::from_str(payload.as_str()?).ok()
}

/// Values were read within the depth that JSON may have here, so this ends.
fn compare(path: &str, before: Option<&Value>, now: Option<&Value>, lines: &mut Vec<String>) {
    match (before, now) {
        (before, now) if before == now || lines.len() > MOST_LINES => {}
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let added = new.keys().filter(|key| !old.contains_key(*key));
            for key in old.keys().chain(added) {
                compare(&joined(path, key), old.get(key), new.get(key), lines);
            }
        }
        (Some(Value::Array(old)), Some(Value::Array(new))) => {
            for place in 0..old.len().max(new.len()) {
                compare(&format!("{path}[{place}]"), old.get(place), new.get(place), lines);
            }
        }
        (before, now) => {
            let name = if path.is_empty() { "what is shown" } else { path };
            lines.extend(before.map(|value| format!("- {name}: {}", short(&value.to_string()))));
            lines.extend(now.map(|value| format!("+ {name}: {}", short(&value.to_string()))));
        }
    }
}

fn joined(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

fn short(text: &str) -> String {
    let mut shown: String = text.chars().take(LONGEST).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use baton_journal::Timestamp;
    use serde_json::json;

    use super::*;

    fn ask(question: &str, show: &Value) -> Ask {
        Ask {
            step: "pay".to_owned(),
            question: question.to_owned(),
            show: Payload::json(show),
            roles: Vec::new(),
            deadline: Timestamp(1),
            token: Digest::of(question.as_bytes()),
            answer_schema: None,
            requested: true,
            in_doubt: None,
            asked_by: None,
            escalated: false,
            short: None,
            ballot: baton_workflow::Ballot::default(),
        }
    }

    #[test]
    fn what_changed_is_told_by_its_place() {
        let show = Payload::json(&json!({"amount": 10, "to": ["ada", "bob"], "note": "x"}));
        let seen = Seen { question: "Pay 10?", show: &show };
        let now = ask("Pay 12?", &json!({"amount": 12, "to": ["ada"], "note": "x", "iban": "DE1"}));
        let expect = ["- Pay 10?", "+ Pay 12?", "- amount: 10", "+ amount: 12", "- to[1]: \"bob\"", "+ iban: \"DE1\""];
        assert_eq!(changes(seen, &now), expect);
        let now = ask("Pay 10?", &Value::Array((0..100).map(Value::from).collect()));
        assert!(changes(seen, &now).len() <= MOST_LINES + 1);
    }

    #[test]
    fn a_token_is_named_by_its_first_digits() {
        let token = Digest::of(b"x");
        assert!(is_token(&token.to_string(), token) && is_token(&token.short().to_uppercase(), token));
        assert!(!is_token(&token.to_string()[..8], token) && !is_token("", token) && !is_token("abcdefabcdef", token));
    }
}
