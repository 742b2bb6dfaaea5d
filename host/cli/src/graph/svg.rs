//! A plan as a picture: a row for each rank, a box for each step. What is inside a step is a line in its box.

use std::fmt::Write as _;

use baton_runtime::plan::{Drawing, Node};

const WIDTH: usize = 220;
const HEIGHT: usize = 64;
const GAP: usize = 32;

/// The longest text in a box, in characters: what is longer is cut.
const LONGEST: usize = 32;

/// The plan as an SVG document.
#[must_use]
pub fn svg(drawing: &Drawing) -> String {
    let places = places(drawing);
    let right = places.iter().map(|(x, _)| x + WIDTH).max().unwrap_or(WIDTH) + GAP;
    let bottom = places.iter().map(|(_, y)| y + HEIGHT).max().unwrap_or(HEIGHT) + GAP;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {right} {bottom}\" width=\"{right}\" height=\"{bottom}\" \
         font-family=\"sans-serif\" font-size=\"12\">\n<title>{}</title>\n",
        plain(&drawing.workflow)
    );
    for edge in &drawing.edges {
        if let (Some(from), Some(to)) = (places.get(edge.from), places.get(edge.to)) {
            line(&mut svg, *from, *to, edge.is_way);
        }
    }
    for (node, place) in drawing.nodes.iter().zip(&places) {
        step(&mut svg, node, *place);
    }
    svg.push_str("</svg>");
    svg
}

/// The upper left corner of each step.
fn places(drawing: &Drawing) -> Vec<(usize, usize)> {
    let mut taken = std::collections::BTreeMap::new();
    let place = |node: &Node| {
        let column: &mut usize = taken.entry(node.rank).or_default();
        *column += 1;
        (GAP + (*column - 1) * (WIDTH + GAP), GAP + node.rank * (HEIGHT + GAP))
    };
    drawing.nodes.iter().map(place).collect()
}

fn line(svg: &mut String, (from_x, from_y): (usize, usize), (to_x, to_y): (usize, usize), is_way: bool) {
    let dashes = if is_way { " stroke-dasharray=\"4 3\"" } else { "" };
    let (x1, y1, x2, y2) = (from_x + WIDTH / 2, from_y + HEIGHT, to_x + WIDTH / 2, to_y);
    let _ = writeln!(
        svg,
        "<path d=\"M{x1} {y1} C{x1} {} {x2} {} {x2} {y2}\" fill=\"none\" stroke=\"#888\"{dashes}/>",
        y1 + GAP / 2,
        y2.saturating_sub(GAP / 2)
    );
}

fn step(svg: &mut String, node: &Node, (x, y): (usize, usize)) {
    let _ = writeln!(
        svg,
        "<rect x=\"{x}\" y=\"{y}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"6\" fill=\"#fff\" stroke=\"#444\"/>"
    );
    let more = node.notes.join(" · ");
    for (number, (text, weight)) in
        [(&node.name, "bold"), (&node.work, "normal"), (&more, "normal")].into_iter().enumerate()
    {
        let (left, base) = (x + 10, y + 19 + number * 17);
        let _ = writeln!(svg, "<text x=\"{left}\" y=\"{base}\" font-weight=\"{weight}\">{}</text>", plain(text));
    }
}

/// A text that fits, without what XML would read in it.
fn plain(text: &str) -> String {
    let cut: String = text.chars().take(LONGEST).collect();
    let more = if cut.len() < text.len() { "…" } else { "" };
    let cut: String = cut.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("{cut}{more}").replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
