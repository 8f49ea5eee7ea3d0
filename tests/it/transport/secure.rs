//! A TLS server with a certificate of its own, and the files clients need for it.
//!
//! Must not know how the transports under test are built.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use rcgen::{CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{HandshakeKind, RootCertStore, ServerConfig};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

/// A running TLS server and the files that go with it.
pub(crate) struct SecureServer {
    address: SocketAddr,
    files: TempDir,
    handshakes: Arc<Mutex<Vec<HandshakeKind>>>,
}

/// What the server's certificate is like.
#[derive(Clone, Copy)]
pub(crate) struct Manner {
    pub(crate) expired: bool,
    pub(crate) asks_for_certificate: bool,
}

impl SecureServer {
    pub(crate) async fn start(manner: Manner) -> SecureServer {
        let files = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        std::fs::write(files.path().join("ca.pem"), issuer.pem()).unwrap();

        let (client, key) = leaf(&issuer, ExtendedKeyUsagePurpose::ClientAuth, false);
        let pem = format!("{}{}", client.pem(), key.serialize_pem());
        std::fs::write(files.path().join("client.pem"), pem).unwrap();

        let (server, key) = leaf(&issuer, ExtendedKeyUsagePurpose::ServerAuth, manner.expired);
        let chain = vec![CertificateDer::from(server.der().to_vec())];
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = server_config(manner.asks_for_certificate, &issuer)
            .with_single_cert(chain, key)
            .unwrap();

        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let handshakes = Arc::default();
        tokio::spawn(serve(listener, acceptor, Arc::clone(&handshakes)));
        SecureServer {
            address,
            files,
            handshakes,
        }
    }

    /// What the handshakes until now were, in order: whole ones, or those of resumed sessions.
    pub(super) fn handshakes(&self) -> Vec<HandshakeKind> {
        self.handshakes.lock().unwrap().clone()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }
}

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn leaf(
    issuer: &Issuer,
    purpose: ExtendedKeyUsagePurpose,
    expired: bool,
) -> (rcgen::Certificate, KeyPair) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    params.extended_key_usages = vec![purpose];
    if expired {
        params.not_before = rcgen::date_time_ymd(2001, 1, 1);
        params.not_after = rcgen::date_time_ymd(2002, 1, 1);
    }
    (params.signed_by(&key, issuer).unwrap(), key)
}

fn server_config(
    asks: bool,
    issuer: &Issuer,
) -> rustls::ConfigBuilder<ServerConfig, rustls::server::WantsServerCert> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .unwrap();
    if !asks {
        return builder.with_no_client_auth();
    }
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from(issuer.der().to_vec()))
        .unwrap();
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .unwrap();
    builder.with_client_cert_verifier(verifier)
}

/// Answers every request alike.
async fn serve(
    listener: TcpListener,
    acceptor: TlsAcceptor,
    handshakes: Arc<Mutex<Vec<HandshakeKind>>>,
) {
    while let Ok((stream, _)) = listener.accept().await {
        let (acceptor, handshakes) = (acceptor.clone(), Arc::clone(&handshakes));
        tokio::spawn(async move {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            let kind = stream.get_ref().1.handshake_kind().unwrap();
            handshakes.lock().unwrap().push(kind);
            let mut bytes = Vec::new();
            while !bytes.ends_with(b"\r\n\r\n") {
                if stream.read_buf(&mut bytes).await.unwrap_or(0) == 0 {
                    return;
                }
            }
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret";
            let _ = stream.write_all(answer).await;
            let _ = stream.shutdown().await;
        });
    }
}
