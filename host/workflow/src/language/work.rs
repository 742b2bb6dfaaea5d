//! `agent` and `tool`: which plugin a step invokes, and what the catalog says about it. It does not know whether the
//! input fits.

use serde_json::Value;

use super::Reader;
use crate::catalog::PluginFacts;
use crate::plan::work::no_input;
use crate::plan::{Invocation, Target, Work};
use crate::problem::Code;
use crate::schema::Schema;
use crate::source::Node;
use crate::suggest;

impl Reader<'_> {
    /// The agent that a step runs.
    pub(super) fn agent(&mut self, node: &Node) -> Option<Work> {
        let plugin = self.name(node, "agent")?;
        let facts = self.plugin(node, plugin)?;
        let Some(agent) = &facts.agent else {
            let tools = facts.tools.keys().next();
            let hint = tools.map(|function| format!("it has tools: write `tool: {plugin}/{function}`"));
            self.report.add(Code::UnknownName, node.span, format!("plugin `{plugin}` is no agent"), hint);
            return None;
        };
        Some(Work::Invoke(Invocation {
            target: Target::Agent { plugin: plugin.to_owned() },
            input: no_input(),
            takes: self.plugin_schema(node, &format!("the input of `{plugin}`"), agent.input_schema.as_ref()),
            gives: self.plugin_schema(node, &format!("the output of `{plugin}`"), agent.output_schema.as_ref()),
            repeatable: true,
        }))
    }

    /// The tool that a step calls.
    pub(super) fn tool(&mut self, node: &Node) -> Option<Work> {
        let name = self.name(node, "tool")?;
        let Some((plugin, function)) = name.split_once('/') else {
            let hint = self.form_of_a_tool(name);
            self.report.add(Code::WrongKind, node.span, "a tool is written PLUGIN/FUNCTION", hint);
            return None;
        };
        let facts = self.plugin(node, plugin)?;
        let Some(tool) = facts.tools.get(function) else {
            let hint = if facts.agent.is_some() && (facts.tools.is_empty() || function == "run") {
                Some(as_agent(plugin))
            } else {
                suggest::hint(function, facts.tools.keys().map(String::as_str))
            };
            self.report.add(
                Code::UnknownName,
                node.span,
                format!("plugin `{plugin}` has no function `{function}`"),
                hint,
            );
            return None;
        };
        Some(Work::Invoke(Invocation {
            target: Target::Tool { plugin: plugin.to_owned(), function: function.to_owned() },
            input: no_input(),
            takes: self.plugin_schema(node, &format!("the parameters of `{name}`"), Some(&tool.parameters)),
            gives: self.plugin_schema(node, &format!("the result of `{name}`"), Some(&tool.returns)),
            repeatable: tool.repeatable(),
        }))
    }

    fn plugin(&mut self, node: &Node, name: &str) -> Option<PluginFacts> {
        let facts = self.catalog.plugins.get(name).cloned();
        if facts.is_none() {
            let of_tool = self.is_tool(name).then(|| format!("it is a tool: write `tool: {name}`"));
            let hint = of_tool.or_else(|| suggest::hint(name, self.catalog.plugins.keys().map(String::as_str)));
            self.report.add(Code::UnknownName, node.span, format!("there is no plugin `{name}`"), hint);
        }
        facts
    }

    /// How the tool is written for which only a plugin is named.
    fn form_of_a_tool(&self, plugin: &str) -> Option<String> {
        let facts = self.catalog.plugins.get(plugin);
        match facts.map(|facts| (facts.tools.keys().next(), facts.agent.is_some())) {
            Some((Some(function), _)) => Some(format!("such as `{plugin}/{function}`")),
            Some((None, true)) => Some(as_agent(plugin)),
            _ => Some("such as `crm/contacts.upsert`".to_owned()),
        }
    }

    fn is_tool(&self, name: &str) -> bool {
        let parts = name.split_once('/');
        parts.is_some_and(|(plugin, function)| {
            self.catalog.plugins.get(plugin).is_some_and(|facts| facts.tools.contains_key(function))
        })
    }

    fn plugin_schema(&mut self, node: &Node, name: &str, document: Option<&Value>) -> Option<Schema> {
        match Schema::compile(name, document?) {
            Ok(schema) => Some(schema),
            Err(error) => {
                let message = format!("the schema of {name} does not compile: {error}");
                self.report.add(Code::Schema, node.span, message, None);
                None
            }
        }
    }
}

fn as_agent(plugin: &str) -> String {
    format!("it is an agent: write `agent: {plugin}`")
}
