//! What happens to the light on its way to the buffer: lens, lamp, sensor.

use crate::chance::Chance;
use crate::lens::blur;

/// A camera's lens and sensor in one place's light.
#[derive(Debug)]
pub(super) struct Optics {
    /// Blur in parts of the photo's width, where the focus is heading and where it is.
    sharpest: f32,
    defocus: f32,
    /// Exposure relative to the right one, found within some photos.
    exposure: f32,
    /// Standard deviation of the sensor's noise at mid grey.
    noise: f32,
    /// Light that the glass adds everywhere.
    veil: f32,
    /// Fall-off of the room's light across the photo.
    slope: [f32; 2],
    /// A lamp's reflection: place in parts of the photo, radius, strength.
    glare: [f32; 4],
    /// Bands that a dimmed screen's backlight leaves: strength and pitch in rows.
    bands: [f32; 2],
    band_phase: f32,
}

impl Optics {
    pub(super) fn new(chance: &mut Chance) -> Self {
        Self {
            sharpest: chance.between(0.5, 1.05) / 640.0,
            defocus: chance.between(1.5, 6.0) / 640.0,
            exposure: chance.between(0.55, 1.7),
            noise: chance.between(2.0, 11.0),
            veil: chance.between(4.0, 45.0),
            slope: [chance.between(-0.5, 0.5), chance.between(-0.5, 0.5)],
            glare: [
                chance.between(0.1, 0.9),
                chance.between(0.1, 0.9),
                chance.between(0.08, 0.3),
                chance.between(0.0, 110.0),
            ],
            bands: [chance.between(0.0, 0.12), chance.between(60.0, 220.0)],
            band_phase: 0.0,
        }
    }

    /// The photo that the sensor makes of this light (0 to 255, row by row).
    pub(super) fn develop(&mut self, light: Vec<f32>, width: usize, chance: &mut Chance) -> Vec<u8> {
        // The lens hunts: it is out of focus at first, and now and then again.
        self.defocus += (self.sharpest - self.defocus) * 0.35;
        if chance.happens(0.07) {
            self.defocus += chance.between(1.0, 4.0) / 640.0;
        }
        self.exposure += (1.0 - self.exposure) * 0.3;
        self.band_phase += chance.between(0.0, 40.0);

        let height = light.len() / width.max(1);
        let blurred = blur(light, width, height, self.defocus * width as f32);
        let [slope_x, slope_y] = self.slope;
        let [glare_x, glare_y, glare_radius, glare] = self.glare;
        let [band, band_pitch] = self.bands;
        let mut pixels = Vec::with_capacity(blurred.len());
        for (y, row) in blurred.chunks_exact(width).enumerate() {
            let v = y as f32 / height as f32;
            let banding =
                1.0 + band * ((y as f32 + self.band_phase) / band_pitch * std::f32::consts::TAU).sin();
            for (x, &light) in row.iter().enumerate() {
                let u = x as f32 / width as f32;
                let lamp = 1.0 + slope_x * (u - 0.5) + slope_y * (v - 0.5);
                let corner = 1.0 - 0.35 * ((u - 0.5) * (u - 0.5) + (v - 0.5) * (v - 0.5));
                let far = ((u - glare_x) * (u - glare_x) + (v - glare_y) * (v - glare_y))
                    / (glare_radius * glare_radius);
                let reflection = if far < 1.0 { glare * (1.0 - far) * (1.0 - far) } else { 0.0 };
                let seen = (light * lamp * banding + self.veil + reflection) * corner * self.exposure;
                // More light, more noise: photons come at random.
                let noise = self.noise * (0.5 + seen.max(0.0) / 255.0) * chance.normal();
                pixels.push((seen + noise).clamp(0.0, 255.0) as u8);
            }
        }
        pixels
    }
}
