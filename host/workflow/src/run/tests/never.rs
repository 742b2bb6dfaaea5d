//! What is said to never happen does not happen, whatever the plan and the order of events.

use proptest::collection::vec;
use proptest::prelude::*;

use super::properties::live;
use crate::fixture;
use crate::problem::Code;
use crate::run::StepStatus;

/// A step as numbers: what it does, where its ways lead, their conditions, and what it waits for.
type Numbers = (u8, [u8; 2], [u8; 2], u8);

/// What a condition can be: always false, always true, true, false, and without a value. The first two are constants in one of
/// two texts, and come with the input in the other.
const CONDITIONS: [&str; 5] =
    ["input.no", "input.yes", "input.list.size() > 2", "input.list.size() > 5", "input.missing"];

/// The YAML of a step. It refers to earlier steps only, and leads to later ones only: there is no circle.
fn step(index: usize, count: usize, (work, to, conditions, needs): Numbers) -> String {
    let later = |number: u8| index + 1 + usize::from(number) % (count - index - 1).max(1);
    let [one, other] = to.map(later);
    let [first, second] = conditions.map(|number| CONDITIONS[usize::from(number) % CONDITIONS.len()]);
    let body = match work % 6 {
        0 if other < count => {
            format!("    switch: [{{ if: {first}, then: s{one} }}, {{ if: '!(!({second}))', then: s{other} }}]\n")
        }
        1 if other < count => format!("    switch: [{{ if: {first}, then: s{one} }}, {{ else: s{other} }}]\n"),
        2 if other < count => format!("    agent: any\n    if: ${{{{ {first} }}}}\n    else: s{other}\n"),
        3 => format!("    agent: any\n    if: ${{{{ {first} }}}}\n"),
        4 if other < count => format!("    agent: any\n    on_failure: {{ then: s{other} }}\n"),
        _ => "    agent: any\n".to_owned(),
    };
    let waits = (index > 0 && needs % 2 == 0).then(|| format!("    needs: [s{}]\n", usize::from(needs / 2) % index));
    let aside = match work / 6 % 4 {
        1 if body.contains("switch") => "    if: ${{ input.list.size() > 5 }}\n",
        2 if !body.contains("on_failure") => "    on_failure: { continue: 1 }\n",
        _ => "",
    };
    format!("  s{index}:\n{body}{aside}{}", waits.unwrap_or_default())
}

/// The steps of which it is said that they can never run.
fn never_run(text: &str) -> Vec<String> {
    let Err(problems) = fixture::parse(&format!("workflow: test\nsteps:\n{text}")) else { return Vec::new() };
    let said = problems.0.iter().filter(|problem| problem.code == Code::Never);
    let named = said.filter(|problem| problem.message.contains("can never run"));
    named.filter_map(|problem| problem.message.split('`').nth(1).map(str::to_owned)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn a_step_that_can_never_run_does_not(
        steps in vec(any::<Numbers>(), 2..8),
        picks in vec(any::<u8>(), 1..20),
        salt: u8,
    ) {
        let texts = steps.iter().enumerate().map(|(index, numbers)| step(index, steps.len(), *numbers));
        let text: String = texts.collect();
        let never = never_run(&text.replace("input.no", "1 > 2").replace("input.yes", "1 < 2"));
        let world = live(&text, &picks, salt, None);
        for step in never {
            let ran = matches!(world.status(&step), StepStatus::Completed | StepStatus::Failed);
            prop_assert!(!ran, "{} ran:\n{}", step, text);
        }
    }
}
