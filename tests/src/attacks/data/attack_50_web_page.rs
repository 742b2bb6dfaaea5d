//! Markup in outputs that are shown on a web page. There is no page, and nobody listens.

use crate::attacks::source::{host_never_says, packages};
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 50, name: "markup on a web page", run };

fn run(_: &Arena) -> Verdict {
    for server in ["axum", "actix-web", "warp", "rocket", "tiny_http", "askama", "handlebars", "tera"] {
        assert!(!packages().iter().any(|package| package == server), "{server} is built in");
    }
    host_never_says(&["text/html", "TcpListener"]);
    Verdict::no_surface("there is no page", "")
}
