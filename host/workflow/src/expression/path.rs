//! Paths: `input.a.b`, `steps.x.output[0]`, `item`. Whatever an expression says about a known value begins with one.
//! It does not know what is at the end of a path.

use cel::common::ast::{Expr, IdedExpr, LiteralValue, operators};

/// A variable and what is selected from it, as far as that is fixed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Path<'e> {
    /// Where it begins.
    pub(crate) root: Root<'e>,
    /// What is selected, from the left.
    pub(crate) segments: Vec<(Segment<'e>, u64)>,
}

/// Where a path begins.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Root<'e> {
    /// A variable by its name.
    Variable(&'e str),
    /// A step's output.
    Output(&'e str),
    /// A step's outcome.
    Outcome(&'e str),
    /// A variable of the run's context.
    Context(&'e str),
}

/// One selection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Segment<'e> {
    /// A key.
    Key(&'e str),
    /// An element, whichever it is.
    Element,
}

/// The path that a node of the tree spells, if it spells one.
pub(crate) fn path(node: &IdedExpr) -> Option<Path<'_>> {
    if let Some((step, field)) = step_field(node) {
        let root = match field {
            "output" => Root::Output(step),
            "outcome" => Root::Outcome(step),
            _ => return None,
        };
        return Some(Path { root, segments: Vec::new() });
    }
    if let Some(name) = context_field(node) {
        return Some(Path { root: Root::Context(name), segments: Vec::new() });
    }
    match &node.expr {
        Expr::Ident(name) => Some(Path { root: Root::Variable(name), segments: Vec::new() }),
        _ => {
            let (operand, segment) = selection(node)?;
            let mut path = path(operand)?;
            path.segments.push((segment, node.id));
            Some(path)
        }
    }
}

/// The step and the field of `steps.NAME.field`, with `['…']` as good as a dot.
pub(crate) fn step_field(node: &IdedExpr) -> Option<(&str, &str)> {
    let (operand, Segment::Key(field)) = selection(node)? else { return None };
    Some((step_name(operand)?, field))
}

/// The step of `steps.NAME`.
pub(crate) fn step_name(node: &IdedExpr) -> Option<&str> {
    let (operand, Segment::Key(name)) = selection(node)? else { return None };
    matches!(&operand.expr, Expr::Ident(root) if root == "steps").then_some(name)
}

/// The name of `context.NAME`.
pub(crate) fn context_field(node: &IdedExpr) -> Option<&str> {
    let (operand, Segment::Key(name)) = selection(node)? else { return None };
    matches!(&operand.expr, Expr::Ident(root) if root == "context").then_some(name)
}

/// What a node selects, and from what: `a.b`, `a['b']`, `a[0]`, `a[i]`.
pub(crate) fn selection(node: &IdedExpr) -> Option<(&IdedExpr, Segment<'_>)> {
    match &node.expr {
        Expr::Select(select) if !select.test => Some((&select.operand, Segment::Key(&select.field))),
        Expr::Call(call) if call.func_name == operators::INDEX && call.args.len() == 2 => {
            let segment = match &call.args[1].expr {
                Expr::Literal(LiteralValue::String(key)) => Segment::Key(key.inner()),
                _ => Segment::Element,
            };
            Some((&call.args[0], segment))
        }
        _ => None,
    }
}
