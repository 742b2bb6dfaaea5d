//! Patterns: RE2's language, in linear time and bounded memory. It does not know expressions.

use std::collections::HashMap;

use regex::{Regex, RegexBuilder};

use super::evaluate::{Result, fail};
use super::meter::Meter;

/// The largest compiled pattern, in bytes: its engine is linear in the text, and this bounds the factor.
const MAX_PATTERN_BYTES: usize = 1 << 18;

/// The longest pattern, in bytes: it can come with the input, and its tree takes a hundred times as much.
const MAX_PATTERN_LENGTH: usize = 16 << 10;

/// The work of compiling a pattern: a hundred of them use up the allowance.
const PATTERN_COST: u64 = 40_000;

/// The patterns of one evaluation, compiled.
#[derive(Default)]
pub(crate) struct Patterns(HashMap<String, Regex>);

impl Patterns {
    /// Whether a pattern is found in a text.
    ///
    /// # Errors
    ///
    /// If it is no pattern, or too large.
    pub(crate) fn is_in(&mut self, pattern: &str, text: &str, meter: &mut Meter) -> Result<bool> {
        meter.pay(text.len() as u64)?;
        if let Some(regex) = self.0.get(pattern) {
            return Ok(regex.is_match(text));
        }
        meter.pay(PATTERN_COST)?;
        let regex = compile(pattern)?;
        let found = regex.is_match(text);
        self.0.insert(pattern.to_owned(), regex);
        Ok(found)
    }
}

/// Compiles a pattern.
///
/// # Errors
///
/// If it is none, or too large.
pub(super) fn compile(pattern: &str) -> Result<Regex> {
    if pattern.len() > MAX_PATTERN_LENGTH {
        return fail(format!(
            "this is not a pattern: it has {} bytes, and {MAX_PATTERN_LENGTH} are allowed",
            pattern.len()
        ));
    }
    let Some(translated) = translated(pattern) else {
        return fail(format!("`{pattern}` is not a pattern of RE2"));
    };
    let limits = RegexBuilder::new(&translated).size_limit(MAX_PATTERN_BYTES).dfa_size_limit(MAX_PATTERN_BYTES).build();
    limits.or_else(|error| fail(format!("`{pattern}` is not a pattern: {}", reason(&error))))
}

/// The last line of the engine's text, which says what is wrong; those before it draw the pattern.
fn reason(error: &regex::Error) -> String {
    let text = error.to_string();
    text.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned()
}

/// The same pattern for an engine whose classes are Unicode's and can nest: RE2's are ASCII's and cannot. Nothing if RE2
/// has no such pattern.
fn translated(pattern: &str) -> Option<String> {
    let mut translated = String::with_capacity(pattern.len());
    let (mut in_class, mut first) = (false, false);
    let mut rest = pattern.chars().peekable();
    while let Some(character) = rest.next() {
        let is_first = std::mem::take(&mut first);
        match character {
            '\\' => escaped(rest.next()?, in_class, &mut translated)?,
            '[' if in_class && rest.peek() != Some(&':') => translated.push_str("\\["),
            '[' if !in_class => {
                (in_class, first) = (true, true);
                translated.push('[');
                if rest.next_if_eq(&'^').is_some() {
                    translated.push('^');
                }
                if rest.next_if_eq(&']').is_some() {
                    translated.push_str("\\]");
                }
            }
            '[' => translated.push_str(&named_class(&mut rest)?),
            ']' => {
                in_class = false;
                translated.push(']');
            }
            '&' | '~' if in_class => translated.extend(['\\', character]),
            '-' if in_class && !is_first && rest.peek() == Some(&'-') => return None,
            '(' if rest.peek() == Some(&'?') => group(&mut rest, &mut translated)?,
            '{' if !in_class && rest.peek() == Some(&',') => translated.push_str("\\{"),
            other => translated.push(other),
        }
    }
    Some(translated)
}

/// An escape of RE2 in the engine's words.
fn escaped(character: char, in_class: bool, translated: &mut String) -> Option<()> {
    let words = match character {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        's' => "[\\t\\n\\f\\r ]",
        'S' => "[^\\t\\n\\f\\r ]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        'b' if !in_class => "(?-u:\\b)",
        '<' | '>' | 'u' | 'U' | 'R' | 'X' => return None,
        other => {
            translated.extend(['\\', other]);
            return Some(());
        }
    };
    translated.push_str(words);
    Some(())
}

/// The rest of `[:alpha:]`, which begins within a class.
fn named_class(rest: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    let mut name = String::from("[");
    for character in rest.by_ref() {
        name.push(character);
        if character == ']' {
            return name.ends_with(":]").then_some(name);
        }
    }
    None
}

/// The beginning of a group with flags: RE2 has `imsU`, and no `x`.
fn group(rest: &mut std::iter::Peekable<std::str::Chars<'_>>, translated: &mut String) -> Option<()> {
    translated.push('(');
    translated.extend(rest.next());
    while let Some(flag) = rest.next_if(|c| c.is_ascii_lowercase() || matches!(c, '-' | 'U')) {
        if !matches!(flag, 'i' | 'm' | 's' | 'U' | '-') {
            return None;
        }
        translated.push(flag);
    }
    // A name follows `P<` or `<`.
    if let Some(name) = rest.next_if(|c| *c == 'P') {
        translated.push(name);
    }
    Some(())
}
