//! Tables of secrets, sound and unsound, and values that stay where they belong.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use super::*;
use crate::testing::{folder, write};

fn entry(text: &str) -> Result<SecretEntry, String> {
    toml::from_str(text).map_err(|error| error.message().to_owned())
}

const GOOD: &str = "from = 'env:CRM_TOKEN'\norigin = 'https://api.crm.example'\nheader = 'Authorization'\n";

#[test]
fn a_secret_goes_into_its_header_as_its_table_says() {
    let template = |text: &str| entry(text).unwrap().template().to_owned();
    assert_eq!(template(GOOD), "Bearer {}");
    assert_eq!(template(&format!("{GOOD}value = 'Token {{}};v=1'")), "Token {};v=1");
    assert_eq!(template(&GOOD.replace("Authorization", "x-api-key")), "{}");
    assert_eq!(entry(GOOD).unwrap().header.as_str(), "authorization");
}

#[test]
fn an_origin_is_a_scheme_a_host_and_a_port() {
    let check = |text: &str, expect: Option<&str>| {
        assert_eq!(text.parse::<Origin>().ok().map(|origin| origin.to_string()).as_deref(), expect, "{text}");
    };
    check("https://api.crm.example", Some("https://api.crm.example"));
    check("https://API.crm.example:443", Some("https://api.crm.example"));
    check("https://api.crm.example:8443", Some("https://api.crm.example:8443"));
    check("http://127.0.0.1:8080", Some("http://127.0.0.1:8080"));
    check("https://[::1]:8443", Some("https://[::1]:8443"));
    check("http://[::1]", Some("http://[::1]"));
    for bad in [
        "",
        "api.crm.example",
        "http://api.crm.example",
        "http://127.0.0.1.evil.example",
        "http://localhost",
        "http://localhost.evil.example",
        "http://2130706433",
        "https://0x7f.1",
        "https://127.1",
        "https://a@b",
        "https://a/",
        "https://a/path",
        "https://a?x",
        "https://*.a",
        "https://a:0",
        "https://a:65536",
        "https://a:",
        "https://a:+1",
        "https://[::1",
        "https://[fe80::1%25eth0]",
        "HTTPS://a",
        "ftp://a",
        "https://ä",
        "https://a..b",
    ] {
        check(bad, None);
    }
}

#[test]
fn tables_that_are_wrong() {
    let with = |from: &str, to: &str| entry(&GOOD.replace(from, to)).err().unwrap_or_else(|| "sound".to_owned());
    let reports = [
        with("env:CRM_TOKEN", "CRM_TOKEN"),
        with("env:CRM_TOKEN", "env:"),
        with("env:CRM_TOKEN", "env:1A"),
        with("env:CRM_TOKEN", "file:"),
        with("https://", "http://"),
        with("https://api", "api"),
        with("Authorization", "Host"),
        with("Authorization", "a b"),
        with("header", "haeder"),
        entry(&format!("{GOOD}value = 'Bearer'")).unwrap_err(),
        entry(&format!("{GOOD}value = '{{}} {{}}'")).unwrap_err(),
        entry(&format!("{GOOD}value = \"{{}}\\r\\nx: y\"")).unwrap_err(),
    ];
    insta::assert_snapshot!(reports.join("\n"));
}

#[test]
fn a_value_is_not_shown() {
    let secret = SecretValue::new("s3cret-1").unwrap();
    assert_eq!(format!("{secret:?}"), "SecretValue(…)");
    for bad in ["", "\n", "s3cret", "s3cret-1\r\nx: y", "s3cret-1\0", "s3crét-1", " s3cret-1", &"s3cret".repeat(2_000)]
    {
        let error = SecretValue::new(bad).unwrap_err();
        assert!(!error.contains("s3cr"), "{error}");
    }
}

#[test]
fn a_file_is_read_if_only_its_owner_may_read_it() {
    let folder = folder(&[("token", "s3cret-1\r\n")]);
    write(folder.path(), "long", &vec![b'x'; 5_000]);
    let read = |name: &str, mode: u32| {
        let path = folder.path().join(name);
        std::fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        SecretValue::read(&path)
    };
    assert_eq!(read("token", 0o600).unwrap().expose(), "s3cret-1");
    assert_eq!(read("token", 0o400).unwrap().expose(), "s3cret-1");
    for mode in [0o640, 0o604, 0o644, 0o660] {
        assert!(read("token", mode).unwrap_err().starts_with("can be read by others"), "{mode:o}");
    }
    assert!(read("long", 0o600).is_err());
    assert!(SecretValue::read(&folder.path().join("missing")).is_err());
    assert!(SecretValue::read(folder.path()).is_err());
}
