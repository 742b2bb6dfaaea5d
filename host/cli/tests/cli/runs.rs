//! The table of `baton runs`.

use baton_cli::command::runs::table;
use baton_runtime::journal::RunStatus;
use jiff::tz::TimeZone;

use crate::lookup::{NEW, OLD, known};

#[test]
fn runs_are_lines_and_projects_are_named_where_there_are_several() {
    let one = table(&[known(NEW, "/home/ada/a/baton.toml")], &TimeZone::UTC);
    let two = table(&[known(NEW, "/home/ada/a/baton.toml"), known(OLD, "/home/ada/b/baton.toml")], &TimeZone::UTC);
    let text = format!("{one}\n\n{two}");
    let mut interrupted = known(NEW, "/home/ada/a/baton.toml");
    interrupted.summary.status = RunStatus::Interrupted;
    let text = format!("{text}\n\n{}", table(&[interrupted, known(OLD, "/home/ada/a/baton.toml")], &TimeZone::UTC));
    insta::assert_snapshot!(anstream::adapter::strip_str(&text).to_string());
}
