//! Fills a template and says what is wrong with it: each error names the placeholder and its line.

use std::collections::BTreeSet;

use baton_sdk::Failure;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Serde, Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, Output, State, Template, UndefinedBehavior, filters};
use serde_json::{Map, Value as Json};

use crate::markdown;

/// A template with its gaps filled.
#[derive(Debug, PartialEq)]
pub(crate) struct Filled {
    pub(crate) text: String,
    /// The names that the template uses and that have a value.
    pub(crate) placeholders: BTreeSet<String>,
}

/// The values whose fields are known beforehand, so that a misspelt one is found even where it is not reached.
const CLOSED: [&str; 2] = ["applicant", "fees"];

/// Fills the template with the values.
pub(crate) fn fill(source: &str, values: &Map<String, Json>) -> Result<Filled, Failure> {
    let environment = environment()?;
    let template = environment.template_from_str(source).map_err(|error| failure(source, &error))?;
    let used = used(&template);
    for name in &used {
        check_known(source, values, name)?;
    }
    let text = template.render(Value::from(Serde(values))).map_err(|error| failure(source, &error))?;
    let placeholders = used.into_iter().filter(|name| lookup(values, name).is_some()).collect();
    Ok(Filled { text, placeholders })
}

/// Conditions and loops, a handful of filters, and nothing of the wider language: a template is a letter, not a program.
fn environment() -> Result<Environment<'static>, Failure> {
    let mut environment = Environment::empty();
    environment.set_debug(true);
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    // A line that holds only a block leaves no line in the letter.
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.map_err(Failure::permanent)?);
    environment.set_formatter(write_value);
    environment.add_filter("default", default);
    environment.add_filter("join", filters::join);
    environment.add_filter("length", filters::length);
    Ok(environment)
}

/// Writes a value into the letter. What is no text, number or truth value has no place there.
fn write_value(out: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    match value.kind() {
        ValueKind::None | ValueKind::Undefined => Err(Error::new(ErrorKind::UndefinedError, "it has no value")),
        ValueKind::String => Ok(out.write_str(&markdown::escape(value.as_str().unwrap_or_default()))?),
        ValueKind::Number | ValueKind::Bool => Ok(out.write_str(&value.to_string())?),
        kind => Err(Error::new(ErrorKind::InvalidOperation, format!("it is a {kind}, not a text"))),
    }
}

/// `{{ applicant.contact_person | default("your board") }}`
fn default(value: Value, instead: Value) -> Value {
    if value.is_none() || value.is_undefined() { instead } else { value }
}

fn used(template: &Template<'_, '_>) -> BTreeSet<String> {
    template.undeclared_variables(true).into_iter().collect()
}

fn check_known(source: &str, values: &Map<String, Json>, name: &str) -> Result<(), Failure> {
    let (root, fields) = name.split_once('.').unwrap_or((name, ""));
    let Some(value) = values.get(root) else {
        return Err(unknown(source, name, "the letter", values));
    };
    let field = fields.split('.').next().unwrap_or_default();
    match value {
        Json::Object(known) if CLOSED.contains(&root) && !field.is_empty() && !known.contains_key(field) => {
            Err(unknown(source, name, root, known))
        }
        _ => Ok(()),
    }
}

fn unknown(source: &str, name: &str, owner: &str, known: &Map<String, Json>) -> Failure {
    let known: BTreeSet<&str> = known.keys().map(String::as_str).collect();
    let known = known.into_iter().collect::<Vec<_>>().join(", ");
    let line = source.lines().position(|line| mentions(line, name)).map_or(1, |at| at + 1);
    Failure::invalid(format_args!("template, line {line}: {name} is unknown; {owner} has {known}"))
}

fn mentions(line: &str, name: &str) -> bool {
    let of_name = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(name).any(|(at, _)| {
        !line[..at].ends_with(|c| of_name(c) || c == '.') && !line[at + name.len()..].starts_with(of_name)
    })
}

fn lookup<'a>(values: &'a Map<String, Json>, name: &str) -> Option<&'a Json> {
    let mut path = name.split('.');
    let root = values.get(path.next()?)?;
    path.try_fold(root, |value, field| value.get(field)).filter(|value| !value.is_null())
}

fn failure(source: &str, error: &Error) -> Failure {
    let line = error.line().unwrap_or(1);
    let what = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let whole = source.lines().nth(line - 1).unwrap_or_default();
    let at = match error.kind() {
        // What the parser stumbled over alone says little.
        ErrorKind::SyntaxError => whole,
        _ => error.range().and_then(|range| source.get(range)).unwrap_or(whole),
    };
    let at = at.trim();
    Failure::invalid(format_args!("template, line {line}: {at}: {what}"))
}

#[cfg(test)]
mod tests;
