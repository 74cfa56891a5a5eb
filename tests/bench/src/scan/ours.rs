//! This project's scanner.

use std::time::{Duration, Instant};

use cpu_time::ThreadTime;
use paysera_core::qr::{Budget, Detection, Frame, Rotation, ScanReport, Scanner, Trust};

use super::corpus::Picture;
use super::engine::{Engine, Reading};
use crate::error::Error;

/// This project's scanner: a new one for each picture.
pub(crate) struct Ours {
    budget: Budget,
    frames: usize,
    trust: Trust,
}

impl Ours {
    /// One look without a limit.
    pub(crate) const fn single() -> Self {
        Self { budget: Budget::Unlimited, frames: 1, trust: Trust::AtOnce }
    }

    /// A camera that shows the same picture in frame after frame.
    pub(crate) const fn camera(budget: Duration, frames: usize, at_once: bool) -> Self {
        let trust = if at_once { Trust::AtOnce } else { Trust::WhenSure };
        Self { budget: Budget::Within(budget), frames, trust }
    }
}

impl Engine for Ours {
    fn name(&self) -> &str {
        "ours"
    }

    fn read(&mut self, picture: &Picture) -> Result<Reading, Error> {
        let frame = frame(picture)?;
        let mut scanner = Scanner::new().trusting(self.trust);
        let mut reading = Reading::default();
        for _ in 0..self.frames {
            let (report, cpu, wall) = timed(&mut scanner, &frame, self.budget);
            reading.cpu += cpu;
            reading.wall += wall;
            reading.frames.push(wall);
            reading.panics += report.panics;
            reading.stage = report.detections.first().map(|detection| detection.stage);
            reading.texts = texts(&report);
            reading.spent.extend(report.spent);
            if !reading.texts.is_empty() {
                break;
            }
        }
        Ok(reading)
    }
}

/// A picture as a frame.
pub(crate) fn frame(picture: &Picture) -> Result<Frame<'_>, Error> {
    Ok(Frame::new(&picture.luma, picture.width, picture.height, picture.width as usize, Rotation::None)?)
}

/// A scan, and what it took of the processor and of time.
pub(crate) fn timed(
    scanner: &mut Scanner,
    frame: &Frame<'_>,
    budget: Budget,
) -> (ScanReport, Duration, Duration) {
    let (wall, cpu) = (Instant::now(), ThreadTime::now());
    let report = scanner.scan(frame, budget);
    (report, cpu.elapsed(), wall.elapsed())
}

pub(crate) fn texts(report: &ScanReport) -> Vec<String> {
    report.detections.iter().filter_map(Detection::text).map(str::to_owned).collect()
}
