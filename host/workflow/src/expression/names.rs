//! The names an expression uses: steps, variables, functions. It does not know which of them exist in a workflow,
//! only which functions the language has.

use cel::common::ast::{CallExpr, Expr, IdedExpr, operators};

use super::compile::children;
use super::convert::TYPES;
use super::evaluate::{is_operator, literal_value};
use super::function::{NAMESPACES, Style, Tools};
use super::path::{context_field, selection, step_field, step_name};
use super::value::Value;
use super::{Called, Function, Kind, LIMITS, Macro, pattern};
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
const TAKEN: &[&str] =
    &["input", "data", "steps", "item", "index", "output", "findings", "previous", "context", "run", "event"];

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
            Expr::Ident(name) if TYPES.contains(&name.as_str()) => {}
            Expr::Ident(name) => self.names.variables.push(Place { name, node: node.id }),
            Expr::Call(call) => self.call(node, call),
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

    fn call(&mut self, node: &'e IdedExpr, call: &'e CallExpr) {
        if is_operator(&call.func_name) {
            return call.target.as_deref().into_iter().chain(&call.args).for_each(|child| self.visit(child));
        }
        let called = Called::new(call);
        let name = called.name();
        match (Macro::named(&name), Function::named(&name)) {
            (Some(found), _) => return self.expand(node, found, &called),
            (None, Some(function)) => self.function(node, function, &called),
            (None, None) if matches!(&*name, "or" | "orValue") && called.target.is_some() => {
                self.check_count(node, &name, called.arguments.len(), (1, 1));
            }
            (None, None) => {
                let known = Function::names().chain(Macro::names());
                self.fault(node, format!("there is no function `{name}`"), suggest::hint(&name, known));
            }
        }
        called.all().for_each(|child| self.visit(child));
    }

    fn expand(&mut self, node: &'e IdedExpr, found: &Macro, called: &Called<'e>) {
        self.check_count(node, found.name, called.arguments.len(), found.arguments);
        if found.style() != called.style() {
            return self.misused(node, found, called);
        }
        if found.kind == Kind::Has {
            if !called.arguments.first().is_some_and(is_field) {
                self.fault(node, "`has` needs a field".to_owned(), Some("such as `has(input.name)`".to_owned()));
            }
            return called.all().for_each(|argument| self.visit(argument));
        }
        let Some(bound) = found.bound(called) else { return self.misused(node, found, called) };
        self.visit(bound.over);
        let variables = [Some(bound.variables.0), bound.variables.1];
        if variables.iter().flatten().any(|variable| TAKEN.contains(variable) || NAMESPACES.contains(variable)) {
            return self.misused(called.arguments.first().unwrap_or(node), found, called);
        }
        let known = self.bound.len();
        self.bound.extend(variables.into_iter().flatten());
        bound.bodies.iter().for_each(|body| self.visit(body));
        self.bound.truncate(known);
    }

    fn misused(&mut self, node: &'e IdedExpr, found: &Macro, called: &Called<'e>) {
        if !found.takes(called.arguments.len()) {
            return; // which is said already
        }
        let (needs, example) = match found.kind {
            Kind::Has => ("nothing before it and a field in it", "has(input.name)"),
            Kind::Bind => ("a new variable's name first", "cel.bind(total, size(input.documents), total > 1)"),
            Kind::OptMap | Kind::OptFlatMap => ("a new variable's name first", "input.?name.optMap(n, n + '!')"),
            Kind::TransformMap | Kind::TransformEntries => {
                ("two new variables' names in it", "input.prices.transformMap(k, v, v * 2)")
            }
            _ if found.name == "transformList" => {
                ("two new variables' names in it", "input.documents.transformList(i, d, d.pages + i)")
            }
            _ => ("a list before it and a new variable's name in it", ""),
        };
        let example = if example.is_empty() {
            format!("input.documents.{}(d, d.pages > 1)", found.name)
        } else {
            example.to_owned()
        };
        let at = called.arguments.first().unwrap_or(node);
        self.fault(at, format!("`{}` needs {needs}", found.name), Some(format!("such as `{example}`")));
    }

    fn function(&mut self, node: &'e IdedExpr, function: &'static Function, called: &Called<'e>) {
        let count = called.all().count();
        if !function.takes(count) {
            return self.check_count(node, function.name, count, function.arguments);
        }
        match (function.style, called.style()) {
            (Style::Method, Style::Global) => {
                let hint = Some(format!("write `x.{}(…)`", function.name));
                self.fault(node, format!("`{}` is called on a value", function.name), hint);
            }
            (Style::Global, Style::Method) => {
                let hint = Some(format!("write `{}(x)`", function.name));
                self.fault(node, format!("`{}` is called on nothing", function.name), hint);
            }
            _ => self.constant(node, function, called),
        }
    }

    /// A call whose arguments are written out must have a value: `timestamp('yesterday')` has none in any run.
    fn constant(&mut self, node: &'e IdedExpr, function: &'static Function, called: &Called<'e>) {
        let literals = called.all().map(|argument| match &argument.expr {
            Expr::Literal(literal) => Some(literal_value(literal)),
            _ => None,
        });
        let literals: Vec<_> = literals.collect();
        if let ("matches", [_, Some(Value::String(pattern))]) = (function.name, literals.as_slice())
            && let Err(error) = pattern::compile(pattern)
        {
            return self.fault(node, error.to_string(), None);
        }
        let Some(literals) = literals.into_iter().collect::<Option<Vec<_>>>() else { return };
        if let Err(error) = function.call(&literals, &mut Tools::new(&LIMITS)) {
            self.fault(node, error.to_string(), None);
        }
    }

    fn check_count(&mut self, node: &IdedExpr, name: &str, count: usize, (fewest, most): (usize, usize)) {
        if count < fewest || count > most {
            let takes = match (fewest, most) {
                (1, 1) => "one argument".to_owned(),
                (fewest, usize::MAX) => format!("at least {fewest}"),
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

/// Why what a whole expression gives can never be JSON: what, and what would be right.
pub(crate) fn never_json(root: &IdedExpr) -> Option<(&'static str, &'static str)> {
    let of_optional = Some(("an optional is no value", "write `.orValue(…)` behind it"));
    match &root.expr {
        Expr::Ident(name) if TYPES.contains(&name.as_str()) => {
            Some(("the name of a type is no value", "compare it, as in `type(input) == map`"))
        }
        Expr::Call(call) => match &*Called::new(call).name() {
            operators::OPT_SELECT | operators::OPT_INDEX | "optMap" | "optFlatMap" => of_optional,
            "optional.of" | "optional.none" | "optional.ofNonZeroValue" => of_optional,
            "type" => Some(("a type is no value", "compare it, as in `type(input) == map`")),
            _ => None,
        },
        _ => None,
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
