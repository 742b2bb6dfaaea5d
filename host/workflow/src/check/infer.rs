//! What is known about an expression's value, and references to fields that cannot be. It does not know where the value
//! goes.

use std::collections::BTreeMap;

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators};

use super::sink::Finding;
use super::world::{OUTCOMES, OUTCOMES_IF_WELL, World};
use super::{Sink, arithmetic, compare, whole};
use crate::expression::{
    Bound, Called, Expression, Function, Kind, Macro, Piece, Root, Segment, Template, is_operator, path, selection,
};
use crate::problem::Code;
use crate::schema::{Kinds, Shape};

/// What an expression sees besides the world.
#[derive(Clone, Default)]
pub(crate) struct Local<'d> {
    /// The item, in a step that runs for each.
    pub(crate) item: Option<Shape<'d>>,
    /// The step's own output, where there is one.
    pub(crate) output: Option<Shape<'d>>,
    /// What came of the round before, in a loop.
    pub(crate) previous: Option<Shape<'d>>,
    /// The event, where one has come.
    pub(crate) event: Option<Shape<'d>>,
}

/// Infers one expression.
pub(crate) struct Inference<'i, 'd> {
    pub(crate) world: &'i World<'d>,
    pub(crate) local: &'i Local<'d>,
    /// Whether it is evaluated when the run is over for all other steps, so that it may have failed.
    pub(crate) is_at_end: bool,
    pub(crate) sink: &'i mut dyn Sink,
}

impl<'d> Inference<'_, 'd> {
    /// What is known about a template's value.
    pub(crate) fn template(&mut self, template: &'d Template) -> Shape<'d> {
        match template {
            Template::Literal(value) => Shape::Value(value),
            Template::Expression(expression) => self.expression(expression),
            Template::Text(pieces) => {
                for piece in pieces {
                    if let Piece::Expression(expression) = piece {
                        self.expression(expression);
                    }
                }
                Shape::Kinds(Kinds::STRING)
            }
            Template::List(items) => Shape::List(items.iter().map(|item| self.template(item)).collect()),
            Template::Object(entries) => {
                Shape::Object(entries.iter().map(|(key, entry)| (key.as_str(), self.template(entry))).collect())
            }
        }
    }

    /// What is known about an expression's value.
    pub(crate) fn expression(&mut self, expression: &'d Expression) -> Shape<'d> {
        let mut walk = Walk { inference: self, expression, bound: Vec::new() };
        walk.shape(expression.root())
    }

    fn variable(&self, name: &str) -> Shape<'d> {
        match name {
            "input" => self.world.input(),
            "data" => self.world.data(),
            "item" => self.local.item.clone().unwrap_or(Shape::Unknown),
            "index" => Shape::Kinds(Kinds::INTEGER),
            "output" => self.local.output.clone().unwrap_or(Shape::Unknown),
            "previous" => self.local.previous.clone().unwrap_or(Shape::Unknown),
            "findings" => Shape::Each(Box::new(Shape::Kinds(Kinds::STRING))),
            "run" => World::run(),
            "event" => self.local.event.clone().unwrap_or(Shape::Unknown),
            _ => Shape::Unknown,
        }
    }
}

/// One walk over a tree.
struct Walk<'w, 'i, 'd> {
    inference: &'w mut Inference<'i, 'd>,
    expression: &'d Expression,
    /// The variables of macros, innermost last.
    bound: Vec<(&'d str, Shape<'d>)>,
}

impl<'d> Walk<'_, '_, 'd> {
    /// How a step was settled, as far as somebody can look at it.
    fn outcome(&self, step: &str) -> Shape<'d> {
        let ends_the_run = !self.inference.is_at_end && self.inference.world.ends_the_run(step);
        Shape::Words(if ends_the_run { OUTCOMES_IF_WELL } else { OUTCOMES })
    }

    fn shape(&mut self, node: &'d IdedExpr) -> Shape<'d> {
        match path(node).map(|path| (path.root, path.segments.is_empty())) {
            Some((Root::Output(step), true)) => return self.inference.world.output(step),
            Some((Root::Outcome(step), true)) => return self.outcome(step),
            Some((Root::Context(name), true)) => return self.inference.world.context(name),
            _ => {}
        }
        if let Some((operand, segment)) = selection(node) {
            return self.select(node, operand, segment);
        }
        match &node.expr {
            Expr::Ident(name) => self.variable(name),
            Expr::Literal(literal) => Shape::Kinds(literal_kind(literal)),
            Expr::List(list) => {
                let items = list.elements.iter().map(|element| self.shape(element)).collect();
                light(Shape::List(items), Kinds::ARRAY)
            }
            Expr::Map(map) => light(self.map(map.entries.iter().map(|entry| &entry.expr)), Kinds::OBJECT),
            Expr::Call(call) => self.call(node, call),
            _ => Shape::Unknown,
        }
    }

    fn variable(&self, name: &str) -> Shape<'d> {
        let bound = self.bound.iter().rev().find(|(bound, _)| *bound == name).map(|(_, shape)| shape.clone());
        bound.unwrap_or_else(|| self.inference.variable(name))
    }

    fn select(&mut self, node: &'d IdedExpr, operand: &'d IdedExpr, segment: Segment<'d>) -> Shape<'d> {
        let container = self.shape(operand);
        match segment {
            Segment::Element => {
                if let Expr::Call(call) = &node.expr {
                    call.args.iter().skip(1).for_each(|index| drop(self.shape(index)));
                }
                container.element()
            }
            Segment::Key(name) => container.field(name).unwrap_or_else(|error| {
                let text = self.text_of(operand);
                let message = if text.is_empty() { error.message } else { format!("{} in `{text}`", error.message) };
                self.inference.sink.at_node(
                    self.expression,
                    node.id,
                    Finding::new(Code::Reference, message, error.hint),
                );
                Shape::Unknown
            }),
        }
    }

    /// The text of a path.
    fn text_of(&self, node: &IdedExpr) -> String {
        let Some(path) = path(node) else { return String::new() };
        let root = match path.root {
            Root::Variable(name) => name.to_owned(),
            Root::Output(step) => format!("steps.{step}.output"),
            Root::Outcome(step) => format!("steps.{step}.outcome"),
            Root::Context(name) => format!("context.{name}"),
        };
        path.segments.iter().fold(root, |text, (segment, _)| match segment {
            Segment::Key(key) => format!("{text}.{key}"),
            Segment::Element => format!("{text}[…]"),
        })
    }

    fn map(&mut self, entries: impl Iterator<Item = &'d EntryExpr>) -> Shape<'d> {
        let mut shapes = BTreeMap::new();
        let mut all_known = true;
        for entry in entries {
            let EntryExpr::MapEntry(entry) = entry else { continue };
            let shape = self.shape(&entry.value);
            match &entry.key.expr {
                Expr::Literal(LiteralValue::String(key)) => drop(shapes.insert(key.inner(), shape)),
                _ => all_known = false,
            }
        }
        if all_known { Shape::Object(shapes) } else { Shape::Kinds(Kinds::OBJECT) }
    }

    fn call(&mut self, node: &IdedExpr, call: &'d CallExpr) -> Shape<'d> {
        let called = Called::new(call);
        let name = called.name();
        if let Some(found) = Macro::named(&name).filter(|found| found.style() == called.style()) {
            return self.expand(found, &called);
        }
        let arguments: Vec<Shape<'d>> = called.all().map(|argument| self.shape(argument)).collect();
        for (node, finding) in compare::faults(call, &arguments) {
            self.inference.sink.at_node(self.expression, node, finding);
        }
        if let Some(finding) = arithmetic::fault(&call.func_name, &arguments) {
            self.inference.sink.at_node(self.expression, node.id, finding);
            return Shape::Unknown;
        }
        if let Some(finding) = whole::fault(call, &name, &arguments) {
            self.inference.sink.at_node(self.expression, node.id, finding);
        }
        Shape::Kinds(result_kinds(&name, &arguments))
    }

    fn expand(&mut self, found: &Macro, called: &Called<'d>) -> Shape<'d> {
        if found.kind == Kind::Has {
            // Asking whether a field is there is no claim that it can be.
            called.arguments.iter().filter_map(selection).for_each(|(operand, _)| drop(self.shape(operand)));
            return Shape::Kinds(Kinds::BOOLEAN);
        }
        let Some(Bound { over, variables, bodies }) = found.bound(called) else { return Shape::Unknown };
        let over = self.shape(over);
        let known = self.bound.len();
        self.bind(found.kind, &over, variables);
        let last = bodies.iter().map(|body| self.shape(body)).last().unwrap_or(Shape::Unknown);
        self.bound.truncate(known);
        match found.kind {
            Kind::Bind => last,
            Kind::Map => Shape::Each(Box::new(last)),
            Kind::Filter => Shape::Each(Box::new(over.element())),
            Kind::TransformMap | Kind::TransformEntries => Shape::Kinds(Kinds::OBJECT),
            Kind::OptMap | Kind::OptFlatMap => Shape::Unknown,
            Kind::Has | Kind::All | Kind::Exists | Kind::ExistsOne => Shape::Kinds(Kinds::BOOLEAN),
        }
    }

    /// Binds what a macro goes through: one variable is an element, two are its place and itself.
    fn bind(&mut self, kind: Kind, over: &Shape<'d>, variables: (&'d str, Option<&'d str>)) {
        match (kind, variables) {
            (Kind::Bind, (name, _)) => self.bound.push((name, over.clone())),
            (Kind::OptMap | Kind::OptFlatMap, (name, _)) => self.bound.push((name, Shape::Unknown)),
            (_, (name, None)) => self.bound.push((name, over.element())),
            (_, (place, Some(name))) => {
                let is_list = over.kinds() == Kinds::ARRAY;
                self.bound.push((place, if is_list { Shape::Kinds(Kinds::INTEGER) } else { Shape::Unknown }));
                self.bound.push((name, over.element()));
            }
        }
    }
}

/// The most parts that are known of a value: macros can double what they know with every call.
const MAX_WEIGHT: usize = 1_000;

/// The shape, or only its type if there is too much to know.
fn light(shape: Shape<'_>, kinds: Kinds) -> Shape<'_> {
    if shape.weight() > MAX_WEIGHT { Shape::Kinds(kinds) } else { shape }
}

fn literal_kind(literal: &LiteralValue) -> Kinds {
    match literal {
        LiteralValue::Null => Kinds::NULL,
        LiteralValue::Boolean(_) => Kinds::BOOLEAN,
        LiteralValue::Int(_) | LiteralValue::UInt(_) => Kinds::INTEGER,
        LiteralValue::Double(_) => Kinds::NUMBER,
        LiteralValue::String(_) | LiteralValue::Bytes(_) => Kinds::STRING,
    }
}

/// The types a function or an operator can give.
fn result_kinds(name: &str, arguments: &[Shape<'_>]) -> Kinds {
    let is_whole = |shape: &Shape<'_>| !shape.kinds().is_empty() && Kinds::INTEGER.contains(shape.kinds());
    match name {
        operators::ADD | operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::NEGATE
            if arguments.iter().all(is_whole) =>
        {
            Kinds::INTEGER
        }
        operators::CONDITIONAL => arguments.iter().skip(1).map(Shape::kinds).fold(Kinds::NONE, Kinds::or),
        operators::ADD => arithmetic::sum(arguments),
        // A time becomes a text, and so does the duration between two.
        operators::SUBSTRACT if arguments.iter().all(|shape| shape.kinds().contains(Kinds::STRING)) => {
            Kinds::NUMBER.or(Kinds::STRING)
        }
        operators::SUBSTRACT | operators::MULTIPLY | operators::DIVIDE | operators::NEGATE => Kinds::NUMBER,
        operators::MODULO => Kinds::INTEGER,
        operators::OPT_INDEX | operators::OPT_SELECT => Kinds::ALL,
        _ if is_operator(name) => Kinds::BOOLEAN,
        // Where there is no such function, that is said elsewhere.
        _ => Function::named(name).map_or(Kinds::ALL, |function| function.gives),
    }
}
