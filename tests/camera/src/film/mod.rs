//! A film: photographs of a phone's screen as another phone would take them,
//! one after the other, held in a hand that first has to find the code.

mod hand;
mod optics;
mod scene;

use paysera_core::qr::Raster;

use crate::chance::Chance;
use crate::photo::{Photo, PhotoSize};
use hand::Hand;
use optics::Optics;
use scene::Scene;

/// A camera in somebody's hand.
#[derive(Debug)]
pub struct Camera {
    chance: Chance,
    size: PhotoSize,
}

impl Camera {
    /// A camera of 640 x 480 pixels. Print the seed wherever a picture may fail
    /// a run: it is all that is needed to see the picture again.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self::with_size(seed, PhotoSize::Vga)
    }

    /// A camera of another size.
    #[must_use]
    pub const fn with_size(seed: u64, size: PhotoSize) -> Self {
        Self { chance: Chance::new(seed), size }
    }

    /// Points the camera at a phone that shows `picture`. Each film is taken in
    /// other light, from another place and with another unsteadiness; it never ends.
    pub fn film(&mut self, picture: &Raster) -> Film {
        let mut chance = self.chance.fork();
        let (width, height) = self.size.pixels();
        Film {
            scene: Scene::new(picture, &mut chance),
            hand: Hand::new(&mut chance),
            optics: Optics::new(&mut chance),
            chance,
            width,
            height,
        }
    }
}

/// Photographs of one screen, one after the other.
#[derive(Debug)]
pub struct Film {
    scene: Scene,
    hand: Hand,
    optics: Optics,
    chance: Chance,
    width: u32,
    height: u32,
}

impl Iterator for Film {
    type Item = Photo;

    fn next(&mut self) -> Option<Photo> {
        let (width, height) = (self.width as usize, self.height as usize);
        let views = self.hand.next_views(&mut self.chance);
        let light = self.scene.expose(&views, width, height);
        let pixels = self.optics.develop(light, width, &mut self.chance);

        Some(Photo::padded(self.width, self.height, &pixels))
    }
}

#[cfg(test)]
mod tests;
