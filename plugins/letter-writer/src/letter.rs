//! Writes the letter. The comments of [`Letter`] are the descriptions in `schemas/output.json`.

use baton_sdk::Failure;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::date::{self, Language};
use crate::input::Input;
use crate::{markdown, template};

/// An engagement letter, ready to be sent.
#[derive(Debug, PartialEq, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(deny_unknown_fields))]
pub(crate) struct Letter {
    /// The letter's id, which follows from its text: `EL-` and 12 hexadecimal digits.
    pub id: String,
    /// The first heading of the letter, or whom it is for if it has none.
    pub title: String,
    /// The letter: Markdown.
    pub text: String,
    /// The language of the letter.
    pub language: Language,
    /// The placeholders of the template that had a value, in alphabetical order.
    pub placeholders: Vec<String>,
    /// How many words the letter has.
    pub words: u32,
}

/// Fills the template. Asks for today's date only if the input names none.
pub(crate) fn write(input: &Input, today: impl FnOnce() -> Result<Date, Failure>) -> Result<Letter, Failure> {
    let date = input.date.as_deref().map_or_else(today, date::parse)?;
    let language = input.language.unwrap_or_default();
    let filled = template::fill(&input.template, &values(input, &date::written(date, language))?)?;
    let title = filled.text.lines().find_map(|line| line.strip_prefix("# ")).map(|line| markdown::plain(line.trim()));
    Ok(Letter {
        id: id(&filled.text),
        title: title.unwrap_or_else(|| input.applicant.name.clone()),
        language,
        placeholders: filled.placeholders.into_iter().collect(),
        words: words(&filled.text),
        text: filled.text,
    })
}

/// What the template may name. What the input leaves out is there without a value: known, and an error only where it is used.
fn values(input: &Input, date: &str) -> Result<Map<String, Value>, Failure> {
    let mut values = Map::new();
    values.insert("applicant".into(), serde_json::to_value(&input.applicant)?);
    values.insert("date".into(), date.into());
    values.insert("fees".into(), serde_json::to_value(&input.fees)?);
    values.insert("findings".into(), json!(input.findings));
    values.insert("sign_off".into(), json!(input.sign_off));
    Ok(values)
}

fn id(text: &str) -> String {
    let hex: String = Sha256::digest(text).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("EL-{hex}")
}

fn words(text: &str) -> u32 {
    let words = text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
    u32::try_from(words).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
