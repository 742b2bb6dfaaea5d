//! Properties of sets of requests.

use proptest::prelude::*;

use super::*;

/// Few words, so that sets meet.
fn grants(networks: &'static [&'static str]) -> impl Strategy<Value = HttpGrant> {
    let methods = prop::sample::select(vec!["GET", "PUT", "GET,PUT", "*"]);
    let host = prop::sample::select(vec!["a.x.org", "b.a.x.org", "*.x.org", "*.a.x.org", "a.x.org:8443", "1.2.3.4"]);
    let path = prop::sample::select(vec!["/*", "/v*", "/v1", "/v1/*"]);
    let entry = (methods, host, path, prop::sample::select(networks));
    let entry = entry.prop_map(|(m, h, p, n)| format!("{m} https://{h}{p}{n}"));
    let parse = |entries: Vec<String>| HttpGrant::parse(entries.iter().map(String::as_str)).unwrap();
    prop::collection::vec(entry, 0..4).prop_map(parse)
}

const NETWORKS: &[&str] = &[
    "",
    " at 10.0.0.0/8",
    " at 10.0.0.0/9",
    " at 10.128.0.0/9,::1",
    " on unknown retry",
    " at 10.0.0.0/8 on unknown fail",
];

/// Addresses that are in some of the networks.
const ADDRESSES: [&str; 4] = ["10.1.1.1", "10.200.1.1", "::1", "127.0.0.1"];

fn targets() -> impl Iterator<Item = HttpTarget<'static>> {
    const URLS: [&str; 8] = [
        "https://a.x.org/v1",
        "https://a.x.org/v1/x",
        "https://b.a.x.org/v1",
        "https://c.x.org/v2",
        "https://c.b.a.x.org/",
        "https://a.x.org:8443/v1",
        "https://1.2.3.4/v1",
        "https://x.org/v1",
    ];
    let both = ["GET", "PUT", "DELETE"].into_iter().flat_map(|method| URLS.map(|url| (method, url)));
    both.map(|(method, url)| HttpTarget::parse(method, url).unwrap())
}

proptest! {
    #[test]
    fn of_two_sets_the_more_careful_word_about_the_unknown_holds(a in grants(NETWORKS), b in grants(NETWORKS)) {
        let both = a.intersect(&b);
        for target in targets().filter(|target| both.allows(*target)) {
            prop_assert_eq!(both.on_unknown(target), a.on_unknown(target).max(b.on_unknown(target)));
        }
    }

    #[test]
    fn an_intersection_and_a_union_are_exactly_that(a in grants(NETWORKS), b in grants(NETWORKS)) {
        for target in targets() {
            prop_assert_eq!(a.intersect(&b).allows(target), a.allows(target) && b.allows(target));
            prop_assert_eq!(a.union(&b).allows(target), a.allows(target) || b.allows(target));
            prop_assert_eq!(a.settled().allows(target), a.allows(target));
        }
        prop_assert!(a.intersect(&b.settled()).except(&a).is_empty() && a.intersect(&b.settled()).except(&b).is_empty());
    }

    #[test]
    fn a_network_is_named_exactly_if_both_name_it(a in grants(NETWORKS), b in grants(NETWORKS)) {
        let (a, b) = (a.settled(), b.settled());
        let (both, either) = (a.intersect(&b), a.union(&b));
        for (target, address) in targets().flat_map(|target| ADDRESSES.map(|address| (target, address.parse().unwrap()))) {
            prop_assert_eq!(both.names(target, address), a.names(target, address) && b.names(target, address));
            prop_assert_eq!(either.names(target, address), a.names(target, address) || b.names(target, address));
            prop_assert!(!a.except(&b).is_empty() || !a.names(target, address) || b.names(target, address));
        }
    }

    #[test]
    fn without_a_surplus_all_is_covered(a in grants(&[""]), b in grants(&[""])) {
        let covered = targets().all(|target| !a.allows(target) || b.allows(target));
        prop_assert!(covered || !a.except(&b).is_empty());
        prop_assert!(a.except(&a.union(&b)).is_empty() && b.except(&a.union(&b)).is_empty());
        prop_assert!(a.settled().except(&a.settled().union(&b.settled())).is_empty());
    }

    #[test]
    fn what_is_needed_allows_and_nothing_else(at in 0..24_usize) {
        let needed = HttpGrant::needed(targets().nth(at).unwrap()).unwrap();
        for (other, target) in targets().enumerate() {
            prop_assert_eq!(needed.allows(target), other == at);
        }
    }

    #[test]
    fn what_is_written_is_read_back(grant in grants(NETWORKS)) {
        let read: std::collections::BTreeMap<String, HttpGrant> = toml::from_str(&format!("x = {}", grant.written())).unwrap();
        prop_assert_eq!(&read["x"], &grant);
    }
}
