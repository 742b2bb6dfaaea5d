//! WIT values as JSON and back, and WIT types as JSON Schemas. It knows types and values, not who passes them.
//!
//! | WIT | JSON |
//! |---|---|
//! | bool, string, char | boolean, string, string of one character |
//! | integers up to 32 bits, floats | number |
//! | u64, s64 | number up to 2^53, beyond it a string of digits; both are read |
//! | record, flags | object by field names; array of the names that are set |
//!
//! Names of fields and parameters are written with underscores where WIT has hyphens (`tax-rate` is `tax_rate`), because
//! in the expressions of a workflow a hyphen is a minus. Names of cases, flags and functions stay as WIT has them.
//!
//! | WIT | JSON |
//! |---|---|
//! | list, tuple | array |
//! | enum, variant | string of the case; `{"case": payload}`, or the string where the case has none |
//! | option | the value or null (null in a list, a missing field in a record, may both stand for none) |
//! | result | `{"ok": …}` or `{"err": …}` |

mod decode;
mod encode;
mod schema;

pub use decode::{Mismatch, arguments, decode};
pub use encode::encode;
pub use schema::{parameters_schema, schema};

/// Integers beyond this lose digits in guest languages and tools that hold numbers as 64-bit floats.
const EXACT: u64 = 1 << 53;

/// The name of a field or parameter as JSON has it.
fn json_name(wit: &str) -> String {
    wit.replace('-', "_")
}

/// How deep a value may nest. WIT types have no recursion, so only hostile components come near.
const MAX_DEPTH: usize = 64;

/// How many values the arguments of one call may have, written or not: five thousand rows of a dozen columns. Each takes
/// the host some 200 bytes, and a record of options that are all missing is two bytes of JSON.
const MAX_VALUES: usize = 1 << 16;

/// Bytes of a field's name that count as one value: each record has its own copy.
const NAME: usize = 64;
