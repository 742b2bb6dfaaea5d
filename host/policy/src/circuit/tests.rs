use proptest::prelude::*;

use super::*;

const TERMS: CircuitTerms = CircuitTerms { failures: 3, within: Wall(10_000), open: Wall(1_000), trials: 2 };

/// Longer than anything here takes.
const LASTING: Duration = Duration::from_secs(1_000_000);

fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn call(circuit: &mut Circuit, now: Duration, health: Health) -> Result<Option<Change>, Refused> {
    let leave = circuit.enter(now, LASTING)?;
    Ok(circuit.ended(&TERMS, now, &leave, health))
}

fn opened() -> Circuit {
    let mut circuit = Circuit::default();
    for _ in 0..2 {
        assert_eq!(call(&mut circuit, at(0), Health::Bad), Ok(None));
    }
    assert_eq!(call(&mut circuit, at(0), Health::Bad), Ok(Some(Change::Opened(at(1)))));
    circuit
}

#[test]
fn an_open_circuit_says_for_how_long() {
    let circuit = opened();
    assert_eq!(circuit.refuses(at(0)), Some(Refused::Open(at(1))));
    assert_eq!(circuit.refuses(at(1)), None);
}

#[test]
fn failures_long_ago_and_those_made_good_do_not_count() {
    let mut circuit = Circuit::default();
    for second in 0..100 {
        assert_eq!(call(&mut circuit, at(second * 6), Health::Bad), Ok(None), "two within ten seconds");
    }
    let mut circuit = Circuit::default();
    for _ in 0..100 {
        assert_eq!(call(&mut circuit, at(0), Health::Bad), Ok(None));
        assert_eq!(call(&mut circuit, at(0), Health::Good), Ok(None));
    }
}

#[test]
fn what_says_nothing_changes_nothing() {
    let mut circuit = Circuit::default();
    for health in [Health::Bad, Health::Unsaid, Health::Bad, Health::Unsaid] {
        assert_eq!(call(&mut circuit, at(0), health), Ok(None));
    }
    assert!(matches!(call(&mut circuit, at(0), Health::Bad), Ok(Some(Change::Opened(_)))));
    assert_eq!(call(&mut circuit, at(1), Health::Unsaid), Ok(None));
    assert_eq!(circuit.refuses(at(1)), None, "a trial that says nothing makes room for the next");
}

#[test]
fn good_trials_close_it_and_a_bad_one_opens_it_for_longer() {
    let mut circuit = opened();
    assert_eq!(call(&mut circuit, at(1), Health::Good), Ok(None));
    assert_eq!(call(&mut circuit, at(1), Health::Good), Ok(Some(Change::Closed)));
    assert_eq!(call(&mut circuit, at(1), Health::Bad), Ok(None), "it counts anew");

    let (mut circuit, mut now, mut waits) = (opened(), at(1), Vec::new());
    for _ in 0..12 {
        let Ok(Some(Change::Opened(wait))) = call(&mut circuit, now, Health::Bad) else { panic!("{circuit:?}") };
        waits.push(wait.as_secs());
        now += wait;
    }
    assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600, 600]);
}

#[test]
fn a_call_that_began_before_it_opened_says_nothing_about_the_trial() {
    let mut circuit = Circuit::default();
    let late = [circuit.enter(at(0), LASTING).unwrap(), circuit.enter(at(0), LASTING).unwrap()];
    for _ in 0..3 {
        call(&mut circuit, at(0), Health::Bad).unwrap();
    }
    let trial = circuit.enter(at(1), LASTING).unwrap();
    for (leave, health) in late.into_iter().zip([Health::Good, Health::Bad]) {
        assert_eq!(circuit.ended(&TERMS, at(1), &leave, health), None);
    }
    assert_eq!(circuit.enter(at(1), LASTING), Err(Refused::OnTrial));
    assert_eq!(circuit.ended(&TERMS, at(1), &trial, Health::Good), None);
}

#[test]
fn a_trial_of_which_nothing_is_heard_makes_room_when_its_time_is_over() {
    let mut circuit = opened();
    let lost = circuit.enter(at(1), Duration::from_secs(30)).unwrap();
    assert_eq!(circuit.refuses(at(30)), Some(Refused::OnTrial));
    let next = circuit.enter(at(31), LASTING).unwrap();
    assert_eq!(circuit.ended(&TERMS, at(32), &lost, Health::Bad), None, "it is too late to say anything");
    assert_eq!(circuit.ended(&TERMS, at(32), &next, Health::Good), None);
    assert_eq!(call(&mut circuit, at(32), Health::Good), Ok(Some(Change::Closed)));
}

#[test]
fn a_clock_that_is_set_back_holds_nobody_up() {
    let mut circuit = Circuit::default();
    for _ in 0..3 {
        call(&mut circuit, at(1_000), Health::Bad).unwrap();
    }
    assert_eq!(circuit.refuses(at(10)), None);
    let _lost = circuit.enter(at(1_000_000), LASTING);
    assert_eq!(circuit.refuses(at(10)), None);
    let mut circuit = Circuit::default();
    call(&mut circuit, at(1_000), Health::Bad).unwrap();
    call(&mut circuit, at(1_000), Health::Bad).unwrap();
    assert_eq!(call(&mut circuit, at(10), Health::Bad), Ok(None));
}

#[test]
fn a_copy_goes_on_where_the_other_one_was() {
    for mut circuit in [Circuit::default(), opened()] {
        let _trial = circuit.enter(at(1), LASTING);
        let text = toml::to_string(&circuit).unwrap();
        assert_eq!(toml::from_str::<Circuit>(&text).unwrap(), circuit, "{text}");
    }
}

#[test]
fn terms_that_mean_nothing_are_named() {
    let wrong = |text: &str| toml::from_str::<CircuitTerms>(text).unwrap().wrong();
    assert_eq!(wrong(""), None);
    assert_eq!(wrong("failures = 0"), Some("failures"));
    assert_eq!(wrong("failures = 1001"), Some("failures"));
    assert_eq!(wrong("open = '0s'"), Some("open"));
    assert!(toml::from_str::<CircuitTerms>("opens = '1s'").is_err());
}

/// What happens to a circuit: time passes, somebody asks for leave, the n-th call under way ends.
#[derive(Clone, Debug)]
enum Step {
    Pass(u64),
    Enter,
    End(usize, Health),
}

fn step() -> impl Strategy<Value = Step> {
    let health = prop_oneof![Just(Health::Good), Just(Health::Bad), Just(Health::Unsaid)];
    prop_oneof![
        (0_u64..2_000).prop_map(Step::Pass),
        Just(Step::Enter),
        Just(Step::Enter),
        (any::<usize>(), health).prop_map(|(which, health)| Step::End(which, health)),
    ]
}

proptest! {
    /// Of those who get leave after it opened, no two are under way at once until it closes, and none gets it too early.
    #[test]
    fn no_more_than_one_trial_is_let_through(steps in proptest::collection::vec(step(), 0..200)) {
        let (mut circuit, mut now) = (Circuit::default(), Duration::ZERO);
        let (mut under_way, mut is_closed, mut opens) = (Vec::new(), true, Duration::ZERO);
        for step in steps {
            match step {
                Step::Pass(millis) => now += Duration::from_millis(millis),
                Step::Enter => match circuit.enter(now, LASTING) {
                    Ok(leave) => {
                        let trials = under_way.iter().filter(|(_, is_trial)| *is_trial).count();
                        prop_assert!(is_closed || (trials == 0 && now >= opens));
                        under_way.push((leave, !is_closed));
                    }
                    Err(_) => prop_assert!(!is_closed, "a closed circuit refuses nobody"),
                },
                Step::End(_, _) if under_way.is_empty() => {}
                Step::End(which, health) => {
                    let (leave, _) = under_way.swap_remove(which % under_way.len());
                    match circuit.ended(&TERMS, now, &leave, health) {
                        Some(Change::Opened(wait)) => {
                            prop_assert!(wait >= TERMS.open.as_duration() && wait <= LONGEST.as_duration());
                            (is_closed, opens) = (false, now + wait);
                        }
                        Some(Change::Closed) => is_closed = true,
                        None => {}
                    }
                }
            }
        }
        // Whatever happened, it is not stuck: when all calls have ended and time has passed, somebody may try.
        for (leave, _) in under_way {
            let _ = circuit.ended(&TERMS, now, &leave, Health::Unsaid);
        }
        prop_assert!(circuit.enter(now + LONGEST.as_duration(), LASTING).is_ok());
    }
}
