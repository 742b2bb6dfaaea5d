//! Bad files, and what is said about each.

use super::{problems, with_steps};

/// Checks what is said about a whole file.
pub(super) fn check_file(text: &str, expect: &[&str]) {
    assert_eq!(problems(text), expect, "{text}");
}

/// Checks what is said about steps; their first line is line 5 of the file.
pub(super) fn check(steps: &str, expect: &[&str]) {
    assert_eq!(problems(&with_steps(steps)), expect, "{steps}");
}

#[test]
fn the_top_of_the_file() {
    check_file("", &["0:0 W0001 the file is empty"]);
    check_file("- a", &["1:1 W0004 `workflow` must be a mapping, not a list"]);
    check_file("workflow: test", &["1:1 W0003 `workflow` needs the key `steps`"]);
    check_file("workflow: test\nsteps: {}", &["2:8 W0005 there are no steps"]);
    check_file(
        "workflow: 3\nsteps: { a: { agent: any } }",
        &["1:11 W0004 `workflow` must be a name, not the number `3`"],
    );
    check_file(
        "workflow: a b\nsteps: { a: { agent: any } }",
        &["1:11 W0005 this is no name for a workflow [letters, digits, `-` and `_`, at most 64 of them]"],
    );
    check_file(
        "workflow: t\nstep: {}\nsteps: { a: { agent: any } }",
        &["2:1 W0002 `workflow` has no key `step` [did you mean `steps`?]"],
    );
    check_file("workflow: t\nsteps: [a]", &["2:8 W0004 `steps` must be a mapping, not a list"]);
    check_file(
        "workflow: t\nsteps: { a: { agent: any }, a: { agent: any } }",
        &["2:29 W0001 the key `a` is there twice [keep one of the two]"],
    );
    check_file(
        "workflow: t\nsteps: { A: { agent: any }, 9x: { agent: any } }",
        &[
            "2:10 W0005 `A` is no name for a step [a small letter, then small letters, digits and `_`, at most 64 together]",
            "2:29 W0005 `9x` is no name for a step [a small letter, then small letters, digits and `_`, at most 64 together]",
        ],
    );
    check_file(
        "workflow: t\ninput: application.json\nsteps: { a: { agent: any } }",
        &["2:8 W0004 `input` must be a mapping, not the text `application.json`"],
    );
    check_file("workflow: t\ninput: {}\nsteps: { a: { agent: any } }", &["2:8 W0003 `input` needs the key `schema`"]);
    check_file(
        "workflow: t\ninput: { schema: { type: object } }\nsteps: { a: { agent: any } }",
        &["2:18 W0004 `schema` must be the path of a JSON file, such as `schemas/x.json`, not a mapping"],
    );
    check_file(
        "workflow: t\ninput: { schema: none.json }\nsteps: { a: { agent: any } }",
        &["2:18 W0007 `none.json` cannot be read: no such file"],
    );
    check_file(
        "workflow: t\ninput: { schema: wrong.json }\nsteps: { a: { agent: any } }",
        &[
            r#"2:18 W0008 `wrong.json` is no JSON Schema we can use: /type: "strin" is not valid under any of the schemas listed in the 'anyOf' keyword"#,
        ],
    );
    check_file(
        "workflow: t\ninput: { schema: remote.json }\nsteps: { a: { agent: any } }",
        &[
            "2:18 W0008 `remote.json` is no JSON Schema we can use: it refers to `https://example.com/schema.json`, and nothing is fetched: put that schema under `$defs`, and refer to it by `#/$defs/…`",
        ],
    );
    check_file(
        "workflow: t\ndata: { x: bad.json, y: bad.yaml, z: latin.txt, Q: letter.md, r: [1] }\nsteps: { a: { agent: any } }",
        &[
            "2:12 W0007 `bad.json` cannot be parsed: the key `a` is there twice at line 1 column 12",
            "2:25 W0007 `bad.yaml` cannot be parsed: an anchor is not allowed here at line 1:4: write the value out where it is used",
            "2:38 W0007 `latin.txt` is not UTF-8",
            "2:49 W0005 `Q` is no name [a small letter, then small letters, digits and `_`, at most 64 together]",
            "2:66 W0004 `r` must be the path of a file, such as `data/x.json`, not a list",
        ],
    );
    check_file(
        "workflow: t\nbudget: { wall: 3, fuel: 1e9, calls: many, bytes: 0, eur: 2 }\nsteps: { a: { agent: any } }",
        &[
            "2:17 W0004 `wall` must be a duration such as `500ms`, `30s`, `5m`, `2h` or `7d`, not the number `3`",
            "2:26 W0004 `fuel` must be a whole number such as `500`, `20k`, `1M` or `200G`, not the number `1e9`",
            "2:38 W0004 `calls` must be a whole number such as `500`, `20k`, `1M` or `200G`, not the text `many`",
            "2:51 W0005 `bytes` must be from 1B to 1TB, not 0B",
            "2:54 W0002 `budget` has no key `eur` [there is `wall`, `fuel`, `calls`, `bytes`, `usd`, `tokens`, `fan_out`]",
        ],
    );
    check_file(
        "workflow: t\nbudget: { wall: 400d, fuel: 2000000T }\nsteps: { a: { agent: any } }",
        &[
            "2:17 W0005 `wall` must be from 1ms to 30d, not 400d",
            "2:29 W0005 `fuel` must be from 1 to 1000T, not 2000000T",
        ],
    );
    check_file(
        "workflow: t\nsteps: { a: { agent: any } }\noutput: ${{ steps.b.output }} and ${{ item }}",
        &[
            "3:19 W0006 there is no step `b` [there is `a`]",
            "3:39 W0010 `item` is known only in a step with `for_each` [add `for_each: ${{ … }}`]",
        ],
    );
    check_file(
        "workflow: t\nsteps: { a: { agent: any } }\noutput: { x: ${{ steps.a.output }} }",
        &[
            r#"3:15 W0001 this is not YAML: while parsing a flow mapping, did not find expected ',' or '}' [an expression with `: ` or `#` in it, or in braces, must be quoted: "${{ … }}"]"#,
        ],
    );
}

#[test]
fn what_a_step_does() {
    check(
        "  a: {}",
        &["5:3 W0003 `a` must have exactly one of `agent`, `tool`, `workflow`, `approve`, `switch`, `wait`, `emit`"],
    );
    check("  a: any", &["5:6 W0004 `a` must be a mapping, not the text `any`"]);
    check(
        "  a: { agent: any, tool: crm/contacts.upsert }",
        &["5:3 W0003 `a` must have exactly one of `agent`, `tool`, `workflow`, `approve`, `switch`, `wait`, `emit`"],
    );
    check(
        "  a: { agent: non }",
        &["5:15 W0006 there is no plugin `non` [there is `any`, `compliance`, `crm`, `summariser`]"],
    );
    check(
        "  a: { agent: summarizer, input: { document: { text: x } } }",
        &["5:15 W0006 there is no plugin `summarizer` [did you mean `summariser`?]"],
    );
    check(
        "  a: { agent: crm }",
        &["5:15 W0006 plugin `crm` is no agent [it has tools: write `tool: crm/contacts.create`]"],
    );
    check("  a: { agent: [any] }", &["5:15 W0004 `agent` must be a name, not a list"]);
    check("  a: { tool: crm }", &["5:14 W0004 a tool is written PLUGIN/FUNCTION [such as `crm/contacts.create`]"]);
    check(
        "  a: { tool: crm/contacts.upsrt, input: { client: {} } }",
        &["5:14 W0006 plugin `crm` has no function `contacts.upsrt` [did you mean `contacts.upsert`?]"],
    );
    check(
        "  a: { tool: summariser/run }",
        &["5:14 W0006 plugin `summariser` has no function `run` [it is an agent: write `agent: summariser`]"],
    );
    check("  a: { tool: any }", &["5:14 W0004 a tool is written PLUGIN/FUNCTION [it is an agent: write `agent: any`]"]);
    check(
        "  a: { agent: crm/contacts.upsert }",
        &["5:15 W0006 there is no plugin `crm/contacts.upsert` [it is a tool: write `tool: crm/contacts.upsert`]"],
    );
    check(
        "  a: { tool: nocrm/contacts.upsrt, input: { client: {} } }",
        &["5:14 W0006 there is no plugin `nocrm` [there is `any`, `compliance`, `crm`, `summariser`]"],
    );
}

#[test]
fn items_and_conditions() {
    check("  a: { agent: any, max_parallel: 2 }", &["5:20 W0002 `max_parallel` means nothing without `for_each`"]);
    check(
        r#"  a: { agent: any, for_each: "${{ input.documents }}", max_parallel: 65 }"#,
        &["5:70 W0005 `max_parallel` must be a whole number from 1 to 64, not 65"],
    );
    check(
        "  a: { agent: any, for_each: input.documents }",
        &["5:30 W0004 `for_each` must be one expression [write `${{ input.documents }}`]"],
    );
    check(
        r#"  a: { agent: any, for_each: "${{ input.applicant }}" }"#,
        &["5:41 W0011 `for_each` needs a list, and this is an object"],
    );
    check(
        "  a: { agent: any, for_each: [1, 2] }",
        &["5:30 W0004 `for_each` must be an expression: `${{ … }}`, not a list"],
    );
    check(
        r#"  a: { agent: any, if: "${{ input.note }}" }"#,
        &["5:35 W0011 `if` needs a boolean, and this is a string"],
    );
    check("  a: { agent: any, if: true }", &["5:24 W0004 `if` must be an expression: `${{ … }}`, not `true`"]);
    check(
        r#"  a: { agent: any, if: "${{ output }}" }"#,
        &[
            "5:29 W0010 `output` is known only in `check`, `until`, `set`, `compensate`, `verify` and `repair` [write `steps.NAME.output`]",
        ],
    );
    check(
        r#"  a: { agent: any, input: "${{ item.text }}" }"#,
        &["5:32 W0010 `item` is known only in a step with `for_each` [add `for_each: ${{ … }}`]"],
    );
    check(
        r#"  a: { agent: any, for_each: "${{ input.documents }}", if: "${{ index > 1 }}" }"#,
        &["5:65 W0010 `index` is known only in `input` and where `output` is [this is asked once, for all items]"],
    );
    check(
        r#"  a: { agent: any, for_each: "${{ input.documents }}", input: { x: "${{ item.txt }}" } }"#,
        &["5:78 W0010 there is no field `txt` in `item` [did you mean `text`?]"],
    );
}

#[test]
fn names_and_expressions() {
    check(
        "  a: { agent: any, needs: [b, c] }\n  bb: { agent: any }",
        &[
            "5:28 W0006 there is no step `b` [did you mean `bb`?]",
            "5:31 W0006 there is no step `c` [there is `a`, `bb`]",
        ],
    );
    check("  a: { agent: any, needs: b }", &["5:27 W0004 `needs` must be a list, not the text `b`"]);
    check(
        r#"  a: { agent: any, input: "${{ steps.bb.output }}" }
  b: { agent: any }"#,
        &["5:38 W0006 there is no step `bb` [did you mean `b`?]"],
    );
    check(
        r#"  a: { agent: any, input: "${{ steps.b }}" }
  b: { agent: any }"#,
        &["5:38 W0009 a step alone is no value [write `steps.NAME.output` or `steps.NAME.outcome`]"],
    );
    check(
        r#"  a: { agent: any, input: "${{ steps.b.result }}" }
  b: { agent: any }"#,
        &["5:40 W0009 a step has `output` and `outcome`, not `result` [did you mean `steps.b.output.result`?]"],
    );
    check(
        r#"  a: { agent: any, input: "${{ b.output }}" }
  b: { agent: any }"#,
        &["5:32 W0010 there is no `b` [did you mean `steps.b.output`?]"],
    );
    check(
        r#"  a: { agent: any, input: "${{ size(steps) }}" }"#,
        &["5:37 W0009 `steps` alone is no value [write `steps.NAME.output` or `steps.NAME.outcome`]"],
    );
    check(
        r#"  a: { agent: any, input: "${{ inputs.note }}" }"#,
        &["5:32 W0010 there is no `inputs` [did you mean `input`?]"],
    );
    check(
        r#"  a: { agent: any, input: "${{ sise(input.note) + input.note.length() }}" }"#,
        &[
            "5:32 W0009 there is no function `sise` [did you mean `size`?]",
            "5:62 W0009 there is no function `length` [there is `size`, `distinct`, `flatten`, `lists.range`, `reverse`, `slice`, `sort`, `contains`, `startsWith`, `endsWith`, `matches`, `lowerAscii`, …]",
        ],
    );
    check(
        r#"  a: { agent: any, input: "${{ size(input.note, 1) }}" }"#,
        &["5:32 W0009 `size` takes one argument, not 2"],
    );
    check(
        r#"  a: { agent: any, input: "${{ input.note" }"#,
        &["5:28 W0009 the expression has no end [close the expression with `}}`]"],
    );
    check(r#"  a: { agent: any, input: "${{ input. }}" }"#, &["5:37 W0009 the expression ends too early"]);
    check(
        r#"  a: { agent: any, input: "${{ input.note + }} and more" }"#,
        &["5:43 W0009 the expression ends too early"],
    );
    check(
        "  a:\n    agent: any\n    input:\n      x: |\n        first\n        second ${{ input.nte }}\n      y: >-\n        folded\n        ${{ input.applicant\n            .nam }}\n",
        &[
            "10:26 W0010 there is no field `nte` in `input` [did you mean `note`?]",
            "14:14 W0010 there is no field `nam` in `input.applicant` [did you mean `name`?]",
        ],
    );
    check(r#"  a: { agent: any, input: { "${{ x }}": 1 } }"#, &["5:29 W0004 a key cannot be an expression"]);
    check(
        "  a: { agent: any, input: *x }",
        &["5:27 W0001 an alias is not allowed here [write the value out where it is used]"],
    );
    check(
        "  a: { agent: any, input: { x: ${{ input.note }} } }",
        &[
            r#"5:33 W0001 this is not YAML: while parsing a flow mapping, did not find expected ',' or '}' [an expression with `: ` or `#` in it, or in braces, must be quoted: "${{ … }}"]"#,
        ],
    );
    check(
        r#"  a: { agent: any, input: "${{ input.documents.map(input, 1) }} ${{ map(1) }} ${{ has(input) }}" }"#,
        &[
            "5:52 W0009 `map` needs a list before it and a new variable's name in it [such as `input.documents.map(d, d.pages > 1)`]",
            "5:69 W0009 `map` takes 2 or 3 arguments, not 1",
            "5:83 W0009 `has` needs a field [such as `has(input.name)`]",
        ],
    );
}

#[test]
fn fields_that_cannot_be() {
    check(
        r#"  a: { agent: any, input: "${{ data.rule }} ${{ data.rules.limt }}" }"#,
        &[
            "5:37 W0010 there is no field `rule` in `data` [did you mean `rules`?]",
            "5:60 W0010 there is no field `limt` in `data.rules` [did you mean `limit`?]",
        ],
    );
    check(
        r#"  a: { agent: any, input: "${{ input.applicant.nme }} ${{ input.documents[0].tex }} ${{ input.note.x }}" }"#,
        &[
            "5:48 W0010 there is no field `nme` in `input.applicant` [did you mean `name`?]",
            "5:78 W0010 there is no field `tex` in `input.documents[…]` [did you mean `text`?]",
            "5:100 W0010 there is no field `x` in `input.note` [it is a string]",
        ],
    );
    check(
        r#"  a: { agent: any, input: "${{ input.documents.map(d, d.txt) }}" }"#,
        &["5:57 W0010 there is no field `txt` in `d` [did you mean `text`?]"],
    );
    check(
        r#"  a: { agent: compliance, output: risk.json }
  b: { agent: any, input: "${{ steps.a.output.rsk }}" }"#,
        &[
            "5:3 W0011 this does not fit the input of `compliance`: `applicant` is missing [it must have `applicant`]",
            "6:47 W0010 there is no field `rsk` in `steps.a.output` [did you mean `risk`?]",
        ],
    );
    check(
        r#"  a: { agent: summariser, input: { document: { text: x } } }
  b: { agent: any, input: "${{ steps.a.output.sumary }}" }"#,
        &["6:47 W0010 there is no field `sumary` in `steps.a.output` [did you mean `summary`?]"],
    );
    check(
        r#"  a: { tool: crm/contacts.upsert, input: { client: {} } }
  b: { agent: any, input: "${{ steps.a.output.uid }}" }"#,
        &["6:47 W0010 there is no field `uid` in `steps.a.output` [there is `id`]"],
    );
}

#[test]
fn inputs_that_cannot_fit() {
    check(
        "  a: { tool: crm/contacts.upsert }",
        &[
            "5:3 W0011 this does not fit the parameters of `crm/contacts.upsert`: `client` is missing [it must have `client`]",
        ],
    );
    check(
        r#"  a: { tool: crm/contacts.upsert, input: { client: "${{ input.note }}", leter: x } }"#,
        &[
            "5:52 W0011 this does not fit the parameters of `crm/contacts.upsert`: `client`: an object is needed, and this is a string",
            "5:80 W0011 this does not fit the parameters of `crm/contacts.upsert`: `leter`: there is no such field [did you mean `letter`?]",
        ],
    );
    check(
        "  a: { tool: crm/contacts.upsert, input: { client: {}, letter: 3 } }",
        &[
            "5:64 W0011 this does not fit the parameters of `crm/contacts.upsert`: `letter`: a string is needed, and this is an integer",
        ],
    );
    check(r#"  a: { tool: crm/contacts.upsert, input: { client: {}, letter: "a ${{ input.note }}" } }"#, &[]);
    check(
        r#"  a: { tool: crm/contacts.upsert, input: "${{ input.documents }}" }"#,
        &[
            "5:42 W0011 this does not fit the parameters of `crm/contacts.upsert`: an object is needed, and this is a list",
        ],
    );
    check(
        r#"  a: { agent: compliance, input: { applicant: "${{ input.applicant.name }}", level: ful } }"#,
        &[
            "5:47 W0011 this does not fit the input of `compliance`: `applicant`: an object is needed, and this is a string",
            r#"5:85 W0011 this does not fit the input of `compliance`: `level`: "ful" is not among the values that are allowed [there is "brief", "full"]"#,
        ],
    );
    check(
        r#"  a: { agent: compliance, input: { applicant: {}, level: "${{ size(input.note) > 3 }}" } }"#,
        &["5:58 W0011 this does not fit the input of `compliance`: `level`: a string is needed, and this is a boolean"],
    );
    check(
        r#"  a: { agent: summariser, input: { document: "${{ input.applicant }}" } }"#,
        &[
            "5:46 W0011 this does not fit the input of `summariser`: `document`: `text` is needed, and its schema has no such field [there is `age`, `name`]",
        ],
    );
    check(
        r#"  a: { agent: compliance, input: { applicant: {}, summaries: "${{ steps.b.output }}" } }
  b: { agent: summariser, input: { document: { text: x } } }"#,
        &[
            "5:62 W0011 this does not fit the input of `compliance`: `summaries`: a list is needed, and this is an object",
        ],
    );
}

#[test]
fn checks_retries_and_failures() {
    check(
        "  a: { agent: any, check: output.x }",
        &["5:27 W0004 `check` must be a list of expressions, not the text `output.x`"],
    );
    check(
        r#"  a: { agent: any, check: [3, "${{ output.x }} ", "size(output)"] }"#,
        &[
            "5:28 W0004 `check` must be an expression: `${{ … }}`, not the number `3`",
            "5:52 W0011 a check needs a boolean, and this is an integer",
        ],
    );
    check("  a: { agent: any, retry: 3 }", &["5:27 W0004 `retry` must be a mapping, not the number `3`"]);
    check(
        "  a: { agent: any, retry: { max: 50, backoff: 2y, factor: 0.5, jitter: maybe, tries: 3 } }",
        &[
            "5:34 W0005 `max` must be a whole number from 0 to 20, not 50",
            "5:47 W0004 `backoff` must be a duration such as `500ms`, `30s`, `5m`, `2h` or `7d`, not the text `2y`",
            "5:59 W0005 `factor` must be from 1 to 10, not 0.5",
            "5:72 W0004 `jitter` must be `true` or `false`, not the text `maybe`",
            "5:79 W0002 `retry` has no key `tries` [there is `max`, `backoff`, `factor`, `jitter`, `max_backoff`, `on`]",
        ],
    );
    check(
        "  a: { agent: any, timeout: 2 }",
        &["5:29 W0004 `timeout` must be a duration such as `500ms`, `30s`, `5m`, `2h` or `7d`, not the number `2`"],
    );
    check("  a: { agent: any, timeout: 0s }", &["5:29 W0005 `timeout` must be from 1ms to 1d, not 0ms"]);
    check(
        "  a: { agent: any, on_failure: ignore }",
        &[
            "5:32 W0004 `on_failure` must be `fail`, `{ continue: VALUE }`, `{ then: STEP }` or `{ escalate: { to: [ROLE] } }`, not the text `ignore`",
        ],
    );
    check(
        "  a: { agent: any, on_failure: { then: b, continue: 1 } }",
        &[
            "5:32 W0004 `on_failure` is one of `fail`, `{ continue: VALUE }`, `{ then: STEP }` or `{ escalate: { to: [ROLE] } }`",
        ],
    );
    check(
        "  a: { agent: any, on_failure: { then: c } }\n  cc: { agent: any }",
        &["5:40 W0006 there is no step `c` [did you mean `cc`?]"],
    );
    check(
        "  a: { agent: any, on_failure: { than: c } }",
        &["5:34 W0002 `on_failure` has no key `than` [did you mean `then`?]"],
    );
    check(
        "  a: { agent: any, on_failure: { then: a } }",
        &["5:3 W0012 step `a` waits for itself [in `check`, a step's own output is `output`]"],
    );
    check(
        "  a: { agent: any, budget: { wall: 3s } }",
        &["5:30 W0002 `budget` has no key `wall` [there is `fuel`, `calls`, `bytes`, `usd`, `tokens`, `fan_out`]"],
    );
    check(
        "  a: { agent: any, output: { type: string } }\n  b: { approve: { question: ok, answer: 3 } }",
        &[
            "5:28 W0004 `output` must be the path of a JSON file, such as `schemas/x.json`, not a mapping",
            "6:41 W0004 `answer` must be the path of a JSON file, such as `schemas/x.json`, not the number `3`",
        ],
    );
    check("  a: { agent: any, output: none.json }", &["5:28 W0007 `none.json` cannot be read: no such file"]);
}

#[test]
fn questions() {
    check("  a: { approve: { show: 1 } }", &["5:8 W0003 `approve` needs the key `question`"]);
    check("  a: { approve: What }", &["5:17 W0004 `approve` must be a mapping, not the text `What`"]);
    check(
        "  a: { approve: { question: 3, roles: [], timeout: 500ms, answer: wrong.json, on_timeout: 3 } }",
        &[
            "5:29 W0004 `question` must be a text, not the number `3`",
            "5:39 W0005 `roles` names nobody [leave `roles` out to let anybody answer]",
            "5:52 W0005 `timeout` must be from 1s to 365d, not 500ms",
            r#"5:67 W0008 `wrong.json` is no JSON Schema we can use: /type: "strin" is not valid under any of the schemas listed in the 'anyOf' keyword"#,
            "5:91 W0004 `on_timeout` must be `reject`, `approve`, `fail`, `{ escalate: [ROLE], timeout: 1d, then: reject }` or a list of these, not the number `3`",
        ],
    );
    check(
        r#"  a: { approve: { question: ok, roles: [3] }, timeout: 3d, for_each: "${{ input.documents }}" }"#,
        &[
            "5:41 W0004 `roles` must be a name, not the number `3`",
            "5:47 W0002 `timeout` means nothing in a step with `approve` [write it inside `approve`]",
            "5:56 W0005 `timeout` must be from 1ms to 1d, not 3d",
            "5:60 W0002 `for_each` means nothing in a step with `approve`",
        ],
    );
    check(
        r#"  a: { approve: { question: "${{ item }}" } }"#,
        &["5:34 W0010 `item` is known only in a step with `for_each` [add `for_each: ${{ … }}`]"],
    );
}

#[test]
fn circles() {
    check(
        r#"  a: { agent: any, needs: [b] }
  b: { agent: any, input: "${{ steps.c.output }}" }
  c: { agent: any, if: "${{ steps.a.outcome == 'skipped' }}" }"#,
        &[
            "5:3 W0012 steps wait for each other: a → b → c → a [each waits for the next, by a reference, `needs` or `then`: take one of them away]",
        ],
    );
    check(
        r#"  a: { agent: any, check: ["steps.a.output.x"] }"#,
        &["5:3 W0012 step `a` waits for itself [in `check`, a step's own output is `output`]"],
    );
    check(
        "  a: { agent: any, on_failure: { then: b } }\n  b: { agent: any }\n  c: { agent: any, needs: [b], on_failure: { then: a } }",
        &[
            "5:3 W0012 steps wait for each other: a → c → b → a [each waits for the next, by a reference, `needs` or `then`: take one of them away]",
        ],
    );
}
