//! What a client must look like to be kept.

use baton_sdk::Failure;
use jiff::civil::Date;

use crate::bindings::exports::baton::crm::contacts::Client;

/// Refuses a client that could never be found again, or whose fields are not in their form.
pub(crate) fn check(client: &Client) -> Result<(), Failure> {
    if !client.name.contains(char::is_alphanumeric) {
        return Err(Failure::invalid(format_args!("client.name: {:?} has neither letters nor digits", client.name)));
    }
    let country = client.country.as_bytes();
    if country.len() != 2 || !country.iter().all(u8::is_ascii_uppercase) {
        let country = &client.country;
        return Err(Failure::invalid(format_args!("client.country: {country:?} is no ISO 3166-1 code such as \"DE\"")));
    }
    if let Some(date) = &client.date_of_birth
        && calendar_date(date).is_none()
    {
        return Err(Failure::invalid(format_args!("client.date-of-birth: {date:?} is no date such as \"1980-02-29\"")));
    }
    Ok(())
}

/// Reads a date in ISO 8601, in its one usual form.
fn calendar_date(text: &str) -> Option<Date> {
    let digits = |range| text.get(range).filter(|part: &&str| part.bytes().all(|byte| byte.is_ascii_digit()));
    if text.len() != 10 || text.get(4..5) != Some("-") || text.get(7..8) != Some("-") {
        return None;
    }
    let (year, month, day) = (digits(0..4)?.parse().ok()?, digits(5..7)?.parse().ok()?, digits(8..10)?.parse().ok()?);
    Date::new(year, month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    fn check_with(change: impl FnOnce(&mut Client), expected: Result<(), &str>) {
        let mut client = example::person();
        change(&mut client);
        assert_eq!(check(&client), expected.map_err(Failure::invalid));
    }

    #[test]
    fn each_bad_field_is_named_with_its_text() {
        check_with(|_| {}, Ok(()));
        check_with(|client| client.date_of_birth = None, Ok(()));
        check_with(|client| client.name = " - ".into(), Err("client.name: \" - \" has neither letters nor digits"));
        for country in ["Germany", "de", "D1", ""] {
            check_with(
                |client| client.country = country.into(),
                Err(&format!("client.country: {country:?} is no ISO 3166-1 code such as \"DE\"")),
            );
        }
        for date in ["1981-02-29", "29.02.1980", "1980-02-29T00:00:00", "19800229"] {
            check_with(
                |client| client.date_of_birth = Some(date.into()),
                Err(&format!("client.date-of-birth: {date:?} is no date such as \"1980-02-29\"")),
            );
        }
    }
}
