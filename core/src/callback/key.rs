//! The server's public key.

use std::fmt;

use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use rustls::pki_types::SubjectPublicKeyInfoDer;
use rustls::pki_types::pem::PemObject as _;

/// `rsaEncryption` with its empty parameters, as every RSA key names itself.
const RSA: &[u8] =
    &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];

const SEQUENCE: u8 = 0x30;
const BIT_STRING: u8 = 0x03;

/// A text is not a public key that callbacks can be signed with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is not an RSA public key in PEM form")]
pub struct KeyError;

/// The RSA key that callbacks are signed with.
#[derive(Clone, PartialEq, Eq)]
pub struct CallbackKey(Vec<u8>);

impl CallbackKey {
    /// Reads `-----BEGIN PUBLIC KEY-----`.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        let der = SubjectPublicKeyInfoDer::from_pem_slice(pem.as_bytes()).map_err(|_| KeyError)?;
        rsa_key(&der).map(|key| Self(key.to_vec())).ok_or(KeyError)
    }

    /// Whether this key made the signature (RSASSA-PKCS1-v1_5 with SHA-256) of
    /// these bytes.
    pub(super) fn has_signed(&self, message: &[u8], sign: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.0).verify(message, sign).is_ok()
    }
}

impl fmt::Debug for CallbackKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallbackKey(..)")
    }
}

/// The key inside its description: a sequence of the algorithm and a bit string.
fn rsa_key(der: &[u8]) -> Option<&[u8]> {
    let (description, []) = element(der, SEQUENCE)? else { return None };
    let (bits, []) = element(description.strip_prefix(RSA)?, BIT_STRING)? else { return None };
    // The first byte counts bits that are not used.
    bits.strip_prefix(&[0])
}

/// The content of a DER element, and what follows it.
fn element(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match der.strip_prefix(&[tag])? {
        [short @ 0..=0x7f, rest @ ..] => (usize::from(*short), rest),
        [0x81, length, rest @ ..] => (usize::from(*length), rest),
        [0x82, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        _ => return None,
    };
    rest.split_at_checked(length)
}
