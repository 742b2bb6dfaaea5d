//! Mappings with known keys. It does not know what the keys mean.

use crate::problem::{Code, Span};
use crate::source::{Key, Kind, Node, Report};
use crate::suggest;

/// The longest name of anything.
pub(crate) const MAX_NAME: usize = 64;

/// A mapping of which every key is known.
pub(crate) struct Fields<'n> {
    entries: &'n [(Key, Node)],
    /// What the mapping is, for error texts.
    what: &'n str,
    /// The known keys that some unknown one is taken for: of these it is said already.
    meant: Vec<&'n str>,
    /// Where to point when a key is missing.
    span: Span,
}

impl<'n> Fields<'n> {
    /// Opens a mapping and reports every key that is not known; none if the node is no mapping.
    pub(crate) fn open(node: &'n Node, what: &'n str, known: &[&'n str], report: &mut Report) -> Option<Fields<'n>> {
        let entries = Fields::entries(node, what, report)?;
        let mut meant = Vec::new();
        for (key, _) in entries {
            if !known.contains(&key.text.as_str()) {
                let message = format!("`{what}` has no key `{}`", key.text);
                report.add(Code::UnknownKey, key.span, message, suggest::hint(&key.text, known.iter().copied()));
                meant.extend(suggest::nearest(&key.text, known.iter().copied()));
            }
        }
        Some(Fields { entries, what, meant, span: node.span })
    }

    /// What is left of a node that is no mapping: nothing, and none of these keys is missed.
    pub(crate) fn unread(what: &'n str, known: &[&'n str], span: Span) -> Fields<'n> {
        Fields { entries: &[], what, meant: known.to_vec(), span }
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
        self.entries.iter().find(|(key, _)| key.text == name)
    }

    /// Whether an unknown key is taken for this one.
    pub(crate) fn is_meant(&self, name: &str) -> bool {
        self.meant.contains(&name)
    }

    /// The value of a key that must be there.
    pub(crate) fn require(&self, name: &str, report: &mut Report) -> Option<&'n Node> {
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
