use super::*;
use crate::id::RunId;

const W: &str = "onboarding";

fn percent(percent: u8) -> Weight {
    Weight::percent(percent).unwrap()
}

fn deploy(version: u32, weight: u8) -> Wish {
    Wish::Deploy { version, weight: percent(weight) }
}

/// The history after wishes that are all fulfilled, of a workflow with nine versions.
fn history(wishes: &[Wish]) -> Vec<Deployment> {
    let mut history = Vec::new();
    for wish in wishes {
        let traffic = fulfil(*wish, W, &history, 9).unwrap().expect("it changes something");
        let sequence = u32::try_from(history.len()).unwrap() + 1;
        let (workflow, by) = (W.to_owned(), "ada".to_owned());
        history.push(Deployment { workflow, sequence, at: Timestamp(0), by, deed: wish.deed(), traffic });
    }
    history
}

fn check(before: &[Wish], wish: Wish, expect: &str) {
    let told = match fulfil(wish, W, &history(before), 9) {
        Ok(None) => "as it is".to_owned(),
        Ok(Some(Traffic { current, canary: None })) => format!("{current}"),
        Ok(Some(Traffic { current, canary: Some(canary) })) => {
            format!("{current}, {} of {}", canary.weight, canary.version)
        }
        Err(error) => error.to_string(),
    };
    assert_eq!(told, expect, "{wish:?} after {before:?}");
}

#[test]
fn a_version_takes_all_runs_or_is_tried_beside_the_current_one() {
    check(&[], deploy(1, 100), "1");
    check(
        &[],
        deploy(1, 10),
        "no version of workflow `onboarding` is current, so there is none beside which this one could be tried",
    );
    check(&[deploy(1, 100)], deploy(1, 100), "as it is");
    check(&[deploy(1, 100)], deploy(1, 10), "version 1 of workflow `onboarding` is current already");
    check(&[deploy(1, 100)], deploy(2, 10), "1, 10% of 2");
    check(&[deploy(1, 100), deploy(2, 10)], deploy(2, 10), "as it is");
    check(&[deploy(1, 100), deploy(2, 10)], deploy(2, 50), "1, 50% of 2");
    check(&[deploy(1, 100), deploy(2, 10)], deploy(2, 100), "2");
    check(&[deploy(1, 100), deploy(2, 10)], deploy(1, 100), "1");
    check(&[deploy(1, 100), deploy(2, 10)], deploy(3, 100), "3");
    check(
        &[deploy(1, 100), deploy(2, 10)],
        deploy(3, 10),
        "version 2 of workflow `onboarding` is being tried already, with 10%",
    );
}

#[test]
fn a_canary_is_promoted_or_taken_back() {
    check(&[], Wish::Promote, "no version of workflow `onboarding` is deployed");
    check(&[deploy(1, 100), deploy(2, 10)], Wish::Promote, "2");
    check(
        &[deploy(1, 100)],
        Wish::Promote,
        "no version of workflow `onboarding` is being tried: 1 is current, and takes all new runs",
    );
    check(&[deploy(1, 100), deploy(2, 10)], Wish::RollBack { to: None }, "1");
    check(&[deploy(1, 100), deploy(2, 10)], Wish::RollBack { to: Some(1) }, "1");
}

#[test]
fn each_step_back_goes_further_back() {
    let back = Wish::RollBack { to: None };
    let three = [deploy(1, 100), deploy(2, 100), deploy(3, 100)];
    check(&three, back, "2");
    check(&[&three[..], &[back]].concat(), back, "1");
    check(
        &[&three[..], &[back, back]].concat(),
        back,
        "no version of workflow `onboarding` was current before version 1",
    );
    check(&[&three[..], &[back, back, deploy(4, 100)]].concat(), back, "1");
    check(&[], back, "no version of workflow `onboarding` is deployed");
    for (to, expect) in [
        (1, "1"),
        (3, "version 3 of workflow `onboarding` is current already"),
        (0, "workflow `onboarding` has no version 0; its last one is 9"),
        (10, "workflow `onboarding` has no version 10; its last one is 9"),
    ] {
        check(&three, Wish::RollBack { to: Some(to) }, expect);
    }
}

#[test]
fn a_run_draws_its_version_by_its_id() {
    let tried = |weight| Traffic { current: 1, canary: Some(Canary { version: 2, weight: percent(weight) }) };
    let runs: Vec<RunId> = (0..10_000).map(|random| RunId::new(Timestamp(1_700_000_000_000), random)).collect();
    for weight in [1, 10, 50, 99] {
        let traffic = tried(weight);
        let drawn: Vec<u32> = runs.iter().map(|run| traffic.draw(run)).collect();
        assert_eq!(drawn, runs.iter().map(|run| traffic.draw(run)).collect::<Vec<_>>(), "the same again");
        let taken = drawn.iter().filter(|version| **version == 2).count();
        let expected = usize::from(weight) * 100;
        assert!(taken.abs_diff(expected) < 200, "{taken} of 10,000 runs took a canary of {weight}%");
    }
    assert!(runs.iter().all(|run| tried(10).draw(run) == 1 || tried(20).draw(run) == 2), "more weight takes none away");
    assert!(runs.iter().all(|run| Traffic::all_to(7).draw(run) == 7));
    assert_eq!([1, 2, 3].map(|version| tried(10).share(version)), [90, 10, 0]);
}

#[test]
fn a_weight_is_a_whole_number_of_percent() {
    for weight in [1, 10, 100].map(percent) {
        assert_eq!(weight.to_string().parse(), Ok(weight));
    }
    for odd in ["", "%", "10", "0%", "101%", "256%", "-1%", "+1%", "1.5%", "10 %", "１%"] {
        assert_eq!(odd.parse::<Weight>(), Err(NotAWeight), "{odd}");
    }
    assert!(serde_json::from_str::<Weight>("0").is_err());
}
