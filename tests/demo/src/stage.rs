//! The sandbox, the phones, and the camera between them.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use paysera_camera::Camera;
use paysera_core::attempt::Pace;
use paysera_core::auth::{FixedCredentials, MemorySecretStore};
use paysera_core::code::{LocationId, WalletId};
use paysera_core::customer::{Customer, SandboxV1, SandboxV1Params};
use paysera_core::error::ApiError;
use paysera_core::merchant::{Merchant, TillPlace, TillSettings};
use paysera_core::qr::{Budget, ErrorCorrection, QrSymbol, Scanner};
use paysera_core::wallet_api::{Environment, ProjectId, RequestBudget};
use paysera_sandbox::{Sandbox, seed};

use crate::error::DemoError;
use crate::screen::Screen;
use crate::texts::Texts;

/// How long a held phone is pointed at a code.
const PHOTOS_PER_SCAN: usize = 30;
/// Pixels a module on the showing phone's screen.
const SCREEN_PIXELS_PER_MODULE: u32 = 8;
/// Nobody wants to wait in a demo, and the sandbox on loopback has no limits.
const POLL_INTERVAL: Duration = Duration::from_millis(40);

/// Where photographs are written for people to look at.
#[derive(Clone, Debug)]
pub struct Photos {
    /// An existing folder.
    pub folder: PathBuf,
}

/// Everything that the demo needs.
#[derive(Debug)]
pub struct Stage {
    pub(crate) sandbox: Sandbox,
    pub(crate) screen: Screen,
    pub(crate) seed: u64,
    pub(crate) texts: Texts,
    camera: Camera,
    scanner: Scanner,
    photos: Option<Photos>,
    scans: u32,
}

impl Stage {
    /// Starts the sandbox on a free port of loopback.
    ///
    /// # Errors
    /// [`DemoError`] if it can't be started.
    pub async fn new(seed: u64, screen: Screen, photos: Option<Photos>) -> Result<Self, DemoError> {
        let sandbox = Sandbox::builder().start(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        Ok(Self {
            sandbox,
            screen,
            seed,
            texts: Texts::english()?,
            camera: Camera::new(seed),
            scanner: Scanner::new(),
            photos,
            scans: 0,
        })
    }

    /// A till of the seeded merchant at one of its locations.
    pub(crate) fn till(&self, location: u64) -> Result<Merchant, DemoError> {
        let place = TillPlace {
            project: ProjectId(seed::PROJECT_ID),
            location: LocationId(location),
            wallet: WalletId::new(seed::RETAILER_WALLET).map_err(ApiError::from)?,
        };
        let credentials =
            FixedCredentials::new(seed::RETAILER_CLIENT_ID.to_owned(), seed::RETAILER_MAC_KEY.to_owned());
        let settings = TillSettings { pace: Pace::steady(POLL_INTERVAL), ..TillSettings::default() };
        Ok(Merchant::builder(self.environment()?, Arc::new(credentials), place)
            .device("till-1")
            .settings(settings)
            .budget(unlimited())
            .build()?)
    }

    /// The phone of a seeded customer.
    pub(crate) fn phone(&self, customer: &seed::Customer) -> Result<Customer, DemoError> {
        let credentials = FixedCredentials::new(customer.token.to_owned(), customer.mac_key.to_owned());
        let generator =
            SandboxV1::new(customer.generator, customer.generator_seed, SandboxV1Params::default())?;
        Ok(Customer::builder(self.environment()?, Arc::new(credentials))
            .reservation_codes(Arc::new(generator), Arc::new(MemorySecretStore::default()))
            .pace(Pace::steady(POLL_INTERVAL))
            .budget(unlimited())
            .build()?)
    }

    fn environment(&self) -> Result<Environment, DemoError> {
        Ok(Environment::sandbox(&self.sandbox.base_url())?)
    }

    /// One phone shows `text` as a QR code, the other takes photographs of it
    /// until one can be read. Gives what was read and on which photograph.
    pub(crate) fn scan(&mut self, text: &str) -> Result<(String, usize), DemoError> {
        let symbol = QrSymbol::encode(text, ErrorCorrection::SCREEN)?;
        let picture = symbol.raster(SCREEN_PIXELS_PER_MODULE)?;
        self.scans = self.scans.saturating_add(1);
        for (number, photo) in (1..).zip(self.camera.film(&picture).take(PHOTOS_PER_SCAN)) {
            if let Some(photos) = &self.photos {
                let path = photos.folder.join(format!("scan-{:02}-photo-{number:02}.png", self.scans));
                std::fs::write(&path, photo.to_png()?)
                    .map_err(|source| DemoError::File { what: path.display().to_string(), source })?;
            }
            let report = self.scanner.scan(&photo.frame()?, Budget::Unlimited);
            if let Some(read) = report.detections.iter().find_map(|detection| detection.text()) {
                return Ok((read.to_owned(), number));
            }
        }
        Err(DemoError::NotRead { photos: PHOTOS_PER_SCAN, seed: self.seed })
    }
}

/// The sandbox of a demonstration answers as often as it is asked.
fn unlimited() -> Arc<RequestBudget> {
    Arc::new(RequestBudget::unlimited())
}
