//! A run is evidence: whoever has its record can tell whether it is of what the run did, on any machine, from one file.

use std::fs;
use std::sync::Arc;

use baton_journal::{Chain, Entry, Event, Outcome, Payload, RunOutcome, Store};
use baton_runtime::{Components, Story, Verification, export, verify};
use baton_store::MemoryStore;
use baton_tests::{Copy, Desk, Scratch, approval, example, sandbox};
use serde_json::json;

/// A finished run of the example.
async fn finished() -> (Desk, Story) {
    let desk = Desk::over(&example("client-onboarding"), Arc::new(MemoryStore::new()) as Arc<dyn Store>).unwrap();
    let parked = desk.run_file("clients/sign-off.json").await;
    let ending = desk.answer(&parked.run, "sign_off", approval("partner", None)).await.unwrap();
    assert_eq!(ending.outcome, "completed", "{:?}", ending.error);
    let story = desk.story(&ending.run).await;
    (desk, story)
}

/// The same journal with some events changed, sealed again by somebody who knows how.
pub(super) fn forged(story: &Story, mut change: impl FnMut(&mut Event)) -> Story {
    let mut chain = Chain::of(story.id());
    let reseal = |entry: &Entry| {
        let mut event = entry.event.clone();
        change(&mut event);
        chain.seal(entry.at, event)
    };
    Story::of(story.id().clone(), story.entries().iter().map(reseal).collect()).unwrap()
}

pub(super) async fn verified(desk: &Desk, story: &Story) -> Verification {
    let components = desk.host.components(story).await.unwrap();
    verify(desk.host.sandbox(), &components, story, |_| {}).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_holds_and_a_forged_one_does_not() {
    let (desk, story) = finished().await;
    let found = verified(&desk, &story).await;
    assert!(found.holds() && found.is_whole(), "{found:?}");
    assert!(found.replay.invocations.len() >= 3 && found.tools >= 3 && found.answers == 1);

    let output = forged(&story, |event| {
        if let Event::RunEnded(RunOutcome::Completed { output }) = event {
            *output = Payload::text("{}");
        }
    });
    let input = forged(&story, |event| {
        if let Event::InvocationStarted { site, input, .. } = event
            && site.step == "contact"
        {
            *input = Payload::text("{}");
        }
    });
    let question = forged(&story, |event| {
        if let Event::ApprovalRequested { roles, .. } = event {
            roles.push("intern".to_owned());
        }
    });
    let fuel = forged(&story, |event| {
        if let Event::InvocationEnded { site, usage, .. } = event
            && site.step == "compliance"
        {
            usage.fuel -= 1;
        }
    });
    for (what, story) in [("output", output), ("input", input), ("question", question), ("fuel", fuel)] {
        let found = verified(&desk, &story).await;
        assert!(!found.holds(), "a forged {what} is found: {found:?}");
    }
}

/// A result that a tool came to, and what its caller was told of it, are two entries.
#[tokio::test]
async fn a_tool_did_not_come_to_anything_else_than_its_caller_was_told() {
    let facts = "[tools.\"contacts.upsert\"]\neffect = \"write\"\nidempotent = true\n[asks]\nstate = [\"agent\"]\n";
    let call =
        "{ act: call, tool: crm/contacts.upsert, arguments: { client: { name: Ada, kind: person, country: DE } } }";
    let scratch =
        Scratch::new(&format!("workflow: w\nsteps:\n  only: {{ agent: acts, input: {{ acts: [ {call} ] }} }}\n"))
            .agent("acts", "grants = { tools = [\"crm/*\"] }", "tools = [\"crm/*\"]\n")
            .tool("crm", "grants = { state = [\"agent\"] }", facts);
    let desk = Desk::new(scratch.path()).unwrap();
    let story = desk.story(&desk.run(&json!({})).await.unwrap().run).await;
    let other = forged(&story, |event| {
        if let Event::InvocationEnded { caller: Some(_), outcome: Outcome::Completed { output }, .. } = event {
            *output = Payload::text(output.as_str().unwrap().replace("C-", "X-"));
        }
    });
    assert!(verified(&desk, &story).await.holds());
    let found = verified(&desk, &other).await;
    assert!(found.faults.iter().any(|fault| fault.what.contains("another result of only#1/0")), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_file_is_enough_to_verify_a_run_elsewhere() {
    let (desk, story) = finished().await;
    let mut file = Vec::new();
    export::write(&desk.host.export(&story, true).await.unwrap(), &mut file).unwrap();
    drop(desk);
    let exported = export::read("file", file.as_slice()).unwrap();
    let elsewhere = Story::of(exported.run, exported.entries).unwrap();
    let components = Components::of(exported.components);
    let found = verify(&sandbox().unwrap(), &components, &elsewhere, |_| {}).await.unwrap();
    assert!(found.holds() && found.is_whole(), "{found:?}");

    let without = verify(&sandbox().unwrap(), &Components::default(), &elsewhere, |_| {}).await.unwrap();
    assert!(without.holds() && !without.is_whole(), "what was not looked at is said: {without:?}");
    for place in (0..file.len()).step_by(file.len() / 97) {
        let mut other = file.clone();
        other[place] ^= 1;
        assert!(export::read("file", other.as_slice()).is_err(), "byte {place} may change");
        assert!(export::read("file", &file[..place]).is_err(), "it may end at byte {place}");
    }
}

#[test]
fn a_new_user_exports_a_run_and_verifies_it_in_another_folder() {
    let copy = Copy::of("client-onboarding");
    let run = copy.baton(&["run", ".", "--input", "clients/low-risk.json"]);
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    let file = copy.path().join("run.jsonl").display().to_string();
    assert_eq!(copy.baton(&["export", "last", "--with-components", "--to", &file]).status.code(), Some(0));
    assert_eq!(copy.baton(&["export", "last", "--to", &file]).status.code(), Some(2), "nothing is overwritten");

    let elsewhere = Copy::empty();
    fs::copy(&file, elsewhere.path().join("run.jsonl")).unwrap();
    drop(copy);
    let verified = elsewhere.baton(&["verify", "run.jsonl"]);
    let text = String::from_utf8_lossy(&verified.stdout).into_owned();
    assert_eq!(verified.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&verified.stderr));
    assert!(text.contains("verified: nothing in this run is other than its record says"), "{text}");

    let forged = fs::read_to_string(elsewhere.path().join("run.jsonl")).unwrap().replacen("completed", "complexed", 1);
    fs::write(elsewhere.path().join("forged.jsonl"), forged).unwrap();
    let verified = elsewhere.baton(&["verify", "forged.jsonl"]);
    let text = String::from_utf8_lossy(&verified.stderr).into_owned();
    assert_eq!(verified.status.code(), Some(1), "{text}");
    assert!(text.contains("error: not verified: ") && text.contains(": line "), "{text}");

    let verified = elsewhere.baton(&["verify", "run.jsonl", "--component", "forged.jsonl"]);
    let text = String::from_utf8_lossy(&verified.stderr).into_owned();
    assert_eq!(verified.status.code(), Some(2), "{text}");
    assert!(text.contains("forged.jsonl is no component that the run was made with\n  hint: "), "{text}");
}
