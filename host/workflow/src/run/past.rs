//! What became of the steps of a workflow inside that has ended. What they gave is not kept: its output is. It does not know how
//! it ended.

use baton_journal::{Failure, Usage};

use super::view::{Progress, StepKind, StepStatus, StepView};

/// A step of a workflow that has ended.
#[derive(Clone, Debug)]
pub(super) struct PastStep {
    name: String,
    kind: StepKind,
    status: StepStatus,
    attempts: u32,
    items: Option<Progress>,
    quarantined: u32,
    failure: Option<Failure>,
    usage: Usage,
}

impl PastStep {
    pub(super) fn of(view: StepView<'_>) -> PastStep {
        let StepView { name, kind, status, attempts, items, quarantined, failure, usage, output: _ } = view;
        PastStep { name, kind, status, attempts, items, quarantined, failure: failure.cloned(), usage }
    }

    pub(super) fn view(&self) -> StepView<'_> {
        StepView {
            name: self.name.clone(),
            kind: self.kind,
            status: self.status,
            attempts: self.attempts,
            items: self.items,
            output: None,
            quarantined: self.quarantined,
            failure: self.failure.as_ref(),
            usage: self.usage,
        }
    }
}
