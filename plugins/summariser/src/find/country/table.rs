//! The table of countries, read from `countries.txt`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

/// What a row of the table calls a country.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Sort {
    /// A name.
    Name,
    /// The adjective for its citizens.
    Nationality,
    /// One of its codes.
    Code,
}

/// A way to write a country.
#[derive(Debug)]
pub(super) struct Entry {
    /// The words and marks, in lower case.
    pub(super) words: Vec<String>,
    /// What it is.
    pub(super) sort: Sort,
    /// The country's alpha-2 code.
    pub(super) code: &'static str,
    /// The country's usual name.
    pub(super) name: &'static str,
}

/// The entries by their first word; among those with the same, the longest comes first.
#[derive(Debug)]
pub(super) struct Table(BTreeMap<String, Vec<Entry>>);

impl Table {
    /// The entries that begin with a word in lower case, the longest first.
    pub(super) fn entries(&self, first: &str) -> impl Iterator<Item = &Entry> {
        self.0.get(first).into_iter().flatten()
    }
}

/// The table, read once.
pub(super) fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| read(include_str!("countries.txt")))
}

fn read(rows: &'static str) -> Table {
    let mut table: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for entry in rows.lines().filter(|row| !row.starts_with('#')).flat_map(entries) {
        if let Some(first) = entry.words.first() {
            table.entry(first.clone()).or_default().push(entry);
        }
    }
    for entries in table.values_mut() {
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.words.len()));
    }
    Table(table)
}

/// `NO NOR Norway | kingdom of norway, norge | norwegian`
fn entries(row: &'static str) -> Vec<Entry> {
    let mut columns = row.split(" |");
    let mut head = columns.next().unwrap_or_default().splitn(3, ' ');
    let (code, long, name) =
        (head.next().unwrap_or_default(), head.next().unwrap_or_default(), head.next().unwrap_or_default());
    let entry = |phrase: &str, sort| Entry { words: words(phrase), sort, code, name };
    let mut entries = vec![entry(name, Sort::Name), entry(code, Sort::Code), entry(long, Sort::Code)];
    for (column, sort) in columns.zip([Sort::Name, Sort::Nationality]) {
        entries.extend(column.split(',').map(|phrase| entry(phrase.trim(), sort)));
    }
    entries
}

/// A phrase as the tokens it is found as.
fn words(phrase: &str) -> Vec<String> {
    let lower = phrase.to_lowercase();
    let tokens = crate::token::tokens(&lower, 0..lower.len());
    tokens.iter().map(|token| lower[token.start..token.end].to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_whole() {
        let codes: std::collections::BTreeSet<_> = table().0.values().flatten().map(|entry| entry.code).collect();
        assert_eq!(codes.len(), 249);
        assert!(codes.iter().all(|code| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase())));
        assert!(table().0.values().flatten().all(|entry| !entry.name.is_empty()));
    }
}
