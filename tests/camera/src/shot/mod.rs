//! One photo of which everything is told: how large a module is, how the camera
//! is tilted, what the light does.

mod background;
mod card;
mod held;

use std::f32::consts::TAU;

use paysera_core::qr::Raster;

use crate::chance::Chance;
use crate::lens::{blur, smear};
use crate::photo::Photo;
use crate::pose::{Pose, View};
pub use background::Background;
use background::Wall;
use card::Card;
pub use held::Held;

/// What a photo of a code suffers. [`Conditions::default`] is a code seen
/// straight in good light: nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Conditions {
    /// Pixels of the photo for each pixel of the drawn code, where the camera
    /// looks at it straight. Draw the code with one pixel a module, and this is
    /// the size of a module.
    pub scale: f32,
    /// Where the code's middle is, in parts of the photo from its own middle.
    pub place: [f32; 2],
    /// How far the camera is beside and above the code, in degrees up to 60.
    pub tilt: [f32; 2],
    /// How far the code is turned, in degrees.
    pub turn: f32,
    /// How far out of focus the lens is: the blur's standard deviation in pixels.
    pub focus: f32,
    /// How far the picture moves while the shutter is open, in pixels.
    pub motion: [f32; 2],
    /// Standard deviation of the sensor's noise at mid grey.
    pub noise: f32,
    /// How much the light changes across the photo, as a part of itself.
    pub slope: [f32; 2],
    /// A lamp's reflection.
    pub glare: Option<Glare>,
    /// What is dark and what is light in the code, 0 to 255.
    pub ink: f32,
    /// See [`Conditions::ink`].
    pub ground: f32,
    /// The grid of the screen that shows the code; paper has none.
    pub screen: Option<Screen>,
}

impl Default for Conditions {
    fn default() -> Self {
        Self {
            scale: 4.0,
            place: [0.0; 2],
            tilt: [0.0; 2],
            turn: 0.0,
            focus: 0.0,
            motion: [0.0; 2],
            noise: 0.0,
            slope: [0.0; 2],
            glare: None,
            ink: 15.0,
            ground: 225.0,
            screen: None,
        }
    }
}

/// A lamp's reflection on the code.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glare {
    /// Its middle, in widths of the code from the code's.
    pub place: [f32; 2],
    /// Its radius in widths of the code.
    pub radius: f32,
    /// The light that it adds in its middle, 0 to 255.
    pub strength: f32,
}

/// A screen's grid: stripes of three colours with dark between them. Where it
/// meets the grid of the sensor there is moire.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Screen {
    /// Pixels of the screen for each pixel of the drawn code.
    pub pixels: f32,
    /// How much of the grid is left after the lens, 0 to 1.
    pub depth: f32,
}

/// What is around the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Surroundings {
    /// The photo's size in pixels.
    pub size: (u32, u32),
    /// What is behind the code.
    pub background: Background,
    /// Decides what the background looks like, and the noise.
    pub seed: u64,
}

/// A photo that can be taken again and again.
#[derive(Clone, Debug)]
pub struct Shot {
    card: Option<Card>,
    wall: Wall,
    conditions: Conditions,
    chance: Chance,
    width: u32,
    height: u32,
}

impl Shot {
    /// Lays out what is to be photographed; without a code, only what is around it.
    #[must_use]
    pub fn new(code: Option<&Raster>, conditions: Conditions, surroundings: Surroundings) -> Self {
        let (width, height) = surroundings.size;
        let mut chance = Chance::new(surroundings.seed);
        let wall = Wall::new(surroundings.background, (width as usize, height as usize), &mut chance.fork());
        Self { card: code.map(Card::new), wall, conditions, chance, width, height }
    }

    /// Takes the photo: the same each time.
    #[must_use]
    pub fn take(&self) -> Photo {
        self.expose(&self.pose(), [0.0; 2], self.conditions.motion, &mut self.chance.clone())
    }

    /// A camera that is held in a hand and takes photo after photo. `tremor` is
    /// how far it moves from one to the next, in pixels of the photo; 1 to 3 is
    /// a hand that is used to it.
    #[must_use]
    pub fn held(&self, tremor: f32) -> Held<'_> {
        Held::new(self, tremor, self.chance.clone())
    }

    /// Pixels of the photo in a width of the code.
    fn code_pixels(&self) -> f32 {
        self.card.as_ref().map_or(1.0, |card| card.width() * self.conditions.scale)
    }

    fn pose(&self) -> Pose {
        let Conditions { place, tilt, turn, .. } = &self.conditions;
        let [yaw, pitch] = tilt.map(|degrees| degrees.clamp(-60.0, 60.0) / 360.0 * TAU);
        let code = self.code_pixels();
        Pose {
            target: [-place[0] * self.width as f32 / code, -place[1] * self.height as f32 / code],
            fill: code / self.width.min(self.height) as f32,
            yaw,
            pitch,
            roll: turn / 360.0 * TAU,
        }
    }

    /// `moved` is how far the camera went since it was put up, in pixels.
    fn expose(&self, pose: &Pose, moved: [f32; 2], motion: [f32; 2], chance: &mut Chance) -> Photo {
        let (width, height) = (self.width as usize, self.height as usize);
        let mut light = self.light(pose, moved);
        light = smear(light, width, motion);
        if self.conditions.focus > 0.0 {
            light = blur(light, width, height, self.conditions.focus);
        }
        Photo::padded(self.width, self.height, &self.develop(&light, chance))
    }

    fn light(&self, pose: &Pose, moved: [f32; 2]) -> Vec<f32> {
        let (width, height) = (self.width as usize, self.height as usize);
        let view = View::new(pose);
        let onto_table = view.onto_table(width, height);
        let mut light = vec![0.0; width * height];
        let code = self.code_pixels();
        for (y, row) in light.chunks_exact_mut(width).enumerate() {
            for (x, pixel) in row.iter_mut().enumerate() {
                let (x, y) = (x as f32, y as f32);
                let behind = self.wall.at(x + 0.5 + moved[0], y + 0.5 + moved[1]);
                let place = onto_table(x + 0.5, y + 0.5);
                let near = self.card.as_ref().zip(place).filter(|(card, place)| card.is_near(*place, code));
                *pixel = match near {
                    Some((card, _)) => {
                        card.seen(&self.conditions, behind, |dx, dy| onto_table(x + dx, y + dy))
                    }
                    None => behind,
                };
                if let (Some(glare), Some(place)) = (&self.conditions.glare, place) {
                    *pixel += glare.at(place);
                }
            }
        }
        light
    }

    fn develop(&self, light: &[f32], chance: &mut Chance) -> Vec<u8> {
        let (width, height) = (self.width as f32, self.height as f32);
        let Conditions { noise, slope: [slope_x, slope_y], .. } = self.conditions;
        let mut pixels = Vec::with_capacity(light.len());
        for (y, row) in light.chunks_exact(self.width as usize).enumerate() {
            let down = 1.0 + slope_y * (y as f32 / height - 0.5);
            for (x, light) in row.iter().enumerate() {
                let seen = light * (down + slope_x * (x as f32 / width - 0.5));
                // More light, more noise: photons come at random.
                let grain =
                    if noise > 0.0 { noise * (0.5 + seen.max(0.0) / 255.0) * chance.normal() } else { 0.0 };
                pixels.push((seen + grain + 0.5).clamp(0.0, 255.0) as u8);
            }
        }
        pixels
    }
}

impl Glare {
    fn at(&self, (across, down): (f32, f32)) -> f32 {
        let [x, y] = self.place;
        let far = ((across - x) * (across - x) + (down - y) * (down - y)) / (self.radius * self.radius);
        if far < 1.0 { self.strength * (1.0 - far) * (1.0 - far) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests;
