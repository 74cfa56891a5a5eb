//! Where the camera is: an unsteady hand that approaches, aims and trembles.

use super::chance::Chance;

/// Moments within one exposure; what moved between them is blurred.
pub(super) const EXPOSURES: usize = 4;

/// The camera's focal length as a part of the photo's width: 58 degrees across.
const FOCAL_LENGTH: f32 = 0.9;

/// The camera's place and direction. Lengths are in widths of the code.
#[derive(Clone, Copy, Debug)]
struct Pose {
    /// What the camera looks at, from the code's middle.
    target: [f32; 2],
    /// From there to the camera, as the part of the photo's short side that the
    /// code fills when it is looked at straight.
    fill: f32,
    /// Radians: turning the camera right or left, up or down, and about its own axis.
    yaw: f32,
    pitch: f32,
    roll: f32,
}

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

impl Pose {
    fn on_the_way(&self, to: &Self, part: f32) -> Self {
        let mix = |from: f32, to: f32| from + (to - from) * part;
        Self {
            target: [mix(self.target[0], to.target[0]), mix(self.target[1], to.target[1])],
            fill: mix(self.fill, to.fill),
            yaw: mix(self.yaw, to.yaw),
            pitch: mix(self.pitch, to.pitch),
            roll: mix(self.roll, to.roll),
        }
    }
}

/// The map from a photo's pixels to the table: a ray through a pixel, cut with
/// the plane of the screen.
#[derive(Clone, Copy, Debug)]
pub(super) struct View {
    /// The camera's axes in the world.
    right: [f32; 3],
    down: [f32; 3],
    forward: [f32; 3],
    target: [f32; 2],
    fill: f32,
}

impl View {
    fn new(pose: &Pose) -> Self {
        let ((sy, cy), (sp, cp), (sr, cr)) = (pose.yaw.sin_cos(), pose.pitch.sin_cos(), pose.roll.sin_cos());
        let (right, down) = ([cy, 0.0, -sy], [sy * sp, cp, cy * sp]);
        let turn = |a: [f32; 3], b: [f32; 3], ca: f32, cb: f32| {
            let ([a0, a1, a2], [b0, b1, b2]) = (a, b);
            [a0 * ca + b0 * cb, a1 * ca + b1 * cb, a2 * ca + b2 * cb]
        };
        Self {
            right: turn(right, down, cr, sr),
            down: turn(right, down, -sr, cr),
            forward: [sy * cp, -sp, cy * cp],
            target: pose.target,
            fill: pose.fill,
        }
    }

    /// A function that gives the place on the table, in widths of the code from
    /// its middle, for a place in a photo of this size. Above the horizon there
    /// is no such place.
    pub(super) fn onto_table(&self, width: usize, height: usize) -> impl Fn(f32, f32) -> Option<(f32, f32)> {
        let focal = FOCAL_LENGTH * width as f32;
        let distance = focal / (self.fill * width.min(height) as f32);
        let (middle_x, middle_y) = (width as f32 / 2.0, height as f32 / 2.0);
        let Self { right, down, forward, target, .. } = *self;
        let camera =
            [target[0] - forward[0] * distance, target[1] - forward[1] * distance, -forward[2] * distance];
        move |x, y| {
            let (a, b) = ((x - middle_x) / focal, (y - middle_y) / focal);
            let depth = right[2] * a + down[2] * b + forward[2];
            if depth < 0.05 {
                return None;
            }
            let along = -camera[2] / depth;
            Some((
                camera[0] + along * (right[0] * a + down[0] * b + forward[0]),
                camera[1] + along * (right[1] * a + down[1] * b + forward[1]),
            ))
        }
    }
}
