//! The content hash is of what a workflow says.

use super::WHOLE;
use crate::fixture::plan;

#[test]
fn layout_does_not_change_the_digest() {
    let digest = plan(WHOLE).digest();
    let check = |from: &str, to: &str| {
        assert!(WHOLE.contains(from), "{from}");
        assert_eq!(plan(&WHOLE.replacen(from, to, 1)).digest(), digest, "{to}");
    };
    check("steps:\n", "# a comment\n\n\nsteps:   # another\n");
    check(
        "{ wall: 30m, fuel: 200G, calls: 500, bytes: 64MiB }",
        "{ calls: 500, bytes: 64MiB, wall: 1800s, fuel: 200_000M }",
    );
    check("{ rules: rules.json, letter: letter.md }", "\n  letter: 'letter.md'\n  rules: rules.json");
    check("{ document: \"${{ item }}\", sentences: 3 }", "{ sentences: 3, document: '${{   item }}' }");
    check("    max_parallel: 2\n    agent: summariser\n", "    agent: summariser\n    max_parallel: 2\n");
    check("retry: { max: 3, backoff: 1s, factor: 2, jitter: true }", "retry: { max_backoff: 1m }");
    check("{ three: 3.5 }", "{ \"three\": 3.50 }");
    check("{ id: none, of:", "{ of: \"${{ input.applicant.name }}\", id: none } } # ");
}

#[test]
fn meaning_changes_the_digest() {
    let digest = plan(WHOLE).digest();
    let check = |from: &str, to: &str| {
        assert!(WHOLE.contains(from), "{from}");
        assert_ne!(plan(&WHOLE.replacen(from, to, 1)).digest(), digest, "{to}");
    };
    check("wall: 30m", "wall: 31m");
    check("sentences: 3", "sentences: 4");
    check("!= 'low'", "!= 'high'");
    check("needs: [sign_off]", "needs: [sign_off, summarise]");
    check("[1, two,", "[two, 1,");
    check("rules: rules.json", "rules: rules.json, more: rules.json");
}
