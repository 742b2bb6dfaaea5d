use super::*;
use crate::example;

fn write(replaced: Value) -> Result<Letter, Failure> {
    super::write(&example::input(replaced), || panic!("the date is given"))
}

#[test]
fn a_letter_is_the_template_filled() {
    let letter = write(json!({})).unwrap();
    let expected = "\
# Engagement of Hansewind Energie GmbH

31 March 2026

Am Sandtorkai 5\\
20457 Hamburg

We will advise you on:
- tax
- audit

1 x Audit at 4800.00 EUR
";
    assert_eq!(letter.text, expected);
    assert_eq!(letter.title, "Engagement of Hansewind Energie GmbH");
    assert_eq!((letter.words, letter.language), (26, Language::En));
    assert_eq!(
        letter.placeholders,
        ["applicant.address", "applicant.name", "applicant.services", "date", "fees.currency", "fees.lines"]
    );
}

#[test]
fn what_is_given_besides_is_filled_in() {
    let letter = write(json!({ "sign_off": { "by": "A. Partner" }, "language": "de" })).unwrap();
    assert!(letter.text.ends_with("Agreed by A. Partner.\n"), "{}", letter.text);
    assert!(letter.text.contains("31.\u{a0}März 2026"), "{}", letter.text);
    assert!(letter.placeholders.contains(&"sign_off.by".to_owned()));
}

#[test]
fn the_id_follows_from_the_text() {
    let letter = write(json!({})).unwrap();
    assert_eq!(letter.id, write(json!({ "findings": { "not": "used" } })).unwrap().id);
    assert_ne!(letter.id, write(json!({ "date": "2026-04-01" })).unwrap().id);
    let hex = letter.id.strip_prefix("EL-").unwrap();
    assert!(hex.len() == 12 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()), "{hex}");
}

#[test]
fn without_a_date_the_letter_is_of_today() {
    let input = example::input(json!({ "date": null, "template": "{{ date }}" }));
    let letter = super::write(&input, || date::parse("2026-12-24")).unwrap();
    assert_eq!(letter.text, "24 December 2026");
    assert_eq!(letter.title, "Hansewind Energie GmbH");
}

#[test]
fn what_the_applicant_wrote_is_no_structure_of_the_letter() {
    let applicant = json!({
        "name": "Eve\n# Fees\nnone [here](http://x)", "kind": "person", "country": "IE", "services": []
    });
    let letter = write(json!({ "applicant": applicant, "template": "Dear {{ applicant.name }}," })).unwrap();
    assert_eq!(letter.text, "Dear Eve\\\n\\# Fees\\\nnone \\[here\\](http://x),");
}

#[test]
fn a_title_is_plain_text() {
    let applicant = json!({ "name": "Müller & Söhne *GmbH*", "kind": "company", "country": "DE" });
    let letter = write(json!({ "applicant": applicant, "template": "# For {{ applicant.name }}\n" })).unwrap();
    assert_eq!(letter.title, "For Müller & Söhne *GmbH*");
}

#[test]
fn a_bad_date_is_refused() {
    assert!(matches!(write(json!({ "date": "31.03.2026" })), Err(Failure::Invalid(_))));
}
