//! What is granted, and which spellings are refused.

use proptest::prelude::*;

use super::*;

fn grant(entries: &[&str]) -> HttpGrant {
    HttpGrant::parse(entries.iter().copied()).unwrap()
}

fn target(request: &str) -> HttpTarget<'_> {
    let (method, url) = request.split_once(' ').unwrap();
    HttpTarget::parse(method, url).unwrap()
}

fn problem(method: &str, url: &str) -> &'static str {
    match HttpTarget::parse(method, url) {
        Err(Error::Url { problem, .. }) => problem,
        other => panic!("{method} {url} is read as {other:?}"),
    }
}

#[test]
fn a_request_is_covered_by_method_scheme_host_port_and_path() {
    let granted = grant(&["GET,POST https://api.example.com/v1/*", "* http://*.corp:8080/health"]);
    for allowed in [
        "GET https://api.example.com/v1/",
        "POST https://api.example.com:443/v1/a/b?c=d",
        "DELETE http://a.corp:8080/health",
        "GET http://a.b.corp:8080/health?x",
    ] {
        assert!(granted.allows(target(allowed)), "{allowed}");
    }
    for denied in [
        "PUT https://api.example.com/v1/",
        "GET http://api.example.com:443/v1/",
        "GET https://api.example.com:8443/v1/",
        "GET https://api.example.com/v1",
        "GET https://api.example.com/v2/",
        "GET https://api.example.com",
        "GET https://xapi.example.com/v1/",
        "GET https://example.com/v1/",
        "GET https://api.example.com.evil.org/v1/",
        "GET http://corp:8080/health",
        "GET http://evilcorp:8080/health",
        "GET http://a.corp:8080/healthy",
        "GET http://a.corp/health",
    ] {
        assert!(!granted.allows(target(denied)), "{denied}");
    }
}

#[test]
fn other_networks_are_open_only_where_an_entry_that_covers_the_request_names_them() {
    let granted = grant(&[
        "GET http://intranet.corp/* at 10.1.0.0/16,fd00::/8",
        "GET http://10.9.9.9/*",
        "GET https://a.example/*",
    ])
    .settled();
    let names = |request, address: &str| granted.names(target(request), address.parse().unwrap());
    assert!(names("GET http://intranet.corp/x", "10.1.2.3") && names("GET http://intranet.corp/x", "fd00::1"));
    assert!(names("GET http://10.9.9.9/x", "10.9.9.9"));
    assert!(!names("GET http://intranet.corp/x", "10.2.0.1") && !names("POST http://intranet.corp/x", "10.1.2.3"));
    assert!(!names("GET http://10.9.9.9/x", "10.9.9.8") && !names("GET https://a.example/x", "10.1.2.3"));
}

#[test]
fn what_an_ask_leaves_open_is_what_the_grant_says() {
    let effective = |ask: &[&str], granted: &[&str]| grant(ask).intersect(&grant(granted).settled());
    let check = |ask: &[&str], granted: &[&str], expect: &str| {
        assert_eq!(effective(ask, granted).written(), expect, "{ask:?} and {granted:?}");
    };
    check(
        &["* https://*.corp/*"],
        &["GET https://a.corp/x* at 10.0.0.0/8"],
        r#"["GET https://a.corp/x* at 10.0.0.0/8"]"#,
    );
    check(
        &["GET https://a.corp/* at 10.1.0.0/16"],
        &["GET https://a.corp/* at 10.0.0.0/8"],
        r#"["GET https://a.corp/* at 10.1.0.0/16"]"#,
    );
    check(&["GET https://a.corp/* at 10.0.0.0/8"], &["GET https://a.corp/*"], r#"["GET https://a.corp/*"]"#);
    check(&["GET https://a.corp/*"], &["POST https://a.corp/*"], "[]");
    check(&["GET https://a.corp/*"], &["GET http://a.corp:443/*"], "[]");
    let open = effective(&["GET https://a.corp/*"], &["GET https://a.corp/*"]);
    assert!(!open.names(target("GET https://a.corp/"), "10.0.0.1".parse().unwrap()));
}

#[test]
fn a_grant_is_written_in_its_shortest_form() {
    let check = |entries: &[&str], expect: &str| assert_eq!(grant(entries).written(), expect);
    check(&["POST https://a.b/c", "GET https://a.b:443/c"], r#"["GET,POST https://a.b/c"]"#);
    check(&["GET https://a.b/c", "* https://*.b/*"], r#"["* https://*.b/*"]"#);
    check(&["GET,PUT https://a.b/c", "GET https://a.b/*"], r#"["PUT https://a.b/c", "GET https://a.b/*"]"#);
    check(
        &["GET http://[::1]:80/ at 10.1.0.0/16,10.0.0.0/16,127.0.0.1"],
        r#"["GET http://[::1]/ at 10.0.0.0/15,127.0.0.1"]"#,
    );
    check(
        &["GET https://a.b/* at 10.0.0.0/8", "GET https://a.b/*"],
        r#"["GET https://a.b/*", "GET https://a.b/* at 10.0.0.0/8"]"#,
    );
    check(
        &["POST https://a.b/c on unknown fail", "PUT https://a.b/c", "POST https://a.b/c"],
        r#"["PUT https://a.b/c", "POST https://a.b/c on unknown fail"]"#,
    );
    check(&["* https://a.b/* on unknown ask", "PUT https://a.b/c"], r#"["* https://a.b/* on unknown ask"]"#);
}

#[test]
fn the_most_careful_word_about_the_unknown_holds() {
    let said = |entries: &[&str], request: &str| grant(entries).on_unknown(target(request));
    let entries = ["POST https://a.b/* on unknown retry", "* https://a.b/pay at 10.0.0.0/8 on unknown fail"];
    assert_eq!(said(&entries, "POST https://a.b/x"), Some(OnUnknown::Retry));
    assert_eq!(said(&entries, "POST https://a.b/pay"), Some(OnUnknown::Fail));
    assert_eq!(said(&["POST https://a.b/*"], "POST https://a.b/x"), None);
    let both = grant(&entries).as_ask().intersect(&grant(&["POST https://a.b/* on unknown ask"]));
    assert_eq!(both.on_unknown(target("POST https://a.b/pay")), Some(OnUnknown::Ask), "an ask says nothing of it");
    let bounded = grant(&entries).intersect(&grant(&["POST https://a.b/* on unknown ask"]));
    assert_eq!(bounded.on_unknown(target("POST https://a.b/x")), Some(OnUnknown::Ask));
}

#[test]
fn methods_that_http_calls_idempotent_may_be_made_again() {
    let idempotent = ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "POST", "PATCH", "PURGE"]
        .map(|method| HttpTarget::parse(method, "https://a.b/").unwrap().is_idempotent());
    assert_eq!(idempotent, [true, true, true, true, true, false, false, false]);
}

#[test]
fn a_surplus_is_what_is_not_covered_with_all_its_networks() {
    let check = |a: &[&str], b: &[&str], expect: &str| assert_eq!(grant(a).except(&grant(b)).written(), expect);
    check(&["GET,PUT https://a.b/*"], &["GET https://*.b/*", "PUT https://a.b/*"], "[]");
    check(&["GET,PUT https://a.b/*"], &["GET https://*.b/*"], r#"["GET,PUT https://a.b/*"]"#);
    check(
        &["GET https://a.b/* at 10.0.0.0/8"],
        &["GET https://a.b/* at 10.0.0.0/9"],
        r#"["GET https://a.b/* at 10.0.0.0/8"]"#,
    );
    check(&["GET https://a.b/* at 10.0.0.0/8"], &["* https://a.b/* at 0.0.0.0/1"], "[]");
}

#[test]
fn a_url_has_one_spelling() {
    for (url, part) in [
        ("", "begin with"),
        ("ftp://a.b/", "begin with"),
        ("HTTPS://a.b/", "begin with"),
        ("https:/a.b/", "begin with"),
        ("//a.b/", "begin with"),
        ("https:///x", "no host"),
        ("https://A.b/", "no name"),
        ("https://a_b.c/", "no name"),
        ("https://a..b/", "no name"),
        ("https://-a.b/", "no name"),
        ("https://a%2eb/", "no name"),
        ("https://*.b/", "no name"),
        ("https://a.b./", "ends with a dot"),
        ("https://user@a.b/", "a user"),
        ("https://good.com:80@a.b/", "a user"),
        ("https://a.b:0/", "port"),
        ("https://a.b:/", "port"),
        ("https://a.b:65536/", "port"),
        ("https://a.b:080/", "port"),
        ("https://a.b:+80/", "port"),
        ("https://a.b:80:80/", "port"),
        ("https://127.1/", "unusual spelling"),
        ("https://2130706433/", "unusual spelling"),
        ("https://0x7f000001/", "unusual spelling"),
        ("https://0177.0.0.1/", "unusual spelling"),
        ("https://127.0.0.0x1/", "unusual spelling"),
        ("https://a.0x/", "unusual spelling"),
        ("https://256.1.1.1/", "unusual spelling"),
        ("https://[::FFFF:1]/", "shortest form"),
        ("https://[0:0:0:0:0:0:0:1]/", "shortest form"),
        ("https://[::ffff:1.2.3.4]/", "in the form of"),
        ("https://[fe80::1%eth0]/", "not an IPv6"),
        ("https://[::1/", "bracket"),
        ("https://ex\u{430}mple.com/", "punycode"),
        ("https://a.b\\c/", "backslash"),
        ("https://a.b/c d", "a space"),
        ("https://a.b/c\td", "control"),
        ("https://a.b/\r\nHost: x", "control"),
        ("https://a.b/c#d", "fragment"),
    ] {
        assert!(problem("GET", url).contains(part), "{url}: {}", problem("GET", url));
    }
    assert!(problem("GET", &format!("https://a.b/{}", "x".repeat(MAX_URL))).contains("8 KiB"));
}

#[test]
fn a_path_that_servers_read_differently_is_refused() {
    for path in [
        "/a/../b",
        "/a/./b",
        "/..",
        "/.",
        "/a/..;x/b",
        "/a/.;/b",
        "//",
        "/a//b",
        "/a%2fb",
        "/a%2Fb",
        "/a%5cb",
        "/%2e%2e/b",
        "/a/%2E/b",
        "/a%252e",
        "/a%25",
        "/a%00",
        "/a%0ab",
        "/a%7f",
        "/%c0%ae/",
        "/%ff",
        "/a%3bb",
        "/a%",
        "/a%4",
        "/a%zz",
        "/a%u002e",
        "/a*",
        "/a*b",
        "/a|b",
        "/a\"b",
        "/a<b>",
        "/a[b]",
        "/a{b}",
        "/a^b",
        "/a`b",
    ] {
        let _ = problem("GET", &format!("https://a.b{path}"));
    }
    for path in [
        "",
        "/",
        "/a",
        "/a/b.c/d..e/...",
        "/a;b=c",
        "/%C3%A4%20%2A",
        "/~a!$&'()+,=:@b",
        "?",
        "?a=b%2f..%25/../?&c",
        "/a?b",
    ] {
        assert!(HttpTarget::parse("GET", &format!("https://a.b{path}")).is_ok(), "{path}");
    }
}

#[test]
fn a_method_is_a_word_of_capital_letters() {
    for method in ["", "get", "G ET", "GET,POST", "*", "CONNECT", "TRACE", "G\r\nET", "-", "A-", &"A".repeat(21)] {
        let _ = problem(method, "https://a.b/");
    }
    assert!(HttpTarget::parse("M-SEARCH", "https://a.b/").is_ok());
}

#[test]
fn other_entries_are_refused() {
    for entry in [
        "",
        "GET",
        "https://a.b/*",
        "GET  https://a.b/*",
        "GET https://a.b/* ",
        "GET https://a.b",
        "GET https://a.b/*?x",
        "GET https://*/x",
        "GET https://*/*",
        "GET https://*a.b/",
        "GET https://a.*.b/",
        "GET https://**.b/",
        "GET https://*.1.2.3.4/",
        "GET https://a.b/x*y",
        "GET https://a.b/*/x",
        "GET,https://a.b/",
        "GET, POST https://a.b/",
        "get https://a.b/",
        "CONNECT https://a.b/",
        "GET https://a.b/ at",
        "GET https://a.b/ at ",
        "GET https://a.b/ at 10.0.0.1/8",
        "GET https://a.b/ at 10/8",
        "GET https://a.b/ at 10.0.0.0/33",
        "GET https://a.b/ at ::ffff:10.0.0.0/104",
        "GET https://a.b/ at 10.0.0.0/8, 11.0.0.0/8",
        "GET https://a.b/ in 10.0.0.0/8",
    ] {
        assert!(HttpGrant::parse([entry]).is_err(), "{entry}");
    }
}

#[test]
fn a_target_is_told_without_its_query() {
    let target = target("GET https://[2001:db8::1]:8443/v1?token=x");
    assert_eq!(target.to_string(), "GET https://[2001:db8::1]:8443/v1");
    assert_eq!((target.path(), target.query(), target.port()), ("/v1", Some("token=x"), 8443));
}

proptest! {
    #[test]
    fn no_text_breaks_the_reader(method in "\\PC{0,8}", url in "\\PC*|(https?://)?[a-z0-9.:@\\[\\]/%?#;*\\\\-]{0,40}") {
        let _ = HttpTarget::parse(&method, &url);
        let _ = HttpGrant::parse([format!("{method} {url}").as_str(), format!("GET {url} at {method}").as_str()]);
    }

    #[test]
    fn what_is_read_is_told_in_the_same_words(url in "https?://[a-c.]{1,6}(:[0-9]{1,5})?/[a-z.;%0-9/]{0,8}") {
        if let Ok(target) = HttpTarget::parse("GET", &url) {
            let told = target.to_string();
            prop_assert_eq!(HttpTarget::parse("GET", told.strip_prefix("GET ").unwrap()).unwrap(), target);
            prop_assert!(HttpGrant::parse([told.as_str()]).unwrap().allows(target), "what a denial offers allows it");
        }
    }
}
