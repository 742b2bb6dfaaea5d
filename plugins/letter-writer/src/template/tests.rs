use serde_json::json;

use super::*;

fn values() -> Map<String, Json> {
    let values = json!({
        "applicant": { "name": "Zoë", "contact_person": null, "services": ["tax", "a_b"], "sector": "wind" },
        "date": "31 March 2026",
        "fees": null,
        "findings": { "risk": "low", "score": 3 },
        "sign_off": null
    });
    values.as_object().unwrap().clone()
}

fn check(template: &str, expected: &str) {
    assert_eq!(fill(template, &values()).map(|filled| filled.text), Ok(expected.to_owned()));
}

fn check_refused(template: &str, expected: &str) {
    assert_eq!(fill(template, &values()), Err(Failure::invalid(expected)));
}

#[test]
fn a_template_has_conditions_loops_and_a_few_filters() {
    check("{{ applicant.name }}, {{ findings.score }}", "Zoë, 3");
    check("{% if sign_off %}yes{% else %}no{% endif %}", "no");
    check("{% if findings.risk == \"low\" and not fees %}simple{% endif %}", "simple");
    check("{{ applicant.services | join(\", \") }} ({{ applicant.services | length }})", "tax, a\\_b (2)");
    check("{{ applicant.contact_person | default(\"your board\") }}", "your board");
    check("{{ applicant.sector }}", "wind");
    check("no placeholder\n", "no placeholder\n");
}

#[test]
fn a_line_with_only_a_block_leaves_no_line() {
    check("a\n{% if findings %}\nb\n{% endif %}\nc\n", "a\nb\nc\n");
}

#[test]
fn an_unknown_placeholder_is_named_with_its_line() {
    check_refused(
        "Größe\n{{ aplicant.name }}",
        "template, line 2: aplicant.name is unknown; the letter has applicant, date, fees, findings, sign_off",
    );
    check_refused(
        "{{ applicant.name }}\n\n{{ applicant.nam }}",
        "template, line 3: applicant.nam is unknown; applicant has contact_person, name, sector, services",
    );
}

#[test]
fn an_unknown_placeholder_is_found_where_it_is_not_reached() {
    check_refused(
        "{% if sign_off %}\n{{ applicant.nam }}{% endif %}",
        "template, line 2: applicant.nam is unknown; applicant has contact_person, name, sector, services",
    );
}

#[test]
fn a_missing_value_is_named_with_its_line() {
    check_refused("ü\n{{ applicant.contact_person }}", "template, line 2: applicant.contact_person: it has no value");
    check_refused("{{ findings.level }}", "template, line 1: findings.level: `findings.level` is undefined");
    check_refused("\n{{ sign_off.by }}", "template, line 2: sign_off.by: `sign_off.by` is undefined");
    check_refused(
        "{% for line in fees.lines %}\n{{ line.amount }}\n{% endfor %}",
        "template, line 1: fees.lines: `fees.lines` is undefined",
    );
}

#[test]
fn what_is_no_text_has_no_place_in_a_letter() {
    check_refused("{{ applicant.services }}", "template, line 1: applicant.services: it is a sequence, not a text");
    check_refused("{{ findings }}", "template, line 1: findings: it is a map, not a text");
}

#[test]
fn a_template_that_does_not_parse_says_where() {
    check_refused("a\n{{ date", "template, line 2: {{ date: unexpected end of input, expected end of variable block");
    check_refused(
        "{% if date %}\n\n{{ date }}",
        "template, line 3: {{ date }}: unexpected end of input, expected end of block",
    );
    check_refused("{{ date | shout }}", "template, line 1: shout: filter shout is unknown");
    check_refused("{% include \"other\" %}", "template, line 1: {% include \"other\" %}: unknown statement include");
}

#[test]
fn a_template_is_no_program() {
    assert!(matches!(fill("{{ range(10) }}", &values()), Err(Failure::Invalid(_))));
    assert!(matches!(fill("{{ applicant.name.upper() }}", &values()), Err(Failure::Invalid(_))));
}

#[test]
fn placeholders_with_a_value_are_told() {
    let filled = fill("{{ date }}{% if sign_off %}{{ sign_off.by }}{% endif %}{{ findings.risk }}", &values()).unwrap();
    assert_eq!(filled.placeholders.into_iter().collect::<Vec<_>>(), ["date", "findings.risk"]);
}
