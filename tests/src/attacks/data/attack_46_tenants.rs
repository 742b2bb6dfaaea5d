//! Another tenant's run by a guessed id. A store has one owner, nobody listens for others, and no host call takes the
//! id of a run.

use std::fs;

use crate::attacks::source::host_never_says;
use crate::attacks::{Arena, Attack, Verdict};
use crate::guests::root;

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 46, name: "another tenant's run", run };

fn run(_: &Arena) -> Verdict {
    host_never_says(&["TcpListener", "UnixListener", "UdpSocket::bind"]);
    let contract = fs::read_dir(root().join("wit/v0.1")).unwrap().map(|entry| entry.unwrap().path());
    let mut functions = 0;
    for path in contract {
        let text = fs::read_to_string(&path).unwrap();
        for line in text.lines().filter(|line| line.contains("func(")) {
            functions += 1;
            assert!(!line.contains("run:") || line.contains("run: func(task"), "{}: {line}", path.display());
        }
    }
    assert!(functions > 10, "the contract was not found");
    Verdict::no_surface("one owner, and nobody listens", "")
}
