//! Fills an engagement letter from a template: an agent.
//!
//! The template is Markdown with placeholders in the syntax of Jinja: `{{ applicant.name }}`, `{% if sign_off %}`,
//! `{% for line in fees.lines %}`. A placeholder that is unknown or has no value is an error with its line: a letter with
//! a gap in it must not leave the house. What applicants wrote about themselves is data: it cannot become structure of
//! the letter.

mod date;
mod input;
mod letter;
mod markdown;
mod template;

#[cfg(test)]
mod example;

use baton_sdk::{Agent, Failure, Task, clock, log};

use input::Input;
use letter::Letter;

struct LetterWriter;

impl Agent for LetterWriter {
    type Input = Input;
    type Output = Letter;

    fn run(task: Task<Input>) -> Result<Letter, Failure> {
        let letter = letter::write(&task.input, || date::on(clock::now()))?;
        log::info(format!("{}: {}, {} words", letter.id, letter.title, letter.words));
        Ok(letter)
    }
}

baton_sdk::agent!(LetterWriter);

#[test]
fn the_schemas_of_the_manifest_are_those_of_the_types() {
    baton_sdk::schema::check::<LetterWriter>(env!("CARGO_MANIFEST_DIR"));
}
