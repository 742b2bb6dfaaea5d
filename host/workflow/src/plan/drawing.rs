//! A plan as it can be drawn: its steps in ranks, and what leads from one to another. It does not know pens.

use super::{Definition, Graph, Plan, Role, Sleep, Step, Work};

/// A plan to be drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// The workflow's name.
    pub workflow: String,
    /// The steps that stand for themselves, by their ranks and then in the order of the file.
    pub nodes: Vec<Node>,
    /// What leads from step to step.
    pub edges: Vec<Edge>,
}

/// A step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// What it does: `agent summariser`, `asks partner`.
    pub work: String,
    /// What else there is to know of it: `for each`, `undone by crm/contacts.remove`.
    pub notes: Vec<String>,
    /// How many steps at most come one after the other before it. What has the last word comes after all others.
    pub rank: usize,
    /// The workflow that it runs, if it runs one.
    pub inner: Option<Box<Drawing>>,
}

/// What leads from one step to another, by their places among the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// The earlier step.
    pub from: usize,
    /// The later step.
    pub to: usize,
    /// Whether the earlier one may send the run there: else the later one only waits for it.
    pub is_way: bool,
}

impl Plan {
    /// The plan as it can be drawn. A step is drawn as waiting for another one only if it does not wait for it anyway.
    #[must_use]
    pub fn drawing(&self) -> Drawing {
        let (definition, graph) = (self.definition(), self.graph());
        let ranks = ranks(definition, graph);
        let own = |step: &usize| definition.steps[*step].role.is_own();
        let mut order: Vec<usize> = (0..definition.steps.len()).filter(own).collect();
        order.sort_by_key(|step| ranks[*step]);
        let nodes = order.iter().map(|step| self.node(*step, ranks[*step])).collect();
        let place = |step: usize| order.iter().position(|known| *known == step);
        let mut edges = Vec::new();
        for (to, step) in order.iter().enumerate() {
            for before in graph.before(*step) {
                let is_way = definition.steps[*before].branches().contains(&definition.steps[*step].name.as_str());
                if let Some(from) = place(*before).filter(|_| is_way || !is_implied(graph, *before, *step)) {
                    edges.push(Edge { from, to, is_way });
                }
            }
        }
        Drawing { workflow: self.name().to_owned(), nodes, edges }
    }

    fn node(&self, index: usize, rank: usize) -> Node {
        let definition = self.definition();
        let step = &definition.steps[index];
        let inner = self.inner(index).map(|plan| Box::new(plan.drawing()));
        Node { name: step.name.clone(), work: work(step), notes: notes(definition, index), rank, inner }
    }
}

/// Whether a step waits for another one also over a third.
fn is_implied(graph: &Graph, before: usize, step: usize) -> bool {
    graph.before(step).iter().any(|other| *other != before && graph.preceding(*other).contains(&before))
}

/// The longest way to each step. What is under `finally` comes after all that is not.
fn ranks(definition: &Definition, graph: &Graph) -> Vec<usize> {
    let mut ranks = vec![0; definition.steps.len()];
    let mut left: Vec<usize> = (0..ranks.len()).map(|step| graph.before(step).len()).collect();
    let mut open: Vec<usize> = (0..ranks.len()).filter(|step| left[*step] == 0).collect();
    while let Some(step) = open.pop() {
        for after in graph.after(step) {
            ranks[*after] = ranks[*after].max(ranks[step] + 1);
            left[*after] -= 1;
            if left[*after] == 0 {
                open.push(*after);
            }
        }
    }
    let is_last = |step: usize| definition.steps[step].role == Role::Finally;
    let main = (0..ranks.len()).filter(|step| !is_last(*step)).map(|step| ranks[step]).max().unwrap_or(0);
    (0..ranks.len()).filter(|step| is_last(*step)).for_each(|step| ranks[step] += main + 1);
    ranks
}

fn work(step: &Step) -> String {
    match &step.work {
        Work::Invoke(invocation) => match invocation.target.function() {
            Some(function) => format!("tool {}/{function}", invocation.target.plugin()),
            None => format!("agent {}", invocation.target.plugin()),
        },
        Work::Approve(approval) if approval.roles.is_empty() => "asks".to_owned(),
        Work::Approve(approval) => format!("asks {}", approval.roles.join(" or ")),
        Work::Switch(_) => "switch".to_owned(),
        Work::Sleep(Sleep::For(time)) => format!("waits {time}"),
        Work::Sleep(Sleep::Until(moment)) => format!("waits until {}", moment.text()),
        Work::Listen(listen) => format!("waits for {}", listen.name),
        Work::Emit(emit) => format!("emits {}", emit.name),
        Work::Workflow(inner) => format!("workflow {}", inner.definition.workflow),
    }
}

fn notes(definition: &Definition, index: usize) -> Vec<String> {
    let step = &definition.steps[index];
    let companion = |role, word: &str| {
        let companion = definition.steps.companion(index, role)?;
        Some(format!("{word} {}", work(&definition.steps[companion])))
    };
    let condition = step.condition.as_ref().map(|condition| format!("if {}", condition.text()));
    let each = step.for_each.as_ref().map(|list| format!("for each of {}", list.text()));
    let rounds = step.rounds.as_ref().map(|rounds| format!("until {}", rounds.until.text()));
    let last = (step.role == Role::Finally).then(|| "finally".to_owned());
    let (verified, undone) = (companion(Role::Verify, "verified by"), companion(Role::Undo, "undone by"));
    [last, condition, each, rounds, verified, undone].into_iter().flatten().collect()
}

#[cfg(test)]
mod tests;
