//! URLs in which one reader sees a granted host and another one sees somebody else's. The granted host may be anywhere on
//! this machine, so that nothing but the reading of the URL is in the way.

use super::world::{FRIEND, World, friendly};
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 37, name: "URLs that read as two hosts", run };

/// `good.example` is granted, and `~` stands for its port.
const URLS: [&str; 52] = [
    "http://good.example@evil.example:~/",
    "http://good.example:~@evil.example:~/",
    "http://good.example:80@evil.example:~/",
    "http://evil.example@good.example:~/",
    "http://:@good.example:~/",
    "http://user:word@good.example:~/",
    "http://good.example\\@evil.example:~/",
    "http://evil.example:~\\@good.example:~/",
    "http://evil.example:~\\.good.example:~/",
    "http://evil.example:~#@good.example:~/",
    "http://evil.example:~?@good.example:~/",
    "http://evil.example:~/@good.example:~/",
    "http://evil.example:~;@good.example:~/",
    "http://good.example#.evil.example:~/",
    "http://good.example:~#@evil.example:~/",
    "http://good.example%23@evil.example:~/",
    "http://good.example%40evil.example:~/",
    "http://good.example%00.evil.example:~/",
    "http://good.example\u{0}.evil.example:~/",
    "http://good.example\t.evil.example:~/",
    "http://good.example\n.evil.example:~/",
    "http://good.example\r\nhost: evil.example:~/",
    "http://good.example .evil.example:~/",
    "http:// good.example:~/",
    "\thttp://good.example:~/",
    "http://good.example:~ /",
    "ht\ttp://good.example:~/",
    "http:\\\\good.example:~/",
    "http:/good.example:~/",
    "http:good.example:~/",
    "http:///good.example:~/",
    "//good.example:~/",
    "HTTP://good.example:~/",
    "http://GOOD.example:~/",
    "http://g\u{43e}\u{43e}d.example:~/",
    "http://\u{ff47}ood.example:~/",
    "http://good\u{3002}example:~/",
    "http://good.example\u{ff0f}.evil.example:~/",
    "http://good\u{ad}.example:~/",
    "http://good.example\u{200b}:~/",
    "http://xn--god-8cd.example:~/",
    "http://good.example.:~/",
    "http://good.example..:~/",
    "http://.good.example:~/",
    "http://good.example:/",
    "http://good.example:0/",
    "http://good.example:65536/",
    "http://good.example:+~/",
    "http://good.example:0~/",
    "http://good.example:~:~/",
    "https://good.example:~/",
    "http://good.example/",
];

fn run(arena: &Arena) -> Verdict {
    let world = World::new(arena);
    let friend = world.friend(friendly);
    for name in ["good.example", "god.example", "xn--god-8cd.example"] {
        world.names.lead(name, &[FRIEND]);
    }
    world.names.lead("evil.example", &["127.0.0.1"]);
    let port = world.inside.port().to_string();
    let urls: Vec<String> = URLS.iter().map(|url| url.replace('~', &port)).collect();
    let refused = world.refused(&world.granting("good.example", " at 127.0.0.0/8"), &urls);
    assert_eq!(friend.requests(), Vec::<String>::new());
    world.assert_inside_is_there();
    refused
}
