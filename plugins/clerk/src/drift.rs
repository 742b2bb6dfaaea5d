//! Drifting output: right at first, then further from the form that was asked for with each round. Told what is wrong it mends that,
//! and nothing else. It does not know the form's schema.

use serde_json::{Value, json};

use crate::invoice::{Invoice, euros};

/// The answer of a round, after it was told these findings.
pub(crate) fn answer(invoice: &Invoice, round: u32, findings: &[String]) -> Value {
    let is_told_of = |word: &str| findings.iter().any(|finding| finding.contains(word));
    match round % 4 {
        1 if !is_told_of("cents") => sums_as_texts(invoice),
        2 if !is_told_of("total") => forgotten_in_the_total(invoice),
        3 if !is_told_of("object") => prose(invoice),
        _ => json!(invoice),
    }
}

/// Sums in the way in which people write them.
fn sums_as_texts(invoice: &Invoice) -> Value {
    let mut answer = json!(invoice);
    for item in answer["items"].as_array_mut().into_iter().flatten() {
        item["cents"] = euros(item["cents"].as_u64().and_then(|cents| u32::try_from(cents).ok()).unwrap_or(0)).into();
    }
    answer
}

/// The form is right, and the largest item is not in the sum.
fn forgotten_in_the_total(invoice: &Invoice) -> Value {
    let largest = invoice.items.iter().map(|item| item.cents).max().unwrap_or(0);
    json!(Invoice { total_cents: invoice.total_cents.saturating_sub(largest), ..invoice.clone() })
}

/// A friendly text with the data somewhere in it.
fn prose(invoice: &Invoice) -> Value {
    format!("Sure! Here is the invoice of {} that you asked for: {}", invoice.supplier, json!(invoice)).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoice::{SAMPLE, read};

    #[test]
    fn each_round_slips_in_its_way_and_is_mended_by_the_word_that_fits() {
        let invoice = read(SAMPLE).expect("it is an invoice");
        let right = json!(invoice);
        let answer = |round, finding: &str| answer(&invoice, round, &[finding.to_owned()]);
        assert_eq!(answer(0, ""), right);
        assert_eq!(answer(1, "")["items"][0]["cents"], "EUR 1120.00");
        assert_eq!(answer(2, "")["total_cents"], 53_400);
        assert!(answer(3, "").is_string());
        assert_ne!(answer(1, "the total is wrong"), right);
        for (round, finding) in [(1, "/items/0/cents: no integer"), (2, "the total is wrong"), (3, "no object")] {
            assert_eq!(answer(round, finding), right);
        }
    }
}
