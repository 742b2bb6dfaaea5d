//! A plan as a flowchart in Mermaid's language, for pages that draw it.

use baton_runtime::plan::Drawing;

/// The plan as a flowchart.
#[must_use]
pub fn mermaid(drawing: &Drawing) -> String {
    let mut lines = vec!["flowchart TD".to_owned()];
    add(drawing, "", 1, &mut lines);
    lines.join("\n")
}

fn add(drawing: &Drawing, path: &str, depth: usize, lines: &mut Vec<String>) {
    let pad = "  ".repeat(depth);
    for node in &drawing.nodes {
        let (id, label) =
            (id(path, &node.name), label(&[&[node.name.clone(), node.work.clone()], &node.notes[..]].concat()));
        match &node.inner {
            Some(inner) => {
                lines.push(format!("{pad}subgraph {id}[\"{label}\"]"));
                add(inner, &format!("{path}{}.", node.name), depth + 1, lines);
                lines.push(format!("{pad}end"));
            }
            None if node.work.starts_with("asks") => lines.push(format!("{pad}{id}([\"{label}\"])")),
            None if node.work == "switch" => lines.push(format!("{pad}{id}{{\"{label}\"}}")),
            None => lines.push(format!("{pad}{id}[\"{label}\"]")),
        }
    }
    for edge in &drawing.edges {
        let name = |place: usize| drawing.nodes.get(place).map_or("", |node| node.name.as_str());
        let arrow = if edge.is_way { "-.->" } else { "-->" };
        lines.push(format!("{pad}{} {arrow} {}", id(path, name(edge.from)), id(path, name(edge.to))));
    }
}

/// A name that is none of Mermaid's words.
fn id(path: &str, name: &str) -> String {
    format!("s_{}{name}", path.replace('.', "__"))
}

/// Lines without what Mermaid or HTML would read in them.
fn label(lines: &[String]) -> String {
    let plain = |c: char| match c {
        '"' => "#quot;".to_owned(),
        '<' => "#lt;".to_owned(),
        '>' => "#gt;".to_owned(),
        '&' => "#amp;".to_owned(),
        '#' => "#35;".to_owned(),
        '`' => "#96;".to_owned(),
        c if c.is_control() => " ".to_owned(),
        c => c.to_string(),
    };
    lines.iter().map(|line| line.chars().map(plain).collect::<String>()).collect::<Vec<_>>().join("<br/>")
}
