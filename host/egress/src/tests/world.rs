//! A world for one test: names that mean what it says, and a listener at which every connection ends, wherever it was meant
//! to go. What is dialled and what is accepted is counted.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use baton_policy::{Capability as _, HttpGrant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::connect::Dial;
use crate::{
    BoxFuture, Call, Egress, EgressError, Header, Limits, Options, Request, Resolve, Response, Roots, Secrets,
};

/// An address that is public.
pub(super) const PUBLIC: &str = "93.184.216.34";

/// Names, with the answers that they get in turn; the last is repeated.
#[derive(Default)]
pub(super) struct Names {
    answers: BTreeMap<&'static str, Vec<Vec<IpAddr>>>,
    look_ups: AtomicUsize,
}

impl Resolve for Names {
    fn resolve<'a>(&'a self, name: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        let turn = self.look_ups.fetch_add(1, Ordering::Relaxed);
        let answers = self.answers.get(name).ok_or(io::ErrorKind::NotFound);
        let answer = answers.map(|all| all.get(turn).or(all.last()).cloned().unwrap_or_default());
        Box::pin(async move { answer.map_err(io::Error::from) })
    }
}

/// Leads every connection to the listener, and remembers where it was meant to go.
struct Detour {
    listener: SocketAddr,
    dialled: Arc<Mutex<Vec<SocketAddr>>>,
}

impl Dial for Detour {
    fn dial(&self, address: SocketAddr) -> BoxFuture<'_, io::Result<TcpStream>> {
        self.dialled.lock().unwrap().push(address);
        Box::pin(TcpStream::connect(self.listener))
    }
}

/// See the module.
pub(super) struct World {
    pub(super) egress: Egress,
    pub(super) grant: HttpGrant,
    pub(super) secrets: Secrets,
    pub(super) limits: Limits,
    names: Arc<Names>,
    dialled: Arc<Mutex<Vec<SocketAddr>>>,
    accepted: Arc<AtomicUsize>,
    /// What the server read, connection by connection.
    pub(super) read: Arc<Mutex<Vec<String>>>,
}

/// What a server does with a connection.
pub(super) type Serve = Arc<dyn Fn(TcpStream, Arc<Mutex<Vec<String>>>) -> BoxFuture<'static, ()> + Send + Sync>;

/// A server that reads a request and answers with these bytes.
pub(super) fn answering(answer: impl Into<Vec<u8>>) -> Serve {
    let answer: Arc<[u8]> = answer.into().into();
    Arc::new(move |mut stream, read| {
        let answer = Arc::clone(&answer);
        Box::pin(async move {
            read_request(&mut stream, &read).await;
            let _ = stream.write_all(&answer).await;
        })
    })
}

/// A server that reads a request and then does as it likes.
pub(super) fn serving<F: Future<Output = io::Result<()>> + Send + 'static>(
    then: impl Fn(TcpStream) -> F + Send + Sync + 'static,
) -> Serve {
    let then = Arc::new(then);
    Arc::new(move |mut stream, read| {
        let then = Arc::clone(&then);
        Box::pin(async move {
            read_request(&mut stream, &read).await;
            let _ = then(stream).await;
        })
    })
}

async fn read_request(stream: &mut (impl tokio::io::AsyncRead + Unpin), read: &Mutex<Vec<String>>) {
    let mut text = Vec::new();
    while !is_whole(&text) && stream.read_buf(&mut text).await.is_ok_and(|bytes| bytes > 0) {}
    read.lock().unwrap().push(String::from_utf8_lossy(&text).into_owned());
}

fn is_whole(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}

pub(super) fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

impl World {
    /// With a server, and `good.example` at a public address, to which everything is granted.
    pub(super) async fn new(serve: Serve) -> Self {
        World::with_roots(serve, Roots::default()).await
    }

    pub(super) async fn with_roots(serve: Serve, roots: Roots) -> Self {
        World::of(serve, roots, &[("good.example", &[&[PUBLIC]])]).await
    }

    pub(super) async fn of(serve: Serve, roots: Roots, names: &[(&'static str, &[&[&str]])]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (dialled, accepted, read) = (Arc::default(), Arc::new(AtomicUsize::new(0)), Arc::default());
        let detour = Detour { listener: listener.local_addr().unwrap(), dialled: Arc::clone(&dialled) };
        tokio::spawn(accept(listener, serve, Arc::clone(&accepted), Arc::clone(&read)));
        let names = Arc::new(Names { answers: names.iter().map(answers).collect(), look_ups: AtomicUsize::new(0) });
        let options = Options { resolver: Arc::clone(&names) as _, roots };
        let egress = Egress::with_dial(&options, Arc::new(detour)).unwrap();
        let grant = granting(&["* http://good.example/*", "* https://good.example/*"]);
        World { egress, grant, secrets: Secrets::default(), limits: quick(), names, dialled, accepted, read }
    }

    pub(super) async fn fetch(&self, request: &Request) -> Result<Response, EgressError> {
        let call = Call {
            request,
            grant: &self.grant,
            secrets: &self.secrets,
            caller: "tester",
            limits: self.limits,
            left: Duration::from_secs(10),
        };
        self.egress.fetch(call).await
    }

    pub(super) async fn get(&self, url: &str) -> Result<Response, EgressError> {
        self.fetch(&Request::new("GET", url)).await
    }

    pub(super) async fn get_with(&self, name: &str, value: &str) -> Result<Response, EgressError> {
        let headers = vec![Header::new(name, value)];
        self.fetch(&Request { headers, ..Request::new("GET", "http://good.example/") }).await
    }

    pub(super) fn dialled(&self) -> Vec<SocketAddr> {
        self.dialled.lock().unwrap().clone()
    }

    pub(super) fn look_ups(&self) -> usize {
        self.names.look_ups.load(Ordering::Relaxed)
    }

    /// Nothing was dialled, and nothing came to the listener.
    pub(super) fn assert_untouched(&self, what: &str) {
        assert_eq!((self.dialled(), self.accepted.load(Ordering::Relaxed)), (Vec::new(), 0), "{what}");
    }
}

/// Limits that a test can wait for.
pub(super) fn quick() -> Limits {
    Limits {
        header_bytes: 16 << 10,
        body: 256 << 10,
        decoded: 1 << 20,
        connect: Duration::from_millis(500),
        first_byte: Duration::from_millis(200),
        idle: Duration::from_millis(100),
        total: Duration::from_millis(400),
        ..Limits::DEFAULT
    }
}

pub(super) fn granting(entries: &[&str]) -> HttpGrant {
    HttpGrant::parse(entries.iter().copied()).unwrap().settled()
}

fn answers((name, turns): &(&'static str, &[&[&str]])) -> (&'static str, Vec<Vec<IpAddr>>) {
    let turn = |addresses: &&[&str]| addresses.iter().map(|address| address.parse().unwrap()).collect();
    (*name, turns.iter().map(turn).collect())
}

async fn accept(listener: TcpListener, serve: Serve, accepted: Arc<AtomicUsize>, read: Arc<Mutex<Vec<String>>>) {
    while let Ok((stream, _)) = listener.accept().await {
        accepted.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(serve(stream, Arc::clone(&read)));
    }
}
