//! A secret in what is written down or shown. It goes to its origin, whose server sends it back in every place there is; the
//! guest tells everybody what it sees; then all that the host left behind is searched.

use std::fs;
use std::path::Path;
use std::process::Output;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::attacks::{Arena, Attack, Verdict};
use crate::{Copy, Scratch, Server};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 47, name: "secrets in what is written down", run };

const CANARY: &str = "canary-c4f1aa90-5b62";

const WORKFLOW: &str = "workflow: w
steps:
  leak: { agent: leaks, input: \"${{ input }}\" }
output: ${{ steps.leak.output }}
";

/// How the guest ends.
const ENDS: [&str; 3] = ["answer", "fail", "panic"];

fn run(arena: &Arena) -> Verdict {
    let told = ENDS.map(|end| searched(arena, &Server::answering(echo()), end));
    for (broken, end) in [broken(), misencoded()].iter().flat_map(|broken| ENDS.map(|end| (broken, end))) {
        searched(arena, &Server::answering(broken.as_str()), end);
    }
    assert!(told.iter().all(|told| told.contains("[secret token]")), "the guest told nothing: {told:?}");
    let error = told[1].lines().find(|line| line.contains("[secret token]")).unwrap();
    Verdict::contained("sent, and found nowhere", error)
}

/// Runs the guest, and searches all that is left of it; what was said.
fn searched(arena: &Arena, server: &Server, end: &str) -> String {
    let project = project(arena, server, end);
    let told = everything_told(&project);
    assert_clean("what the program said", told.as_bytes());
    files(project.path(), &mut |path, bytes| assert_clean(&path.display().to_string(), bytes));
    let requests = server.requests();
    let sent = format!("authorization: Bearer {CANARY}\r\n");
    assert!(!requests.is_empty() && requests.iter().all(|request| request.contains(&sent)), "it was not sent");
    told
}

/// It stands in headers, in a redirect, in the body, and in base64 at every offset.
fn echo() -> String {
    let packed = |text: String| STANDARD.encode(text);
    let body = format!(
        "{CANARY} {} {} {} {}",
        packed(CANARY.to_owned()),
        packed(format!("u{CANARY}")),
        packed(format!("u:{CANARY}:x")),
        packed(format!("Bearer {CANARY}")),
    );
    format!(
        "HTTP/1.1 302 {CANARY}\r\nlocation: http://{CANARY}@127.0.0.1/{CANARY}?{CANARY}\r\nx-echo: {CANARY}\r\n\
         x-{CANARY}: 1\r\nset-cookie: s={CANARY}\r\nwww-authenticate: Bearer {CANARY}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// It stands in what is no answer.
fn broken() -> String {
    format!("{CANARY} {CANARY}\r\n\r\n{CANARY}")
}

/// It stands in what an error is about.
fn misencoded() -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-encoding: {CANARY}\r\ncontent-length: 1\r\n\r\nx")
}

fn project(arena: &Arena, server: &Server, end: &str) -> Copy {
    let http = format!("http = [\"* {}\"]", server.url("/*"));
    let secret = format!(
        "[secrets.token]\nfrom = \"env:TOKEN\"\norigin = \"http://127.0.0.1:{}\"\nheader = \"authorization\"\n",
        server.port()
    );
    let terms = format!("grants = {{ state = [\"agent\"], {http}, secrets = [\"token\"] }}\n{secret}");
    let asks = format!("state = [\"agent\"]\n{http}\nsecrets = [\"token\"]\n");
    let input = json!({ "urls": [server.url("/")], "end": end }).to_string();
    let project = Scratch::new(WORKFLOW).agent("leaks", &terms, &asks).file("input.json", input);
    arena.place(&project);
    Copy::from(project.path())
}

/// What the program says of the run, in every way that it has.
fn everything_told(project: &Copy) -> String {
    let told = |arguments: &[&str]| shown(&project.command(arguments).env("TOKEN", CANARY).output().unwrap());
    let begun = told(&["run", ".", "--input", "input.json"]);
    let rest: [&[&str]; 7] = [
        &["show", "last"],
        &["show", "last", "--full"],
        &["show", "last", "-o", "json"],
        &["runs"],
        &["runs", "-o", "json"],
        &["grants"],
        &["run", ".", "--input", "input.json", "-o", "json"],
    ];
    begun + &rest.map(told).concat()
}

fn shown(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat()
}

/// Every file below a folder; what is linked from elsewhere is not of this project.
fn files(folder: &Path, look: &mut impl FnMut(&Path, &[u8])) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() && !path.is_symlink() {
            files(&path, look);
        } else if path.is_file() {
            look(&path, &fs::read(&path).unwrap());
        }
    }
}

/// The secret is not there, as it is or in base64.
fn assert_clean(place: &str, bytes: &[u8]) {
    for form in [CANARY.to_owned(), STANDARD.encode(CANARY), STANDARD.encode(format!("Bearer {CANARY}"))] {
        let found = bytes.windows(form.len()).any(|window| window == form.as_bytes());
        assert!(!found, "{place} has the secret as {form}");
    }
}
