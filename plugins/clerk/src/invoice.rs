//! What stands in an invoice. It does not know who asks for it.

use serde::Serialize;

/// An invoice.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Invoice {
    /// Who sent it.
    pub(crate) supplier: String,
    /// The account to pay to.
    pub(crate) pay_to: String,
    /// What is charged.
    pub(crate) items: Vec<Item>,
    /// The sum, in cents.
    pub(crate) total_cents: u32,
    /// What else is to be known.
    pub(crate) notes: Vec<String>,
}

/// A line of an invoice.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Item {
    pub(crate) what: String,
    pub(crate) cents: u32,
}

/// Reads an invoice; nothing if the text is none.
pub(crate) fn read(text: &str) -> Option<Invoice> {
    let field = |name: &str| {
        let mut lines = text.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| *key == name).map(|(_, value)| value.trim().to_owned())
    };
    let priced = text.lines().filter_map(|line| line.split_once(": EUR "));
    let items = priced.filter(|(what, _)| *what != "Total").filter_map(|(what, sum)| item(what, sum)).collect();
    Some(Invoice {
        supplier: field("Supplier")?,
        pay_to: field("Pay to")?,
        items,
        total_cents: cents(field("Total")?.strip_prefix("EUR ")?)?,
        notes: Vec::new(),
    })
}

fn item(what: &str, sum: &str) -> Option<Item> {
    Some(Item { what: what.to_owned(), cents: cents(sum)? })
}

/// `1,120.00` in cents.
fn cents(sum: &str) -> Option<u32> {
    let digits: String = sum.trim().chars().filter(|c| !matches!(c, ',' | '.')).collect();
    digits.parse().ok()
}

/// Cents as an invoice has them.
pub(crate) fn euros(cents: u32) -> String {
    format!("EUR {}.{:02}", cents / 100, cents % 100)
}

#[cfg(test)]
pub(crate) const SAMPLE: &str = "INVOICE 7
Supplier: Halden Paper AS
Pay to: NO93 8601 1117 947
Copy paper, 40 boxes: EUR 1,120.00
Toner, 6 pieces: EUR 534.00
Total: EUR 1,654.00
";

#[test]
fn an_invoice_is_read() {
    let read = read(SAMPLE).map(|invoice| (invoice.supplier, invoice.items.len(), invoice.total_cents));
    assert_eq!(read, Some(("Halden Paper AS".to_owned(), 2, 165_400)));
    assert_eq!(euros(165_405), "EUR 1654.05");
}
