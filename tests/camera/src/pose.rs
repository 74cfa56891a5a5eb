//! Where the camera is, and what of the world each pixel sees.

/// The camera's focal length as a part of the photo's width: 58 degrees across.
const FOCAL_LENGTH: f32 = 0.9;

/// The camera's place and direction. Lengths are in widths of the code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pose {
    /// What the camera looks at, from the code's middle.
    pub(crate) target: [f32; 2],
    /// From there to the camera, as the part of the photo's short side that the
    /// code fills when it is looked at straight.
    pub(crate) fill: f32,
    /// Radians: turning the camera right or left, up or down, and about its own axis.
    pub(crate) yaw: f32,
    pub(crate) pitch: f32,
    pub(crate) roll: f32,
}

impl Pose {
    pub(crate) fn on_the_way(&self, to: &Self, part: f32) -> Self {
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
pub(crate) struct View {
    /// The camera's axes in the world.
    right: [f32; 3],
    down: [f32; 3],
    forward: [f32; 3],
    target: [f32; 2],
    fill: f32,
}

impl View {
    pub(crate) fn new(pose: &Pose) -> Self {
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
    pub(crate) fn onto_table(&self, width: usize, height: usize) -> impl Fn(f32, f32) -> Option<(f32, f32)> {
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
