//! An address to a connection, with TLS where the URL says so. It does not choose the address.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use baton_policy::{Host, HttpTarget, Scheme};
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::BoxFuture;
use crate::error::{EgressError, Stage};

/// Whom a server's certificate must be signed by.
#[derive(Clone, Debug, Default)]
pub enum Roots {
    /// The authorities that Mozilla trusts, as they are in this program: the same on each machine, whatever was installed there.
    #[default]
    Mozilla,
    /// Those, and these beside (DER): for an intranet with an authority of its own.
    Also(Vec<CertificateDer<'static>>),
}

impl Roots {
    fn store(&self) -> Result<RootCertStore, rustls::Error> {
        let mut store = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Roots::Also(more) = self {
            more.iter().try_for_each(|certificate| store.add(certificate.clone()))?;
        }
        Ok(store)
    }
}

/// Opens connections. It is a trait so that tests can count them.
pub(crate) trait Dial: Send + Sync {
    fn dial(&self, address: SocketAddr) -> BoxFuture<'_, io::Result<TcpStream>>;
}

/// Over TCP.
pub(crate) struct Tcp;

impl Dial for Tcp {
    fn dial(&self, address: SocketAddr) -> BoxFuture<'_, io::Result<TcpStream>> {
        Box::pin(TcpStream::connect(address))
    }
}

/// A connection, protected or not.
pub(crate) trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Connection for T {}

pub(crate) struct Connector {
    dial: Arc<dyn Dial>,
    tls: TlsConnector,
}

impl Connector {
    /// TLS 1.2 and 1.3 with the library's own choice of ciphers; certificates are checked in full, and nothing turns that off.
    pub(crate) fn new(dial: Arc<dyn Dial>, roots: &Roots) -> Result<Self, rustls::Error> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots.store()?);
        let mut config = config.with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Connector { dial, tls: TlsConnector::from(Arc::new(config)) })
    }

    /// Connects to the first of some addresses, all judged, that takes a connection.
    pub(crate) async fn tcp(&self, addresses: &[IpAddr], port: u16) -> Result<TcpStream, EgressError> {
        let mut detail = "it has no address".to_owned();
        for address in addresses {
            match self.dial.dial(SocketAddr::new(*address, port)).await {
                Ok(stream) => return Ok(stream),
                Err(error) => detail = format!("{address}: {error}"),
            }
        }
        Err(EgressError::Unreachable { stage: Stage::Connect, detail })
    }

    /// Protects a connection if the target's scheme says so. The server must prove that it is the target's host.
    pub(crate) async fn protect(
        &self,
        target: &HttpTarget<'_>,
        stream: TcpStream,
    ) -> Result<Box<dyn Connection>, EgressError> {
        if target.scheme() == Scheme::Http {
            return Ok(Box::new(stream));
        }
        let name = server_name(target.host())?;
        Ok(Box::new(self.tls.connect(name, stream).await.map_err(|error| tls_error(&error))?))
    }
}

fn server_name(host: Host<'_>) -> Result<ServerName<'static>, EgressError> {
    match host {
        Host::Address(address) => Ok(ServerName::from(address)),
        Host::Name(name) => ServerName::try_from(name.to_owned())
            .map_err(|_| EgressError::Invalid(format!("no certificate can be for `{name}`"))),
    }
}

fn tls_error(error: &io::Error) -> EgressError {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(error @ (rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented)) => {
            EgressError::Untrusted(error.to_string())
        }
        Some(error) => EgressError::Malformed(error.to_string()),
        None => EgressError::Unreachable { stage: Stage::Tls, detail: error.to_string() },
    }
}
