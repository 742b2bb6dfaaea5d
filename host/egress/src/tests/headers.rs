//! Row 38 of the attacks: what a caller says in headers changes neither the connection nor where it leads.

use super::world::{World, answering, ok};
use crate::{EgressError, Header, Request};

#[tokio::test]
async fn headers_of_the_connection_are_refused() {
    let world = World::new(answering(ok(""))).await;
    for name in [
        "Host",
        "HOST",
        "connection",
        "Content-Length",
        "Transfer-Encoding",
        "Proxy-Authorization",
        "proxy-connection",
        "Expect",
        "Upgrade",
        "TE",
        "Trailer",
        "Keep-Alive",
        "HTTP2-Settings",
    ] {
        let refused = world.get_with(name, "x").await;
        assert!(matches!(refused, Err(EgressError::Invalid(_))), "{name}: {refused:?}");
    }
    world.assert_untouched("forbidden headers");
}

#[tokio::test]
async fn nothing_is_injected() {
    let world = World::new(answering(ok(""))).await;
    for (name, value) in [
        ("x", "a\r\nhost: evil.org"),
        ("x", "a\nb"),
        ("x", "a\rb"),
        ("x", "a\0b"),
        ("x\r\nhost", "a"),
        ("x y", "a"),
        ("x:", "a"),
        ("", "a"),
        ("h\u{f6}st", "a"),
    ] {
        let refused = world.get_with(name, value).await;
        assert!(matches!(refused, Err(EgressError::Invalid(_))), "{name:?}: {value:?}: {refused:?}");
    }
    for (method, url) in
        [("GET / HTTP/1.1\r\nx:", "http://good.example/"), ("GET", "http://good.example/ HTTP/1.1\r\nx: y")]
    {
        assert!(matches!(world.fetch(&Request::new(method, url)).await, Err(EgressError::Invalid(_))));
    }
    world.assert_untouched("injection");
}

#[tokio::test]
async fn the_number_and_size_of_headers_is_bounded() {
    let world = World::new(answering(ok(""))).await;
    let many = Request { headers: vec![Header::new("x", "y"); 101], ..Request::new("GET", "http://good.example/") };
    assert!(matches!(world.fetch(&many).await, Err(EgressError::TooLarge { unit: "headers", .. })));
    assert!(matches!(world.get_with("x", &"y".repeat(17 << 10)).await, Err(EgressError::TooLarge { .. })));
    world.assert_untouched("headers");
}

#[tokio::test]
async fn the_host_says_who_is_asked_and_what_it_can_read() {
    let world = World::new(answering(ok("answer"))).await;
    let headers = vec![Header::new("X-Own", "1"), Header::new("accept-encoding", "br")];
    let request =
        Request { headers, body: b"body".to_vec(), ..Request::new("POST", "http://good.example/a;b?c=%2F&d") };
    let response = world.fetch(&request).await.unwrap();
    assert_eq!((response.status, response.body.as_slice()), (200, b"answer".as_slice()));
    let read = world.read.lock().unwrap().pop().unwrap();
    let (head, body) = read.split_once("\r\n\r\n").unwrap();
    let mut lines: Vec<&str> = head.lines().collect();
    lines.sort_unstable();
    let agent = concat!("user-agent: baton/", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        lines,
        [
            "POST /a;b?c=%2F&d HTTP/1.1",
            "accept-encoding: gzip, deflate",
            "content-length: 4",
            "host: good.example",
            agent,
            "x-own: 1",
        ]
    );
    assert_eq!(body, "body");
}
