//! A plugin as its author releases it, again and again, in a project of an operator who accepted it once; through the real
//! program. It does not know what is hostile about a release.

use std::fs;

use super::Arena;
use super::arena::wat;
use super::caller::IDLE;
use crate::{Copy, Scratch};

/// The operator grants more than the plugin asks for: what it does not ask for, it does not have.
const GRANTS: &str =
    "grants = { state = [\"agent\", \"shared:clients\"], tools = [\"bank/*\"], http = [\"* https://*.example/*\"] }";

const WORKFLOW: &str = "workflow: w\nsteps:\n  only: { tool: mail/run, input: {} }\n";

/// The first release, as it was accepted.
pub(crate) const FACTS: &str =
    "[tools.run]\ndescription = \"Sends a letter.\"\neffect = \"read\"\n[asks]\nstate = [\"agent\"]\n";

/// See the module.
pub(crate) struct Operator(Copy);

impl Operator {
    /// Runs the first release, which accepts it.
    pub(crate) fn new(arena: &Arena) -> Self {
        let project = Scratch::new(WORKFLOW).plugin("mail", &wat(IDLE), FACTS, GRANTS);
        arena.place(&project);
        let operator = Operator(Copy::from(project.path()));
        operator.run(&["run"], 0);
        operator
    }

    /// Puts another release in the place of the plugin.
    pub(crate) fn release(&self, number: u32, facts: &str) {
        let head = format!("name = \"mail\"\nversion = \"0.1.{}\"\ncomponent = \"mail.wasm\"\n", number - 1);
        fs::write(self.0.path().join("mail/plugin.toml"), format!("{head}{facts}")).unwrap();
        let component = wat(&IDLE.replace("i32.const 1", &format!("i32.const {number}")));
        fs::write(self.0.path().join("mail/mail.wasm"), component).unwrap();
    }

    /// What the program says, which ends with this exit code.
    pub(crate) fn run(&self, arguments: &[&str], exit: i32) -> String {
        let output = self.0.baton(arguments);
        let told = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat();
        let told = told.replace(&self.0.path().display().to_string(), "[project]");
        assert_eq!(output.status.code(), Some(exit), "{arguments:?}: {told}");
        told
    }

    /// Nothing runs, whatever is tried, and nobody is taken to have said yes; what the program says of it.
    pub(crate) fn refused(&self) -> String {
        let lock = self.lock();
        let told = self.run(&["run"], 2);
        for command in
            [vec!["run", "--locked"], vec!["check"], vec!["call", "mail", "run", "{}"], vec!["grants", "accept"]]
        {
            self.run(&command, 2);
        }
        assert_eq!(self.lock(), lock, "something was accepted");
        told
    }

    fn lock(&self) -> String {
        fs::read_to_string(self.0.path().join("baton.lock")).unwrap()
    }
}
