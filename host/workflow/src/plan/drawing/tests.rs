//! Tests of drawings.

use crate::fixture;

fn drawn(text: &str) -> Vec<String> {
    let drawing = fixture::plan(text).drawing();
    let name = |place: usize| drawing.nodes[place].name.as_str();
    let nodes = drawing.nodes.iter().map(|node| format!("{} {}: {} {:?}", node.rank, node.name, node.work, node.notes));
    let edges = drawing.edges.iter().map(|edge| {
        let arrow = if edge.is_way { "?" } else { ">" };
        format!("{} {arrow} {}", name(edge.from), name(edge.to))
    });
    nodes.chain(edges).collect()
}

#[test]
fn steps_stand_in_ranks_and_what_follows_anyway_is_not_drawn() {
    let text = "workflow: t
steps:
  c: { agent: any, needs: [a, b] }
  a: { agent: any, compensate: { tool: crm/contacts.create, input: { client: {} } } }
  b: { agent: any, needs: [a], if: \"${{ input.n > 1 }}\", else: d }
  d: { approve: { question: ok?, roles: [partner] } }
finally: { last: { emit: { event: done } } }";
    assert_eq!(
        drawn(text),
        [
            "0 a: agent any [\"undone by tool crm/contacts.create\"]",
            "1 b: agent any [\"if input.n > 1\"]",
            "2 c: agent any []",
            "2 d: asks partner []",
            "3 last: emits done [\"finally\"]",
            "a > b",
            "b > c",
            "b ? d",
        ]
    );
}

#[test]
fn what_runs_inside_is_drawn_inside() {
    let drawing = fixture::plan("workflow: t\nsteps: { each: { workflow: inner.yaml, input: { n: 1 } } }").drawing();
    let inner = drawing.nodes[0].inner.as_ref().expect("it runs a workflow");
    let names: Vec<&str> = inner.nodes.iter().map(|node| node.name.as_str()).collect();
    assert_eq!((inner.workflow.as_str(), names), ("inner", vec!["one", "two"]));
}
