//! A run that was replayed, entry by entry: told, or gone through by a person.

use baton_runtime::journal::Entry;
use baton_runtime::{Replay, Story};
use jiff::tz::TimeZone;

use crate::ask::Keyboard;
use crate::context::Context;
use crate::error::Error;
use crate::stepping::{self, Path};
use crate::story::{Telling, for_people};
use crate::trace::{self, Trace};
use crate::{paint, terminal};

/// A run as a person goes through it.
struct Way<'a> {
    trace: Trace<'a>,
    story: &'a Story,
    zone: &'a TimeZone,
}

/// Tells the entries; with `until` those up to that one, and what was known there.
pub(super) fn tell(context: &Context, story: &Story, replay: &Replay, until: Option<usize>) -> Result<(), Error> {
    let way = Way { trace: Trace::of(story.entries(), replay), story, zone: &context.zone };
    let last = way.trace.last();
    if let Some(until) = until.filter(|until| *until > last) {
        return Err(Error::usage(format!("there is no entry {until}: the last one is {last}")));
    }
    for number in 0..=until.unwrap_or(last) {
        terminal::result(&way.trace.line(number))?;
    }
    match until {
        Some(until) => terminal::result(&format!("\n{}\n", way.known(until))),
        None => Ok(()),
    }
}

/// Has a person go through them.
pub(super) fn step(context: &Context, story: &Story, replay: &Replay) {
    let way = Way { trace: Trace::of(story.entries(), replay), story, zone: &context.zone };
    tokio::task::block_in_place(|| stepping::step(&way, &mut Keyboard));
}

impl Path for Way<'_> {
    fn last(&self) -> usize {
        self.trace.last()
    }

    fn line(&self, number: usize) -> String {
        self.trace.line(number)
    }

    /// The run as its journal told it by then, and the values that it had seen.
    fn known(&self, number: usize) -> String {
        let entries: &[Entry] = self.story.entries().get(..=number).unwrap_or_default();
        let told = match Story::of(self.story.id().clone(), entries.to_vec()) {
            Ok(story) => {
                let (ending, spending) = (story.ending(), story.spending());
                for_people(&Telling { ending: &ending, spending: &spending, entries, zone: self.zone, full: false })
            }
            Err(error) => error.to_string(),
        };
        let state = trace::state_lines(&trace::state(entries));
        let state = if state.is_empty() {
            String::new()
        } else {
            format!("\n\n{}\n  {}", paint::strong("state"), state.join("\n  "))
        };
        format!("{} {number}\n{told}{state}", paint::strong("after entry"))
    }
}
