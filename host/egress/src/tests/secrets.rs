//! Row 47 of the attacks: a secret goes to its origin and nowhere else, and does not come back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::world::{World, answering, granting, ok};
use crate::{Header, Origin, Request, Roots, Secret, SecretError, Secrets};

const CANARY: &str = "canary-7f3a9c51";

fn secret(name: &str, origin: &str, header: &str, template: &str) -> Result<Secret, SecretError> {
    Secret::new(name.parse().unwrap(), Origin::parse(origin)?, header, template, Zeroizing::new(CANARY.to_owned()))
}

/// A world whose secret belongs to a server on loopback, the only kind without TLS that can have one.
async fn world(answer: impl Into<Vec<u8>>) -> World {
    let mut world = World::of(answering(answer), Roots::default(), &[("good.example", &[&["93.184.216.34"]])]).await;
    world.grant = granting(&["* http://127.0.0.1/*", "* http://127.0.0.1:8080/*", "* http://good.example/*"]);
    world.secrets = Secrets::default();
    world.secrets.insert(secret("key", "http://127.0.0.1", "authorization", "Bearer {}").unwrap()).unwrap();
    world
}

#[tokio::test]
async fn it_is_put_into_requests_to_its_origin_in_place_of_what_the_caller_set() {
    let world = world(ok("")).await;
    let headers = vec![Header::new("Authorization", "mine"), Header::new("authorization", "mine too")];
    world.fetch(&Request { headers, ..Request::new("GET", "http://127.0.0.1/") }).await.unwrap();
    let read = world.read.lock().unwrap().pop().unwrap();
    assert!(read.contains(&format!("authorization: Bearer {CANARY}\r\n")) && !read.contains("mine"), "{read}");
}

#[tokio::test]
async fn it_is_sent_to_no_other_origin() {
    let world = world(ok("")).await;
    for url in ["http://127.0.0.1:8080/", "http://good.example/"] {
        world.get(url).await.unwrap();
        let read = world.read.lock().unwrap().pop().unwrap();
        assert!(!read.contains(CANARY) && !read.contains("authorization"), "{url}: {read}");
    }
}

#[tokio::test]
async fn an_echo_of_it_is_taken_out() {
    let echo = |body: &str| {
        format!("HTTP/1.1 200 OK\r\nx-echo: {CANARY}\r\nx-{CANARY}: y\r\ncontent-length: {}\r\n\r\n{body}", body.len())
    };
    let bodies = [
        format!("a {CANARY} b {CANARY}{CANARY}"),
        STANDARD.encode(CANARY),
        STANDARD.encode(format!("u:{CANARY}:x")),
        STANDARD.encode(format!("u{CANARY}")),
        STANDARD.encode(format!("user:{CANARY}!")),
    ];
    for body in bodies {
        let response = world(echo(&body)).await.get("http://127.0.0.1/").await.unwrap();
        let text = String::from_utf8(response.body.clone()).unwrap();
        assert!(text.contains("[secret key]") && !text.contains(CANARY), "{text}");
        assert!(!decodes_to_the_secret(&text), "{text}");
        let told: String =
            response.headers.iter().map(|header| format!("{}: {}\n", header.name, header.value)).collect();
        assert!(!told.contains(CANARY) && told.contains("x-echo: [secret key]"), "{told}");
    }
}

fn decodes_to_the_secret(text: &str) -> bool {
    STANDARD.decode(text).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(CANARY))
}

#[tokio::test]
async fn no_error_and_no_debug_text_holds_it() {
    for answer in
        [format!("{CANARY} {CANARY}\r\n\r\n"), format!("HTTP/1.1 200 OK\r\ncontent-encoding: {CANARY}\r\n\r\nx")]
    {
        let world = world(answer).await;
        let error = world.get("http://127.0.0.1/").await.unwrap_err();
        assert!(!format!("{error} {error:?} {:?}", world.secrets).contains(CANARY), "{error}");
    }
    let short = Secret::new(
        "key".parse().unwrap(),
        Origin::parse("https://a.b").unwrap(),
        "x",
        "{}",
        Zeroizing::new("canary".to_owned()),
    );
    assert!(!format!("{:?}", short.unwrap_err()).contains("canary"));
}

#[test]
fn it_belongs_to_one_origin_over_tls() {
    for origin in [
        "http://api.example",
        "http://localhost",
        "http://10.0.0.1",
        "https://api.example/",
        "https://api.example/v1",
        "https://api.example?x",
        "https://*.example",
        "https://u@api.example",
        "api.example",
    ] {
        assert!(matches!(Origin::parse(origin), Err(SecretError::Origin { .. })), "{origin}");
    }
    assert_eq!(Origin::parse("https://api.example:443").unwrap(), Origin::parse("https://api.example").unwrap());
    assert!(Origin::parse("http://[::1]:8080").is_ok());
}

#[test]
fn it_is_refused_where_it_cannot_be_sent() {
    let make = |header: &str, template: &str| secret("key", "https://a.b", header, template);
    assert!(make("authorization", "Bearer {}").is_ok());
    assert!(matches!(make("host", "{}"), Err(SecretError::Header { .. })));
    assert!(matches!(make("x y", "{}"), Err(SecretError::Header { .. })));
    for template in ["", "Bearer", "{} {}", "a\r\nb: {}"] {
        assert!(matches!(make("x", template), Err(SecretError::Template { .. })), "{template}");
    }
    for value in
        ["short", "with\r\nnewline", " leading-space", "trailing-space ", "uml\u{e4}ut-uml\u{e4}ut", &"x".repeat(5_000)]
    {
        let origin = Origin::parse("https://a.b").unwrap();
        let made = Secret::new("key".parse().unwrap(), origin, "x", "{}", Zeroizing::new(value.to_owned()));
        assert!(matches!(made, Err(SecretError::Value { .. })), "{value}");
    }
}

#[test]
fn no_two_are_for_the_same_header() {
    let mut secrets = Secrets::default();
    secrets.insert(secret("a", "https://a.b", "x", "{}").unwrap()).unwrap();
    secrets.insert(secret("b", "https://a.b", "y", "{}").unwrap()).unwrap();
    assert!(matches!(
        secrets.insert(secret("c", "https://a.b:443", "X", "{}").unwrap()),
        Err(SecretError::Twice { .. })
    ));
    assert!(matches!(secrets.insert(secret("a", "https://c.d", "x", "{}").unwrap()), Err(SecretError::Twice { .. })));
    assert_eq!(
        secrets.granted(|name| name == "b").iter().map(|secret| secret.name().as_str()).collect::<Vec<_>>(),
        ["b"]
    );
}
