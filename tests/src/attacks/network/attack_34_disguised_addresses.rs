//! The same addresses in other clothes: decimal, octal, hexadecimal, shortened, carried by IPv6, in characters that look alike.

use std::net::Ipv4Addr;

use super::addresses::{carried, disguised, in_url};
use super::world::World;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 34, name: "disguised addresses", run };

const DISGUISED: [Ipv4Addr; 4] =
    [Ipv4Addr::LOCALHOST, Ipv4Addr::UNSPECIFIED, Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(169, 254, 169, 254)];

fn run(arena: &Arena) -> Verdict {
    let world = World::new(arena);
    let mut urls = Vec::new();
    for v4 in DISGUISED {
        urls.extend(disguised(v4).iter().map(|host| world.url(host)));
        for (number, v6) in carried(v4).iter().enumerate() {
            let name = format!("n{}-{number}.example", v4.to_bits());
            world.names.lead(&name, &[v6]);
            urls.extend([world.url(&in_url(v6)), world.url(&name)]);
        }
    }
    let refused = world.refused(&world.granting("*.example", ""), &urls);
    world.assert_inside_is_there();
    refused
}
