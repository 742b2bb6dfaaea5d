//! Pictures of plans.

use baton_cli::graph::{mermaid, svg, text};
use baton_runtime::plan::{Drawing, Edge, Node};

fn node(name: &str, work: &str, notes: &[&str], rank: usize) -> Node {
    let notes = notes.iter().map(|note| (*note).to_owned()).collect();
    Node { name: name.to_owned(), work: work.to_owned(), notes, rank, inner: None }
}

fn drawing() -> Drawing {
    let inner = Drawing {
        workflow: "read".to_owned(),
        nodes: vec![node("one", "agent any", &[], 0), node("two", "tool a/b", &[], 1)],
        edges: vec![Edge { from: 0, to: 1, is_way: false }],
    };
    let read = Node { inner: Some(Box::new(inner)), ..node("read", "workflow read", &["for each of input.texts"], 1) };
    Drawing {
        workflow: "letters".to_owned(),
        nodes: vec![
            node("route", "switch", &[], 0),
            read,
            node("ask", "asks partner", &["if a < b && c == \"\u{1b}[31m\""], 1),
        ],
        edges: vec![Edge { from: 0, to: 1, is_way: true }, Edge { from: 0, to: 2, is_way: true }],
    }
}

#[test]
fn a_plan_as_lines() {
    insta::assert_snapshot!(anstream::adapter::strip_str(&text::text(&drawing())));
}

#[test]
fn a_plan_for_mermaid() {
    insta::assert_snapshot!(mermaid::mermaid(&drawing()));
}

#[test]
fn a_plan_as_a_picture() {
    insta::assert_snapshot!(svg::svg(&drawing()));
}
