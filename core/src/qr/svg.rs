//! The few lines of SVG that both symbols share. Units are modules.

use std::fmt::Write as _;

/// Opens a picture of `width` times `height` modules on a white ground.
pub(super) fn open(width: u32, height: u32) -> String {
    // Edges must fall between pixels, whatever size the picture is shown at.
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" \
         shape-rendering=\"crispEdges\"><rect width=\"{width}\" height=\"{height}\" fill=\"#fff\"/>"
    )
}

/// One path with a rectangle for each run of dark modules.
pub(super) fn push_runs(svg: &mut String, runs: impl Iterator<Item = Run>) {
    svg.push_str("<path fill=\"#000\" d=\"");
    for Run { x, y, length, height } in runs {
        // Writing to a string cannot fail.
        let _ = write!(svg, "M{x} {y}h{length}v{height}h-{length}z");
    }
    svg.push_str("\"/>");
}

/// A rectangle of dark modules.
pub(super) struct Run {
    pub(super) x: u32,
    pub(super) y: u32,
    pub(super) length: u32,
    pub(super) height: u32,
}

/// The runs of dark modules in a row, as start and length.
pub(super) fn dark_runs(row: &[bool]) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    let mut was_dark = false;
    for (x, &dark) in (0u32..).zip(row) {
        match (dark, was_dark, runs.last_mut()) {
            (true, true, Some((_, length))) => *length += 1,
            (true, ..) => runs.push((x, 1)),
            (false, ..) => {}
        }
        was_dark = dark;
    }
    runs
}
