//! A table in Markdown whose columns are aligned, so that it reads in a terminal too. It does not know what it shows.

/// Makes a table of these columns and rows.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let widths: Vec<usize> = head
        .iter()
        .enumerate()
        .map(|(column, title)| {
            rows.iter().map(|row| row[column].chars().count()).chain([title.chars().count()]).max().unwrap_or_default()
        })
        .collect();
    let line = |cells: Vec<String>| {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}", width = *width));
        format!("| {} |\n", padded.collect::<Vec<_>>().join(" | "))
    };
    let rule = format!("|{}|\n", widths.iter().map(|width| "-".repeat(width + 2)).collect::<Vec<_>>().join("|"));
    let head = line(head.iter().map(|title| (*title).to_owned()).collect());
    head + &rule + &rows.iter().map(|row| line(row.clone())).collect::<String>()
}

/// The first line of a text that somebody else wrote, safe to show, in one cell.
pub(super) fn cell(text: &str, longest: usize) -> String {
    let line = baton_cli::escape::escape_line(text.lines().next().unwrap_or_default()).replace('|', "\\|");
    if line.chars().count() <= longest { line } else { line.chars().take(longest - 1).chain(['…']).collect() }
}
