//! An authority of the test's own, and servers that prove with it who they are. It does not know who believes them.

use std::io::{self, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::server::{free, ok};
use crate::{Heard, Server};

/// See the module.
pub(super) struct Authority {
    /// Its own certificate.
    pub(super) certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(super) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Authority { certificate, issuer: Issuer::new(params, key) }
    }

    /// A server that proves to be this host.
    pub(super) fn server(&self, name: &str) -> Server {
        self.proving(named(name))
    }

    /// The same with a certificate that is over.
    pub(super) fn expired(&self, name: &str) -> Server {
        let mut params = named(name);
        (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
        self.proving(params)
    }

    fn proving(&self, params: CertificateParams) -> Server {
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().der().clone();
        serving(certificate, &key)
    }
}

/// A server that vouches for itself.
pub(super) fn self_signed(name: &str) -> Server {
    let key = KeyPair::generate().unwrap();
    serving(named(name).self_signed(&key).unwrap().der().clone(), &key)
}

fn named(name: &str) -> CertificateParams {
    CertificateParams::new(vec![name.to_owned()]).unwrap()
}

fn serving(certificate: CertificateDer<'static>, key: &KeyPair) -> Server {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let mut config = config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let config = Arc::new(config);
    Server::serving(free(), move |stream, heard| answer(Arc::clone(&config), stream, heard))
}

/// Tells who was asked for, and in which protocol.
fn answer(config: Arc<ServerConfig>, mut stream: TcpStream, heard: &Heard) -> io::Result<()> {
    let mut session = ServerConnection::new(config).map_err(io::Error::other)?;
    session.complete_io(&mut stream)?;
    let told = format!("{:?} {:?}", session.server_name(), session.alpn_protocol().map(String::from_utf8_lossy));
    let mut stream = StreamOwned::new(session, stream);
    heard.request(&mut stream);
    stream.write_all(ok(&told).as_bytes())?;
    stream.conn.send_close_notify();
    stream.flush()
}
