//! Lines for the people who read the run. What goes beyond the invocation's budget of log bytes is dropped and counted.

use crate::bindings::baton::plugin::log as host;

/// Writes a line for the author of the plugin.
pub fn debug(message: impl AsRef<str>) {
    host::write(host::Level::Debug, message.as_ref());
}

/// Writes a line that a reader of the run wants to know.
pub fn info(message: impl AsRef<str>) {
    host::write(host::Level::Info, message.as_ref());
}

/// Writes that something is odd while the work goes on.
pub fn warn(message: impl AsRef<str>) {
    host::write(host::Level::Warn, message.as_ref());
}

/// Writes that something failed.
pub fn error(message: impl AsRef<str>) {
    host::write(host::Level::Error, message.as_ref());
}
