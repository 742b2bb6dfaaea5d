//! Currencies: ISO 4217.

use baton_sdk::Failure;

/// Currencies without a smaller unit.
const WHOLE: [&str; 17] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
    "XPF",
];

/// Currencies whose smallest unit is a thousandth.
const THOUSANDTHS: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// How many decimals an amount in the currency has. The code is checked for its form, not for being in use.
pub(crate) fn decimals(code: &str) -> Result<u32, Failure> {
    if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(Failure::invalid(format_args!("currency: {code:?} is no ISO 4217 code such as \"EUR\"")));
    }
    Ok(match code {
        code if WHOLE.contains(&code) => 0,
        code if THOUSANDTHS.contains(&code) => 3,
        _ => 2,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_currency_has_its_decimals() {
        for (code, expected) in [("EUR", 2), ("CHF", 2), ("JPY", 0), ("KWD", 3)] {
            assert_eq!(decimals(code), Ok(expected), "{code}");
        }
    }

    #[test]
    fn what_is_no_code_is_refused_with_its_text() {
        for code in ["", "eur", "EURO", "€", "E1R"] {
            let expected = format!("currency: {code:?} is no ISO 4217 code such as \"EUR\"");
            assert_eq!(decimals(code), Err(Failure::Invalid(expected)));
        }
    }
}
