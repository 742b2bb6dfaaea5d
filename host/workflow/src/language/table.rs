//! What a mapping of the language may say: its keys, what each is for, and the form of its value. What is read, what is said of
//! keys that there are not, and the published schema all come from these tables, so that a key which is in none of them does
//! not exist. It does not know what a key means for a run.

use crate::plan::budget::Bounds;
use crate::units::Quantity;

/// A mapping of known keys.
pub(crate) struct Table {
    /// What it is called.
    pub(super) name: &'static str,
    /// What it is for.
    pub(super) doc: &'static str,
    /// Its keys.
    pub(super) fields: &'static [Field],
    /// Exactly one of these is there, if there are any.
    pub(super) one_of: &'static [&'static str],
    /// At least one of these is there, if there are any.
    pub(super) any_of: &'static [&'static str],
    /// These are not there together, if there are any.
    pub(super) apart: &'static [&'static str],
}

/// A key.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    /// The key.
    pub(super) name: &'static str,
    /// What its value looks like.
    pub(super) form: Form,
    /// What it is for: what an editor shows.
    pub(super) doc: &'static str,
    /// Whether it must be there.
    pub(super) needed: bool,
    /// What holds if it is not there.
    pub(super) default: Option<Fallback>,
    /// The key without which it means nothing.
    pub(super) beside: Option<&'static str>,
    /// Of the keys of which exactly one is there, those with which it means something; all, if there are none.
    pub(super) with: &'static [&'static str],
}

/// What a value looks like.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    /// A text that is not empty.
    Name,
    /// A text that is not empty, and fits this regular expression.
    Like(&'static str),
    /// The path of a file, from the folder of the workflow.
    Path,
    /// One expression in `${{ }}`.
    Expression,
    /// One expression, in `${{ }}` or without.
    Condition,
    /// Any data, with expressions in its texts.
    Data,
    /// Any data, taken as it is.
    Literal,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Number {
        /// The least.
        least: u32,
        /// The most.
        most: u32,
    },
    /// A number.
    Fraction {
        /// The least.
        least: f64,
        /// The most.
        most: f64,
    },
    /// A number with a unit.
    Quantity(&'static (dyn Bounded + Sync)),
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
    /// A list.
    List {
        /// What it is a list of.
        of: &'static Form,
        /// The fewest elements.
        least: usize,
        /// The most elements.
        most: usize,
    },
    /// A mapping of known keys.
    Map(&'static Table),
    /// A mapping of free keys.
    Named {
        /// What is a key: a regular expression.
        key: &'static str,
        /// What stands under each.
        of: &'static Form,
        /// The fewest entries.
        least: usize,
    },
    /// One of these.
    Either(&'static [Form]),
}

/// What holds if a key is not there.
#[derive(Clone, Copy)]
pub(crate) enum Fallback {
    /// What the bounds of its quantity say.
    OfBounds,
    /// A word.
    Word(&'static str),
    /// A whole number.
    Number(u32),
    /// A number.
    Fraction(f64),
    /// `true` or `false`.
    Boolean(bool),
}

/// Bounds of some quantity, as they are published.
pub(crate) trait Bounded {
    /// The regular expression of its texts.
    fn pattern(&self) -> String;

    /// The JSON type of a number that is taken without quotes; none if a unit is needed.
    fn bare(&self) -> Option<&'static str>;

    /// Some that could be written.
    fn examples(&self) -> &'static [&'static str];

    /// The least and the most.
    fn ends(&self) -> [String; 2];

    /// What holds if nothing is said.
    fn default(&self) -> String;
}

impl<Q: Quantity> Bounded for Bounds<Q> {
    fn pattern(&self) -> String {
        Q::pattern()
    }

    fn bare(&self) -> Option<&'static str> {
        Q::BARE
    }

    fn examples(&self) -> &'static [&'static str] {
        Q::EXAMPLES
    }

    fn ends(&self) -> [String; 2] {
        [self.least.written(), self.most.written()]
    }

    fn default(&self) -> String {
        self.default.written()
    }
}

impl Table {
    /// A mapping of these keys.
    pub(super) const fn new(name: &'static str, doc: &'static str, fields: &'static [Field]) -> Table {
        Table { name, doc, fields, one_of: &[], any_of: &[], apart: &[] }
    }

    /// The same, of which exactly one of these keys is there.
    pub(super) const fn one_of(self, one_of: &'static [&'static str]) -> Table {
        Table { one_of, ..self }
    }

    /// The same, of which at least one of these keys is there.
    pub(super) const fn any_of(self, any_of: &'static [&'static str]) -> Table {
        Table { any_of, ..self }
    }

    /// The same, of which these keys are not there together.
    pub(super) const fn apart(self, apart: &'static [&'static str]) -> Table {
        Table { apart, ..self }
    }

    /// The keys.
    pub(super) fn keys(&self) -> impl Iterator<Item = &'static str> {
        self.fields.iter().map(|field| field.name)
    }

    /// What is known of a key; none if there is no such key.
    pub(super) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

impl Field {
    /// A key.
    pub(super) const fn new(name: &'static str, form: Form, doc: &'static str) -> Field {
        Field { name, form, doc, needed: false, default: None, beside: None, with: &[] }
    }

    /// The same, which must be there.
    pub(super) const fn needed(self) -> Field {
        Field { needed: true, ..self }
    }

    /// The same, for which this holds if it is not there.
    pub(super) const fn or(self, default: Fallback) -> Field {
        Field { default: Some(default), ..self }
    }

    /// The same, which means nothing without another one.
    pub(super) const fn beside(self, other: &'static str) -> Field {
        Field { beside: Some(other), ..self }
    }

    /// The same, which means something only with one of these.
    pub(super) const fn with(self, with: &'static [&'static str]) -> Field {
        Field { with, ..self }
    }
}

/// The words of a choice.
pub(super) fn words<T>(meanings: &[(&'static str, T)]) -> Vec<&'static str> {
    meanings.iter().map(|(word, _)| *word).collect()
}
