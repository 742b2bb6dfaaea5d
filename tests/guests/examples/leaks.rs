//! Tells everybody what servers told it: in lines, in state, in requests, and in the way that it ends.

use baton_sdk::bindings::baton::plugin::state::{self, Scope};
use baton_sdk::http::{Request, Response};
use baton_sdk::{Agent, Failure, Task};
use serde::Deserialize;

#[derive(Deserialize)]
struct Told {
    urls: Vec<String>,
    end: String,
}

struct Leaks;

impl Agent for Leaks {
    type Input = Told;
    type Output = String;

    #[expect(clippy::print_stdout, clippy::print_stderr, reason = "it is what this guest is for")]
    fn run(task: Task<Told>) -> Result<String, Failure> {
        let seen: Vec<String> = task.input.urls.iter().map(|url| seen(url)).collect();
        let seen = seen.join("\n");
        baton_sdk::log::info(&seen);
        println!("{seen}");
        eprintln!("{seen}");
        let _ = state::set(&Scope::Agent, "seen", &serde_json::Value::from(seen.as_str()).to_string(), None);
        for url in &task.input.urls {
            let _ = Request::post(url).header("x-seen", &seen.replace('\n', " ")).body(seen.clone()).send();
        }
        match task.input.end.as_str() {
            "answer" => Ok(seen),
            "panic" => panic!("{seen}"),
            _ => Err(Failure::Permanent(seen)),
        }
    }
}

fn seen(url: &str) -> String {
    match Request::new("GET", url).send() {
        Ok(response) => shown(&response),
        Err(error) => format!("{error:?} {error}"),
    }
}

fn shown(response: &Response) -> String {
    let headers = ["location", "x-echo", "set-cookie", "www-authenticate"].map(|name| response.header(name));
    format!("{} {headers:?} {}", response.status(), response.text())
}

baton_sdk::agent!(Leaks);
