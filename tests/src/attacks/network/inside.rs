//! What must not be reached: a listener that nobody may connect to. It does not know who tries, and says nothing to whom
//! comes.

use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};

/// At `127.0.0.1` and, where the machine has it, at `::1`, on one port.
pub(super) struct Inside {
    listeners: Vec<TcpListener>,
    port: u16,
}

impl Inside {
    pub(super) fn new() -> Self {
        let v4 = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = v4.local_addr().unwrap().port();
        let v6 = TcpListener::bind((Ipv6Addr::LOCALHOST, port));
        let listeners: Vec<TcpListener> = [Some(v4), v6.ok()].into_iter().flatten().collect();
        listeners.iter().for_each(|listener| listener.set_nonblocking(true).unwrap());
        Inside { listeners, port }
    }

    /// Its port.
    pub(super) fn port(&self) -> u16 {
        self.port
    }

    /// How often somebody connected since this was last asked. The kernel makes connections, and keeps them until then:
    /// none is missed.
    pub(super) fn reached(&self) -> usize {
        self.listeners.iter().map(|listener| std::iter::from_fn(|| listener.accept().ok()).count()).sum()
    }
}
