//! Codes that are drawn, photographed and read back: how much of a module, a
//! blur, a glare a scan takes.

use clap::Args;
use paysera_camera::{Background, Conditions, Glare, Photo, Screen, Shot, Surroundings};
use paysera_core::qr::{Budget, Code128Symbol, Detection, ErrorCorrection, QrSymbol, Raster, Scanner, Trust};

use crate::error::Error;

const SIZE: (u32, u32) = (1280, 720);
const MODULES: [u32; 7] = [2, 3, 4, 5, 6, 7, 8];

/// Photos of each kind, size and defect.
const PHOTOS: u64 = 4;

/// Decides the backgrounds and the noise.
#[derive(Args)]
pub(crate) struct Options {
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn kinds() -> Result<Vec<(&'static str, &'static str, Raster)>, Error> {
    let texts = [
        ("transaction", "PAYSERA%ATaNL6X6CivO2Ou0FMPt"),
        ("spot", "PAYSERA*123:table1"),
        ("wallet", "EVP000000014471"),
        ("account", "EVP0000000144712"),
        ("reservation", "0155567464130298871198969060"),
        ("app link", "https://paysera.com/app?qr=PAYSERA%25ATaNL6X6CivO2Ou0FMPt"),
    ];
    let mut kinds = Vec::new();
    for (name, text) in texts {
        let symbol = QrSymbol::encode(text, ErrorCorrection::SCREEN).map_err(|_| Error::Setup)?;
        kinds.push((name, text, symbol.raster(1).map_err(|_| Error::Setup)?));
    }
    let (name, text) = ("reservation, bars", "0155567464130298871198969060");
    let symbol = Code128Symbol::encode(text).map_err(|_| Error::Setup)?;
    kinds.push((name, text, symbol.raster(1, 40).map_err(|_| Error::Setup)?));
    Ok(kinds)
}

fn defects() -> [(&'static str, Conditions); 9] {
    let plain = Conditions::default;
    let glare = |place| Some(Glare { place, radius: 0.3, strength: 150.0 });
    [
        ("clean", plain()),
        ("blurred", Conditions { focus: 1.0, ..plain() }),
        ("moved", Conditions { motion: [3.0, 0.0], ..plain() }),
        ("noisy", Conditions { noise: 15.0, ..plain() }),
        ("glare", Conditions { glare: glare([0.1, 0.1]), ..plain() }),
        ("tilted 30", Conditions { tilt: [30.0, 0.0], turn: 10.0, ..plain() }),
        ("tilted 45", Conditions { tilt: [45.0, 0.0], turn: -15.0, ..plain() }),
        ("a screen", Conditions { screen: Some(Screen { pixels: 6.0, depth: 0.5 }), ..plain() }),
        (
            "all of it",
            Conditions {
                focus: 0.7,
                noise: 6.0,
                tilt: [20.0, 10.0],
                glare: glare([0.3, -0.2]),
                screen: Some(Screen { pixels: 6.0, depth: 0.3 }),
                ..plain()
            },
        ),
    ]
}

pub(crate) fn run(options: &Options) -> Result<(), Error> {
    println!("seed {}: read of {PHOTOS} photos at {MODULES:?} pixels a module\n", options.seed);
    print!("{:19}", "");
    defects().iter().for_each(|(name, _)| print!("{name:>24}"));
    println!();
    let mut wrong = Vec::new();
    for (kind, text, raster) in kinds()? {
        print!("{kind:19}");
        for (defect, conditions) in defects() {
            let mut cell = Vec::new();
            for pixels in MODULES {
                let mut read = 0;
                for photo in 0..PHOTOS {
                    let seed = options.seed.wrapping_mul(1000).wrapping_add(photo);
                    let surroundings = Surroundings { size: SIZE, background: Background::Room, seed };
                    let conditions = Conditions { scale: pixels as f32, ..conditions.clone() };
                    let texts = texts(&Shot::new(Some(&raster), conditions, surroundings).take())?;
                    read += u64::from(texts.iter().any(|read| read == text));
                    wrong.extend(
                        texts.into_iter().filter(|read| read != text).map(|read| {
                            format!("{read:?} of {kind}, {defect}, {pixels} pixels, seed {seed}")
                        }),
                    );
                }
                cell.push(read.to_string());
            }
            print!("{:>24}", cell.join(" "));
        }
        println!();
    }
    println!("\n{} wrong texts", wrong.len());
    wrong.iter().for_each(|text| println!("  {text}"));
    Ok(())
}

fn texts(photo: &Photo) -> Result<Vec<String>, Error> {
    let report = Scanner::new().trusting(Trust::AtOnce).scan(&photo.frame()?, Budget::Unlimited);
    Ok(report.detections.iter().filter_map(Detection::text).map(str::to_owned).collect())
}
