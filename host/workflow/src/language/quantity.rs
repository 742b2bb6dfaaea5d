//! Durations, sizes, counts, booleans, names and lists of names. It does not know what they are for.

use super::Reader;
use crate::plan::budget::Bounds;
use crate::problem::Code;
use crate::source::{Kind, Node};
use crate::units::Quantity;

impl Reader<'_> {
    /// A quantity within bounds.
    pub(super) fn quantity<Q: Quantity>(&mut self, node: &Node, what: &str, bounds: &Bounds<Q>) -> Option<Q> {
        let Some(quantity) = node.as_written().and_then(Q::parse) else {
            self.report.wrong_kind(node, what, Q::EXPECTED);
            return None;
        };
        if quantity < bounds.least || quantity > bounds.most {
            let message = format!("`{what}` must be from {} to {}, not {quantity}", bounds.least, bounds.most);
            self.report.add(Code::OutOfRange, node.span, message, None);
            return None;
        }
        Some(quantity)
    }

    /// A small whole number within bounds.
    pub(super) fn number(&mut self, node: &Node, what: &str, least: u32, most: u32) -> Option<u32> {
        let Kind::Number(number, _) = &node.kind else {
            self.report.wrong_kind(node, what, "a whole number");
            return None;
        };
        let small = number.as_u64().and_then(|number| u32::try_from(number).ok());
        let within = small.filter(|small| (least..=most).contains(small));
        if within.is_none() {
            let message = format!("`{what}` must be a whole number from {least} to {most}, not {number}");
            self.report.add(Code::OutOfRange, node.span, message, None);
        }
        within
    }

    /// A boolean.
    pub(super) fn boolean(&mut self, node: &Node, what: &str) -> Option<bool> {
        match node.kind {
            Kind::Bool(bool) => Some(bool),
            _ => {
                self.report.wrong_kind(node, what, "`true` or `false`");
                None
            }
        }
    }

    /// A text that is not empty.
    pub(super) fn name<'n>(&mut self, node: &'n Node, what: &str) -> Option<&'n str> {
        let name = node.as_text().filter(|text| !text.is_empty());
        if name.is_none() {
            self.report.wrong_kind(node, what, "a name");
        }
        name
    }

    /// A list of texts.
    pub(super) fn name_list(&mut self, node: &Node, what: &str) -> Vec<String> {
        let Kind::List(items) = &node.kind else {
            self.report.wrong_kind(node, what, "a list");
            return Vec::new();
        };
        items.iter().filter_map(|item| self.name(item, what).map(str::to_owned)).collect()
    }
}
