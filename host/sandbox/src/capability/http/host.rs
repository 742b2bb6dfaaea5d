use super::backend::{Answer, Fetch, UNSAID};
use super::body::Body;
use crate::bindings::baton::plugin::http::{Header, Host, Request, Response};
use crate::bindings::baton::plugin::types::Error;
use crate::guest::Guest;

impl Host for Guest {
    async fn fetch(&mut self, request: Request) -> wasmtime::Result<Result<Response, Error>> {
        let answer = self.gate.call(Fetch::from(request)).await?;
        Ok(answer.map(Response::from).map_err(Error::from))
    }
}

impl From<Request> for Fetch {
    fn from(request: Request) -> Self {
        let headers = request.headers.into_iter().map(|header| (header.name, header.value)).collect();
        Fetch { method: request.method, url: request.url, headers, body: Body(request.body), limits: UNSAID }
    }
}

impl From<Answer> for Response {
    fn from(answer: Answer) -> Self {
        let headers = answer.headers.into_iter().map(|(name, value)| Header { name, value }).collect();
        Response { status: answer.status, headers, body: answer.body.0 }
    }
}
