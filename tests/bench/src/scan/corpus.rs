//! A folder of pictures and what is in them.
//!
//! `manifest.json` is a list of objects with `file`, `expected` (the text, or null
//! if only a code is known to be there), `symbology` (`QRCode`, `Code128`, `EAN13`,
//! `EAN8`, or `None` where nothing may be found) and `set`.

use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::error::Error;

/// Pictures with a longer side are made smaller by a whole factor.
const MAX_SIDE: u32 = 1920;

/// What the manifest says of a picture.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Entry {
    pub(crate) file: String,
    pub(crate) expected: Option<String>,
    pub(crate) symbology: String,
    pub(crate) set: String,
}

/// What a picture is measured for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Class {
    /// A QR code whose text is known.
    Text,
    /// A QR code that is hard to read, and whose text is not known.
    Hard,
    Code128,
    Ean,
    /// Nothing is there.
    Nothing,
}

impl Class {
    pub(crate) const ALL: [Self; 5] = [Self::Text, Self::Hard, Self::Code128, Self::Ean, Self::Nothing];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Text => "QR, text known",
            Self::Hard => "QR, hard",
            Self::Code128 => "Code 128",
            Self::Ean => "EAN",
            Self::Nothing => "nothing there",
        }
    }
}

impl Entry {
    pub(crate) fn class(&self) -> Class {
        match (self.symbology.as_str(), &self.expected) {
            ("None", _) => Class::Nothing,
            ("Code128", _) => Class::Code128,
            ("EAN13" | "EAN8", _) => Class::Ean,
            (_, Some(_)) => Class::Text,
            (_, None) => Class::Hard,
        }
    }
}

/// Reads the manifest of a folder.
pub(crate) fn manifest(folder: &Path) -> Result<Vec<Entry>, Error> {
    let path = folder.join("manifest.json");
    let text = fs::read_to_string(&path).map_err(|source| Error::Corpus { path: path.clone(), source })?;
    serde_json::from_str(&text).map_err(|source| Error::Manifest { path, source })
}

/// A grey picture, rows without padding.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(crate) luma: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Picture {
    pub(crate) fn open(folder: &Path, entry: &Entry) -> Result<Self, Error> {
        let path = folder.join(&entry.file);
        let opened = image::open(&path).map_err(|source| Error::Picture { path, source })?;
        let mut luma = opened.to_luma8();
        let factor = luma.width().max(luma.height()).div_ceil(MAX_SIDE);
        if factor > 1 {
            let (width, height) = (luma.width() / factor, luma.height() / factor);
            luma = image::imageops::resize(&luma, width, height, image::imageops::FilterType::Triangle);
        }
        Ok(Self { width: luma.width(), height: luma.height(), luma: luma.into_raw() })
    }

    /// Turned clockwise, by whole quarters.
    pub(crate) fn turned(&self, degrees: u16) -> Result<Self, Error> {
        let quarters = degrees / 90;
        if !degrees.is_multiple_of(90) {
            return Err(Error::Rotation(degrees));
        }
        Ok((0..quarters % 4).fold(self.clone(), |picture, _| picture.quarter()))
    }

    fn quarter(&self) -> Self {
        let (width, height) = (self.width as usize, self.height as usize);
        let luma = (0..width)
            .flat_map(|x| (0..height).rev().map(move |y| y * width + x))
            .filter_map(|at| self.luma.get(at).copied())
            .collect();
        Self { luma, width: self.height, height: self.width }
    }

    /// Enlarged or reduced to a size, whatever its shape.
    pub(crate) fn scaled(&self, width: u32, height: u32) -> Option<Self> {
        let luma = image::GrayImage::from_raw(self.width, self.height, self.luma.clone())?;
        let luma = image::imageops::resize(&luma, width, height, image::imageops::FilterType::Triangle);
        Some(Self { luma: luma.into_raw(), width, height })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn a_folder_is_read_and_its_pictures_are_turned() {
        let folder = std::env::temp_dir().join(format!("paysera-corpus-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let manifest = r#"[{"file": "a.png", "expected": null, "symbology": "QRCode", "set": "s", "licence": "x"},
            {"file": "b.png", "expected": "12", "symbology": "EAN13", "set": "t"}]"#;
        fs::write(folder.join("manifest.json"), manifest).unwrap();
        image::GrayImage::from_raw(3, 2, vec![1, 2, 3, 4, 5, 6]).unwrap().save(folder.join("a.png")).unwrap();
        let entries = super::manifest(&folder).unwrap();
        assert_eq!(entries.iter().map(Entry::class).collect::<Vec<_>>(), [Class::Hard, Class::Ean]);
        let picture = Picture::open(&folder, &entries[0]).unwrap();
        assert_eq!(picture.turned(90).unwrap().luma, [4, 1, 5, 2, 6, 3]);
        assert_eq!(picture.turned(180).unwrap().luma, [6, 5, 4, 3, 2, 1]);
        assert!(matches!(picture.turned(45), Err(Error::Rotation(45))));
        assert!(matches!(Picture::open(&folder, &entries[1]), Err(Error::Picture { .. })));
        fs::remove_dir_all(&folder).unwrap();
    }
}
