//! Calls that an earlier host may have made for an attempt, and about which a person is asked before anything is made
//! again. It does not know how one is asked.

use std::sync::Arc;

use baton_journal::{Failure, Payload};
use baton_policy::{Effect, OnUnknown};
use baton_sandbox::{Target, Unknown, unknown_call};
use baton_workflow::InDoubt;
use serde::Deserialize;
use serde_json::Value;

use super::earlier::Unanswered;
use super::{Job, RunContext};
use crate::delegation::Delegations;
use crate::nested::site;
use crate::tools::ToolCalls;

/// Bytes of a call's arguments that a person is shown: enough to know which one it is, and the journal has the rest.
const SHOWN: usize = 8 << 10;

impl RunContext {
    /// The calls of an attempt that was at work about which a person is to be asked: the call of the step itself, and those
    /// that it and what it called had not been answered.
    pub(crate) fn doubts(self: &Arc<Self>, job: &Job) -> Vec<InDoubt> {
        let (tools, agents) = (ToolCalls::new(Arc::clone(self)), Delegations::new(Arc::clone(self)));
        let mut found = Found { context: self, tools, agents, doubts: Vec::new() };
        if let Some(doubt) = self.own(job).filter(is_asked) {
            let began = self.earlier().began(&job.invocation.id).unwrap_or_default();
            let arguments = Payload::text(Arc::clone(&job.invocation.input));
            found.doubts.push(InDoubt {
                call: doubt.call,
                invocation: job.invocation.id.clone(),
                arguments: shown(arguments.as_str()),
                idempotency_key: doubt.key,
                began,
            });
        }
        found.within(job);
        found.doubts
    }

    /// Why the call of a step is not made again; nothing if it is.
    pub(crate) fn not_again(&self, job: &Job) -> Option<Failure> {
        self.own(job)?.refusal(&site(job, 0))
    }

    /// The call of a step itself, if nobody knows whether it took effect.
    fn own(&self, job: &Job) -> Option<Unknown> {
        let Target::Tool(function) = &job.invocation.target else { return None };
        if self.effect(job) != Effect::Write {
            return None;
        }
        let on = self.facts(job, |ready| ready.plugin.on_unknown(function))?;
        let call = format!("{}/{function}", job.invocation.plugin);
        Some(Unknown { on, call, key: Some(job.invocation.idempotency_key.clone()) })
    }
}

/// What was found so far.
struct Found<'a> {
    context: &'a Arc<RunContext>,
    tools: ToolCalls,
    agents: Delegations,
    doubts: Vec<InDoubt>,
}

/// The arguments of a call of a tool, as the journal has them.
#[derive(Deserialize)]
struct Called {
    name: String,
    arguments: String,
}

impl Found<'_> {
    /// Looks at the calls of an invocation, and at those of the tools and agents that it called and that are begun again.
    fn within(&mut self, job: &Job) {
        let context = self.context;
        let backends = context.backends();
        for (sequence, call) in context.earlier().unanswered(&job.invocation.id) {
            let Some(request) = call.request.as_str() else { continue };
            let site = site(job, sequence);
            let Some(unknown) = unknown_call(&site, &backends, &call.operation, request) else { continue };
            let called = serde_json::from_str::<Called>(request).ok().filter(|_| call.operation == "tools.call");
            if is_asked(&unknown) {
                self.take(job, call, called.as_ref().map_or(request, |called| &called.arguments), &unknown);
            }
            let nested = called.and_then(|called| self.tools.begun(&site, &called.name, &called.arguments));
            if let Some(nested) = nested.filter(|_| unknown.on != OnUnknown::Fail) {
                self.within(&nested);
            }
        }
        for worker in self.agents.at_work(job) {
            self.within(&worker);
        }
    }

    fn take(&mut self, job: &Job, call: &Unanswered, arguments: &str, unknown: &Unknown) {
        self.doubts.push(InDoubt {
            call: unknown.call.clone(),
            invocation: job.invocation.id.clone(),
            arguments: shown(Some(arguments)),
            idempotency_key: unknown.key.clone(),
            began: call.began,
        });
    }
}

fn is_asked(unknown: &Unknown) -> bool {
    unknown.on == OnUnknown::Ask
}

/// Arguments as a person is shown them: as JSON, or the beginning of their text if they are long.
fn shown(arguments: Option<&str>) -> Value {
    let text = arguments.unwrap_or_default();
    if text.len() <= SHOWN {
        return serde_json::from_str(text).unwrap_or_else(|_| text.into());
    }
    format!("{}…", &text[..text.floor_char_boundary(SHOWN)]).into()
}
