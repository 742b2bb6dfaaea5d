use super::*;

fn check(text: &str, expect: &[(&str, Option<DateRole>)]) {
    let scan = Scan::new(text, 0..text.len());
    let found = find(&scan);
    let values: Vec<_> = found.iter().map(|(date, _)| (date.value.as_str(), date.role)).collect();
    assert_eq!(values, expect, "{text}");
    assert!(found.iter().all(|(_, part)| text[part.clone()].contains(char::is_numeric)), "{text}");
}

#[test]
fn every_notation_is_read() {
    for text in [
        "2024-03-14",
        "(2024-03-14)",
        "14/03/2024",
        "14.03.2024",
        "14. 3. 2024",
        "03/14/2024",
        "14 March 2024",
        "the 14th day of March, 2024",
        "14th of March 2024",
        "March 14, 2024",
        "Mar. 14th 2024",
        "14-Mar-2024",
        "14 MAR 2024",
        "14 MAR/MARS 2024",
        "14. März 2024",
        "14 mars 2024",
        "14 de marzo de 2024",
    ] {
        check(text, &[("2024-03-14", None)]);
    }
}

#[test]
fn numbers_apart_are_a_date_behind_a_label_only() {
    check("Date of birth: 02 11 1969", &[("1969-11-02", Some(DateRole::Born))]);
    check("Telephone 02 11 1969, Box: 02 11 1969 33", &[]);
}

#[test]
fn day_comes_first_where_both_could() {
    check("04/03/2024", &[("2024-03-04", None)]);
}

#[test]
fn what_only_looks_like_a_date_is_none() {
    for text in
        ["2024-13-14", "31.02.2024", "1.2.3", "Section 4.2.2024.1", "14 Marchers 2024", "32 May 2024", "00/00/0000"]
    {
        check(text, &[]);
    }
}

#[test]
fn the_words_around_tell_the_role() {
    use DateRole::{Born, Expires, Incorporated, Issued, Signed};
    check("Date of birth: 12 AUG 1985", &[("1985-08-12", Some(Born))]);
    check("Date of birth\n12 AUG 1985", &[("1985-08-12", Some(Born))]);
    check("Ida Holm, born on 12 August 1985 in Oslo", &[("1985-08-12", Some(Born))]);
    check("gültig bis 14.03.2034", &[("2034-03-14", Some(Expires))]);
    check("It is valid until 14.03.2034.", &[("2034-03-14", Some(Expires))]);
    check("Issued 1 May 2024, expires 1 May 2034.", &[("2024-05-01", Some(Issued)), ("2034-05-01", Some(Expires))]);
    check("On 3 May 2019 the company was incorporated.", &[("2019-05-03", Some(Incorporated))]);
    check("Signed in Oslo on 3 May 2019", &[("2019-05-03", Some(Signed))]);
    check("Date: 3 May 2019", &[("2019-05-03", Some(Issued))]);
    check("The company was incorporated. On 3 May 2019 it moved.", &[("2019-05-03", None)]);
    check(
        "Date of issue: 1 May 2024\nDate of expiry: 1 May 2034",
        &[("2024-05-01", Some(Issued)), ("2034-05-01", Some(Expires))],
    );
}
