//! The names an expression uses: steps, variables, functions. It does not know which of them exist in a workflow,
//! only which functions the language has.

use cel::common::ast::{Expr, IdedExpr, operators};

use super::compile::children;
use super::evaluate::is_operator;
use super::path::{context_field, selection, step_field, step_name};
use super::{FUNCTIONS, MACROS};
use crate::suggest;

/// A name, and the node of the tree where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place<'e> {
    /// The name.
    pub(crate) name: &'e str,
    /// The node.
    pub(crate) node: u64,
}

/// The names of an expression.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Names<'e> {
    /// The steps it refers to.
    pub(crate) steps: Vec<Place<'e>>,
    /// The variables it reads, `steps` and those of its own macros left out.
    pub(crate) variables: Vec<Place<'e>>,
    /// The variables of the run's context that it reads.
    pub(crate) context: Vec<Place<'e>>,
    /// What cannot be right in any workflow: node, message, hint.
    pub(crate) faults: Vec<(u64, String, Option<String>)>,
}

/// Variables that macros may not shadow.
const TAKEN: &[&str] = &["input", "data", "steps", "item", "index", "output", "previous", "context", "run", "event"];

/// Collects the names of a tree.
pub(crate) fn names(root: &IdedExpr) -> Names<'_> {
    let mut collector = Collector { names: Names::default(), bound: Vec::new() };
    collector.visit(root);
    collector.names
}

struct Collector<'e> {
    names: Names<'e>,
    bound: Vec<&'e str>,
}

impl<'e> Collector<'e> {
    fn visit(&mut self, node: &'e IdedExpr) {
        if let Some((step, field)) = step_field(node) {
            self.step(node, step, field);
            return;
        }
        if step_name(node).is_some() {
            self.fault(node, "a step alone is no value".to_owned(), Some(STEP_FORM.to_owned()));
            return;
        }
        if let Some(name) = context_field(node) {
            return self.names.context.push(Place { name, node: node.id });
        }
        match &node.expr {
            Expr::Ident(name) if self.bound.contains(&name.as_str()) => {}
            Expr::Ident(name) if name == "steps" => {
                self.fault(node, "`steps` alone is no value".to_owned(), Some(STEP_FORM.to_owned()));
            }
            Expr::Ident(name) if name == "context" => {
                self.fault(node, "`context` alone is no value".to_owned(), Some("write `context.NAME`".to_owned()));
            }
            Expr::Ident(name) => self.names.variables.push(Place { name, node: node.id }),
            Expr::Call(call) => self.call(node, &call.func_name, call.target.as_deref(), &call.args),
            _ => children(node).into_iter().for_each(|child| self.visit(child)),
        }
    }

    fn step(&mut self, node: &'e IdedExpr, step: &'e str, field: &str) {
        let place = selection(node).map_or(node.id, |(operand, _)| operand.id); // the name's, not the field's after it
        self.names.steps.push(Place { name: step, node: place });
        if !matches!(field, "output" | "outcome") {
            let message = format!("a step has `output` and `outcome`, not `{field}`");
            self.fault(node, message, Some(format!("did you mean `steps.{step}.output.{field}`?")));
        }
    }

    fn call(&mut self, node: &'e IdedExpr, name: &'e str, target: Option<&'e IdedExpr>, arguments: &'e [IdedExpr]) {
        if let Some((_, fewest, most)) = MACROS.iter().find(|(known, ..)| *known == name) {
            self.check_count(node, name, arguments.len(), (*fewest, *most));
            return self.expand(node, name, target, arguments);
        }
        if !is_operator(name) {
            self.function(node, name, arguments.len() + usize::from(target.is_some()));
        }
        target.into_iter().chain(arguments).for_each(|child| self.visit(child));
    }

    fn expand(&mut self, node: &'e IdedExpr, name: &str, target: Option<&'e IdedExpr>, arguments: &'e [IdedExpr]) {
        if name == "has" {
            let selects = arguments.first().is_some_and(is_field);
            if !selects {
                self.fault(node, "`has` needs a field".to_owned(), Some("such as `has(input.name)`".to_owned()));
            }
            return arguments.iter().for_each(|argument| self.visit(argument));
        }
        target.into_iter().for_each(|target| self.visit(target));
        let Some((variable, bodies)) = arguments.split_first() else { return };
        match &variable.expr {
            Expr::Ident(variable) if target.is_some() && !TAKEN.contains(&variable.as_str()) => {
                self.bound.push(variable);
                bodies.iter().for_each(|body| self.visit(body));
                self.bound.pop();
            }
            _ => self.fault(
                variable,
                format!("`{name}` needs a list before it and a new variable's name in it"),
                Some(format!("such as `input.documents.{name}(d, d.pages > 1)`")),
            ),
        }
    }

    fn function(&mut self, node: &'e IdedExpr, name: &str, arguments: usize) {
        match FUNCTIONS.iter().find(|(known, ..)| *known == name) {
            Some((_, fewest, most)) => self.check_count(node, name, arguments, (*fewest, *most)),
            None => {
                let known = FUNCTIONS.iter().chain(MACROS).map(|(known, ..)| *known);
                self.fault(node, format!("there is no function `{name}`"), suggest::hint(name, known));
            }
        }
    }

    fn check_count(&mut self, node: &IdedExpr, name: &str, count: usize, (fewest, most): (usize, usize)) {
        if count < fewest || count > most {
            let takes = match (fewest, most) {
                (1, 1) => "one argument".to_owned(),
                _ if fewest == most => format!("{fewest} arguments"),
                _ => format!("{fewest} or {most} arguments"),
            };
            self.fault(node, format!("`{name}` takes {takes}, not {count}"), None);
        }
    }

    fn fault(&mut self, node: &IdedExpr, message: String, hint: Option<String>) {
        self.names.faults.push((node.id, message, hint));
    }
}

const STEP_FORM: &str = "write `steps.NAME.output` or `steps.NAME.outcome`";

/// Whether a node selects a field.
fn is_field(node: &IdedExpr) -> bool {
    match &node.expr {
        Expr::Select(_) => true,
        Expr::Call(call) => call.func_name == operators::INDEX,
        _ => false,
    }
}
