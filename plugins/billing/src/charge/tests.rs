use super::*;

fn fees(currency: &str, rate: &str, lines: &[(&str, &str)]) -> Fees {
    let line = |(quantity, price): &(&str, &str)| Line {
        description: "Advice".into(),
        quantity: (*quantity).into(),
        unit_price: (*price).into(),
    };
    Fees { currency: currency.into(), lines: lines.iter().map(line).collect(), tax_rate: rate.into() }
}

fn check(fees: &Fees, amounts: &[&str], net: &str, tax: &str, total: &str) {
    let sum = sum(fees).unwrap();
    let written: Vec<_> = sum.lines.iter().map(|line| line.amount.as_str()).collect();
    assert_eq!(written, amounts);
    assert_eq!((sum.net.as_str(), sum.tax.as_str(), sum.total.as_str()), (net, tax, total));
}

fn check_refused(fees: &Fees, expected: &str) {
    assert_eq!(sum(fees), Err(Failure::invalid(expected)));
}

#[test]
fn amounts_are_exact() {
    // In binary floating point 0.1 * 3 is 0.30000000000000004, and 1.15 * 100 is 114.99999999999999.
    check(&fees("EUR", "19", &[("3", "0.1"), ("100", "1.15")]), &["0.30", "115.00"], "115.30", "21.91", "137.21");
    check(&fees("EUR", "0", &[("1.5", "250")]), &["375.00"], "375.00", "0.00", "375.00");
}

#[test]
fn a_half_is_rounded_to_the_even_neighbour() {
    check(
        &fees("EUR", "0", &[("1", "0.005"), ("1", "0.015"), ("1", "0.025"), ("1", "0.0251")]),
        &["0.00", "0.02", "0.02", "0.03"],
        "0.07",
        "0.00",
        "0.07",
    );
    check(&fees("EUR", "2.5", &[("1", "0.20")]), &["0.20"], "0.20", "0.00", "0.20");
    check(&fees("EUR", "2.5", &[("1", "0.60")]), &["0.60"], "0.60", "0.02", "0.62");
}

#[test]
fn amounts_are_rounded_to_the_currencys_smallest_unit() {
    check(&fees("JPY", "10", &[("1", "1234.5"), ("1", "1235.5")]), &["1234", "1236"], "2470", "247", "2717");
    check(&fees("KWD", "5", &[("1", "1.0005")]), &["1.000"], "1.000", "0.050", "1.050");
}

#[test]
fn a_discount_is_a_line_below_zero() {
    check(&fees("EUR", "20", &[("1", "100"), ("1", "-10.50")]), &["100.00", "-10.50"], "89.50", "17.90", "107.40");
    check(&fees("EUR", "20", &[("1", "-0.001")]), &["0.00"], "0.00", "0.00", "0.00");
    check_refused(
        &fees("EUR", "20", &[("1", "10"), ("1", "-10.01")]),
        "lines: they come to -0.01, which no invoice can ask for",
    );
}

#[test]
fn the_largest_numbers_are_still_exact() {
    check(
        &fees("EUR", "99.9999", &[("9999.9999", "99999999.9999")]),
        &["999999989999.00"],
        "999999989999.00",
        "999998989999.01",
        "1999998979998.01",
    );
    check_refused(
        &fees("EUR", "0", &[("999999999", "999999999.9999")]),
        "lines: they come to 999999998999900000.00, which no invoice can ask for",
    );
}

#[test]
fn a_bad_number_is_refused_with_its_position_and_text() {
    for text in ["", "1,50", "1e3", "1_000", " 1", "+1", ".5", "1.", "١", "NaN", "--1", "0x10"] {
        check_refused(
            &fees("EUR", "19", &[("1", "1"), ("1", text)]),
            &format!("lines[1].unit-price: {text:?} is no decimal number such as \"1250.00\""),
        );
    }
    check_refused(
        &fees("EUR", "19", &[("1000000000", "1")]),
        "lines[0].quantity: \"1000000000\" has more than 9 digits or 4 decimals",
    );
    check_refused(
        &fees("EUR", "19", &[("1", "0.00001")]),
        "lines[0].unit-price: \"0.00001\" has more than 9 digits or 4 decimals",
    );
    check_refused(&fees("EUR", "19", &[("0", "1")]), "lines[0].quantity: \"0\" is not above zero");
    check_refused(&fees("EUR", "100.1", &[("1", "1")]), "tax-rate: \"100.1\" is not from 0 to 100");
    check_refused(&fees("EUR", "-1", &[("1", "1")]), "tax-rate: \"-1\" is not from 0 to 100");
    check_refused(&fees("EUR", "19 %", &[("1", "1")]), "tax-rate: \"19 %\" is no decimal number such as \"1250.00\"");
}

#[test]
fn an_invoice_needs_lines_with_a_description() {
    check_refused(&fees("EUR", "19", &[]), "lines: there are 0, and 1 to 1000 can be charged for");
    check_refused(&fees("EUR", "19", &[("1", "1"); 1_001]), "lines: there are 1001, and 1 to 1000 can be charged for");
    let mut unnamed = fees("EUR", "19", &[("1", "1")]);
    unnamed.lines[0].description = " ".into();
    check_refused(&unnamed, "lines[0].description: it is empty");
}
