//! A plan as lines for a terminal: a rank after the other, each step with what it waits for.

use baton_runtime::plan::Drawing;

use crate::escape::escape_line;
use crate::paint;

/// The plan as lines.
#[must_use]
pub fn text(drawing: &Drawing) -> String {
    let mut lines = vec![paint::strong(&escape_line(&drawing.workflow))];
    add(drawing, 1, &mut lines);
    lines.join("\n")
}

fn add(drawing: &Drawing, depth: usize, lines: &mut Vec<String>) {
    let width = |of: fn(&baton_runtime::plan::Node) -> &str| {
        drawing.nodes.iter().map(|node| of(node).chars().count()).max().unwrap_or_default()
    };
    let (names, works) = (width(|node| &node.name), width(|node| &node.work));
    let mut rank = None;
    for (index, node) in drawing.nodes.iter().enumerate() {
        let mark = if rank == Some(node.rank) { "│" } else { "├" };
        rank = Some(node.rank);
        let told = told(drawing, index);
        let told = if told.is_empty() { told } else { paint::faint(&told) };
        let line = format!(
            "{}{} {:<names$}  {:<works$}  {}",
            "  ".repeat(depth - 1),
            paint::faint(mark),
            escape_line(&node.name),
            escape_line(&node.work),
            told
        );
        lines.push(line.trim_end().to_owned());
        if let Some(inner) = &node.inner {
            add(inner, depth + 2, lines);
        }
    }
}

/// What leads to a step, and what else there is to know of it.
fn told(drawing: &Drawing, index: usize) -> String {
    let name = |place: usize| drawing.nodes.get(place).map_or("", |node| node.name.as_str());
    let edges = drawing.edges.iter().filter(|edge| edge.to == index);
    let from: Vec<String> = edges
        .map(|edge| if edge.is_way { format!("{}?", name(edge.from)) } else { name(edge.from).to_owned() })
        .collect();
    let after = if from.is_empty() { None } else { Some(format!("after {}", from.join(", "))) };
    let notes = drawing.nodes.get(index).map(|node| node.notes.as_slice()).unwrap_or_default();
    let all: Vec<String> = after.into_iter().chain(notes.iter().map(|note| escape_line(note))).collect();
    all.join(" · ")
}
