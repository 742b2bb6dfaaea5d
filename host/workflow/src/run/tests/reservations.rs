//! What is reserved (host calls are not: whoever drives the run counts them): together nobody uses more than there is, whatever the plan, the world and the order of events, and
//! everybody has their turn.

use std::collections::BTreeMap;

use baton_journal::{Event, InvocationId, Lease, PluginPin, Site, Usage};
use baton_policy::Amounts;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;

use super::world::{self, World};
use crate::run::{Action, Callers, Invoke, Share, Status};

/// More events than any run of these plans has.
const MANY: usize = 5_000;

fn pin(name: &str, most: Amounts, invokes: bool) -> PluginPin {
    PluginPin {
        name: name.to_owned(),
        component: baton_journal::Digest::of(name.as_bytes()),
        environment: BTreeMap::new(),
        limits: Some(lease(most)),
        invokes,
        price_micro_usd: most.micro_usd,
    }
}

fn lease(amounts: Amounts) -> Lease {
    Lease { fuel: amounts.fuel, host_calls: amounts.calls, bytes: amounts.bytes, ..Lease::default() }
}

fn spent(usage: Usage) -> Amounts {
    Amounts { fuel: usage.fuel, bytes: usage.bytes, micro_usd: usage.micro_usd, ..Amounts::default() }
}

/// A part of each amount that is reserved, by two dice.
fn part(of: Amounts, dice: u64) -> Usage {
    let part = |most: u64, die: u64| if most == 0 { 0 } else { die % (most + 1) };
    let (fuel, bytes) = (part(of.fuel, dice), part(of.bytes, dice >> 16));
    Usage { fuel, bytes, micro_usd: of.micro_usd, ..Usage::default() }
}

/// A world in which attempts call tools, and use of what they have whatever the dice say.
struct Spenders {
    world: World,
    budget: Amounts,
    /// What is at work that an attempt has called, with its lease.
    nested: BTreeMap<InvocationId, (Site, Amounts)>,
    called: u32,
}

impl Spenders {
    fn new(text: &str, budget: Amounts, pins: Vec<PluginPin>) -> Spenders {
        let mut world = World::whole(text).with_input(json!({"list": [1, 2, 3, 4, 5]}));
        world.plugins = pins;
        Spenders { world, budget, nested: BTreeMap::new(), called: 0 }
    }

    /// Runs to the end.
    fn live(mut self, dice: &[u64]) -> World {
        self.world.begin();
        for turn in 0..MANY {
            self.check();
            let outstanding = self.world.run.outstanding();
            let die = mixed(dice[turn % dice.len()], turn);
            let count = u64::try_from(outstanding.len()).expect("it is small");
            if count == 0 {
                assert_eq!(self.world.run.status(), Status::Ended, "somebody starves");
                return self.world;
            }
            let pick = usize::try_from((die >> 32) % count).expect("it is small");
            self.take(&outstanding[pick], die);
        }
        panic!("the run does not end");
    }

    /// What is used and what may still be used is there.
    fn check(&self) {
        let held = self.world.run.outstanding().iter().fold(Amounts::default(), |sum, action| match action {
            Action::Invoke(invoke) => sum.plus(invoke.budget),
            _ => sum,
        });
        let nested = self.nested.values().fold(Amounts::default(), |sum, (_, amounts)| sum.plus(*amounts));
        let all = Amounts { calls: 0, ..spent(self.world.run.usage()).plus(held).plus(nested) };
        assert!(self.budget.covers(all), "{all:?} of {:?}", self.budget);
        for view in self.world.run.steps().filter(|view| view.name == "s0") {
            assert!(view.usage.fuel <= STEP_FUEL, "{:?}", view.usage);
        }
    }

    fn take(&mut self, action: &Action, die: u64) {
        match action {
            Action::Invoke(invoke) if invoke.started.is_none() => {
                let began = self.world.started(&invoke.site.to_string(), invoke.attempt);
                self.world.apply(&began);
            }
            Action::Invoke(invoke) => self.work(invoke, die),
            Action::Wait(wait) => {
                self.world.now = self.world.now.max(wait.until);
                self.world.apply(&Event::TimerFired { site: wait.site.clone(), attempt: wait.attempt });
            }
            Action::End(outcome) => drop(self.world.apply(&Event::RunEnded(outcome.clone()))),
            other => panic!("none of these plans does this: {other:?}"),
        }
    }

    /// An attempt calls a tool, or one of its tools ends, or it ends itself.
    fn work(&mut self, invoke: &Invoke, die: u64) {
        let open = self.nested.iter().find(|(_, (site, _))| *site == invoke.site).map(|(id, _)| id.clone());
        match (die % 3, open) {
            (0, None) if self.called < MOST_CALLS => self.call(invoke),
            (_, Some(id)) => self.end_call(&id, invoke.attempt, die),
            (_, None) => {
                let outcome = if die & 8 == 0 { world::transient() } else { world::completed(&json!(1)) };
                let mut event = self.world.ended(&invoke.site.to_string(), invoke.attempt, outcome);
                if let Event::InvocationEnded { usage, .. } = &mut event {
                    *usage = part(invoke.budget, die);
                }
                self.world.apply(&event);
            }
        }
    }

    fn call(&mut self, invoke: &Invoke) {
        let waiting = Callers::from([invoke.invocation()]);
        let Share::Granted(share) = self.world.run.share_of_call(&invoke.site, "tool", &waiting) else { return };
        self.called += 1;
        let id = InvocationId::nested(&invoke.invocation(), self.called, None);
        let mut event = self.world.started(&invoke.site.to_string(), invoke.attempt);
        if let Event::InvocationStarted { invocation, caller, plugin, function, lease: held, .. } = &mut event {
            (*invocation, *caller) = (id.clone(), Some(invoke.invocation()));
            (*plugin, *function) = ("tool".to_owned(), Some("do".to_owned()));
            *held = lease(share);
            self.nested.insert(id, (invoke.site.clone(), share));
        }
        self.world.apply(&event);
    }

    fn end_call(&mut self, id: &InvocationId, attempt: u32, die: u64) {
        let (site, had) = self.nested.remove(id).expect("it is at work");
        let mut event = self.world.ended(&site.to_string(), attempt, world::completed(&json!(1)));
        if let Event::InvocationEnded { invocation, caller, usage, .. } = &mut event {
            (*invocation, *caller) = (id.clone(), Some(InvocationId::attempt(&site, attempt)));
            *usage = part(had, die);
        }
        self.world.apply(&event);
    }
}

/// Another number for each turn.
fn mixed(die: u64, turn: usize) -> u64 {
    let turn = u64::try_from(turn).expect("it is small");
    let mixed = (die ^ turn).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    mixed ^ (mixed >> 29)
}

/// The most calls of tools of a run: what calls for ever does not end.
const MOST_CALLS: u32 = 50;

/// What the first step of each plan may use.
const STEP_FUEL: u64 = 60;

/// Steps in any number at a time, the first with a budget of its own, each for one thing or for five.
fn plan(steps: &[(u8, u8)], budget: Amounts) -> String {
    let Amounts { fuel, calls, bytes, micro_usd, .. } = budget;
    let usd = format!("0.{micro_usd:06}");
    let mut text =
        format!("workflow: t\nbudget: {{ fuel: {fuel}, calls: {calls}, bytes: {bytes}, usd: {usd} }}\nsteps:\n");
    for (index, (shape, retry)) in steps.iter().enumerate() {
        text += &format!("  s{index}:\n    agent: any\n    retry: {{ max: {}, backoff: 5ms }}\n", retry % 3);
        if shape & 2 == 0 {
            text += &format!("    for_each: ${{{{ input.list }}}}\n    max_parallel: {}\n", shape % 5 + 1);
        }
        if index == 0 {
            text += &format!("    budget: {{ fuel: {STEP_FUEL} }}\n");
        }
        text += "    on_failure: { continue: null }\n";
    }
    text
}

fn some() -> impl Strategy<Value = Amounts> {
    (1_u64..200, 0_u64..200, 1_u64..200, 0_u64..200).prop_map(|(fuel, calls, bytes, micro_usd)| Amounts {
        fuel,
        calls,
        bytes,
        micro_usd,
        ..Amounts::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn nobody_overspends_and_nobody_starves(
        steps in vec(any::<(u8, u8)>(), 1..6), budget in some(), agent in some(), tool in some(), invokes: bool,
        dice in vec(any::<u64>(), 1..40),
    ) {
        let pins = vec![pin("any", agent, invokes), pin("tool", tool, false)];
        let world = Spenders::new(&plan(&steps, budget), budget, pins).live(&dice);
        let again = world.replayed(world.journal.len());
        prop_assert_eq!(again.usage(), world.run.usage());
    }
}

fn scarce(most: u64, budget: u64) -> World {
    let steps = "  a: { agent: any, for_each: \"${{ input.list }}\", max_parallel: 3 }\n";
    let text = format!("workflow: t\nbudget: {{ fuel: {budget} }}\nsteps:\n{steps}");
    let mut world = World::whole(&text).with_input(json!({"list": [1, 2, 3]}));
    world.plugins = vec![pin("any", Amounts { fuel: most, calls: 1, bytes: 1, ..Amounts::default() }, false)];
    world
}

#[test]
fn as_many_begin_as_there_is_enough_for() {
    let mut world = scarce(50, 120);
    assert_eq!(world::sites(&world.begin()), ["a[0]", "a[1]"]);
    assert_eq!(world::sites(&world.complete("a[1]", json!(1))), ["a[2]"], "10 were used, and 50 are reserved");
}

#[test]
fn whoever_is_alone_gets_what_is_left() {
    let mut world = scarce(50, 60);
    let actions = world.begin();
    assert_eq!(world::sites(&actions), ["a[0]"]);
    world.complete("a[0]", json!(1));
    let actions = world.complete("a[1]", json!(1));
    assert_eq!(world::invoke(&actions[0]).budget.fuel, 40);
}

#[test]
fn what_is_starved_of_a_run_that_fails_does_not_begin() {
    let mut world = scarce(50, 60);
    world.begin();
    let actions = world.fail("a[0]", 1, world::permanent());
    assert!(world::message(&actions).contains("item 0: never"), "{actions:?}");
}
