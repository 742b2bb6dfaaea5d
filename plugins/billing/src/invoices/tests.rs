use std::cell::RefCell;
use std::time::Duration;

use baton_sdk::Error;
use baton_sdk::state::Memory;
use jiff::civil;

use super::*;
use crate::bindings::exports::baton::billing::invoices::Line;

const SPRING: Date = civil::date(2026, 3, 31);

fn fees(price: &str) -> Fees {
    let line = Line { description: "Advice".into(), quantity: "2".into(), unit_price: price.into() };
    Fees { currency: "EUR".into(), lines: vec![line], tax_rate: "19".into() }
}

fn account(store: &impl Store) -> String {
    accounts::open(store, "C-1", "Hansewind GmbH", "EUR").unwrap().id
}

fn numbers(store: &impl Store) -> Vec<String> {
    state::keys(store, "invoice/").unwrap()
}

#[test]
fn an_invoice_says_what_is_to_be_paid() {
    let store = Memory::default();
    let account = account(&store);
    let invoice = issue(&store, &account, &fees("125.50"), "key", SPRING).unwrap();
    assert_eq!((invoice.number.as_str(), invoice.date.as_str()), ("2026-0001", "2026-03-31"));
    assert_eq!((invoice.net.as_str(), invoice.tax.as_str(), invoice.total.as_str()), ("251.00", "47.69", "298.69"));
    assert_eq!((invoice.account.as_str(), invoice.name.as_str()), (account.as_str(), "Hansewind GmbH"));
    assert_eq!(get(&store, "2026-0001"), Ok(Some(invoice)));
}

#[test]
fn the_same_key_gives_the_same_invoice() {
    let store = Memory::default();
    let account = account(&store);
    let first = issue(&store, &account, &fees("1"), "key", SPRING).unwrap();
    // A retry may come later, even in another year, and after the account was closed.
    accounts::close(&store, &account).unwrap();
    assert_eq!(issue(&store, &account, &fees("1"), "key", civil::date(2027, 1, 1)), Ok(first));
    assert_eq!(numbers(&store), ["invoice/2026-0001"]);
}

#[test]
fn numbers_follow_each_other_within_a_year() {
    let store = Memory::default();
    let account = account(&store);
    let issue = |key: &str, date| issue(&store, &account, &fees("1"), key, date).unwrap().number;
    assert_eq!(issue("a", SPRING), "2026-0001");
    assert_eq!(issue("b", SPRING), "2026-0002");
    assert_eq!(issue("c", civil::date(2027, 1, 1)), "2027-0001");
    assert_eq!(issue("d", SPRING), "2026-0003");
}

#[test]
fn a_key_used_for_other_fees_is_refused() {
    let store = Memory::default();
    let account = account(&store);
    issue(&store, &account, &fees("1"), "key", SPRING).unwrap();
    assert_eq!(
        issue(&store, &account, &fees("2"), "key", SPRING),
        Err(Failure::invalid("fees: this idempotency key was used for others, in invoice 2026-0001"))
    );
}

#[test]
fn an_invoice_needs_an_open_account_in_its_currency() {
    let store = Memory::default();
    assert_eq!(issue(&store, "A-1", &fees("1"), "key", SPRING), Err(Failure::invalid("account: there is no \"A-1\"")));
    let id = account(&store);
    let dollars = Fees { currency: "USD".into(), ..fees("1") };
    let expected = format!("currency: account {id} is in EUR, not in USD");
    assert_eq!(issue(&store, &id, &dollars, "key", SPRING), Err(Failure::Invalid(expected)));
    accounts::close(&store, &id).unwrap();
    assert_eq!(
        issue(&store, &id, &fees("1"), "key", SPRING),
        Err(Failure::Declined(format!("account {id} is closed")))
    );
    assert!(numbers(&store).is_empty());
}

#[test]
fn what_never_was_a_number_is_not_there() {
    for number in ["", "2026-0001", "2026-1", "2026-0001\n"] {
        assert_eq!(get(&Memory::default(), number), Ok(None));
    }
}

#[test]
fn the_clock_shows_the_date_in_utc() {
    assert_eq!(date(Timestamp::from_millis(1_774_915_200_000)), Ok(SPRING));
    assert!(matches!(date(Timestamp::from_millis(u64::MAX)), Err(Failure::Permanent(_))));
}

/// A store that does something just before one of its changes: the call dies, or somebody else is quicker.
struct Disturbed<'a> {
    memory: &'a Memory,
    before_change: RefCell<Vec<Disturbance<'a>>>,
}

enum Disturbance<'a> {
    None,
    Death,
    Rival(Box<dyn FnOnce() + 'a>),
}

impl Disturbed<'_> {
    fn disturb(&self) -> Result<(), Error> {
        let next = self.before_change.borrow_mut().pop();
        match next {
            Some(Disturbance::Death) => Err(Error::Failed(Failure::transient("killed"))),
            Some(Disturbance::Rival(act)) => {
                act();
                Ok(())
            }
            Some(Disturbance::None) | None => Ok(()),
        }
    }
}

impl Store for Disturbed<'_> {
    fn get(&self, key: &str) -> Result<Option<String>, Error> {
        self.memory.get(key)
    }
    fn set(&self, key: &str, value: &str, time_to_live: Option<Duration>) -> Result<(), Error> {
        self.disturb()?;
        self.memory.set(key, value, time_to_live)
    }
    fn delete(&self, key: &str) -> Result<bool, Error> {
        self.disturb()?;
        self.memory.delete(key)
    }
    fn keys(&self, prefix: &str, after: Option<&str>) -> Result<Vec<String>, Error> {
        self.memory.keys(prefix, after)
    }
    fn compare_and_swap(
        &self,
        key: &str,
        expected: Option<&str>,
        value: Option<&str>,
        time_to_live: Option<Duration>,
    ) -> Result<bool, Error> {
        self.disturb()?;
        self.memory.compare_and_swap(key, expected, value, time_to_live)
    }
    fn increment(&self, key: &str, by: i64) -> Result<i64, Error> {
        self.disturb()?;
        self.memory.increment(key, by)
    }
}

/// There are three changes: the number is noted, the invoice is stored, the last number is set.
const CHANGES: usize = 3;

#[test]
fn a_call_that_dies_anywhere_issues_one_invoice_when_it_comes_again() {
    for died_before in 0..CHANGES {
        let memory = Memory::default();
        let account = account(&memory);
        let mut before_change = vec![Disturbance::Death];
        before_change.extend((0..died_before).map(|_| Disturbance::None));
        let store = Disturbed { memory: &memory, before_change: RefCell::new(before_change) };
        assert_eq!(issue(&store, &account, &fees("1"), "key", SPRING), Err(Failure::transient("killed")));
        // Others go on in the meantime.
        let other = issue(&memory, &account, &fees("1"), "other", SPRING).unwrap();
        let invoice = issue(&store, &account, &fees("1"), "key", SPRING).unwrap();
        assert_ne!(invoice.number, other.number);
        assert_eq!(numbers(&memory), ["invoice/2026-0001", "invoice/2026-0002"], "died before change {died_before}");
    }
}

#[test]
fn a_number_that_another_call_takes_first_is_not_taken_twice() {
    for rival_before in 0..CHANGES {
        for rival_key in ["other", "key"] {
            let memory = Memory::default();
            let account = account(&memory);
            let rival = || drop(issue(&memory, &account, &fees("1"), rival_key, SPRING).unwrap());
            let mut before_change = vec![Disturbance::Rival(Box::new(rival))];
            before_change.extend((0..rival_before).map(|_| Disturbance::None));
            let store = Disturbed { memory: &memory, before_change: RefCell::new(before_change) };
            let invoice = issue(&store, &account, &fees("1"), "key", SPRING).unwrap();
            assert_eq!(get(&memory, &invoice.number), Ok(Some(invoice)));
            let expected = if rival_key == "key" { 1 } else { 2 };
            assert_eq!(numbers(&memory).len(), expected, "{rival_key} before change {rival_before}");
        }
    }
}
