//! The outside of the runs that are killed: a server on loopback that keeps books. `/TRIAL/keyed/NAME` is entered once for
//! each `Idempotency-Key`, any other `/TRIAL/BOOK/NAME` each time it is asked for, and `silent` is a book whose keeper never
//! answers. It does not know who asks, nor who dies.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crate::server::{Heard, free, ok};

/// The longest that the server waits for the rest of a request: others wait behind it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Connections that are kept open and not answered: more than there are trials at once.
const UNANSWERED: usize = 32;

/// The server. It ends with the process.
pub struct Ledger {
    address: SocketAddr,
    books: Arc<Mutex<BTreeMap<String, Book>>>,
}

/// What came of one trial's requests.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// The paths of all requests behind the trial's name, in their order.
    pub requests: Vec<String>,
    /// How often each path was entered.
    pub entered: BTreeMap<String, u32>,
    keys: BTreeSet<String>,
}

impl Book {
    pub(super) fn enter(&mut self, path: &str, key: Option<&str>) {
        self.requests.push(path.to_owned());
        let is_known = path.starts_with("keyed/") && key.is_some_and(|key| !self.keys.insert(key.to_owned()));
        if !is_known {
            *self.entered.entry(path.to_owned()).or_default() += 1;
        }
    }
}

impl Ledger {
    /// Opens the books.
    #[must_use]
    pub fn open() -> Self {
        let listener = TcpListener::bind(free()).unwrap();
        let ledger = Ledger { address: listener.local_addr().unwrap(), books: Arc::default() };
        let books = Arc::clone(&ledger.books);
        // One request after the other: whoever is answered knows that all that came before is entered.
        std::thread::spawn(move || {
            let mut unanswered = VecDeque::new();
            for mut stream in listener.incoming().flatten() {
                // Whoever asked may be dead by now.
                if let Ok(Answer::Never) = serve(&mut stream, &books) {
                    unanswered.push_back(stream);
                    unanswered.drain(..unanswered.len().saturating_sub(UNANSWERED));
                }
            }
        });
        ledger
    }

    /// The URL of a trial's books.
    #[must_use]
    pub fn url(&self, trial: &str) -> String {
        format!("http://{}/{trial}", self.address)
    }

    /// What a plugin is granted that may post to it, as an entry of `http`.
    #[must_use]
    pub fn grant(&self) -> String {
        format!("* http://{}/*", self.address)
    }

    /// A trial's book, when everything that was posted before is in it: also what somebody posted who died since.
    #[must_use]
    pub fn book(&self, trial: &str) -> Book {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
        lock(&self.books).get(trial).cloned().unwrap_or_default()
    }
}

/// Whether a request was answered.
enum Answer {
    Given,
    Never,
}

fn serve(stream: &mut TcpStream, books: &Mutex<BTreeMap<String, Book>>) -> io::Result<Answer> {
    stream.set_read_timeout(Some(PATIENCE))?;
    let request = Heard::default().request(stream);
    let key = request.lines().find_map(|line| line.strip_prefix("idempotency-key: "));
    let place = request.split(' ').nth(1).and_then(|path| path.strip_prefix('/')?.split_once('/'));
    if let Some((trial, path)) = place {
        lock(books).entry(trial.to_owned()).or_default().enter(path, key);
    }
    let path = place.map_or("nothing", |(_, path)| path);
    if path.starts_with("silent/") {
        return Ok(Answer::Never);
    }
    stream.write_all(ok(&format!("entered {path}")).as_bytes())?;
    Ok(Answer::Given)
}

fn lock(books: &Mutex<BTreeMap<String, Book>>) -> std::sync::MutexGuard<'_, BTreeMap<String, Book>> {
    books.lock().unwrap_or_else(PoisonError::into_inner)
}
