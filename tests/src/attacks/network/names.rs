//! A resolver of the test's own: names that lead where it says, and to somewhere else the next time. It asks nobody.

use std::collections::BTreeMap;
use std::io;
use std::net::IpAddr;
use std::sync::Mutex;

use baton_egress::{BoxFuture, Resolve};

/// Names, each with the answers that it gets in turn; the last is repeated.
#[derive(Default)]
pub(super) struct Names {
    answers: Mutex<BTreeMap<String, Vec<Vec<IpAddr>>>>,
    asked: Mutex<Vec<String>>,
}

impl Names {
    /// Has a name lead to these addresses, always.
    pub(super) fn lead(&self, name: &str, addresses: &[&str]) {
        self.lead_in_turn(name, &[addresses]);
    }

    /// Has a name lead to some addresses at first, and to others when it is asked for again.
    pub(super) fn lead_in_turn(&self, name: &str, turns: &[&[&str]]) {
        let turn = |addresses: &&[&str]| addresses.iter().map(|address| address.parse().unwrap()).collect();
        self.answers.lock().unwrap().insert(name.to_owned(), turns.iter().map(turn).collect());
    }

    /// The names that were asked for, in order.
    pub(super) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn answer(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.lock().unwrap().push(name.to_owned());
        let mut answers = self.answers.lock().unwrap();
        let turns = answers.get_mut(name).ok_or(io::ErrorKind::NotFound)?;
        Ok(if turns.len() > 1 { turns.remove(0) } else { turns[0].clone() })
    }
}

impl Resolve for Names {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        Box::pin(async { self.answer(name) })
    }
}
