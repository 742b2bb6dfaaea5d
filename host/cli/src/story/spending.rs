//! Where a run's budget went, drawn as a tree beside a table: what each branch has used, of how much. It does not know how
//! that was counted.

use baton_runtime::plan::units::{Millis, written};
use baton_runtime::policy::{MicroUsd, Spendable};
use baton_runtime::spending::Spending;

use super::page::Page;
use crate::escape::escape_line;
use crate::{format, paint};

/// The most branches that are drawn of one: more is read as JSON.
const SHOWN: usize = 24;

/// What a column is of.
#[derive(Clone, Copy)]
enum Column {
    Of(Spendable),
    Time,
}

const COLUMNS: [Column; 6] = [
    Column::Of(Spendable::Usd),
    Column::Of(Spendable::Tokens),
    Column::Of(Spendable::Fuel),
    Column::Of(Spendable::Calls),
    Column::Of(Spendable::Bytes),
    Column::Time,
];

/// A line of the drawing.
struct Line {
    name: String,
    cells: Vec<String>,
}

/// Writes the tree.
pub(super) fn write(page: &mut Page, spending: &Spending) {
    let columns: Vec<Column> = COLUMNS.into_iter().filter(|column| column.is_needed(spending)).collect();
    let heads = columns.iter().map(|column| column.name().to_owned()).collect();
    let mut lines = vec![Line { name: "spent".to_owned(), cells: heads }];
    lines.push(Line::of(escape_line(&spending.name), spending, &columns));
    draw(&mut lines, spending, "", &columns);
    let widths: Vec<usize> = (0..columns.len()).map(|column| width(&lines, |line| &line.cells[column])).collect();
    let names = width(&lines, |line| &line.name);
    for (number, line) in lines.iter().enumerate() {
        let cells = line.cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        let text = format!("{:<names$}  {}", line.name, cells.collect::<Vec<_>>().join("  "));
        let text = text.trim_end();
        page.line(0, &if number == 0 { paint::faint(text) } else { text.to_owned() });
    }
}

fn draw(lines: &mut Vec<Line>, branch: &Spending, indent: &str, columns: &[Column]) {
    let (shown, rest) = branch.inside.split_at(branch.inside.len().min(SHOWN));
    for (place, inside) in shown.iter().enumerate() {
        let is_last = place + 1 == shown.len() && rest.is_empty();
        let (corner, below) = if is_last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        let times = if inside.invocations > 1 { format!(" ×{}", inside.invocations) } else { String::new() };
        let name = format!("{indent}{corner}{}{times}", escape_line(&inside.name));
        lines.push(Line::of(name, inside, columns));
        draw(lines, inside, &format!("{indent}{below}"), columns);
    }
    if !rest.is_empty() {
        lines.push(Line {
            name: format!("{indent}└─ … {} more", rest.len()),
            cells: vec![String::new(); columns.len()],
        });
    }
}

fn width(lines: &[Line], of: impl Fn(&Line) -> &String) -> usize {
    lines.iter().map(|line| of(line).chars().count()).max().unwrap_or_default()
}

impl Line {
    fn of(name: String, branch: &Spending, columns: &[Column]) -> Self {
        Line { name, cells: columns.iter().map(|column| column.cell(branch)).collect() }
    }
}

impl Column {
    fn name(self) -> &'static str {
        match self {
            Column::Of(what) => what.as_str(),
            Column::Time => "wall",
        }
    }

    /// Money and tokens are told of where there are some.
    fn is_needed(self, run: &Spending) -> bool {
        !matches!(self, Column::Of(Spendable::Usd | Spendable::Tokens)) || self.used(run) > 0
    }

    fn used(self, branch: &Spending) -> u64 {
        let used = branch.used;
        match self {
            Column::Of(Spendable::Usd) => used.micro_usd,
            Column::Of(Spendable::Tokens) => used.tokens,
            Column::Of(Spendable::Fuel) => used.fuel,
            Column::Of(Spendable::Calls) => used.host_calls,
            Column::Of(Spendable::Bytes) => used.bytes,
            Column::Time => used.wall_ms,
        }
    }

    /// `1.2 G of 200G`: what is used as it is read best, the budget as the workflow writes it.
    fn cell(self, branch: &Spending) -> String {
        let used = self.used(branch);
        let (shown, most) = match self {
            Column::Of(what) => {
                let shown = match what {
                    Spendable::Usd => dollars(used),
                    Spendable::Bytes => format::bytes(used),
                    Spendable::Fuel => format::fuel(used),
                    Spendable::Calls | Spendable::Tokens => format::grouped(used),
                };
                let most = branch.budget.of(what).map(|most| match what {
                    Spendable::Usd => dollars(most),
                    what => written(what, most),
                });
                (shown, most)
            }
            Column::Time => (format::duration(used), branch.budget.wall_ms.map(|most| Millis(most).to_string())),
        };
        most.map_or(shown.clone(), |most| format!("{shown} of {most}"))
    }
}

/// Dollars, under a heading that says so.
fn dollars(micro: u64) -> String {
    MicroUsd(micro).to_string().trim_end_matches(" usd").to_owned()
}
