//! The macros: what they bind, and where. It does not evaluate them, and knows no types.

use cel::common::ast::{CallExpr, Expr, IdedExpr};

use super::function::{NAMESPACES, Style};

/// A macro.
#[derive(Debug)]
pub(crate) struct Macro {
    /// Its name, with its namespace.
    pub(crate) name: &'static str,
    /// What it does.
    pub(crate) kind: Kind,
    /// The fewest and the most arguments, what it is called on not included.
    pub(crate) arguments: (usize, usize),
}

/// What a macro does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Asks whether a field is there.
    Has,
    /// Names a value.
    Bind,
    /// Asks whether a condition holds for all.
    All,
    /// Asks whether it holds for any.
    Exists,
    /// Asks whether it holds for exactly one.
    ExistsOne,
    /// Keeps those for which it holds.
    Filter,
    /// Makes a list.
    Map,
    /// Makes a map of the same keys.
    TransformMap,
    /// Makes a map of other keys.
    TransformEntries,
    /// Changes the value of an optional, if it has one.
    OptMap,
    /// Makes another optional of its value, if it has one.
    OptFlatMap,
}

const MACROS: &[Macro] = &[
    Macro { name: "has", kind: Kind::Has, arguments: (1, 1) },
    Macro { name: "cel.bind", kind: Kind::Bind, arguments: (3, 3) },
    Macro { name: "all", kind: Kind::All, arguments: (2, 3) },
    Macro { name: "exists", kind: Kind::Exists, arguments: (2, 3) },
    Macro { name: "exists_one", kind: Kind::ExistsOne, arguments: (2, 3) },
    Macro { name: "existsOne", kind: Kind::ExistsOne, arguments: (2, 3) },
    Macro { name: "filter", kind: Kind::Filter, arguments: (2, 2) },
    Macro { name: "map", kind: Kind::Map, arguments: (2, 3) },
    Macro { name: "transformList", kind: Kind::Map, arguments: (3, 4) },
    Macro { name: "transformMap", kind: Kind::TransformMap, arguments: (3, 4) },
    Macro { name: "transformMapEntry", kind: Kind::TransformEntries, arguments: (3, 4) },
    Macro { name: "optMap", kind: Kind::OptMap, arguments: (2, 2) },
    Macro { name: "optFlatMap", kind: Kind::OptFlatMap, arguments: (2, 2) },
];

/// A call as it is meant: `math.abs(x)` is a function's that is called on nothing.
#[derive(Clone, Copy)]
pub(crate) struct Called<'e> {
    namespace: Option<&'e str>,
    name: &'e str,
    /// What it is called on.
    pub(crate) target: Option<&'e IdedExpr>,
    /// The arguments.
    pub(crate) arguments: &'e [IdedExpr],
}

/// What a macro binds.
pub(crate) struct Bound<'e> {
    /// What it goes through, or names.
    pub(crate) over: &'e IdedExpr,
    /// The variables: one, or two.
    pub(crate) variables: (&'e str, Option<&'e str>),
    /// What is evaluated with them: a condition first, if there are two.
    pub(crate) bodies: &'e [IdedExpr],
}

impl Macro {
    /// The macro of a name.
    pub(crate) fn named(name: &str) -> Option<&'static Macro> {
        MACROS.iter().find(|known| known.name == name)
    }

    /// The names of all.
    pub(crate) fn names() -> impl Iterator<Item = &'static str> {
        MACROS.iter().map(|known| known.name)
    }

    /// Whether it is called on nothing.
    pub(crate) fn style(&self) -> Style {
        if matches!(self.kind, Kind::Has | Kind::Bind) { Style::Global } else { Style::Method }
    }

    /// Whether it can be called with so many arguments.
    pub(crate) fn takes(&self, arguments: usize) -> bool {
        (self.arguments.0..=self.arguments.1).contains(&arguments)
    }

    /// What it binds in a call; nothing if it binds nothing, or is not called like this.
    pub(crate) fn bound<'e>(&self, called: &Called<'e>) -> Option<Bound<'e>> {
        if !self.takes(called.arguments.len()) {
            return None;
        }
        let (first, rest) = called.arguments.split_first()?;
        let first = variable(first)?;
        if self.kind == Kind::Bind {
            let (over, bodies) = rest.split_first()?;
            return Some(Bound { over, variables: (first, None), bodies });
        }
        let over = called.target?;
        if !self.takes_two(called.arguments.len()) {
            return Some(Bound { over, variables: (first, None), bodies: rest });
        }
        let (second, bodies) = rest.split_first()?;
        let second = variable(second).filter(|second| *second != first)?;
        Some(Bound { over, variables: (first, Some(second)), bodies })
    }

    /// Whether it has two variables.
    fn takes_two(&self, arguments: usize) -> bool {
        match self.kind {
            Kind::All | Kind::Exists | Kind::ExistsOne => arguments == 3,
            Kind::Map => self.name == "transformList",
            Kind::TransformMap | Kind::TransformEntries => true,
            _ => false,
        }
    }
}

impl<'e> Called<'e> {
    /// Reads a call.
    pub(crate) fn new(call: &'e CallExpr) -> Called<'e> {
        let called =
            Called { namespace: None, name: &call.func_name, target: call.target.as_deref(), arguments: &call.args };
        match called.target.and_then(variable) {
            Some(namespace) if NAMESPACES.contains(&namespace) => {
                Called { namespace: Some(namespace), target: None, ..called }
            }
            _ => called,
        }
    }

    /// The whole name.
    pub(crate) fn name(&self) -> std::borrow::Cow<'e, str> {
        self.namespace.map_or(self.name.into(), |namespace| format!("{namespace}.{}", self.name).into())
    }

    /// How it is written.
    pub(crate) fn style(&self) -> Style {
        if self.target.is_some() { Style::Method } else { Style::Global }
    }

    /// What it is called on, and the arguments.
    pub(crate) fn all(&self) -> impl Iterator<Item = &'e IdedExpr> + use<'e> {
        self.target.into_iter().chain(self.arguments)
    }
}

/// The name that a node is, if it is one.
fn variable(node: &IdedExpr) -> Option<&str> {
    match &node.expr {
        Expr::Ident(name) => Some(name),
        _ => None,
    }
}
