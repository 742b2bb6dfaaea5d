//! A world for runs: it makes the events that a host would append.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_journal::{
    Decision, Digest, Event, Failure, InvocationId, Lease, Limit, Outcome, Payload, PluginPin, RunHeader, RunId,
    RunOutcome, Site, Timestamp, Usage,
};
use serde_json::{Value, json};

use crate::fixture;
use crate::plan::Plan;
use crate::run::{Action, Ask, InDoubt, Invoke, Run, StepStatus};

/// What an invocation uses in tests.
pub(super) const USAGE: Usage =
    Usage { fuel: 10, memory_bytes: 100, wall_ms: 5, host_calls: 2, bytes: 20, micro_usd: 0, tokens: 0 };

/// A run, and the journal that a host would have.
pub(super) struct World {
    pub(super) run: Run,
    pub(super) plan: Arc<Plan>,
    pub(super) journal: Vec<(Timestamp, Event)>,
    pub(super) now: Timestamp,
    /// What was given to each place.
    pub(super) inputs: BTreeMap<String, Value>,
    input: Value,
    pub(super) plugins: Vec<PluginPin>,
}

impl World {
    /// A run of a workflow of these steps.
    pub(super) fn new(steps: &str) -> World {
        World::whole(&format!("workflow: test\nsteps:\n{steps}"))
    }

    /// A run of a whole workflow.
    pub(super) fn whole(text: &str) -> World {
        let plan = Arc::new(fixture::plan(text));
        let now = Timestamp(1_000_000);
        let (run, input) = (new_run(&plan), json!({"n": 1}));
        World { run, plan, journal: Vec::new(), now, inputs: BTreeMap::new(), input, plugins: Vec::new() }
    }

    /// The same with another input.
    pub(super) fn with_input(self, input: Value) -> World {
        World { input, ..self }
    }

    /// The first event.
    pub(super) fn header(&self) -> Event {
        Event::RunStarted(RunHeader {
            workflow: self.plan.name().to_owned(),
            plan_digest: self.plan.digest(),
            plan: Payload::text("{}"),
            input: Payload::json(&self.input),
            seed: seed(),
            engine: "test".to_owned(),
            plugins: self.plugins.clone(),
            version: None,
            forks: Vec::new(),
            admission: Default::default(),
        })
    }

    /// Applies an event a millisecond after the last.
    pub(super) fn apply(&mut self, event: &Event) -> Vec<Action> {
        self.now = Timestamp(self.now.0 + 1);
        let actions = self.run.apply(self.now, event).expect("the event may come");
        self.journal.push((self.now, event.clone()));
        for action in &actions {
            if let Action::Invoke(invoke) = action {
                let input = serde_json::from_str(invoke.input.as_str().expect("it is at hand")).expect("it is JSON");
                self.inputs.insert(invoke.site.to_string(), input);
            }
        }
        actions
    }

    /// Applies an event that is refused, and sees that nothing has changed.
    pub(super) fn refused(&mut self, event: &Event, expect: &str) {
        let before = format!("{:?}", self.run);
        let error = self.run.apply(self.now, event).expect_err("the event may not come").to_string();
        assert!(error.contains(expect), "{error}");
        assert_eq!(format!("{:?}", self.run), before);
    }

    /// Begins the run.
    pub(super) fn begin(&mut self) -> Vec<Action> {
        self.apply(&self.header())
    }

    /// Ends the run as it asks for.
    pub(super) fn end(&mut self) {
        let Some(Action::End(outcome)) = self.run.outstanding().pop() else { panic!("the run has no end") };
        self.apply(&Event::RunEnded(outcome));
    }

    /// An attempt begins.
    pub(super) fn started(&self, place: &str, attempt: u32) -> Event {
        let site = site(place);
        Event::InvocationStarted {
            invocation: InvocationId::attempt(&site, attempt),
            site,
            attempt,
            caller: None,
            plugin: "any".to_owned(),
            function: None,
            input: self.inputs.get(place).map_or_else(|| Payload::text("{}"), Payload::json),
            deadline: Timestamp(self.now.0 + 1_000),
            authority: None,
            lease: Lease::default(),
        }
    }

    /// An attempt ends.
    pub(super) fn ended(&self, place: &str, attempt: u32, outcome: Outcome) -> Event {
        let site = site(place);
        let invocation = InvocationId::attempt(&site, attempt);
        Event::InvocationEnded { invocation, site, attempt, caller: None, outcome, usage: USAGE }
    }

    /// Something that an attempt invoked ends.
    pub(super) fn nested(&self, place: &str) -> Event {
        let site = site(place);
        let caller = InvocationId::attempt(&site, 1);
        let invocation = InvocationId::nested(&caller, 0, None);
        let usage = Usage { fuel: 5, ..USAGE };
        Event::InvocationEnded {
            invocation,
            site,
            attempt: 1,
            caller: Some(caller),
            outcome: completed(&json!(1)),
            usage,
        }
    }

    /// The latest attempt at a place begins and completes.
    pub(super) fn complete(&mut self, place: &str, output: Value) -> Vec<Action> {
        let attempt = self.attempt(place);
        self.fail(place, attempt, completed(&output))
    }

    /// The first attempt at a place begins and completes, and costs something.
    pub(super) fn pay(&mut self, place: &str, micro_usd: u64) -> Vec<Action> {
        self.apply(&self.started(place, 1));
        self.apply(&at_cost(self.ended(place, 1, completed(&json!(1))), micro_usd))
    }

    /// The first attempt at a place fails, and costs something.
    pub(super) fn failed_at_cost(&self, place: &str, micro_usd: u64) -> Event {
        at_cost(self.ended(place, 1, transient()), micro_usd)
    }

    /// The first attempt at a place begins, makes so many host calls, and is refused the next one.
    pub(super) fn run_out_of_calls(&mut self, place: &str, calls: u64) -> Vec<Action> {
        if self.outstanding_invoke(place).is_some_and(|invoke| invoke.started.is_none()) {
            self.apply(&self.started(place, 1));
        }
        let outcome = Outcome::Exhausted { limit: Limit::Calls, message: "calls".to_owned() };
        let mut event = self.ended(place, 1, outcome);
        if let Event::InvocationEnded { usage, .. } = &mut event {
            usage.host_calls = calls;
        }
        self.apply(&event)
    }

    /// An attempt begins and ends.
    pub(super) fn fail(&mut self, place: &str, attempt: u32, outcome: Outcome) -> Vec<Action> {
        if self.outstanding_invoke(place).is_some_and(|invoke| invoke.started.is_none()) {
            self.apply(&self.started(place, attempt));
        }
        self.apply(&self.ended(place, attempt, outcome))
    }

    /// A delay is over, when it is over.
    pub(super) fn fire(&mut self, place: &str, attempt: u32) -> Vec<Action> {
        let site = site(place);
        for action in self.run.outstanding() {
            if let Action::Wait(wait) = action
                && wait.site == site
            {
                self.now = self.now.max(wait.until);
            }
        }
        self.apply(&Event::TimerFired { site, attempt })
    }

    /// What was given to a place.
    pub(super) fn input_of(&self, place: &str) -> Value {
        self.inputs.get(place).unwrap_or_else(|| panic!("`{place}` was not asked for")).clone()
    }

    fn outstanding_invoke(&self, place: &str) -> Option<Invoke> {
        let site = site(place);
        self.run.outstanding().into_iter().find_map(|action| match action {
            Action::Invoke(invoke) if invoke.site == site => Some(invoke),
            _ => None,
        })
    }

    fn attempt(&self, place: &str) -> u32 {
        self.outstanding_invoke(place).expect("the place is at work").attempt
    }

    /// The question that is asked.
    pub(super) fn question(&self, step: &str) -> Ask {
        self.run.question(step).expect("the step asks").clone()
    }

    /// A person is asked.
    pub(super) fn requested(ask: &Ask) -> Event {
        ask.asked()
    }

    /// A call of an attempt whose outcome nobody knows.
    pub(super) fn in_doubt(place: &str) -> InDoubt {
        InDoubt {
            call: "crm/pay".to_owned(),
            invocation: InvocationId::attempt(&site(place), 1),
            arguments: json!({"amount": 1}),
            idempotency_key: Some("key".to_owned()),
            began: Timestamp(1),
        }
    }

    /// An attempt is suspended because of a call, and a person is asked about it.
    pub(super) fn doubt(&mut self, place: &str) -> (Ask, Vec<Action>) {
        let attempt = self.attempt(place);
        self.apply(&self.ended(place, attempt, Outcome::Suspended));
        let ask = self.run.doubt(&site(place), &[World::in_doubt(place)], self.now).expect("it is suspended");
        let actions = self.apply(&World::requested(&ask));
        (ask, actions)
    }

    /// A person answers.
    pub(super) fn decided(ask: &Ask, decision: Decision) -> Event {
        Event::ApprovalDecided { step: ask.step.clone(), token: ask.token, decision }
    }

    /// What became of a step.
    pub(super) fn status(&self, step: &str) -> StepStatus {
        self.run.steps().find(|view| view.name == step).expect("there is such a step").status
    }

    /// The same run, as its journal tells it.
    pub(super) fn replayed(&self, events: usize) -> Run {
        let mut run = new_run(&self.plan);
        for (at, event) in &self.journal[..events] {
            run.apply(*at, event).expect("what was applied once can be applied again");
        }
        run
    }
}

/// A run of a plan, always the same.
pub(super) fn new_run(plan: &Arc<Plan>) -> Run {
    Run::new(Arc::clone(plan), RunId::new(Timestamp(1), 7), seed())
}

fn seed() -> Digest {
    Digest::of(b"seed")
}

/// `a` or `a[2]`.
pub(super) fn site(place: &str) -> Site {
    Site::read(place)
}

/// Where the actions are, in order.
pub(super) fn sites(actions: &[Action]) -> Vec<String> {
    let name = |action: &Action| match action {
        Action::Invoke(invoke) => invoke.site.to_string(),
        Action::Ask(ask) => format!("ask {}", ask.step),
        Action::Wait(wait) => format!("wait {}", wait.site),
        Action::Stop(invoke) => format!("stop {}", invoke.site),
        Action::Await(wait) => format!("await {}", wait.site),
        Action::Emit(emit) => format!("emit {}", emit.site),
        Action::End(_) => "end".to_owned(),
    };
    actions.iter().map(name).collect()
}

/// The action as an invocation.
pub(super) fn invoke(action: &Action) -> &Invoke {
    match action {
        Action::Invoke(invoke) => invoke,
        other => panic!("no invocation: {other:?}"),
    }
}

/// The output of a run that completes with the last action.
pub(super) fn output(actions: &[Action]) -> Value {
    match actions.last() {
        Some(Action::End(RunOutcome::Completed { output })) => {
            serde_json::from_str(output.as_str().expect("it is at hand")).expect("it is JSON")
        }
        other => panic!("not completed: {other:?}"),
    }
}

/// The message of a run that fails with the last action.
pub(super) fn message(actions: &[Action]) -> String {
    match actions.last() {
        Some(Action::End(RunOutcome::Failed { message, .. })) => message.clone(),
        other => panic!("not failed: {other:?}"),
    }
}

fn at_cost(mut event: Event, price: u64) -> Event {
    if let Event::InvocationEnded { usage, .. } = &mut event {
        usage.micro_usd = price;
    }
    event
}

/// A good end.
pub(super) fn completed(output: &Value) -> Outcome {
    Outcome::Completed { output: Payload::json(output) }
}

/// An end that is tried again.
pub(super) fn transient() -> Outcome {
    Outcome::Failed { failure: Failure::Transient("later".to_owned()) }
}

/// An end that is not.
pub(super) fn permanent() -> Outcome {
    Outcome::Failed { failure: Failure::Permanent("never".to_owned()) }
}
