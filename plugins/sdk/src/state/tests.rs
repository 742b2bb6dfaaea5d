use std::cell::Cell;

use serde::Deserialize;

use super::*;

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Count {
    count: u32,
}

/// A store at which somebody else adds one just before each of the first `left` swaps.
struct Busy {
    memory: Memory,
    left: Cell<u32>,
}

impl Store for Busy {
    fn get(&self, key: &str) -> Result<Option<String>, Error> {
        self.memory.get(key)
    }
    fn set(&self, key: &str, value: &str, time_to_live: Option<Duration>) -> Result<(), Error> {
        self.memory.set(key, value, time_to_live)
    }
    fn delete(&self, key: &str) -> Result<bool, Error> {
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
        if self.left.get() > 0 {
            self.left.set(self.left.get() - 1);
            add_one(&self.memory, key).expect("memory does not fail");
        }
        self.memory.compare_and_swap(key, expected, value, time_to_live)
    }
    fn increment(&self, key: &str, by: i64) -> Result<i64, Error> {
        self.memory.increment(key, by)
    }
}

fn add_one(store: &impl Store, key: &str) -> Result<u32, Failure> {
    update(store, key, |old: Option<Count>| {
        let count = old.map_or(0, |old| old.count) + 1;
        Ok(Update::Put(Count { count }, count))
    })
}

#[test]
fn values_come_back_as_they_were_stored() {
    let store = Memory::default();
    assert_eq!(get::<Count>(&store, "k"), Ok(None));
    set(&store, "k", &Count { count: 7 }).unwrap();
    assert_eq!(get(&store, "k"), Ok(Some(Count { count: 7 })));
    assert_eq!(delete(&store, "k"), Ok(true));
    assert_eq!(delete(&store, "k"), Ok(false));
}

#[test]
fn a_value_of_another_type_says_where_it_does_not_fit() {
    let store = Memory::default();
    store.set("k", r#"{"count": "seven"}"#, None).unwrap();
    let Err(Error::Invalid(text)) = get::<Count>(&store, "k") else { panic!("it fits") };
    assert!(text.starts_with("the value of k: count: invalid type: string \"seven\", expected u32"), "{text}");
}

#[test]
fn all_pages_of_keys_are_fetched() {
    let store = Memory::default();
    for number in 0..2_500 {
        set(&store, &format!("a/{number:04}"), &number).unwrap();
    }
    set(&store, "b", &0).unwrap();
    let keys = keys(&store, "a/").unwrap();
    assert_eq!((keys.len(), keys[0].as_str(), keys[2_499].as_str()), (2_500, "a/0000", "a/2499"));
}

#[test]
fn a_swap_needs_the_expected_value() {
    let store = Memory::default();
    assert_eq!(compare_and_swap(&store, "k", Some(&1), Some(&2)), Ok(false));
    assert_eq!(compare_and_swap(&store, "k", None, Some(&1)), Ok(true));
    assert_eq!(compare_and_swap(&store, "k", None, Some(&2)), Ok(false));
    assert_eq!(compare_and_swap(&store, "k", Some(&1), None), Ok(true));
    assert_eq!(get::<u32>(&store, "k"), Ok(None));
}

#[test]
fn an_update_loses_no_concurrent_change() {
    let store = Busy { memory: Memory::default(), left: Cell::new(3) };
    assert_eq!(add_one(&store, "k"), Ok(4));
    assert_eq!(get(&store, "k"), Ok(Some(Count { count: 4 })));
}

#[test]
fn an_update_at_a_key_that_never_rests_may_work_later() {
    let store = Busy { memory: Memory::default(), left: Cell::new(u32::MAX) };
    assert_eq!(add_one(&store, "k"), Err(Failure::transient("k: others changed it 32 times in a row")));
}

#[test]
fn an_update_swaps_values_with_fields_it_does_not_know() {
    let store = Memory::default();
    store.set("k", r#"{"count": 1, "added_later": true}"#, None).unwrap();
    assert_eq!(add_one(&store, "k"), Ok(2));
}

#[test]
fn a_number_is_incremented_and_nothing_else_is() {
    let store = Memory::default();
    assert_eq!(increment(&store, "k", 5), Ok(5));
    assert_eq!(increment(&store, "k", -7), Ok(-2));
    assert!(matches!(increment(&store, "k", i64::MIN), Err(Error::Invalid(_))));
    set_for(&store, "k", "five", Duration::from_secs(1)).unwrap();
    assert!(matches!(increment(&store, "k", 1), Err(Error::Invalid(_))));
}
