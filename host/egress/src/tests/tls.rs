//! Row 41 of the attacks: a server must prove that it is the host of the URL.

use std::sync::{Arc, Mutex};

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;

use super::world::{Serve, World, ok};
use crate::{EgressError, Header, Request, Roots};

/// An authority of the test's own.
struct Authority {
    certificate: CertificateDer<'static>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap().der().clone();
        Authority { certificate, issuer: Issuer::new(params, key) }
    }

    /// A server that proves to be these names; those that ask it are told by what name they asked.
    fn server(&self, names: &[&str], expired: bool) -> Serve {
        let mut params = CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).unwrap();
        if expired {
            (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2002, 1, 1));
        }
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap().der().clone();
        serving(certificate, key)
    }
}

fn serving(certificate: CertificateDer<'static>, key: KeyPair) -> Serve {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let mut config = config.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    Arc::new(move |stream, read: Arc<Mutex<Vec<String>>>| {
        let acceptor = acceptor.clone();
        Box::pin(async move {
            let Ok(mut stream) = acceptor.accept(stream).await else { return };
            let session = stream.get_ref().1;
            let told =
                format!("{:?} {:?}", session.server_name(), session.alpn_protocol().map(String::from_utf8_lossy));
            let mut request = vec![0; 4096];
            let _ = stream.read(&mut request).await;
            read.lock().unwrap().push(String::from_utf8_lossy(&request).into_owned());
            let _ = stream.write_all(ok(&told).as_bytes()).await;
            let _ = stream.shutdown().await;
        })
    })
}

#[tokio::test]
async fn a_server_that_proves_its_name_is_spoken_to_in_http_1() {
    let authority = Authority::new();
    let roots = Roots::Also(vec![authority.certificate.clone()]);
    let world = World::with_roots(authority.server(&["good.example"], false), roots).await;
    let response = world.get("https://good.example/").await.unwrap();
    assert_eq!(String::from_utf8_lossy(&response.body), r#"Some("good.example") Some("http/1.1")"#);
}

#[tokio::test]
async fn a_server_that_does_not_is_told_nothing() {
    let (authority, other) = (Authority::new(), Authority::new());
    let roots = || Roots::Also(vec![authority.certificate.clone()]);
    let itself = KeyPair::generate().unwrap();
    let own = CertificateParams::new(vec!["good.example".to_owned()]).unwrap().self_signed(&itself).unwrap();
    for (server, roots) in [
        (authority.server(&["other.example"], false), roots()),
        (authority.server(&["*.good.example"], false), roots()),
        (authority.server(&["93.184.216.34"], false), roots()),
        (authority.server(&["good.example"], true), roots()),
        (other.server(&["good.example"], false), roots()),
        (authority.server(&["good.example"], false), Roots::Mozilla),
        (serving(own.der().clone(), itself), roots()),
    ] {
        let world = World::with_roots(server, roots).await;
        let headers = vec![Header::new("x-token", "private")];
        let error =
            world.fetch(&Request { headers, ..Request::new("GET", "https://good.example/") }).await.unwrap_err();
        assert!(matches!(error, EgressError::Untrusted(_)), "{error:?}");
        assert!(world.read.lock().unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_server_without_tls_is_told_nothing() {
    let world = World::new(super::world::answering(ok("plain"))).await;
    let error = world.get("https://good.example/").await.unwrap_err();
    assert!(matches!(error, EgressError::Malformed(_) | EgressError::TimedOut { .. }), "{error:?}");
    assert!(!world.read.lock().unwrap().iter().any(|read| read.contains("GET")));
}
