//! Photographs as seeds for the fuzz target `photo_scan`: two bytes of width less
//! one, then the luma.

use std::fs;
use std::path::PathBuf;

use clap::Args;

use super::corpus::{self, Picture};
use crate::error::Error;

/// A fuzzer goes through small pictures faster.
const MAX_SIDE: u32 = 260;

/// Where from and where to.
#[derive(Args)]
pub(crate) struct Options {
    /// The folder with pictures and their `manifest.json`.
    folder: PathBuf,
    /// The folder for the seeds.
    seeds: PathBuf,
}

pub(crate) fn run(options: &Options) -> Result<(), Error> {
    fs::create_dir_all(&options.seeds)?;
    for entry in corpus::manifest(&options.folder)? {
        let picture = Picture::open(&options.folder, &entry)?;
        let longest = picture.width.max(picture.height).max(MAX_SIDE);
        let fit = |side: u32| (side * MAX_SIDE / longest).max(1);
        let Some(small) = picture.scaled(fit(picture.width), fit(picture.height)) else { continue };
        let width = u16::try_from(small.width - 1).unwrap_or(u16::MAX);
        let mut seed = width.to_le_bytes().to_vec();
        seed.extend(&small.luma);
        fs::write(options.seeds.join(entry.file), seed)?;
    }
    Ok(())
}
