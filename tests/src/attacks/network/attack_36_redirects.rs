//! Redirects inside, to another scheme or port, and to somebody else's server with a secret on board. None is followed; a
//! guest that follows one makes a request like any other.

use std::sync::Arc;

use baton_egress::{Origin, Secret, Secrets};
use baton_policy::Grants;
use serde_json::{Value, json};

use super::world::{FRIEND, World, get};
use crate::attacks::{Arena, Attack, Verdict};
use crate::{Call, Server, guest};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 36, name: "redirects", run };

const STATUSES: [u16; 5] = [301, 302, 303, 307, 308];

const CANARY: &str = "canary-0b7e55d1";

fn run(arena: &Arena) -> Verdict {
    let world = World::new(arena);
    world.names.lead("good.example", &[FRIEND]);
    world.names.lead("evil.example", &["127.0.0.1"]);
    let targets = targets(&world);
    let friend = world.friend({
        let targets = targets.clone();
        move |request| redirect(request, &targets)
    });
    let grants = world.granting("*.example", " at 127.0.0.2");
    let sent: Vec<Value> = paths(&targets).map(|path| get(&format!("{}{path}", world.url("good.example")))).collect();
    let told = world.fetch(&grants, &sent);
    let locations: Vec<String> = told.iter().map(|told| told["location"].as_str().unwrap().to_owned()).collect();
    assert_eq!((friend.requests().len(), world.inside.reached()), (sent.len(), 0), "one was followed");
    let refused = world.refused(&grants, &locations);
    world.assert_inside_is_there();
    refused.and(secrets_stay(arena))
}

/// Where redirects lead.
fn targets(world: &World<'_>) -> Vec<String> {
    let port = world.inside.port();
    vec![
        world.url("127.0.0.1"),
        world.url("[::1]"),
        world.url("2130706433"),
        world.url("evil.example"),
        world.url("good.example@127.0.0.1"),
        format!("https://good.example:{port}/"),
        "http://good.example/".to_owned(),
        format!("//127.0.0.1:{port}/"),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "file:///etc/passwd".to_owned(),
        "gopher://127.0.0.1/".to_owned(),
    ]
}

/// A path for each status with each target.
fn paths(targets: &[String]) -> impl Iterator<Item = String> {
    let targets = targets.len();
    STATUSES.into_iter().flat_map(move |status| (0..targets).map(move |target| format!("{status}/{target}")))
}

/// What the server says at such a path.
fn redirect(request: &str, targets: &[String]) -> String {
    let mut path = request.split(' ').nth(1).unwrap().trim_start_matches('/').split('/');
    let (status, target) = (path.next().unwrap(), path.next().unwrap().parse::<usize>().unwrap());
    format!("HTTP/1.1 {status} Moved\r\nlocation: {}\r\ncontent-length: 0\r\n\r\n", targets[target])
}

/// A secret goes to its origin, and not to where that points, although the guest may ask there too.
fn secrets_stay(arena: &Arena) -> Verdict {
    let other = Server::telling("other");
    let origin = Server::answering(redirect("GET 307/0", &[other.url("/")]));
    let bench = arena.bench().with(|backends| backends.secrets = Arc::new(secrets(&origin)));
    let http = [format!("* {}", origin.url("/*")), format!("* {}", other.url("/*"))];
    let grants: Grants = serde_json::from_value(json!({ "http": http, "secrets": ["key"] })).unwrap();
    let requests = json!([{ "method": "POST", "url": origin.url("/"), "body": "x" }, get(&other.url("/"))]);
    let call = Call { grants, input: requests.to_string(), ..Call::default() };
    let told = arena.call_on(&bench, &bench.load(&guest("fetches")), call).completed();
    assert_eq!((&told[0]["location"], &told[1]["body"]), (&json!(other.url("/")), &json!("other")));
    assert!(origin.requests()[0].contains(CANARY), "the secret is for this one");
    let seen = other.requests();
    assert!(seen.len() == 1 && !seen[0].contains(CANARY) && !seen[0].contains("authorization"), "{seen:?}");
    Verdict::contained("a secret stays with its origin", "")
}

fn secrets(server: &Server) -> Secrets {
    let origin = Origin::parse(&format!("http://127.0.0.1:{}", server.port())).unwrap();
    let secret = Secret::new("key".parse().unwrap(), origin, "authorization", "Bearer {}", CANARY.to_owned().into());
    let mut secrets = Secrets::default();
    secrets.insert(secret.unwrap()).unwrap();
    secrets
}
