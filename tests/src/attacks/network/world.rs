//! A network that is made for one attack: names that lead where it says, a server that may be reached, and a listener that
//! must not be. It does not know what is tried.

use std::net::SocketAddr;
use std::sync::Arc;

use baton_egress::{Egress, Options};
use baton_policy::{Grants, Limits, Wall};
use baton_sandbox::Loaded;
use serde_json::{Value, json};

use super::inside::Inside;
use super::names::Names;
use crate::attacks::{Arena, Trial, Verdict};
use crate::{Bench, Call, Server, guest, server};

/// Where the friendly server is: on loopback too, but at an address that a grant can name alone.
pub(super) const FRIEND: &str = "127.0.0.2";

/// Of so many requests, one is made by `wasi:http` too.
const SAMPLE: usize = 8;

/// See the module.
pub(super) struct World<'a> {
    /// Where names lead.
    pub(super) names: Arc<Names>,
    /// What must not be reached.
    pub(super) inside: Inside,
    arena: &'a Arena,
    bench: Bench,
    fetches: Loaded,
    by_wasi: Loaded,
}

impl<'a> World<'a> {
    pub(super) fn new(arena: &'a Arena) -> Self {
        let names = Arc::new(Names::default());
        let options = Options { resolver: Arc::clone(&names) as _, ..Options::default() };
        let egress = Arc::new(Egress::new(&options).unwrap());
        let bench = arena.bench().with(|backends| backends.egress = egress);
        let (fetches, by_wasi) = (bench.load(&guest("fetches")), bench.load(&guest("fetches_wasi")));
        World { names, inside: Inside::new(), arena, bench, fetches, by_wasi }
    }

    /// A server at [`FRIEND`], on the port of the listener inside.
    pub(super) fn friend(&self, answer: impl Fn(&str) -> String + Send + Sync + 'static) -> Server {
        let address: SocketAddr = format!("{FRIEND}:{}", self.inside.port()).parse().unwrap();
        Server::serving(address, move |mut stream, heard| {
            let request = heard.request(&mut stream);
            std::io::Write::write_all(&mut stream, answer(&request).as_bytes())
        })
    }

    /// A URL at the port of the listener inside.
    pub(super) fn url(&self, host: &str) -> String {
        format!("http://{host}:{}/", self.inside.port())
    }

    /// A grant of all that this machine can be reached at by a name, on the port of the listener inside.
    pub(super) fn granting(&self, names: &str, at: &str) -> Grants {
        http(&[format!("* http://{names}:{}/*{at}", self.inside.port())])
    }

    /// What a guest is told of each request.
    pub(super) fn fetch(&self, grants: &Grants, requests: &[Value]) -> Vec<Value> {
        let call = Call { grants: grants.clone(), input: json!(requests).to_string(), ..Call::default() };
        let told = self.arena.call_on(&self.bench, &self.fetches, call).completed();
        told.as_array().unwrap().clone()
    }

    /// Has a guest make these requests: each is refused before there is a connection.
    pub(super) fn refused(&self, grants: &Grants, urls: &[String]) -> Verdict {
        let requests: Vec<Value> = urls.iter().map(|url| get(url)).collect();
        let told = self.fetch(grants, &requests);
        for (url, told) in urls.iter().zip(&told) {
            let error = told["err"].as_str().unwrap_or_default();
            assert!(error.starts_with("Denied") || error.starts_with("Invalid"), "{url:?}: {told}");
        }
        let by_wasi = urls.iter().filter(|url| url.starts_with("http://")).step_by(SAMPLE); // the guest reads the scheme
        by_wasi.for_each(|url| self.assert_refused_by_wasi(grants, url));
        assert_eq!((told.len(), self.inside.reached()), (urls.len(), 0), "a connection was made");
        let outcome = format!("{} refused, no connection", urls.len());
        Verdict::contained(outcome, told[0]["err"].as_str().unwrap())
    }

    fn assert_refused_by_wasi(&self, grants: &Grants, url: &str) {
        let input = json!({ "method": "GET", "url": url, "body": "" }).to_string();
        let call = Call { function: Some("fetch"), grants: grants.clone(), input, ..Call::default() };
        let trial = self.arena.call_on(&self.bench, &self.by_wasi, call);
        let told = trial.outcome().to_string();
        assert!(told.contains("HttpRequestDenied") || told.contains("HttpRequestUriInvalid"), "{url:?}: {told}");
    }

    /// The count can fail: whoever is granted what is inside gets there.
    pub(super) fn assert_inside_is_there(&self) {
        self.names.lead("granted.example", &["127.0.0.1"]);
        let grants = self.granting("granted.example", " at 127.0.0.1");
        let limits = Limits { wall: Wall(500), ..Limits::default() };
        let input = json!([get(&self.url("granted.example"))]).to_string();
        let _ends_at_its_deadline: Trial =
            self.arena.call_on(&self.bench, &self.fetches, Call { grants, input, limits, ..Call::default() });
        assert_eq!(self.inside.reached(), 1, "nobody could have reached it");
    }
}

/// A grant of these requests.
pub(in crate::attacks) fn http(entries: &[String]) -> Grants {
    serde_json::from_value(json!({ "http": entries })).unwrap()
}

/// A request that reads.
pub(in crate::attacks) fn get(url: &str) -> Value {
    json!({ "method": "GET", "url": url })
}

/// What a server says when it is asked.
pub(super) fn friendly(_: &str) -> String {
    server::ok("friend")
}
