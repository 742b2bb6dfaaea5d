//! The workflow language, its plan, and the pure machine that runs a plan. It does no I/O and knows no clock, no engine,
//! no store and no person: files are read by the caller, time comes from the journal's entries.

mod canonical;
mod check;
mod depth;
mod expression;
#[cfg(test)]
mod fixture;
mod language;
mod schema;
mod source;
mod suggest;
#[cfg(test)]
mod suites;

pub mod catalog;
pub mod plan;
pub mod problem;
pub mod run;
pub mod units;

pub use catalog::{AgentFacts, Catalog, PluginFacts, ToolFacts};
pub use language::published;
pub use plan::{
    AtEnd, Drawing, Due, Edge, Files, Node, NotAPlan, Occasion, Occurrence, Plan, Schedule, Target, Trigger,
};
pub use problem::{Code, Position, Problem, Problems, Span};
pub use run::{
    Action, Ask, Await, Ballot, CallBudget, Callers, Ceiling, Delegation, Emit, InDoubt, Invoke, Level, NotFollowing,
    Progress, Quarantined, Run, RunError, Share, Status, StepKind, StepStatus, StepView, Suspended, Vote, Wait,
};
pub use schema::Schema;
