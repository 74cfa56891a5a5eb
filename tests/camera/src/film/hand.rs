//! Where the camera is: an unsteady hand that approaches, aims and trembles.

use crate::chance::Chance;
use crate::pose::{Pose, View};

/// Moments within one exposure; what moved between them is blurred.
pub(super) const EXPOSURES: usize = 4;

/// A hand that holds a camera over a screen.
#[derive(Debug)]
pub(super) struct Hand {
    /// Where it means to be.
    aim: Pose,
    /// Where it is.
    pose: Pose,
    /// How much it trembles, about 1.
    tremor: f32,
    velocity: [f32; 2],
}

impl Hand {
    pub(super) fn new(chance: &mut Chance) -> Self {
        // Most people turn the phone roughly the right way.
        let roll_range = if chance.happens(0.2) { std::f32::consts::PI } else { 0.6 };
        let aim = Pose {
            target: [chance.between(-0.25, 0.25), chance.between(-0.2, 0.2)],
            fill: chance.between(0.4, 0.68),
            yaw: chance.between(-0.45, 0.45),
            pitch: chance.between(-0.45, 0.45),
            roll: chance.between(-roll_range, roll_range),
        };
        // They start farther away and not quite there.
        let pose = Pose {
            target: [aim.target[0] + chance.between(-0.5, 0.5), aim.target[1] + chance.between(-0.4, 0.4)],
            fill: aim.fill * chance.between(0.4, 0.9),
            ..aim
        };
        Self { aim, pose, tremor: chance.between(0.4, 1.6), velocity: [0.0; 2] }
    }

    /// The next photo's views, in the order of its moments.
    pub(super) fn next_views(&mut self, chance: &mut Chance) -> [View; EXPOSURES] {
        let before = self.pose;
        let jerk = if chance.happens(0.08) { 6.0 } else { 1.0 };
        let [tremble_x, tremble_y] = [chance.normal(), chance.normal()].map(|push| push * self.tremor * jerk);
        let [vx, vy] = self.velocity;
        self.velocity = [0.5 * vx + 0.012 * tremble_x, 0.5 * vy + 0.012 * tremble_y];

        let toward = |from: f32, to: f32| from + (to - from) * 0.22;
        let (pose, aim) = (&mut self.pose, &self.aim);
        let [x, y] = pose.target;
        pose.target =
            [toward(x, aim.target[0]) + self.velocity[0], toward(y, aim.target[1]) + self.velocity[1]];
        pose.fill = toward(pose.fill, aim.fill) * (1.0 + 0.01 * chance.normal());
        pose.yaw = toward(pose.yaw, aim.yaw) + 0.012 * self.tremor * chance.normal();
        pose.pitch = toward(pose.pitch, aim.pitch) + 0.012 * self.tremor * chance.normal();
        pose.roll = toward(pose.roll, aim.roll) + 0.01 * self.tremor * chance.normal();

        // The shutter is open for a third of the time between two photos.
        let after = self.pose;
        [0.67, 0.78, 0.89, 1.0].map(|moment| View::new(&before.on_the_way(&after, moment)))
    }
}
