//! Mappings with known keys. It does not know what the keys mean.

use super::table::Table;
use crate::problem::{Code, Span};
use crate::source::{Key, Kind, Node, Report};
use crate::suggest;

/// The longest name of anything.
pub(crate) const MAX_NAME: usize = 64;

/// What [`is_name`] takes, as a regular expression.
pub(super) const NAME: &str = "^[a-z][a-z0-9_]{0,63}$";

/// A mapping of which every key is known.
pub(crate) struct Fields<'n> {
    entries: &'n [(Key, Node)],
    table: &'static Table,
    /// What the mapping is, for error texts.
    what: &'n str,
    /// The known keys that some unknown one is taken for: of these it is said already.
    meant: Vec<&'static str>,
    /// Where to point when a key is missing.
    span: Span,
}

impl<'n> Fields<'n> {
    /// Opens a mapping and reports every key that is not known, or means nothing without another one; none if the node is
    /// no mapping.
    pub(crate) fn open(
        node: &'n Node,
        what: &'n str,
        table: &'static Table,
        report: &mut Report,
    ) -> Option<Fields<'n>> {
        let entries = Fields::entries(node, what, report)?;
        let mut fields = Fields { entries, table, what, meant: Vec::new(), span: node.span };
        fields.refuse_unknown(report);
        fields.refuse_alone(report);
        Some(fields)
    }

    fn refuse_unknown(&mut self, report: &mut Report) {
        for (key, _) in self.entries.iter().filter(|(key, _)| self.table.field(&key.text).is_none()) {
            let message = format!("`{}` has no key `{}`", self.what, key.text);
            report.add(Code::UnknownKey, key.span, message, suggest::hint(&key.text, self.table.keys()));
            self.meant.extend(suggest::nearest(&key.text, self.table.keys()));
        }
    }

    fn refuse_alone(&self, report: &mut Report) {
        for (key, _) in self.entries {
            let other = self.table.field(&key.text).and_then(|field| field.beside);
            if let Some(other) = other.filter(|other| !self.is_said(other)) {
                let message = format!("`{}` means nothing without `{other}`", key.text);
                report.add(Code::UnknownKey, key.span, message, None);
            }
        }
    }

    /// What is left of a node that is no mapping: nothing, and none of its keys is missed.
    pub(crate) fn unread(what: &'n str, table: &'static Table, span: Span) -> Fields<'n> {
        Fields { entries: &[], table, what, meant: table.keys().collect(), span }
    }

    /// The entries of a mapping whose keys are free.
    pub(crate) fn entries(node: &'n Node, what: &str, report: &mut Report) -> Option<&'n [(Key, Node)]> {
        match &node.kind {
            Kind::Map(entries) => Some(entries),
            _ => {
                report.wrong_kind(node, what, "a mapping");
                None
            }
        }
    }

    /// Points at this place when a key is missing.
    pub(crate) fn pointing_at(self, span: Span) -> Fields<'n> {
        Fields { span, ..self }
    }

    /// The value of a key.
    pub(crate) fn get(&self, name: &str) -> Option<&'n Node> {
        self.entry(name).map(|(_, node)| node)
    }

    /// A key and its value.
    pub(crate) fn entry(&self, name: &str) -> Option<&'n (Key, Node)> {
        debug_assert!(self.table.field(name).is_some(), "the table of `{}` has no `{name}`", self.table.name);
        self.entries.iter().find(|(key, _)| key.text == name)
    }

    /// Whether an unknown key is taken for this one.
    pub(crate) fn is_meant(&self, name: &str) -> bool {
        self.meant.contains(&name)
    }

    /// Whether a key is there, or an unknown one is taken for it.
    pub(crate) fn is_said(&self, name: &str) -> bool {
        self.entry(name).is_some() || self.is_meant(name)
    }

    /// Whether one of those is said of which there must be at least one.
    pub(crate) fn says_any(&self) -> bool {
        self.table.any_of.iter().any(|name| self.is_said(name))
    }

    /// The one key of those of which exactly one is there; another number of them is reported.
    pub(crate) fn one(&self, report: &mut Report) -> Option<&'n (Key, Node)> {
        let named: Vec<&(Key, Node)> = self.table.one_of.iter().filter_map(|name| self.entry(name)).collect();
        if let [one] = named[..] {
            return Some(one);
        }
        if !named.is_empty() || !self.table.one_of.iter().any(|name| self.is_meant(name)) {
            let one_of: Vec<String> = self.table.one_of.iter().map(|name| format!("`{name}`")).collect();
            let message = format!("`{}` must have exactly one of {}", self.what, one_of.join(", "));
            report.add(Code::MissingKey, self.span, message, None);
        }
        None
    }

    /// The value of a key that must be there.
    pub(crate) fn require(&self, name: &str, report: &mut Report) -> Option<&'n Node> {
        debug_assert!(
            self.table.field(name).is_some_and(|field| field.needed),
            "the table of `{}` does not need `{name}`",
            self.table.name
        );
        let node = self.get(name);
        if node.is_none() && !self.is_meant(name) {
            report.add(Code::MissingKey, self.span, format!("`{}` needs the key `{name}`", self.what), None);
        }
        node
    }
}

/// Whether a text is a name for a step or a data file.
pub(crate) fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    text.len() <= MAX_NAME && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.chars().all(allowed)
}

/// What a name looks like.
pub(crate) fn name_hint() -> String {
    format!("a small letter, then small letters, digits and `_`, at most {MAX_NAME} together")
}
