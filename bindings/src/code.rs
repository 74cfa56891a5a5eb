//! Codes: what a text means, and what it looks like.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use paysera_core::code::{Code as CoreCode, CodeError, CodeKind as CoreKind, ReservationCode};
use paysera_core::qr::{Code128Symbol, ErrorCorrection, QrSymbol, RenderError};

use crate::error::{ApiError, ErrorKind};
use crate::runtime::contained;

/// A code of Paysera's. An object, so that a reservation code, which is a
/// secret, stays inside.
#[derive(Clone, PartialEq, Eq, uniffi::Object)]
#[uniffi::export(Display, Eq, Hash)]
pub struct Code(pub(crate) CoreCode);

/// The kinds of codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum CodeKind {
    /// A transaction to look at and accept.
    Transaction,
    /// A table or till to check in at.
    Spot,
    /// A wallet to pay to; also a customer's cash-in code.
    Wallet,
    /// An account number.
    Account,
    /// A customer's reservation code, single-use.
    Reservation,
    /// A link with a transaction, from another app.
    DeepLink,
    /// A link that installs the app, with a code inside.
    AppLink,
}

/// What to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Picture {
    /// A QR code as PNG, as large as it fits into a square with this side in pixels.
    QrPng {
        /// The side of the square.
        pixels: u32,
    },
    /// A QR code as SVG.
    QrSvg,
    /// A Code 128 barcode with its text below as PNG, as large as it fits, in pixels.
    BarcodePng {
        /// The width.
        width: u32,
        /// The height.
        height: u32,
    },
    /// A Code 128 barcode as SVG.
    BarcodeSvg,
}

/// Reads any text: of a scan, of a link, of a field. Nothing is opened or fetched.
///
/// # Errors
/// `rejected_input` for a damaged code, a text that is too long, and one that is
/// not Paysera's.
#[uniffi::export]
pub fn parse_code(text: &str) -> Result<Arc<Code>, ApiError> {
    contained(|| Ok(Arc::new(Code(CoreCode::parse(text)?))))
}

/// Draws a code: PNG bytes, or SVG as UTF-8.
///
/// # Errors
/// `rejected_input` where it does not fit.
#[uniffi::export]
pub fn render_code(code: &Code, picture: Picture) -> Result<Vec<u8>, ApiError> {
    contained(|| {
        let text = code.0.to_text();
        Ok(match picture {
            Picture::QrPng { pixels } => qr(&text)?.raster_within(pixels)?.to_png()?,
            Picture::QrSvg => qr(&text)?.to_svg().into_bytes(),
            Picture::BarcodePng { width, height } => {
                Code128Symbol::encode(&text)?.raster_within(width, height)?.to_png()?
            }
            Picture::BarcodeSvg => Code128Symbol::encode(&text)?.to_svg().into_bytes(),
        })
    })
}

fn qr(text: &str) -> Result<QrSymbol, RenderError> {
    QrSymbol::encode(text, ErrorCorrection::Medium)
}

#[uniffi::export]
impl Code {
    /// What kind of code it is.
    #[must_use]
    pub fn kind(&self) -> CodeKind {
        self.0.kind().into()
    }

    /// The text that goes into the symbol. Nothing for a reservation code: that is
    /// a secret, and [`render_code`] draws it.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        (self.0.kind() != CoreKind::Reservation).then(|| self.0.to_text())
    }

    /// The transaction's key, of a transaction code or a link.
    #[must_use]
    pub fn transaction_key(&self) -> Option<String> {
        match &self.0 {
            CoreCode::Transaction(key) | CoreCode::DeepLink { key, .. } => Some(key.as_str().to_owned()),
            _ => None,
        }
    }

    /// The wallet's number, of a wallet code.
    #[must_use]
    pub fn wallet_id(&self) -> Option<u64> {
        match &self.0 {
            CoreCode::Wallet(wallet) => Some(wallet.get()),
            _ => None,
        }
    }

    /// Where the app that sent a link wants to be told; untrusted text.
    #[must_use]
    pub fn callback(&self) -> Option<String> {
        match &self.0 {
            CoreCode::DeepLink { callback, .. } => callback.clone(),
            _ => None,
        }
    }
}

impl Code {
    /// The reservation code, where a step needs one.
    pub(crate) fn reservation(&self) -> Result<ReservationCode, ApiError> {
        match &self.0 {
            CoreCode::Reservation(code) => Ok(code.clone()),
            other => Err(ApiError::wrong_code(CodeKind::Reservation, other.kind().into())),
        }
    }
}

impl Hash for Code {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.kind().hash(state);
        // Nothing of a reservation code: a hash of few digits tells them.
        self.text().hash(state);
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({})", self.0.kind().name())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<CoreKind> for CodeKind {
    fn from(kind: CoreKind) -> Self {
        match kind {
            CoreKind::Spot => Self::Spot,
            CoreKind::Wallet => Self::Wallet,
            CoreKind::Account => Self::Account,
            CoreKind::Reservation => Self::Reservation,
            CoreKind::DeepLink => Self::DeepLink,
            CoreKind::AppLink => Self::AppLink,
            // The core's kinds are all named above: it adds one together with this list.
            _ => Self::Transaction,
        }
    }
}

impl From<CodeKind> for CoreKind {
    fn from(kind: CodeKind) -> Self {
        match kind {
            CodeKind::Transaction => Self::Transaction,
            CodeKind::Spot => Self::Spot,
            CodeKind::Wallet => Self::Wallet,
            CodeKind::Account => Self::Account,
            CodeKind::Reservation => Self::Reservation,
            CodeKind::DeepLink => Self::DeepLink,
            CodeKind::AppLink => Self::AppLink,
        }
    }
}

impl From<CodeError> for ApiError {
    fn from(error: CodeError) -> Self {
        match &error {
            CodeError::NotPaysera => Self::local(
                ErrorKind::RejectedInput { fields: Vec::new() },
                "not_a_paysera_code",
                error.to_string(),
            ),
            _ => Self::rejected("code", error),
        }
    }
}

impl From<RenderError> for ApiError {
    fn from(error: RenderError) -> Self {
        Self::rejected("picture", error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESERVATION: &str = "01234567890123456789012345";

    #[test]
    fn a_reservation_code_stays_inside() {
        let code = parse_code(RESERVATION).unwrap();
        assert_eq!((code.kind(), code.text()), (CodeKind::Reservation, None));
        assert!(!format!("{code} {code:?}").contains("0123"));
        let png = render_code(&code, Picture::BarcodePng { width: 600, height: 200 }).unwrap();
        assert_eq!(png.get(1..4), Some(&b"PNG"[..]));
    }

    #[test]
    fn what_is_no_code_says_so() {
        let error = parse_code("https://example.com/").unwrap_err();
        assert!(matches!(error, ApiError::Failed { code, .. } if code == "not_a_paysera_code"));
        let error = parse_code("PAYSERA%").unwrap_err();
        assert!(matches!(error, ApiError::Failed { code, .. } if code == "rejected_input"));
        let code = parse_code("EVP000000014471").unwrap();
        assert!(render_code(&code, Picture::QrPng { pixels: 3 }).is_err());
    }

    #[test]
    fn every_kind_goes_there_and_back() {
        use CodeKind::*;
        for kind in [Transaction, Spot, Wallet, Account, Reservation, DeepLink, AppLink] {
            assert_eq!(CodeKind::from(CoreKind::from(kind)), kind);
        }
    }
}
