//! Silent failure: an answer of the right form, given without an error, with nothing in it; and when it is asked again, with nothing that
//! was read. It does not look at the document.

use serde_json::{Value, json};

/// The answer, after it was told these findings.
pub(crate) fn answer(findings: &[String]) -> Value {
    if findings.is_empty() {
        return json!({ "supplier": "", "pay_to": "", "items": [], "total_cents": 0, "notes": [] });
    }
    let item = json!({ "what": "as agreed", "cents": 0 });
    json!({ "supplier": "see document", "pay_to": "on file", "items": [item], "total_cents": 0, "notes": ["All in order."] })
}
