//! What is told of a replay.

use baton_cli::replayed::{Columns, line, summary};
use baton_runtime::Replay;
use baton_runtime::journal::{InvocationId, RunId, Site, Timestamp};
use baton_runtime::replay::{Replayed, Verdict};

use crate::story::usage;

fn replayed(step: &str, verdict: Verdict) -> Replayed {
    let invocation = InvocationId::attempt(&Site { step: step.to_owned(), item: None }, 1);
    Replayed { invocation, plugin: "summariser".to_owned(), usage: usage(), usage_now: None, fuel: Vec::new(), verdict }
}

#[test]
fn each_verdict_is_told_with_what_was_and_what_is() {
    let diverged = Verdict::Diverged {
        sequence: 3,
        recorded: r#"state.get {"key":"a"}"#.to_owned(),
        replayed: "state.get \u{1b}[2J".to_owned(),
    };
    let differs = Verdict::Differs { recorded: "completed".to_owned(), replayed: "failed".to_owned() };
    let invocations = vec![
        replayed("same", Verdict::Same),
        replayed("stopped", Verdict::Stopped),
        replayed("open", Verdict::Unfinished),
        replayed("away", Verdict::Unavailable),
        Replayed { usage_now: Some(usage()), ..replayed("another version", Verdict::Same) },
        replayed("diverged", diverged),
        replayed("differs", differs),
    ];
    let told: Vec<String> = invocations.iter().map(|one| line(one, Columns::default())).collect();
    let run = RunId::new(Timestamp(0), 0);
    let replay = Replay { run, other_engine: Some("wasmtime 47".to_owned()), invocations };
    assert!(!replay.is_same());
    insta::assert_snapshot!(format!("{}\n{}", told.join("\n"), summary(&replay)));
}
