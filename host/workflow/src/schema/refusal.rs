//! Why a schema cannot be used, and what to write instead. It does not know where the schema comes from.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ReferencingError, ValidationError};

use super::{MAX_PATTERN_BYTES, describe};

/// The dialect that a schema is of where it names none.
const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// What is wrong, and what would be right.
pub(super) fn reason(error: &ValidationError<'_>) -> String {
    match error.kind() {
        ValidationErrorKind::Referencing(ReferencingError::Unretrievable { uri, .. }) => format!(
            "it refers to `{uri}`, and nothing is fetched: put that schema under `$defs`, and refer to it by `#/$defs/…`"
        ),
        ValidationErrorKind::Referencing(ReferencingError::UnknownSpecification { specification }) => {
            format!("`$schema` names `{specification}`, which is not known here: leave it out, or write `{DIALECT}`")
        }
        ValidationErrorKind::Referencing(ReferencingError::PointerToNowhere { pointer }) => {
            format!("it refers to `{pointer}`, and there is nothing: put a schema there, or correct the reference")
        }
        ValidationErrorKind::Format { format } if format == "regex" => format!(
            "{}; patterns have no look-around, no back references and at most {} KiB when compiled, so that each takes linear time",
            describe(error),
            MAX_PATTERN_BYTES >> 10
        ),
        _ => describe(error),
    }
}
