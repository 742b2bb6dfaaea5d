//! From the file's tree to what a plan says, one module for each thing the language has. It reports what is wrong with
//! each thing by itself; how things fit together is `check`'s.

use serde_json::{Map, Value};

use crate::catalog::Catalog;
use crate::check::{self, Broken};
use crate::expression::Template;
use crate::plan::definition::{FORMAT, MAX_STEPS};
use crate::plan::{Definition, Files, RunBudget, Step};
use crate::problem::{Code, Problems};
use crate::schema::Schema;
use crate::source::{self, Node, Report};

mod approve;
mod budget;
mod failure;
mod fields;
mod file;
mod quantity;
mod retry;
mod step;
mod template;
mod work;

use fields::{Fields, is_name};

/// What reading needs besides the tree.
struct Reader<'a> {
    report: Report,
    files: Files<'a>,
    catalog: &'a Catalog,
    broken: Broken,
}

/// Reads and checks a file.
///
/// # Errors
///
/// All problems of the file.
pub(crate) fn read(file: &str, bytes: &[u8], files: Files<'_>, catalog: &Catalog) -> Result<Definition, Problems> {
    let report = Report::new(file, &String::from_utf8_lossy(&bytes[..bytes.len().min(source::MAX_FILE_BYTES)]));
    let mut reader = Reader { report, files, catalog, broken: Broken::default() };
    let root = match source::parse(bytes) {
        Ok(root) => root,
        Err(fault) => {
            reader.report.fault(fault);
            return Err(reader.report.into_problems());
        }
    };
    match reader.workflow(&root) {
        Some(mut definition) => {
            file.clone_into(&mut definition.file);
            check::source(&definition, &root, &mut reader.report, &reader.broken);
            reader.report.finish().map(|()| definition)
        }
        None => Err(reader.report.into_problems()),
    }
}

const KEYS: &[&str] = &["workflow", "input", "data", "budget", "steps", "output"];

impl Reader<'_> {
    /// The whole file; none if it is no mapping.
    fn workflow(&mut self, root: &Node) -> Option<Definition> {
        let fields = Fields::open(root, "workflow", KEYS, &mut self.report)?;
        let workflow = self.workflow_name(&fields);
        let input = fields.get("input").and_then(|node| self.input(node));
        let data = fields.get("data").map_or_else(|| Value::Object(Map::new()), |node| self.data(node));
        self.broken.all_data |= fields.is_meant("data");
        let budget = fields.get("budget").map_or_else(RunBudget::default, |node| self.run_budget(node));
        let steps = fields.require("steps", &mut self.report).map_or_else(Vec::new, |node| self.steps(node));
        let output = fields.get("output").and_then(|node| self.template(node));
        let output = output.unwrap_or(Template::Literal(Value::Null));
        Some(Definition { format: FORMAT, workflow, file: String::new(), input, data, budget, steps, output })
    }

    fn workflow_name(&mut self, fields: &Fields<'_>) -> String {
        let Some(node) = fields.require("workflow", &mut self.report) else { return String::new() };
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        match node.as_text() {
            Some(name) if !name.is_empty() && name.len() <= fields::MAX_NAME && name.chars().all(allowed) => {
                name.to_owned()
            }
            Some(_) => {
                let hint = format!("letters, digits, `-` and `_`, at most {} of them", fields::MAX_NAME);
                self.report.add(Code::OutOfRange, node.span, "this is no name for a workflow", Some(hint));
                String::new()
            }
            None => {
                self.report.wrong_kind(node, "workflow", "a name");
                String::new()
            }
        }
    }

    fn input(&mut self, node: &Node) -> Option<Schema> {
        let fields = Fields::open(node, "input", &["schema"], &mut self.report)?;
        let path = fields.require("schema", &mut self.report)?;
        self.schema_file("schema", path)
    }

    fn data(&mut self, node: &Node) -> Value {
        let mut data = Map::new();
        let Some(entries) = Fields::entries(node, "data", &mut self.report) else {
            self.broken.all_data = true;
            return Value::Object(data);
        };
        for (key, path) in entries {
            if !is_name(&key.text) {
                self.report.add(
                    Code::OutOfRange,
                    key.span,
                    format!("`{}` is no name", key.text),
                    Some(fields::name_hint()),
                );
            }
            match self.data_file(&key.text, path) {
                Some(value) => drop(data.insert(key.text.clone(), value)),
                None => self.broken.data.push(key.text.clone()),
            }
        }
        crate::canonical::sorted(&Value::Object(data))
    }

    fn steps(&mut self, node: &Node) -> Vec<Step> {
        let Some(entries) = Fields::entries(node, "steps", &mut self.report) else { return Vec::new() };
        if entries.is_empty() || entries.len() > MAX_STEPS {
            let message = format!("a workflow has from 1 to {MAX_STEPS} steps, not {}", entries.len());
            self.report.add(Code::OutOfRange, node.span, message, None);
            return Vec::new();
        }
        let mut steps = Vec::new();
        for (key, step) in entries {
            if !is_name(&key.text) {
                let message = format!("`{}` is no name for a step", key.text);
                self.report.add(Code::OutOfRange, key.span, message, Some(fields::name_hint()));
            }
            steps.push(self.step(key, step));
        }
        steps
    }
}

#[cfg(test)]
mod tests;
