//! The hand that holds the camera still, as well as hands can.

use super::Shot;
use crate::chance::Chance;
use crate::photo::Photo;

/// How long the shutter is open, as a part of the time between two photos.
const SHUTTER: f32 = 0.33;

/// Photos of one camera, one after the other; it never ends.
#[derive(Debug)]
pub struct Held<'a> {
    shot: &'a Shot,
    tremor: f32,
    chance: Chance,
    moved: [f32; 2],
    velocity: [f32; 2],
    /// Radians that it is away from where it was put: right, up, about its axis.
    leaned: [f32; 3],
}

impl<'a> Held<'a> {
    pub(super) const fn new(shot: &'a Shot, tremor: f32, chance: Chance) -> Self {
        Self { shot, tremor, chance, moved: [0.0; 2], velocity: [0.0; 2], leaned: [0.0; 3] }
    }
}

impl Iterator for Held<'_> {
    type Item = Photo;

    fn next(&mut self) -> Option<Photo> {
        let Self { shot, tremor, chance, moved, velocity, leaned } = self;
        for (moved, velocity) in moved.iter_mut().zip(velocity.iter_mut()) {
            *velocity = 0.5 * *velocity + 0.85 * *tremor * chance.normal();
            // The hand goes back to where it wants to be.
            *moved = 0.9 * *moved + *velocity;
        }
        for lean in leaned.iter_mut() {
            *lean = 0.8 * *lean + 0.003 * *tremor * chance.normal();
        }
        let (mut pose, code) = (shot.pose(), shot.code_pixels());
        pose.target = [pose.target[0] + moved[0] / code, pose.target[1] + moved[1] / code];
        let [yaw, pitch, roll] = *leaned;
        (pose.yaw, pose.pitch, pose.roll) = (pose.yaw + yaw, pose.pitch + pitch, pose.roll + roll);
        let [x, y] = shot.conditions.motion;
        let motion = [x + velocity[0] * SHUTTER, y + velocity[1] * SHUTTER];
        Some(shot.expose(&pose, *moved, motion, chance))
    }
}
