use super::*;

fn document(text: &str) -> Document {
    Document { name: "passport.txt".into(), kind: Some("passport".into()), text: text.into() }
}

fn read_text(text: &str) -> Report {
    report(&document(text)).expect("the text is neither empty nor too long")
}

const EXTRACT: &str = "\
EXTRACT FROM THE REGISTER

Company name: Nordhavn Shipping AS
Registration number: 923 609 016
Date of incorporation: 14. mars 2011

The company was formed in Norway to operate timber vessels on the Baltic Sea. Its share capital is NOK 1 250 000.
The sole director is Ida Holm, born on 12 August 1985. Timber vessels need a crew of nine, and the company employs
three crews – 27 seafarers in all. The company’s vessels call at ports in Sweden and Estonia.

The register notes no charge on the vessels of the company. Signed in Oslo on 2 May 2024.
";

#[test]
fn every_position_points_at_the_text() {
    let report = read_text(EXTRACT);
    let places = report.parties.iter().map(|f| &f.place);
    let places = places.chain(report.dates.iter().map(|f| &f.place)).chain(report.amounts.iter().map(|f| &f.place));
    let places = places.chain(report.registrations.iter().map(|f| &f.place));
    let places: Vec<&Place> = places.chain(report.countries.iter().map(|f| &f.place)).chain(&report.summary).collect();
    assert!(places.len() > 10);
    for place in places {
        let raw = &EXTRACT[place.start..place.end];
        assert_eq!(raw.split_whitespace().collect::<Vec<_>>().join(" "), place.text);
        assert_eq!(EXTRACT[..place.start].matches('\n').count() + 1, place.line);
    }
}

#[test]
fn a_register_extract_is_read() {
    let report = read_text(EXTRACT);
    assert_eq!((report.document.as_str(), report.kind.as_deref()), ("passport.txt", Some("passport")));
    assert_eq!((report.language.as_deref(), report.sentences), (Some("en"), 10));
    let parties: Vec<_> = report.parties.iter().map(|f| f.what.value.as_str()).collect();
    assert_eq!(parties, ["Nordhavn Shipping AS", "Ida Holm"]);
    let dates: Vec<_> = report.dates.iter().map(|f| f.what.value.as_str()).collect();
    assert_eq!(dates, ["2011-03-14", "1985-08-12", "2024-05-02"]);
    assert_eq!(report.amounts[0].what.value, "1250000");
    assert_eq!(report.registrations[0].what.value, "923609016");
    let countries: Vec<_> = report.countries.iter().map(|f| f.what.value.as_str()).collect();
    assert_eq!(countries, ["NO", "SE", "EE"]);
    assert!((3..=6).contains(&report.summary.len()));
    assert!(report.summary.is_sorted_by_key(|place| place.start));
}

#[test]
fn a_finding_is_reported_once_with_its_mentions() {
    let report = read_text("Norway and Norway. In Norway, Holm AS. Later Holm AS.");
    assert_eq!((report.countries.len(), report.countries[0].mentions), (1, 3));
    assert_eq!((report.parties.len(), report.parties[0].mentions, report.parties[0].place.start), (1, 2, 30));
}

#[test]
fn an_empty_document_is_refused() {
    let refused = report(&document(" \n\t ")).map_err(|refusal| refusal.to_string());
    assert_eq!(refused, Err("document passport.txt is empty".into()));
}

#[test]
fn a_text_beyond_the_limit_is_refused() {
    let refused = report(&document(&"a".repeat(MAX_TEXT + 1)));
    assert_eq!(refused, Err(Refusal::TooLong("passport.txt".into(), MAX_TEXT + 1)));
}

#[test]
fn nothing_but_marks_or_one_long_line_does_no_harm() {
    for text in ["---\n***", "12", "é", "\u{feff}"] {
        read_text(text);
    }
    for piece in ["x", "Ltd. ", "1.", "Mr ", "A B ", "EUR 1,", "é\n", "A: ", "and ", "Ida Holm and "] {
        let report = read_text(&piece.repeat(20_000));
        assert!(report.summary.len() <= 6);
    }
}

#[test]
fn too_many_findings_are_counted_and_left_out() {
    let text: String = (1..400).map(|n| format!("Paid: EUR {n}.\n")).collect();
    let report = read_text(&text);
    assert_eq!((report.amounts.len(), report.omitted), (200, 199));
}
