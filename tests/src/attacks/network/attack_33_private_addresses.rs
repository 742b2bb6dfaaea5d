//! Addresses inside: of this machine, of its network, of the cloud it runs in. As literals, and behind names that are granted.

use super::addresses::{INSIDE, in_url};
use super::world::World;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 33, name: "private, loopback and metadata addresses", run };

fn run(arena: &Arena) -> Verdict {
    let world = World::new(arena);
    let mut urls: Vec<String> = INSIDE.iter().map(|address| world.url(&in_url(address))).collect();
    for (number, address) in INSIDE.iter().enumerate() {
        let name = format!("n{number}.example");
        world.names.lead(&name, &[address]);
        urls.push(world.url(&name));
    }
    let refused = world.refused(&world.granting("*.example", ""), &urls);
    world.assert_inside_is_there();
    refused
}
