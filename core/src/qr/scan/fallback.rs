//! The decoder's own detector, for the frames on which fitting reads nothing:
//! it follows the modules' edges and copes with more tilt and blur.
//!
//! It clones the picture for every candidate that it sees and can't be stopped
//! from outside, so it is not entered where the count of finder patterns was
//! already too large for the search before it.

use super::binary::WorkingPicture;
use crate::qr::frame::Point;

/// The content and the corners of every symbol that is found and read.
pub(super) fn detect(picture: &WorkingPicture) -> Vec<(Vec<u8>, [Point; 4])> {
    let (width, height) = (picture.width(), picture.height());
    let mut prepared =
        rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| picture.luma_at(x, y));
    let mut found = Vec::new();
    for grid in prepared.detect_grids() {
        let mut bytes = Vec::new();
        if grid.decode_to(&mut bytes).is_ok() {
            let corners = grid.bounds.map(|corner| Point { x: corner.x as f32, y: corner.y as f32 });
            found.push((bytes, corners));
        }
    }
    found
}
