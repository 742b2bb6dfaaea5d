//! Names that lead to a granted address when they are judged, and inside when they are connected to; and names that lead to
//! both at once.

use super::addresses::INSIDE;
use super::world::{FRIEND, World, friendly, get};
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 35, name: "names that lead elsewhere the next time", run };

fn run(arena: &Arena) -> Verdict {
    let world = World::new(arena);
    let friend = world.friend(friendly);
    let grants = world.granting("*.example", " at 127.0.0.2");
    let mixed = at_once(&world);
    let refused = world.refused(&grants, &mixed);
    assert_eq!(friend.requests().len(), 0, "of several addresses one was used");
    for (number, inside) in INSIDE.iter().enumerate() {
        let name = format!("turns{number}.example");
        world.names.lead_in_turn(&name, &[&[FRIEND], &[inside]]);
        let before = world.names.asked().len();
        let told = world.fetch(&grants, &[get(&world.url(&name)), get(&world.url(&name))]);
        assert_eq!(told[0]["body"], "friend", "{told:?}");
        assert!(told[1]["err"].as_str().is_some_and(|error| error.starts_with("Denied")), "{inside}: {told:?}");
        assert_eq!(world.names.asked().len() - before, 2, "one look-up for each request");
    }
    assert_eq!((friend.requests().len(), world.inside.reached()), (INSIDE.len(), 0));
    world.assert_inside_is_there();
    refused.and(Verdict::contained(format!("{} rebindings, judged anew each time", INSIDE.len()), ""))
}

/// URLs of names with several addresses, one of them inside: first, last, or between.
fn at_once(world: &World<'_>) -> Vec<String> {
    let mut urls = Vec::new();
    for (number, inside) in INSIDE.iter().enumerate() {
        let answers: [&[&str]; 3] = [&[inside, FRIEND], &[FRIEND, inside], &[FRIEND, inside, FRIEND]];
        for (order, addresses) in answers.iter().enumerate() {
            let name = format!("mixed{number}-{order}.example");
            world.names.lead(&name, addresses);
            urls.push(world.url(&name));
        }
    }
    urls
}
