//! Calls of tools, as circuits and rates see them: what each is called there, how its end is read, and what is told to who
//! may not call. It does not know how circuits and turns are kept.

use std::time::Duration;

use baton_journal::{Failure, Outcome};
use baton_policy::circuit::{Change, Refused};
use baton_policy::{Health, Rate, Wall};
use baton_sandbox::{Ended, Target};

use super::{Job, RunContext};
use crate::guards::Entered;
use crate::observer::CircuitChange;
use crate::plugins::Ready;

/// What a call takes beyond the time that it has: the host makes a store for it, and stops it.
const AROUND: Duration = Duration::from_secs(10);

impl RunContext {
    /// How long a call of a function waits for its turn, which is used up by it.
    ///
    /// # Errors
    /// The turn does not come while there is time left, or the function is left alone for a while.
    pub(crate) fn turn(&self, ready: &Ready, function: &str, left: Duration) -> Result<Duration, Failure> {
        let tool = name(ready, function);
        if let Some(refused) = ready.circuit(function).and_then(|_| self.guards.refuses(&under(&tool))) {
            return Err(refusal(&tool, refused));
        }
        let Some((rate, name)) = rate(ready, function) else { return Ok(Duration::ZERO) };
        let turn = self.guards.turn(&name, &rate, left);
        turn.map_err(|wait| too_late(ready, function, rate, wait))
    }

    /// Whether the calls of a job may have to wait.
    pub(crate) fn may_wait(&self, job: &Job) -> bool {
        let Target::Tool(function) = &job.invocation.target else { return false };
        self.facts(job, |ready| rate(ready, function).is_some()).unwrap_or_default()
    }

    /// Asks for leave to invoke a tool; nothing where there is no circuit.
    ///
    /// # Errors
    /// Its circuit is open.
    pub(super) async fn enter(&self, job: &Job, ready: &Ready) -> Result<Option<Entered>, Failure> {
        let Target::Tool(function) = &job.invocation.target else { return Ok(None) };
        let Some(terms) = ready.circuit(function) else { return Ok(None) };
        let tool = name(ready, function);
        let lasting = job.invocation.timeout.saturating_add(AROUND);
        let entered = self.guards.enter(under(&tool), terms, lasting).await;
        entered.map(Some).map_err(|refused| refusal(&tool, refused))
    }

    /// Gives leave back, and tells who looks on if that changes something.
    pub(super) async fn leave(&self, entered: Entered, job: &Job, ended: &Ended) {
        let Some(change) = entered.ended(health(job, ended)).await else { return };
        let Target::Tool(function) = &job.invocation.target else { return };
        let (tool, failure) = (format!("{}/{function}", job.invocation.plugin), ended.outcome.to_string());
        let change = match change {
            Change::Opened(wait) => CircuitChange::Opened { tool, wait: rounded(wait), failure },
            Change::Closed => CircuitChange::Closed { tool },
        };
        self.observer.circuit(self.clock.now(), &change);
    }
}

/// How a tool is. A caller that gives it less time than its operator does not find out; nor does a host without room for it.
fn health(job: &Job, ended: &Ended) -> Health {
    let invocation = &job.invocation;
    let had_its_time = job.caller.is_none() || invocation.timeout >= invocation.allowed.wall.as_duration();
    match &ended.outcome {
        Outcome::Completed { .. } => Health::Good,
        _ if ended.usage.fuel == 0 => Health::Unsaid, // it was never begun
        Outcome::Failed { failure: Failure::Transient(_) } | Outcome::Trapped { .. } => Health::Bad,
        Outcome::TimedOut { .. } if had_its_time => Health::Bad,
        _ => Health::Unsaid,
    }
}

fn name(ready: &Ready, function: &str) -> String {
    format!("{}/{function}", ready.plugin.name())
}

/// The name under which all runs share what they know of a tool.
fn under(tool: &str) -> String {
    format!("tool {tool}")
}

/// How often a function may be called, and the name under which its calls are counted.
fn rate(ready: &Ready, function: &str) -> Option<(Rate, String)> {
    let guarding = ready.plugin.guarding();
    let own = guarding.own_rate(function).map(|rate| (rate, under(&name(ready, function))));
    own.or_else(|| guarding.rate.map(|rate| (rate, format!("plugin {}", ready.plugin.name()))))
}

fn refusal(tool: &str, refused: Refused) -> Failure {
    Failure::Transient(match refused {
        Refused::Open(left) => format!(
            "{tool} has failed again and again, and is left alone (`circuit` of its plugin in baton.toml): try again in {}",
            rounded(left)
        ),
        Refused::OnTrial => format!(
            "{tool} has failed again and again (`circuit` of its plugin in baton.toml): one call is trying it, others have to wait for that"
        ),
    })
}

fn too_late(ready: &Ready, function: &str, rate: Rate, wait: Duration) -> Failure {
    let (plugin, tool, more) = (ready.plugin.name(), name(ready, function), rate.doubled());
    let section = match ready.plugin.guarding().own_rate(function) {
        Some(_) => format!("[plugins.{plugin}.tools.\"{function}\"]"),
        None => format!("[plugins.{plugin}]"),
    };
    Failure::Transient(format!(
        "{tool} may be called {rate}, and the turn of this call comes in {}, which is too late for its caller; to allow more, in \
         baton.toml, under {section}: rate = \"{more}\"",
        rounded(wait)
    ))
}

/// A time for people: whole seconds, and never none.
fn rounded(time: Duration) -> Wall {
    let millis = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    if millis < 1_000 { Wall(millis.max(1)) } else { Wall(millis.div_ceil(1_000).saturating_mul(1_000)) }
}
