//! From the file's tree to what a plan says, one module for each thing the language has. It reports what is wrong with
//! each thing by itself; how things fit together is `check`'s.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use baton_policy::name::is_event_name;
use serde_json::{Map, Value};

use crate::catalog::Catalog;
use crate::check::{self, Broken};
use crate::expression::Template;
use crate::plan::definition::{FORMAT, MAX_STEPS};
use crate::plan::{Definition, Files, Role, RunBudget, Step, Steps};
use crate::problem::{Code, Problems};
use crate::schema::Schema;
use crate::source::{self, Key, Node, Report};

mod approve;
mod budget;
mod compensate;
mod context;
mod failure;
mod fields;
mod file;
mod inner;
mod published;
mod quantity;
mod repair;
mod repeat;
mod retry;
mod step;
mod switch;
mod table;
mod template;
mod trigger;
mod verify;
mod wait;
mod work;

pub use published::published;

use fields::{Fields, is_name};
use table::{Fallback, Field, Form, Table};

/// What reading needs besides the tree.
struct Reader<'a> {
    report: Report,
    files: Files<'a>,
    catalog: &'a Catalog,
    broken: Broken,
    /// The files of the workflows around this one, and its own.
    around: Vec<String>,
    /// How many steps there may still be, of all workflows together.
    room: &'a Cell<usize>,
}

/// Reads and checks a file.
///
/// # Errors
///
/// All problems of the file.
pub(crate) fn read(file: &str, bytes: &[u8], files: Files<'_>, catalog: &Catalog) -> Result<Definition, Problems> {
    let room = Cell::new(MAX_STEPS);
    let own = Path::new(file).file_name().map_or_else(|| file.to_owned(), |name| name.to_string_lossy().into_owned());
    read_file(
        file,
        bytes,
        Reader { report: Report::default(), files, catalog, broken: Broken::default(), around: vec![own], room: &room },
    )
}

/// Reads and checks a file that another one names.
///
/// # Errors
///
/// All problems of the file.
fn read_inside(outer: &Reader<'_>, file: &str, bytes: &[u8]) -> Result<Definition, Problems> {
    let around = outer.around.iter().cloned().chain([file.to_owned()]).collect();
    let Reader { files, catalog, room, .. } = *outer;
    read_file(
        file,
        bytes,
        Reader { report: Report::default(), files, catalog, broken: Broken::default(), around, room },
    )
}

fn read_file(file: &str, bytes: &[u8], reader: Reader<'_>) -> Result<Definition, Problems> {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(source::MAX_FILE_BYTES)]);
    let mut reader = Reader { report: Report::new(file, &text), ..reader };
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

/// What a workflow is called: a regular expression.
const WORKFLOW_NAME: &str = "^[A-Za-z0-9_-]{1,64}$";

/// Steps by their names.
const STEPS: Form = Form::Named { key: fields::NAME, of: &Form::Map(&step::STEP), least: 1 };

/// The whole file.
static WORKFLOW: Table = Table::new(
    "workflow",
    "A workflow of Baton: steps that run agents, call tools and ask people.",
    &[
        Field::new("workflow", Form::Like(WORKFLOW_NAME), "Its name.").needed(),
        Field::new("on", trigger::ON, "What begins a run besides `baton run`."),
        Field::new("priority", trigger::PRIORITY, "Before which others its runs go, when not all may be at work.")
            .or(Fallback::Word("normal")),
        Field::new("concurrency", Form::Map(&trigger::CONCURRENCY), trigger::CONCURRENCY.doc),
        Field::new("input", Form::Map(&INPUT), INPUT.doc),
        Field::new(
            "data",
            Form::Named { key: fields::NAME, of: &Form::Path, least: 0 },
            "Names for files: JSON and YAML are parsed, anything else is text.",
        ),
        Field::new("budget", Form::Map(&budget::OF_RUN), budget::OF_RUN.doc),
        Field::new("context", context::CONTEXT, "Variables that several steps write."),
        Field::new("steps", STEPS, "The steps, by name. Their order in the file means nothing.").needed(),
        Field::new("finally", STEPS, "Steps that have the last word, however the run ends; expressions see `run`."),
        Field::new("output", Form::Data, "What the run results in."),
    ],
);

static INPUT: Table = Table::new(
    "input",
    "The input; without it any JSON is taken.",
    &[Field::new("schema", Form::Path, "The JSON Schema file that it must fit.").needed()],
);

impl Reader<'_> {
    /// The whole file; none if it is no mapping.
    fn workflow(&mut self, root: &Node) -> Option<Definition> {
        let fields = Fields::open(root, "workflow", &WORKFLOW, &mut self.report)?;
        let workflow = self.workflow_name(&fields);
        let input = fields.get("input").and_then(|node| self.input(node));
        let data = fields.get("data").map_or_else(|| Value::Object(Map::new()), |node| self.data(node));
        self.broken.all_data |= fields.is_meant("data");
        let budget = fields.get("budget").map_or_else(RunBudget::default, |node| self.run_budget(node));
        let start = self.start(&fields);
        let context = fields.get("context").map_or_else(BTreeMap::new, |node| self.context(node));
        let steps =
            fields.require("steps", &mut self.report).map_or_else(Vec::new, |node| self.steps(node, Role::Main));
        let last = fields.get("finally").map_or_else(Vec::new, |node| self.steps(node, Role::Finally));
        let steps = Steps::from(self.unique(steps, last));
        let output = fields.get("output").and_then(|node| self.template(node));
        let output = output.unwrap_or(Template::Literal(Value::Null));
        Some(Definition {
            format: FORMAT,
            workflow,
            file: String::new(),
            input,
            data,
            budget,
            start,
            context,
            steps,
            output,
        })
    }

    /// All steps; those under `finally` have names of their own.
    fn unique(&mut self, steps: Vec<(Key, Step)>, last: Vec<(Key, Step)>) -> Vec<Step> {
        let names: BTreeSet<String> = steps.iter().map(|(_, step)| step.name.clone()).collect();
        for (key, _) in last.iter().filter(|(_, step)| names.contains(&step.name)) {
            let message = format!("there is a step `{}` already", key.text);
            self.report.add(Code::OutOfRange, key.span, message, None);
        }
        steps.into_iter().chain(last).map(|(_, step)| step).collect()
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
        let fields = Fields::open(node, "input", &INPUT, &mut self.report)?;
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

    fn steps(&mut self, node: &Node, role: Role) -> Vec<(Key, Step)> {
        let Some(entries) = Fields::entries(node, "steps", &mut self.report) else { return Vec::new() };
        let mut steps = Vec::new();
        for (key, step) in entries {
            if !is_name(&key.text) {
                let message = format!("`{}` is no name for a step", key.text);
                self.report.add(Code::OutOfRange, key.span, message, Some(fields::name_hint()));
            }
            for step in self.step(key, step, role) {
                if !self.take_room(key) {
                    return Vec::new();
                }
                steps.push((key.clone(), step));
            }
        }
        if entries.is_empty() {
            self.report.add(Code::OutOfRange, node.span, "there are no steps", None);
        }
        steps
    }

    /// Takes room for a step; whether there was some.
    fn take_room(&mut self, key: &Key) -> bool {
        let room = self.room.get();
        self.room.set(room.saturating_sub(1));
        if room == 0 {
            let message = format!("there are more than {MAX_STEPS} steps, those of inner workflows included");
            let hint = Some("give the items to one step: `for_each`".to_owned());
            self.report.add(Code::OutOfRange, key.span, message, hint);
        }
        room > 0
    }
}

#[cfg(test)]
mod tests;
