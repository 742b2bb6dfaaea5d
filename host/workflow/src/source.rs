//! YAML as a tree in which every node knows its place in the file. What YAML has beyond plain data is refused: anchors,
//! aliases, tags, merge keys, duplicate keys, several documents. It does not know what the nodes mean.

use serde_json::{Map, Number, Value};

use crate::problem::{Code, Span};

mod parse;
mod report;
mod scalar;
mod text;

pub(crate) use parse::parse;
pub(crate) use report::Report;
pub(crate) use text::Text;

/// The largest workflow file. A workflow of a thousand steps has less than a tenth of it.
pub(crate) const MAX_FILE_BYTES: usize = 1 << 20;

/// How deep lists and mappings may nest in a workflow, and in every JSON text it takes in. Deep enough for real
/// documents; shallow enough that no recursion over a value comes near the end of a thread's stack.
pub(crate) const MAX_DEPTH: usize = 64;

/// The longest text that an error text quotes, in characters.
const QUOTED: usize = 40;

/// A node of the tree.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// Where it is written.
    pub(crate) span: Span,
    /// Its extent, in characters from the beginning of the file.
    pub(crate) extent: (usize, usize),
    /// What it is.
    pub(crate) kind: Kind,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kind {
    /// Nothing, or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, with its written form.
    Number(Number, String),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// A mapping, in the order of the file, without duplicates.
    Map(Vec<(Key, Node)>),
}

/// A key of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Key {
    /// Its text.
    pub(crate) text: String,
    /// Where it is written.
    pub(crate) span: Span,
}

impl Node {
    /// What the node is, for error texts.
    pub(crate) fn describe(&self) -> String {
        match &self.kind {
            Kind::Null => "nothing".to_owned(),
            Kind::Bool(bool) => format!("`{bool}`"),
            Kind::Number(_, text) => format!("the number `{text}`"),
            Kind::Text(text) if text.chars().count() > QUOTED || text.contains('\n') => "a text".to_owned(),
            Kind::Text(text) => format!("the text `{text}`"),
            Kind::List(_) => "a list".to_owned(),
            Kind::Map(_) => "a mapping".to_owned(),
        }
    }

    /// The text of a text.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The scalar as it is written, where a number and a text mean the same: `500`, `20k`.
    pub(crate) fn as_written(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) | Kind::Number(_, text) => Some(text),
            _ => None,
        }
    }

    /// The node under a key of a mapping, or at an index of a list.
    pub(crate) fn child(&self, segment: &str) -> Option<&Node> {
        match &self.kind {
            Kind::Map(entries) => entries.iter().find(|(key, _)| key.text == segment).map(|(_, node)| node),
            Kind::List(items) => segment.parse::<usize>().ok().and_then(|index| items.get(index)),
            _ => None,
        }
    }

    /// The node as plain data.
    pub(crate) fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(bool) => Value::Bool(*bool),
            Kind::Number(number, _) => Value::Number(number.clone()),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::List(items) => items.iter().map(Node::to_value).collect(),
            Kind::Map(entries) => {
                let pairs = entries.iter().map(|(key, node)| (key.text.clone(), node.to_value()));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
        }
    }
}

/// The beginning of a text, for error texts.
fn quoted(text: &str) -> String {
    let mut characters = text.chars();
    let shown: String = characters.by_ref().take(QUOTED).collect();
    if characters.next().is_some() { format!("{shown}…") } else { shown }
}

/// What is wrong with the YAML itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Fault {
    /// What.
    pub(crate) message: String,
    /// Where.
    pub(crate) span: Span,
    /// What would be right.
    pub(crate) hint: Option<String>,
}

impl Fault {
    /// The code of all faults.
    pub(crate) const CODE: Code = Code::Yaml;
}

#[cfg(test)]
mod bombs;
#[cfg(test)]
mod tests;
