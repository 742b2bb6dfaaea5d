//! How a plugin changed since it was accepted, in colours. It does not know what is done about it.

use baton_runtime::bundle::Review;
use baton_runtime::bundle::acceptance::consequence;
use baton_runtime::bundle::lock::{Line, Sign};

use crate::{escape, paint};

/// A line for each thing that came or went, and one for what it would let the plugin do, each indented.
pub(super) fn lines(review: &Review, indent: &str) -> String {
    let changes = review.lines().iter().map(painted).collect::<Vec<_>>().into_iter();
    let consequence = consequence(review.gains(), review.asks_more()).map(|text| format!("  {}", paint::strong(&text)));
    changes.chain(consequence).map(|line| format!("{indent}{line}\n")).collect()
}

fn painted(line: &Line) -> String {
    let text = escape::escape_line(&line.to_string());
    match line.sign {
        Sign::Plus => paint::good(&text),
        Sign::Minus => paint::bad(&text),
        Sign::Note => text,
    }
}
