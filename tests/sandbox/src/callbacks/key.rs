//! The key that signs callbacks (wallet-api section 10).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject;

use crate::seed;

/// An RSA key, used with PKCS #1 v1.5 and SHA-256.
#[derive(Debug)]
pub(crate) struct SigningKey(RsaKeyPair);

impl SigningKey {
    /// The key whose public half is [`seed::CALLBACK_PUBLIC_KEY`].
    pub(crate) fn seeded() -> Option<Self> {
        let der = PrivatePkcs8KeyDer::from_pem_slice(seed::CALLBACK_KEY.as_bytes()).ok()?;
        RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).ok().map(Self)
    }

    /// The signature of an event as the parameter `sign` has it.
    pub(crate) fn sign(&self, event: &str) -> Option<String> {
        let mut signature = vec![0; self.0.public().modulus_len()];
        self.0.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), event.as_bytes(), &mut signature).ok()?;
        Some(STANDARD.encode(signature))
    }
}
