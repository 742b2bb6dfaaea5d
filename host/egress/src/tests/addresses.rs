//! Which addresses are public.

use std::net::IpAddr;

use proptest::prelude::*;

use crate::address::{embedded_v4, special};

#[test]
fn public_addresses_are_public() {
    for address in [
        "1.1.1.1",
        "8.8.8.8",
        "93.184.216.34",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.0",
        "192.167.255.255",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "::ffff:1.1.1.1",
        "2606:4700:4700::1111",
        "2001:4860:4860::8888",
        "2a00::1",
    ] {
        assert_eq!(special(address.parse().unwrap()), None, "{address}");
    }
}

#[test]
fn the_edges_of_what_is_not_public_are_not() {
    for address in [
        "10.0.0.0",
        "10.255.255.255",
        "100.64.0.0",
        "100.127.255.255",
        "127.0.0.0",
        "127.255.255.255",
        "169.254.0.0",
        "169.254.255.255",
        "172.16.0.0",
        "172.31.255.255",
        "192.0.0.255",
        "192.168.0.0",
        "192.168.255.255",
        "198.18.0.0",
        "198.19.255.255",
        "224.0.0.0",
        "255.255.255.254",
        "::ffff:10.0.0.1",
        "fdff:ffff::1",
        "febf:ffff::1",
        "2001:1ff::1",
        "1fff::1",
        "4000::",
        "ffff::",
    ] {
        assert!(special(address.parse().unwrap()).is_some(), "{address}");
    }
}

proptest! {
    #[test]
    fn what_carries_an_ipv4_address_is_never_public(bits: u128) {
        let v6 = std::net::Ipv6Addr::from_bits(bits);
        prop_assert!(embedded_v4(v6).is_none() || special(IpAddr::V6(v6)).is_some());
    }

    #[test]
    fn the_standard_library_finds_nothing_that_we_do_not(bits: u32) {
        let v4 = std::net::Ipv4Addr::from_bits(bits);
        let known = v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast() || v4.is_broadcast()
            || v4.is_unspecified() || v4.is_documentation();
        prop_assert!(!known || special(IpAddr::V4(v4)).is_some());
        prop_assert_eq!(special(IpAddr::V4(v4)), special(IpAddr::V6(v4.to_ipv6_mapped())));
    }
}
