//! Lines for the people who read the run. Grants nothing, meters calls and bytes, records each line in the order of the
//! guest's other calls; a line that a replay writes again is not recorded again.

mod host;
