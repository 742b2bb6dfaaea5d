//! Schedules.

use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    read_moment(text).unwrap()
}

fn schedule(pattern: &str, timezone: &str) -> Schedule {
    Schedule { when: cron(pattern, timezone).unwrap(), missed: Missed::Once }
}

fn next(pattern: &str, timezone: &str, after: &str) -> String {
    schedule(pattern, timezone).next(at(after)).map(text_of).unwrap()
}

#[test]
fn the_next_moment_is_the_first_one_after() {
    assert_eq!(next("0 7 * * mon-fri", "UTC", "2026-11-20T07:00:00Z"), "2026-11-23T07:00:00Z", "Friday to Monday");
    assert_eq!(next("*/15 * * * *", "UTC", "2026-11-20T07:01:30Z"), "2026-11-20T07:15:00Z");
    assert_eq!(next("0 0 29 2 *", "UTC", "2025-01-01T00:00:00Z"), "2028-02-29T00:00:00Z");
}

#[test]
fn a_time_zone_has_its_own_hours() {
    let zone = "Europe/Berlin";
    assert_eq!(next("0 7 * * *", zone, "2026-07-01T00:00:00Z"), "2026-07-01T05:00:00Z");
    assert_eq!(next("0 7 * * *", zone, "2026-12-01T00:00:00Z"), "2026-12-01T06:00:00Z");
    // The clock goes from two to three: what is for half past two comes once, as soon as there is such a time.
    let spring = next("30 2 * * *", zone, "2026-03-28T12:00:00Z");
    assert!(spring.starts_with("2026-03-29T01:"), "{spring}");
    // The clock goes from three back to two: what is for half past two comes once.
    let autumn = next("30 2 * * *", zone, "2026-10-25T00:31:00Z");
    assert_eq!(autumn, "2026-10-26T01:30:00Z");
}

#[test]
fn what_is_no_schedule_is_told() {
    assert_eq!(cron("0 0 30 2 *", UTC), Err(NoSchedule::Never));
    assert_eq!(cron("0 7 * * *", "Europe/Atlantis"), Err(NoSchedule::NoSuchZone));
    for malformed in ["", "0 7 * *", "61 * * * *", "0 0 7 * * *", "every day", "0 7 * * funday"] {
        assert!(matches!(cron(malformed, UTC), Err(NoSchedule::Malformed(_))), "{malformed}");
    }
}

#[test]
fn what_was_missed_is_made_up_for_once_or_not_at_all() {
    let (hourly, after) = (schedule("0 * * * *", "UTC"), at("2026-11-20T07:00:00Z"));
    let due = |schedule: &Schedule, now: &str| schedule.due(after, at(now)).map(|due| (text_of(due.at), due.begins));
    assert_eq!(due(&hourly, "2026-11-20T07:59:59Z"), None);
    assert_eq!(due(&hourly, "2026-11-20T08:00:02Z"), Some(("2026-11-20T08:00:00Z".to_owned(), true)));
    assert_eq!(due(&hourly, "2026-11-22T19:30:00Z"), Some(("2026-11-22T19:00:00Z".to_owned(), true)));
    let skipping = Schedule { missed: Missed::Skip, ..hourly };
    assert_eq!(due(&skipping, "2026-11-20T08:00:02Z"), Some(("2026-11-20T08:00:00Z".to_owned(), true)));
    assert_eq!(due(&skipping, "2026-11-22T19:30:00Z"), Some(("2026-11-22T19:00:00Z".to_owned(), false)));
    assert_eq!(due(&skipping, "2026-11-22T19:00:59Z"), Some(("2026-11-22T19:00:00Z".to_owned(), true)));
}

#[test]
fn a_single_moment_comes_once() {
    let once = Schedule { when: When::At(at("2027-01-01T08:00:00Z")), missed: Missed::Once };
    assert_eq!(once.next(at("2026-11-20T08:00:00Z")), once.only());
    assert_eq!(once.next(at("2027-01-01T08:00:00Z")), None);
    assert_eq!(once.due(at("2026-11-20T08:00:00Z"), at("2027-03-01T00:00:00Z")).map(|due| due.begins), Some(true));
}

proptest! {
    /// Whoever goes from moment to moment meets each once, and whoever looks now and then meets no moment twice.
    #[test]
    fn no_moment_comes_twice(minute in 0u32..60, step in 1u32..30, looks in prop::collection::vec(1u64..10_000_000, 1..30)) {
        let schedule = schedule(&format!("{minute}-59/{step} * * * *"), "Europe/Berlin");
        let mut now = at("2026-10-24T00:00:00Z");
        let mut cursor = now;
        for pause in looks {
            now = Timestamp(now.0 + pause);
            if let Some(due) = schedule.due(cursor, now) {
                prop_assert!(due.at > cursor && due.at <= now);
                cursor = due.at;
            }
            prop_assert!(schedule.next(cursor).is_none_or(|next| next > now), "nothing is left behind");
        }
    }
}
