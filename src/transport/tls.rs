//! TLS settings, built once per distinct set and shared by all users.
//!
//! Owns the reading of certificate files. Must not know requests.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use super::{ClientSettings, TransportError};
use crate::model::FailureKind;

/// The settings that make a difference to TLS.
type Key = (bool, Option<PathBuf>, Option<PathBuf>);

/// The configurations in use.
pub(super) struct Configs {
    /// The protocols offered to servers, the preferred one first.
    protocols: &'static [&'static [u8]],
    built: Mutex<HashMap<Key, Arc<ClientConfig>>>,
}

impl Configs {
    /// None yet, for a transport that speaks these protocols.
    pub(super) fn speaking(protocols: &'static [&'static [u8]]) -> Self {
        Configs {
            protocols,
            built: Mutex::default(),
        }
    }

    /// The configuration of these settings. A copy is small: what is big in it is shared.
    ///
    /// It resumes no sessions: one user must not resume another's. The first connection of each
    /// costs a whole handshake, as it does from as many machines.
    pub(super) fn of(
        &self,
        settings: &ClientSettings,
    ) -> Result<Arc<ClientConfig>, TransportError> {
        let key = (
            settings.insecure,
            settings.ca_cert.clone(),
            settings.client_cert.clone(),
        );
        let mut built = self.built.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(config) = built.get(&key) {
            return Ok(Arc::clone(config));
        }
        let mut config = build(settings)?;
        config.alpn_protocols = self.protocols.iter().map(|name| name.to_vec()).collect();
        let config = Arc::new(config);
        built.insert(key, Arc::clone(&config));
        Ok(config)
    }
}

fn build(settings: &ClientSettings) -> Result<ClientConfig, TransportError> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| refused(format!("TLS cannot be set up: {error}")))?
        .dangerous()
        .with_custom_certificate_verifier(verifier(settings, provider)?);
    let mut config = match &settings.client_cert {
        Some(path) => {
            let (chain, key) = identity(path)?;
            builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| unusable("client_cert", path, &error))?
        }
        None => builder.with_no_client_auth(),
    };
    config.resumption = Resumption::disabled();
    Ok(config)
}

fn verifier(
    settings: &ClientSettings,
    provider: Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, TransportError> {
    if settings.insecure {
        return Ok(Arc::new(AcceptAny(provider)));
    }
    let Some(path) = &settings.ca_cert else {
        return Ok(
            match rustls_platform_verifier::Verifier::new(Arc::clone(&provider)) {
                Ok(verifier) => Arc::new(verifier),
                // A machine without certificates can still load http targets.
                Err(_) => Arc::new(TrustNone(provider)),
            },
        );
    };
    let mut roots = RootCertStore::empty();
    for certificate in certificates("ca_cert", path)? {
        roots
            .add(certificate)
            .map_err(|error| unusable("ca_cert", path, &error))?;
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider)
        .build()
        .map_err(|error| unusable("ca_cert", path, &error))?;
    Ok(verifier)
}

fn identity(
    path: &Path,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), TransportError> {
    let chain = certificates("client_cert", path)?;
    let key = PrivateKeyDer::from_pem_file(path).map_err(|_| {
        refused(format!(
            "client_cert {}: no private key in it",
            path.display()
        ))
    })?;
    Ok((chain, key))
}

fn certificates(
    setting: &str,
    path: &Path,
) -> Result<Vec<CertificateDer<'static>>, TransportError> {
    let found = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(setting, path, &error))?;
    if found.is_empty() {
        let text = format!("{setting} {}: no certificate in it (PEM)", path.display());
        return Err(refused(text));
    }
    Ok(found)
}

fn unusable(setting: &str, path: &Path, why: &dyn std::fmt::Display) -> TransportError {
    refused(format!(
        "{setting} {} cannot be used: {why}",
        path.display()
    ))
}

fn refused(text: String) -> TransportError {
    TransportError::new(FailureKind::Tls, text)
}

/// Accepts whatever certificate a server shows (`insecure`).
#[derive(Debug)]
struct AcceptAny(Arc<CryptoProvider>);

/// Accepts none: there is nothing to check against.
#[derive(Debug)]
struct TrustNone(Arc<CryptoProvider>);

/// The checks of a handshake's signature, the same for both.
macro_rules! verifier {
    ($name:ident, $verdict:expr) => {
        impl ServerCertVerifier for $name {
            fn verify_server_cert(
                &self,
                _: &CertificateDer<'_>,
                _: &[CertificateDer<'_>],
                _: &ServerName<'_>,
                _: &[u8],
                _: UnixTime,
            ) -> Result<ServerCertVerified, rustls::Error> {
                $verdict
            }

            fn verify_tls12_signature(
                &self,
                message: &[u8],
                certificate: &CertificateDer<'_>,
                signature: &DigitallySignedStruct,
            ) -> Result<HandshakeSignatureValid, rustls::Error> {
                let algorithms = &self.0.signature_verification_algorithms;
                verify_tls12_signature(message, certificate, signature, algorithms)
            }

            fn verify_tls13_signature(
                &self,
                message: &[u8],
                certificate: &CertificateDer<'_>,
                signature: &DigitallySignedStruct,
            ) -> Result<HandshakeSignatureValid, rustls::Error> {
                let algorithms = &self.0.signature_verification_algorithms;
                verify_tls13_signature(message, certificate, signature, algorithms)
            }

            fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
                self.0.signature_verification_algorithms.supported_schemes()
            }
        }
    };
}

verifier!(AcceptAny, Ok(ServerCertVerified::assertion()));
verifier!(
    TrustNone,
    Err(rustls::Error::InvalidCertificate(
        rustls::CertificateError::UnknownIssuer
    ))
);
