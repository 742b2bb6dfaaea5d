//! JSON as people read it: keys and values by lines, lists as lists, findings with their heading. It does not know what
//! the values mean beyond that.

use baton_runtime::journal::Payload;
use serde_json::{Map, Value};

use crate::escape::{escape, escape_line};
use crate::format;

/// The longest value or list that is written on one line, in characters: with its indent it still fits most terminals.
const ONE_LINE: usize = 100;
/// The deepest nesting that is written out: what is deeper is told as its size.
const DEEPEST: usize = 12;

/// The keys of a place in a document.
const PLACE: [&str; 5] = ["document", "line", "text", "start", "end"];

/// How much is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Detail {
    /// Characters of a text.
    pub characters: usize,
    /// Lines of a text.
    pub lines: usize,
    /// Items of a list.
    pub items: usize,
}

impl Detail {
    /// Enough to see what it is about.
    pub const SHORT: Detail = Detail { characters: 160, lines: 4, items: 5 };
    /// Enough to decide on.
    pub const QUESTION: Detail = Detail { characters: 600, lines: 20, items: 40 };
    /// All of it.
    pub const FULL: Detail = Detail { characters: usize::MAX, lines: usize::MAX, items: usize::MAX };
}

/// A value, written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readable {
    /// The lines, safe for a terminal.
    pub lines: Vec<String>,
    /// Whether something was left out.
    pub shortened: bool,
}

/// Writes the JSON of a payload.
#[must_use]
pub fn payload(payload: &Payload, detail: &Detail) -> Readable {
    let Some(text) = payload.as_str() else {
        let size = format::bytes(payload.bytes());
        return Readable { lines: vec![format!("({size}, not loaded)")], shortened: true };
    };
    match serde_json::from_str(text) {
        Ok(json) => value(&json, detail),
        Err(_) => value(&Value::String(text.to_owned()), detail),
    }
}

/// Writes a value.
#[must_use]
pub fn value(json: &Value, detail: &Detail) -> Readable {
    let mut writer = Writer { detail, shortened: false };
    let lines = writer.value(json, 0);
    Readable { lines, shortened: writer.shortened }
}

/// Writes a value on one line, as JSON, shortened to some characters.
#[must_use]
pub fn one_line(payload: &Payload, characters: usize) -> (String, bool) {
    let Some(text) = payload.as_str() else { return (format!("({})", format::bytes(payload.bytes())), true) };
    match text.char_indices().nth(characters) {
        Some((end, _)) => (format!("{}… ({})", escape_line(&text[..end]), format::bytes(payload.bytes())), true),
        None => (escape_line(text), false),
    }
}

struct Writer<'a> {
    detail: &'a Detail,
    shortened: bool,
}

impl Writer<'_> {
    fn value(&mut self, json: &Value, depth: usize) -> Vec<String> {
        self.scalar(json).unwrap_or_else(|| self.nested(json, depth))
    }

    fn nested(&mut self, json: &Value, depth: usize) -> Vec<String> {
        if depth > DEEPEST {
            self.shortened = true;
            return vec![format!("… ({})", format::bytes(json.to_string().len() as u64))];
        }
        match json {
            Value::Array(items) => self.list(items, depth),
            Value::Object(fields) => self.fields(fields, depth),
            _ => Vec::new(),
        }
    }

    /// What is no list and no object, or an empty one.
    fn scalar(&mut self, json: &Value) -> Option<Vec<String>> {
        match json {
            Value::String(text) => Some(self.text(text)),
            Value::Array(items) if items.is_empty() => Some(vec!["(none)".to_owned()]),
            Value::Object(fields) if fields.is_empty() => Some(vec!["(empty)".to_owned()]),
            Value::Array(_) | Value::Object(_) => None,
            Value::Null => Some(vec!["-".to_owned()]),
            Value::Bool(true) => Some(vec!["yes".to_owned()]),
            Value::Bool(false) => Some(vec!["no".to_owned()]),
            Value::Number(number) => Some(vec![number.to_string()]),
        }
    }

    fn text(&mut self, text: &str) -> Vec<String> {
        if text.is_empty() {
            return vec!["\"\"".to_owned()];
        }
        let cut = text.char_indices().nth(self.detail.characters).map_or(text.len(), |(at, _)| at);
        let mut lines: Vec<String> = text[..cut].lines().map(|line| escape(line.trim_end())).collect();
        let many = lines.len() > self.detail.lines;
        lines.truncate(self.detail.lines);
        if many || cut < text.len() {
            self.shortened = true;
            if let Some(last) = lines.last_mut() {
                last.push_str(&format!("… ({})", format::bytes(text.len() as u64)));
            }
        }
        lines
    }

    fn list(&mut self, items: &[Value], depth: usize) -> Vec<String> {
        if let Some(line) = short(items.iter().map(plain), ", ") {
            return vec![line];
        }
        let shown = items.len().min(self.detail.items);
        let mut lines = Vec::new();
        for item in &items[..shown] {
            lines.extend(indented("- ", "  ", self.item(item, depth + 1)));
        }
        if shown < items.len() {
            self.shortened = true;
            lines.push(format!("… {} more", items.len() - shown));
        }
        lines
    }

    fn fields(&mut self, fields: &Map<String, Value>, depth: usize) -> Vec<String> {
        let (heading, told) = heading(fields);
        let mut lines: Vec<String> = heading.into_iter().collect();
        for (key, value) in fields.iter().filter(|(key, _)| !told.contains(&key.as_str())) {
            lines.extend(self.field(&escape_line(key), value, depth));
        }
        lines
    }

    /// An item of a list: on one line if it is an object of few words.
    fn item(&mut self, json: &Value, depth: usize) -> Vec<String> {
        if let Value::Object(fields) = json
            && !fields.is_empty()
            && heading(fields).0.is_none()
            && let Some(line) = short(fields.iter().map(pair), ", ")
        {
            return vec![line];
        }
        self.value(json, depth)
    }

    fn field(&mut self, key: &str, value: &Value, depth: usize) -> Vec<String> {
        let lines = self.value(value, depth + 1);
        let fits = |line: &str| line.chars().count() + key.chars().count() + 2 <= ONE_LINE || value.is_string();
        match lines.as_slice() {
            [line] if fits(line) && !value.is_object() && !line.starts_with("- ") => vec![format!("{key}: {line}")],
            _ => std::iter::once(format!("{key}:")).chain(indented("  ", "  ", lines)).collect(),
        }
    }
}

/// The line that an object begins with, if it is one of those that people know, and the keys that the line tells.
fn heading(fields: &Map<String, Value>) -> (Option<String>, &'static [&'static str]) {
    if let Some(finding) = finding(fields) {
        return (Some(finding), &["message", "severity", "code"]);
    }
    match place(fields) {
        Some(place) => (Some(place), &PLACE),
        None => (None, &[]),
    }
}

/// A finding, an error or a note: `[high] the name is on the list (screening)`.
fn finding(fields: &Map<String, Value>) -> Option<String> {
    let text = |key: &str| fields.get(key).and_then(Value::as_str).map(escape_line);
    let message = text("message")?;
    let mut heading = match text("severity") {
        Some(severity) => format!("[{severity}] {message}"),
        None => message,
    };
    if let Some(code) = text("code") {
        heading.push_str(&format!(" ({code})"));
    }
    Some(heading)
}

/// A place in a document, as compilers write it, `passport.txt:14 Republic of Seychelles`, if the object is nothing else.
fn place(fields: &Map<String, Value>) -> Option<String> {
    if !fields.keys().all(|key| PLACE.contains(&key.as_str())) {
        return None;
    }
    let (line, text) = (fields.get("line")?.as_u64()?, fields.get("text")?.as_str()?);
    let document = match fields.get("document") {
        Some(document) => format!("{}:", escape_line(document.as_str()?)),
        None => "line ".to_owned(),
    };
    Some(format!("{document}{line} {}", escape_line(text)))
}

fn pair((key, value): (&String, &Value)) -> Option<String> {
    plain(value).map(|value| format!("{}: {value}", escape_line(key)))
}

/// A value that is written in a few words, in those words.
fn plain(json: &Value) -> Option<String> {
    match json {
        Value::String(text) if !text.contains('\n') && !text.is_empty() => Some(escape_line(text)),
        Value::String(text) if text.is_empty() => Some("\"\"".to_owned()),
        Value::Null => Some("-".to_owned()),
        Value::Bool(value) => Some(if *value { "yes" } else { "no" }.to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// All parts on one line, if each is plain and the line is short.
fn short(parts: impl Iterator<Item = Option<String>>, between: &str) -> Option<String> {
    let mut line = String::new();
    for part in parts {
        let part = part?;
        if !line.is_empty() {
            line.push_str(between);
        }
        line.push_str(&part);
        if line.chars().count() > ONE_LINE {
            return None;
        }
    }
    Some(line)
}

/// Lines behind a mark on the first and an indent on the others.
fn indented(first: &'static str, rest: &'static str, lines: Vec<String>) -> impl Iterator<Item = String> {
    lines.into_iter().enumerate().map(move |(index, line)| format!("{}{line}", if index == 0 { first } else { rest }))
}

#[cfg(test)]
mod tests;
