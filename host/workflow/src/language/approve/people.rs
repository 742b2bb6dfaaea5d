//! Who may answer, and how many must. It does not know who they are.

use std::collections::BTreeMap;

use baton_journal::Quorum;
use serde_json::Value;

use super::super::table::Form;
use super::super::{Fields, Reader};
use super::one;
use crate::expression::Template;
use crate::plan::approval::{MAX_PEOPLE, is_same_person};
use crate::problem::Code;
use crate::source::{Kind, Node};
use crate::suggest;

/// `roles`.
pub(super) const ROLES: Form = Form::List { of: &Form::Name, least: 1, most: usize::MAX };

/// `assignees`.
pub(super) const PEOPLE: Form =
    Form::Either(&[Form::List { of: &Form::Name, least: 1, most: MAX_PEOPLE as usize }, Form::Expression]);

/// So many people.
pub(super) const COUNT: Form = Form::Number { least: 1, most: MAX_PEOPLE };

/// `votes`.
pub(super) const VOTES: Form = Form::Either(&[COUNT, Form::Named { key: ".", of: &COUNT, least: 1 }]);

impl Reader<'_> {
    /// Roles in which somebody may answer.
    pub(super) fn roles(&mut self, node: &Node) -> Vec<String> {
        let roles = self.name_list(node, "roles");
        if matches!(&node.kind, Kind::List(items) if items.is_empty()) {
            let hint = Some("leave `roles` out to let anybody answer".to_owned());
            self.report.add(Code::OutOfRange, node.span, "`roles` names nobody", hint);
        }
        roles
    }

    /// People by name: a list, or an expression that gives one.
    pub(super) fn people(&mut self, what: &str, node: &Node) -> Option<Template> {
        match &node.kind {
            Kind::List(items) => {
                self.named_once(what, node, items);
                self.template(node)
            }
            Kind::Text(_) => self.expression(node, what).map(Template::Expression),
            _ => {
                self.report.wrong_kind(node, what, "a list of names, or an expression that gives one");
                None
            }
        }
    }

    fn named_once(&mut self, what: &str, node: &Node, items: &[Node]) {
        if items.is_empty() || items.len() > MAX_PEOPLE as usize {
            let message = format!("`{what}` names {} people; it must be from 1 to {MAX_PEOPLE}", items.len());
            self.report.add(Code::OutOfRange, node.span, message, None);
        }
        for (place, item) in items.iter().enumerate() {
            let Some(name) = self.name(item, what) else { continue };
            let is_same = |before: &&Node| before.as_text().is_some_and(|before| is_same_person(before, name));
            if items.iter().take(place).any(|before| is_same(&before)) {
                let message = format!("`{what}` names `{name}` twice, and nobody has two votes");
                self.report.add(Code::OutOfRange, item.span, message, None);
            }
        }
    }

    /// How many must say yes, and how many no. Roles follow from the votes where nothing else is said.
    pub(super) fn quorum(&mut self, fields: &Fields<'_>, roles: &mut Vec<String>) -> Quorum {
        let votes = fields.get("votes").and_then(|node| match &node.kind {
            Kind::Map(_) => self.votes_of_roles(node, fields, roles),
            _ => self.number(node, "votes", 1, MAX_PEOPLE).map(|votes| Quorum { votes, ..one() }),
        });
        let mut quorum = votes.unwrap_or_else(one);
        let rejections = fields.get("rejections").and_then(|node| self.number(node, "rejections", 1, MAX_PEOPLE));
        quorum.rejections = rejections.unwrap_or(1);
        self.can_be_reached(fields, &quorum);
        quorum
    }

    /// So many of each role.
    fn votes_of_roles(&mut self, node: &Node, fields: &Fields<'_>, roles: &mut Vec<String>) -> Option<Quorum> {
        let entries = Fields::entries(node, "votes", &mut self.report)?;
        let mut of_role = BTreeMap::new();
        for (key, node) in entries {
            if fields.get("roles").is_some() && !roles.contains(&key.text) {
                let message = format!("`votes` asks for the role `{}`, which may not answer", key.text);
                let hint = suggest::hint(&key.text, roles.iter().map(String::as_str));
                self.report.add(Code::Reference, key.span, message, hint);
            }
            of_role.extend(self.number(node, "votes", 1, MAX_PEOPLE).map(|votes| (key.text.clone(), votes)));
        }
        if entries.is_empty() {
            self.report.add(Code::OutOfRange, node.span, "`votes` asks for nobody", None);
        }
        if let Some((key, _)) = fields.entry("assignees") {
            let hint = Some("name the people, and write `votes: 2`; or name roles alone".to_owned());
            let message = "`assignees` are named, and `votes` counts roles";
            self.report.add(Code::UnknownKey, key.span, message, hint);
        }
        if fields.get("roles").is_none() {
            roles.extend(of_role.keys().cloned());
        }
        Some(Quorum { votes: 0, of_role, rejections: 1 })
    }

    /// Whether as many people are named as must answer.
    fn can_be_reached(&mut self, fields: &Fields<'_>, quorum: &Quorum) {
        let (None, Some(named)) = (fields.get("roles"), fields.get("assignees").and_then(named)) else { return };
        let Some(spare) = named.checked_sub(quorum.votes) else {
            let message = format!("`votes` asks for {} people, and {named} may answer", quorum.votes);
            return self.too_many(fields, "votes", message, "name more `assignees`, or `roles` besides them");
        };
        if quorum.rejections > spare.saturating_add(1) {
            let message = format!(
                "after {} rejections of {named} people {} cannot say yes any more",
                spare.saturating_add(1),
                quorum.votes
            );
            let hint = format!("write `rejections: {}` or less", spare.saturating_add(1));
            self.too_many(fields, "rejections", message, &hint);
        }
    }

    fn too_many(&mut self, fields: &Fields<'_>, name: &str, message: String, hint: &str) {
        if let Some(node) = fields.get(name) {
            self.report.add(Code::OutOfRange, node.span, message, Some(hint.to_owned()));
        }
    }
}

/// How many people a list names.
fn named(node: &Node) -> Option<u32> {
    match &node.kind {
        Kind::List(items) => u32::try_from(items.len()).ok(),
        _ => None,
    }
}

/// The names of a list without expressions.
pub(super) fn literal_names(people: Option<&Template>) -> Vec<&str> {
    match people {
        Some(Template::Literal(Value::Array(names))) => names.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}
