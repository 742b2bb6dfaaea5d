//! A server of the test's own on loopback, which remembers what it read. It does not know who asks.

use std::io::{self, Read, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// It ends with the process.
pub struct Server {
    address: SocketAddr,
    heard: Arc<Heard>,
}

/// What a server read.
#[derive(Default)]
pub struct Heard(Mutex<Vec<String>>);

impl Heard {
    /// Reads a request, remembers it, and tells it.
    pub fn request(&self, stream: &mut impl Read) -> String {
        let (mut bytes, mut part) = (Vec::new(), [0; 4096]);
        while !is_whole(&bytes) {
            match stream.read(&mut part) {
                Ok(length) if length > 0 => bytes.extend_from_slice(&part[..length]),
                _ => break,
            }
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(text.clone());
        text
    }
}

impl Server {
    /// One at an address that does with each connection what it likes, in a thread of its own.
    #[must_use]
    pub fn serving(
        address: SocketAddr,
        serve: impl Fn(TcpStream, &Heard) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        let (address, heard, serve) = (listener.local_addr().unwrap(), Arc::default(), Arc::new(serve));
        let server = Server { address, heard: Arc::clone(&heard) };
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (serve, heard) = (Arc::clone(&serve), Arc::clone(&heard));
                thread::spawn(move || drop(serve(stream, &heard))); // whoever asked may be gone by then
            }
        });
        server
    }

    /// One that answers with these bytes.
    #[must_use]
    pub fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Server::serving(free(), move |mut stream, heard| {
            heard.request(&mut stream);
            stream.write_all(&answer)
        })
    }

    /// One that answers with status 200 and a body.
    #[must_use]
    pub fn telling(body: &str) -> Self {
        Server::answering(ok(body))
    }

    /// The URL of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The requests that came.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.heard.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The address of a server that takes any free port.
pub(crate) fn free() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 0))
}

/// An answer with status 200 and a body.
pub(crate) fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

fn is_whole(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}
