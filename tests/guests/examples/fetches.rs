//! Makes the requests that it is told, and tells what came of each.

use baton_sdk::http::Request;
use baton_sdk::{Agent, Failure, Task};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Told {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<(String, String)>,
    #[serde(default)]
    body: String,
}

struct Fetches;

impl Agent for Fetches {
    type Input = Vec<Told>;
    type Output = Vec<Value>;

    fn run(task: Task<Vec<Told>>) -> Result<Vec<Value>, Failure> {
        Ok(task.input.into_iter().map(fetch).collect())
    }
}

fn fetch(told: Told) -> Value {
    let request = Request::new(&told.method, &told.url).body(told.body);
    let request = told.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    match request.send() {
        Ok(response) => json!({
            "status": response.status(),
            "location": response.header("location"),
            "body": response.text(),
        }),
        Err(error) => json!({ "err": format!("{error:?}") }),
    }
}

baton_sdk::agent!(Fetches);
