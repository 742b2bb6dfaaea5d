//! The files a workflow names: schemas and data. It does not know where files come from.

use serde_json::Value;

use super::Reader;
use crate::problem::Code;
use crate::schema::Schema;
use crate::source::{self, Node};
use baton_journal::json;

/// The largest file that a plan embeds: every run's journal begins with the plan.
const MAX_EMBEDDED_BYTES: usize = 4 << 20;

impl Reader<'_> {
    /// A schema by its path, under that key.
    pub(super) fn schema_file(&mut self, key: &str, node: &Node) -> Option<Schema> {
        let path = self.path(node, key, "the path of a JSON file, such as `schemas/x.json`")?;
        let document = self.parsed_file(node, path)?;
        match Schema::compile(path, &document) {
            Ok(schema) => Some(schema),
            Err(message) => {
                let message = format!("`{path}` is no JSON Schema we can use: {message}");
                self.report.add(Code::Schema, node.span, message, None);
                None
            }
        }
    }

    /// A data file by its path, under that key: JSON or YAML parsed, anything else as text.
    pub(super) fn data_file(&mut self, key: &str, node: &Node) -> Option<Value> {
        let path = self.path(node, key, "the path of a file, such as `data/x.json`")?;
        if is_parsed(path) {
            return self.parsed_file(node, path);
        }
        self.file_text(node, path).map(Value::String)
    }

    pub(super) fn path<'n>(&mut self, node: &'n Node, key: &str, expected: &str) -> Option<&'n str> {
        let path = node.as_text().filter(|text| !text.is_empty());
        if path.is_none() {
            self.report.wrong_kind(node, key, expected);
        }
        path
    }

    fn parsed_file(&mut self, node: &Node, path: &str) -> Option<Value> {
        let text = self.file_text(node, path)?;
        let parsed = if is_yaml(path) {
            source::parse(text.as_bytes()).map(|root| root.to_value()).map_err(|fault| {
                let hint = fault.hint.map(|hint| format!(": {hint}")).unwrap_or_default();
                format!("{} at line {}{hint}", fault.message, fault.span.start)
            })
        } else {
            json::parse_file(&text)
        };
        parsed.map_err(|error| self.file_problem(node, format!("`{path}` cannot be parsed: {error}"))).ok()
    }

    fn file_text(&mut self, node: &Node, path: &str) -> Option<String> {
        let bytes = self.file_bytes(node, path)?;
        String::from_utf8(bytes).map_err(|_| self.file_problem(node, format!("`{path}` is not UTF-8"))).ok()
    }

    /// What is in a file, as long as a plan can embed it.
    pub(super) fn file_bytes(&mut self, node: &Node, path: &str) -> Option<Vec<u8>> {
        let bytes = match (self.files)(path) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.file_problem(node, format!("`{path}` cannot be read: {error}"));
                return None;
            }
        };
        if bytes.len() > MAX_EMBEDDED_BYTES {
            let message = format!("`{path}` has {} bytes; at most {MAX_EMBEDDED_BYTES} are allowed", bytes.len());
            self.file_problem(node, message);
            return None;
        }
        Some(bytes)
    }

    fn file_problem(&mut self, node: &Node, message: String) {
        self.report.add(Code::File, node.span, message, None);
    }
}

fn has_ending(path: &str, endings: &[&str]) -> bool {
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| endings.contains(&ending.as_str()))
}

fn is_yaml(path: &str) -> bool {
    has_ending(path, &["yaml", "yml"])
}

fn is_parsed(path: &str) -> bool {
    is_yaml(path) || has_ending(path, &["json"])
}
