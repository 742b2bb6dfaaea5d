//! The manual: `--help` of every command.

use baton_cli::args::Cli;
use clap::CommandFactory as _;

#[test]
fn the_arguments_are_consistent() {
    Cli::command().debug_assert();
}

#[test]
fn the_manual() {
    let mut command = Cli::command().term_width(100);
    command.build();
    let mut manual = command.render_long_help().to_string();
    for command in command.get_subcommands_mut().filter(|command| command.get_name() != "help") {
        let name = command.get_name().to_owned();
        manual.push_str(&format!("\n\n===== baton {name}\n\n{}", command.render_long_help()));
    }
    insta::assert_snapshot!(manual);
}
