use super::*;

fn check(text: &str, expect: &[(&str, Scheme)]) {
    let found = find(&Scan::new(text, 0..text.len()));
    let values: Vec<_> = found.iter().map(|(r, _)| (r.value.as_str(), r.scheme)).collect();
    assert_eq!(values, expect, "{text}");
    for (registration, part) in &found {
        assert_eq!(normal(&text[part.clone()]), registration.value);
    }
}

#[test]
fn labels_announce_their_numbers() {
    check("Company number: 09876543", &[("09876543", Scheme::Company)]);
    check("registered under company number SC 123456, Edinburgh", &[("SC123456", Scheme::Company)]);
    check("Registration No. 923 609 016 in Oslo", &[("923609016", Scheme::Company)]);
    check("Amtsgericht Hamburg, HRB 12345 B.", &[("HRB12345B", Scheme::Company)]);
    check("KvK 12345678", &[("12345678", Scheme::Company)]);
    check("UID: CHE-123.456.789", &[("CHE123456789", Scheme::Company)]);
    check("VAT registration number GB 123 4567 89", &[("GB123456789", Scheme::Vat)]);
    check("Tax identification number: 12-3456789", &[("123456789", Scheme::Tax)]);
    check("Passport No. X1234567.", &[("X1234567", Scheme::Passport)]);
    check("Passport number\nX1234567", &[("X1234567", Scheme::Passport)]);
    check("Identity card no: 4711-99/A", &[("471199A", Scheme::Identity)]);
}

#[test]
fn check_digits_prove_an_iban_and_a_lei() {
    check("paid to GB29 NWBK 6016 1331 9268 19 today", &[("GB29NWBK60161331926819", Scheme::Iban)]);
    check("IBAN: DE89370400440532013000", &[("DE89370400440532013000", Scheme::Iban)]);
    check("GB29 NWBK 6016 1331 9268 18", &[]);
    check("LEI 5493001KJTIIGC8Y1R12", &[("5493001KJTIIGC8Y1R12", Scheme::Lei)]);
    check("LEI 5493001KJTIIGC8Y1R13", &[]);
}

#[test]
fn other_numbers_are_none() {
    check("The company has 12000 shares, a number of 500 of them registered in May 2019.", &[]);
    check("Phone 020 7946 0000, company of 1998", &[]);
}
