//! TLS of the main listener: TLS 1.3 and 1.2, hybrid post-quantum key exchange first, a certificate that can be replaced.
//!
//! In:  certificate chain and private key in PEM.
//! Out: a rustls configuration that offers `h2` and `http/1.1`.
//! Never: early data (replayable), a key that does not fit its certificate.

use std::fmt;
use std::sync::Arc;

use arc_swap::ArcSwap;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{ClientHello, ResolvesServerCert, ServerConfig};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate chain with the key that fits it.
#[derive(Clone, Debug)]
pub struct Identity(Arc<CertifiedKey>);

/// Why TLS cannot be configured.
#[derive(Debug, thiserror::Error)]
pub enum TlsFlaw {
    /// No certificate in the PEM text.
    #[error("no certificate in PEM format")]
    Certificate,
    /// No private key in the PEM text.
    #[error("no private key in PEM format")]
    Key,
    /// rustls refused: an unknown kind of key, or one that does not fit the certificate.
    #[error("certificate and key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
}

impl Identity {
    /// Reads a chain (the server's own certificate first) and its private key (PKCS#8, PKCS#1 or SEC1).
    ///
    /// # Errors
    /// [`TlsFlaw`] by what is missing or does not fit.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, TlsFlaw> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(chain).collect();
        let chain = chain.map_err(|_| TlsFlaw::Certificate)?;
        if chain.is_empty() {
            return Err(TlsFlaw::Certificate);
        }
        let key = PrivateKeyDer::from_pem_slice(key).map_err(|_| TlsFlaw::Key)?;
        let certified = CertifiedKey::from_der(chain, key, &aws_lc_rs::default_provider())?;
        Ok(Self(Arc::new(certified)))
    }
}

/// The listener's TLS. Clones share the certificate: replacing it in one replaces it in all, for handshakes to come.
#[derive(Clone)]
pub struct Tls {
    identity: Arc<Current>,
    config: Arc<ServerConfig>,
}

impl Tls {
    /// TLS with that identity.
    ///
    /// # Errors
    /// [`TlsFlaw::Unusable`] where rustls cannot be set up.
    pub fn new(identity: Identity) -> Result<Self, TlsFlaw> {
        let identity = Arc::new(Current(ArcSwap::new(identity.0)));
        // X25519MLKEM768 stands first in the provider's list (feature `prefer-post-quantum`).
        let provider: CryptoProvider = aws_lc_rs::default_provider();
        let mut config = ServerConfig::builder_with_provider(Arc::new(provider))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&identity) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config.ticketer = aws_lc_rs::Ticketer::new()?;
        Ok(Self { identity, config: Arc::new(config) })
    }

    /// Shows another certificate from the next handshake on.
    pub fn replace(&self, identity: Identity) {
        self.identity.0.store(identity.0);
    }

    pub(crate) fn config(&self) -> Arc<ServerConfig> {
        Arc::clone(&self.config)
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

struct Current(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Current")
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertifiedKey as Made, generate_simple_self_signed};

    use super::*;

    fn made() -> Made<rcgen::KeyPair> {
        generate_simple_self_signed(["localhost".to_owned()]).unwrap()
    }

    #[test]
    fn a_key_that_does_not_fit_the_certificate_is_refused() {
        let (one, other) = (made(), made());
        let flaw = Identity::from_pem(
            one.cert.pem().as_bytes(),
            other.signing_key.serialize_pem().as_bytes(),
        );
        assert!(matches!(flaw, Err(TlsFlaw::Unusable(_))), "{flaw:?}");
    }

    #[test]
    fn what_is_missing_is_named() {
        let made = made();
        let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        let no_chain = Identity::from_pem(key.as_bytes(), key.as_bytes());
        assert!(matches!(no_chain, Err(TlsFlaw::Certificate)));
        let no_key = Identity::from_pem(chain.as_bytes(), chain.as_bytes());
        assert!(matches!(no_key, Err(TlsFlaw::Key)));
    }

    #[test]
    fn hybrid_post_quantum_key_exchange_comes_first_and_early_data_is_off() {
        let made = made();
        let (chain, key) = (made.cert.pem(), made.signing_key.serialize_pem());
        let tls = Tls::new(Identity::from_pem(chain.as_bytes(), key.as_bytes()).unwrap()).unwrap();
        let first = tls.config.crypto_provider().kx_groups.first().map(|g| g.name());
        assert_eq!(first, Some(rustls::NamedGroup::X25519MLKEM768));
        assert_eq!(tls.config.max_early_data_size, 0);
    }
}
