//! Signatures that are stripped, of another key or expired. Nothing is fetched, so nothing is signed: a plugin is what
//! lies in the operator's folder, by digest where the operator writes one, and no key offers more than is there.

use crate::Scratch;
use crate::attacks::source::packages;
use crate::attacks::{Arena, Attack, Verdict};

pub(in crate::attacks) const ATTACK: Attack = Attack { row: 30, name: "signatures and rollback", run };

fn run(_: &Arena) -> Verdict {
    for verifier in ["sigstore", "cosign", "notation", "oci-client", "oci-distribution", "tough"] {
        assert!(!packages().iter().any(|package| package == verifier), "{verifier} is built in");
    }
    Verdict::of(["signed_by = \"ada\"", "signature = \"x\"", "version = \">= 1\""].map(refused))
}

/// A key that would promise what nobody checks is an error.
fn refused(terms: &str) -> Verdict {
    let project = Scratch::new("").plugin("p", b"", "", terms);
    let error = baton_runtime::bundle::Project::load(project.path()).expect_err("the key is unknown").to_string();
    assert!(error.contains(terms.split(' ').next().unwrap()), "{error}");
    Verdict::no_surface(
        "nothing is fetched or signed",
        error.replace(&project.path().display().to_string(), "[project]"),
    )
}
