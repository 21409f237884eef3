//! Whom a connection trusts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};

use crate::error::{Error, ErrorKind, Result};

/// How a server's certificate is checked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub enum Verify {
    /// Against the system's authorities, or those of `SSL_CERT_FILE` / `SSL_CERT_DIR`; against Mozilla's list where the
    /// system has none.
    #[default]
    System,
    /// Against the authorities in a PEM file.
    File(PathBuf),
    /// Not at all.
    Off,
}

/// No TLS will be spoken: an empty configuration, so nothing is read from disk.
pub(super) fn none() -> Result<ClientConfig> {
    Ok(builder()?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth())
}

/// The configuration for TLS hosts.
pub(super) fn config(verify: &Verify, client_cert: Option<&Path>, http2: bool) -> Result<ClientConfig> {
    let wants_client = match verify {
        Verify::Off => builder()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(Unchecked(provider()))),
        Verify::System => builder()?.with_root_certificates(system()),
        Verify::File(path) => builder()?.with_root_certificates(from_file(path)?),
    };
    let mut config = match client_cert {
        None => wants_client.with_no_client_auth(),
        Some(path) => {
            let unreadable = |error: &dyn std::fmt::Display| {
                Error::bad_request(format!(
                    "the client certificate {} cannot be used: {error}",
                    path.display()
                ))
            };
            let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(path)
                .and_then(Iterator::collect)
                .map_err(|error| unreadable(&error))?;
            let key = PrivateKeyDer::from_pem_file(path).map_err(|error| unreadable(&error))?;
            wants_client
                .with_client_auth_cert(chain, key)
                .map_err(|error| unreadable(&error))?
        }
    };
    config.alpn_protocols = if http2 {
        vec![b"h2".to_vec(), b"http/1.1".to_vec()]
    } else {
        vec![b"http/1.1".to_vec()]
    };
    Ok(config)
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

fn builder() -> Result<rustls::ConfigBuilder<ClientConfig, rustls::WantsVerifier>> {
    ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|error| Error::new(ErrorKind::Internal, format!("TLS cannot be set up: {error}")))
}

fn system() -> RootCertStore {
    let mut roots = RootCertStore::empty();
    // A broken certificate in the store is the system's affair; the others still count.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    roots
}

fn from_file(path: &Path) -> Result<RootCertStore> {
    let unreadable = |error: &dyn std::fmt::Display| {
        Error::bad_request(format!("ssl_verify: {} cannot be used: {error}", path.display()))
    };
    let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| unreadable(&error))?;
    let mut roots = RootCertStore::empty();
    if roots.add_parsable_certificates(certificates).0 == 0 {
        return Err(unreadable(&"it holds no certificate"));
    }
    Ok(roots)
}

/// `ssl_verify=False`: the caller has said that any certificate will do. Signatures are still checked, so the peer holds
/// the key of the certificate it shows.
#[derive(Debug)]
struct Unchecked(Arc<CryptoProvider>);

impl ServerCertVerifier for Unchecked {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> std::result::Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }
    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }
    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> std::result::Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            certificate,
            signature,
            &self.0.signature_verification_algorithms,
        )
    }
    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
