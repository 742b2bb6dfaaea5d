//! A server on loopback that gives every request the same answer, and remembers what it read.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// It ends with the process.
pub struct Server {
    port: u16,
    read: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// One that answers with these bytes.
    #[must_use]
    pub fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, read) = (listener.local_addr().unwrap().port(), Arc::default());
        let (answer, known) = (answer.into(), Arc::clone(&read));
        thread::spawn(move || listener.incoming().flatten().for_each(|stream| serve(stream, &answer, &known)));
        Server { port, read }
    }

    /// One that answers with status 200 and a body.
    #[must_use]
    pub fn telling(body: &str) -> Self {
        Server::answering(format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len()))
    }

    /// The URL of a path.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// Its port.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The requests that came.
    #[must_use]
    pub fn requests(&self) -> Vec<String> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn serve(mut stream: TcpStream, answer: &[u8], read: &Mutex<Vec<String>>) {
    let (mut text, mut part) = (Vec::new(), [0; 4096]);
    while !is_whole(&text) {
        match stream.read(&mut part) {
            Ok(length) if length > 0 => text.extend_from_slice(&part[..length]),
            _ => break,
        }
    }
    read.lock().unwrap_or_else(PoisonError::into_inner).push(String::from_utf8_lossy(&text).into_owned());
    let _ = stream.write_all(answer);
}

fn is_whole(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    body.len() >= length.unwrap_or(0)
}
