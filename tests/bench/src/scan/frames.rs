//! Frames of a camera that does not exist: with a code, without one, and such as
//! no camera takes.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use paysera_camera::{Background, Chance, Conditions, Glare, Photo, Shot, Surroundings, adversarial};
use paysera_core::qr::{Budget, ErrorCorrection, QrSymbol, Raster, Scanner, Trust};

use super::corpus::{self, Class, Picture};
use super::engine::Engine;
use super::ours::timed;
use super::peers;
use super::score::{milliseconds, quantile};
use crate::error::Error;

const TEXT: &str = "PAYSERA%ATaNL6X6CivO2Ou0FMPt";
const SIZES: [(u32, u32); 3] = [(640, 480), (1280, 720), (1920, 1080)];

/// The code's side, in parts of the frame's shorter one.
const PARTS: [f32; 6] = [0.1, 0.15, 0.2, 0.3, 0.45, 0.6];

/// Frames until a scan is given up.
const FRAMES: usize = 10;

/// Pixels that a hand moves from frame to frame.
const TREMOR: f32 = 2.0;

/// What `frames` measures.
#[derive(Args)]
pub(crate) struct Options {
    /// Measure other people's scanners beside ours; needs CMake and a C++ compiler.
    #[arg(long)]
    peers: bool,
    /// A folder in the format of `scan`, whose pictures without a code are frames too.
    #[arg(long)]
    photos: Option<PathBuf>,
    /// Milliseconds that a frame may take.
    #[arg(long, default_value_t = 30)]
    budget_ms: u64,
    /// Decides the backgrounds, the noise and the variations.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Variations of the frames that no camera takes.
    #[arg(long, default_value_t = 60)]
    variations: usize,
}

pub(crate) fn run(options: &Options) -> Result<(), Error> {
    let mut engines = if options.peers { peers::all()? } else { Vec::new() };
    let budget = Duration::from_millis(options.budget_ms);
    println!("seed {}, {} ms a frame\n", options.seed, options.budget_ms);
    for size in SIZES {
        with_a_code(size, options.seed, budget, &mut engines)?;
        without_a_code(size, options, budget, &mut engines)?;
    }
    overrunning(options, budget)
}

/// What may be wrong with a photo.
fn defects() -> [(&'static str, Conditions); 8] {
    let plain = Conditions::default;
    [
        ("clean", plain()),
        ("tilted by 25", Conditions { tilt: [25.0, 0.0], ..plain() }),
        ("tilted by 45", Conditions { tilt: [30.0, 35.0], turn: 20.0, ..plain() }),
        ("out of focus", Conditions { focus: 1.2, ..plain() }),
        ("moved", Conditions { motion: [2.5, 1.0], ..plain() }),
        ("noisy", Conditions { noise: 18.0, ..plain() }),
        (
            "glare",
            Conditions {
                glare: Some(Glare { place: [0.2, 0.1], radius: 0.25, strength: 120.0 }),
                slope: [0.6, 0.2],
                ..plain()
            },
        ),
        ("low contrast", Conditions { ink: 100.0, ground: 150.0, noise: 4.0, ..plain() }),
    ]
}

fn drawn(text: &str) -> Result<Raster, Error> {
    let symbol = QrSymbol::encode(text, ErrorCorrection::SCREEN).map_err(|_| Error::Setup)?;
    symbol.raster(1).map_err(|_| Error::Setup)
}

/// The first frame that reads, counted from 1, with its milliseconds since the first began.
#[derive(Default)]
struct Found {
    sequences: usize,
    frames: Vec<f64>,
    milliseconds: Vec<f64>,
}

impl Found {
    fn print(&self, name: &str) {
        println!(
            "  {name:19} {:>3}/{} read within {FRAMES} frames; frames: median {:.0}, p95 {:.0}; ms: median {:.2}, p95 {:.2}",
            self.frames.len(),
            self.sequences,
            quantile(&self.frames, 0.5),
            quantile(&self.frames, 0.95),
            quantile(&self.milliseconds, 0.5),
            quantile(&self.milliseconds, 0.95),
        );
    }
}

fn with_a_code(
    size: (u32, u32),
    seed: u64,
    budget: Duration,
    engines: &mut [Box<dyn Engine>],
) -> Result<(), Error> {
    let raster = drawn(TEXT)?;
    let mut ours = Found::default();
    let mut theirs: Vec<Found> = engines.iter().map(|_| Found::default()).collect();
    let mut chance = Chance::new(seed);
    for part in PARTS {
        for (_, conditions) in defects() {
            let scale = part * size.0.min(size.1) as f32 / raster.width() as f32;
            let place = [chance.between(-0.15, 0.15), chance.between(-0.1, 0.1)];
            let conditions = Conditions { scale, place, ..conditions };
            let surroundings = Surroundings { size, background: Background::Room, seed: chance.bits() };
            let shot = Shot::new(Some(&raster), conditions, surroundings);
            let photos: Vec<Photo> = shot.held(TREMOR).take(FRAMES).collect();

            ours.sequences += 1;
            let mut scanner = Scanner::new();
            let mut spent = 0.0;
            for (number, photo) in photos.iter().enumerate() {
                let (report, cpu, _) = timed(&mut scanner, &photo.frame()?, Budget::Within(budget));
                spent += milliseconds(cpu);
                if report.detections.iter().any(|detection| detection.text() == Some(TEXT)) {
                    ours.frames.push(number as f64 + 1.0);
                    ours.milliseconds.push(spent);
                    break;
                }
            }
            for (engine, found) in engines.iter_mut().zip(&mut theirs) {
                found.sequences += 1;
                let mut spent = 0.0;
                for (number, photo) in photos.iter().enumerate() {
                    let reading = engine.read(&picture_of(photo))?;
                    spent += milliseconds(reading.cpu);
                    if reading.texts.iter().any(|text| text == TEXT) {
                        found.frames.push(number as f64 + 1.0);
                        found.milliseconds.push(spent);
                        break;
                    }
                }
            }
        }
    }
    println!("{} x {} with a code: {} sizes of it, {} defects", size.0, size.1, PARTS.len(), defects().len());
    ours.print("ours");
    engines.iter().zip(&theirs).for_each(|(engine, found)| found.print(engine.name()));
    Ok(())
}

fn picture_of(photo: &Photo) -> Picture {
    Picture { luma: photo.pixels(), width: photo.width(), height: photo.height() }
}

fn without_a_code(
    size: (u32, u32),
    options: &Options,
    budget: Duration,
    engines: &mut [Box<dyn Engine>],
) -> Result<(), Error> {
    let mut empty: Vec<Picture> = (0..8)
        .map(|index| {
            let surroundings =
                Surroundings { size, background: Background::Room, seed: options.seed.wrapping_add(index) };
            let conditions = Conditions { noise: 3.0, ..Conditions::default() };
            picture_of(&Shot::new(None, conditions, surroundings).take())
        })
        .collect();
    if let Some(folder) = &options.photos {
        for entry in corpus::manifest(folder)?.iter().filter(|entry| entry.class() == Class::Nothing) {
            empty.extend(Picture::open(folder, entry)?.scaled(size.0, size.1));
        }
    }
    let mut ours = Vec::new();
    let mut theirs: Vec<Vec<f64>> = engines.iter().map(|_| Vec::new()).collect();
    let mut found = 0;
    for picture in &empty {
        let mut scanner = Scanner::new().trusting(Trust::AtOnce);
        for _ in 0..FRAMES {
            let (report, cpu, _) = timed(&mut scanner, &super::ours::frame(picture)?, Budget::Within(budget));
            ours.push(milliseconds(cpu));
            found += report.detections.len();
        }
        for (engine, times) in engines.iter_mut().zip(&mut theirs) {
            for _ in 0..3 {
                times.push(milliseconds(engine.read(picture)?.cpu));
            }
        }
    }
    println!("{} x {} without a code: {} pictures, {found} found by ours", size.0, size.1, empty.len());
    let print = |name: &str, times: &[f64]| {
        let median = quantile(times, 0.5);
        println!(
            "  {name:19} ms a frame: median {median:.2}, p95 {:.2}, max {:.2}; {:.0} frames a second",
            quantile(times, 0.95),
            quantile(times, 1.0),
            1000.0 / (times.iter().sum::<f64>() / times.len().max(1) as f64)
        );
    };
    print("ours", &ours);
    engines.iter().zip(&theirs).for_each(|(engine, times)| print(engine.name(), times));
    println!();
    Ok(())
}

/// Three runs over all frames that were drawn to keep a scanner busy.
fn overrunning(options: &Options, budget: Duration) -> Result<(), Error> {
    let mut adversaries = adversarial::known();
    adversaries.extend(adversarial::variations(options.seed, options.variations));
    let (mut passed, mut used) = (Vec::new(), Vec::new());
    let mut panics = 0;
    for adversary in &adversaries {
        let photo = adversary.draw();
        let mut scanner = Scanner::new();
        for _ in 0..3 * FRAMES {
            let (report, cpu, wall) = timed(&mut scanner, &photo.frame()?, Budget::Within(budget));
            panics += report.panics;
            passed.push(milliseconds(wall));
            used.push(milliseconds(cpu));
        }
    }
    println!("{} frames that no camera takes, three times ten each; {panics} panics", adversaries.len());
    for (name, times) in [("that passed", passed), ("of the processor", used)] {
        let [median, late, most] = [0.5, 0.99, 1.0].map(|part| quantile(&times, part));
        println!("  ms {name}: median {median:.2}, p99 {late:.2}, max {most:.2}");
    }
    Ok(())
}
