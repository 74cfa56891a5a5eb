//! A lens out of focus.

/// Two box blurs each way are close to what a lens out of focus does.
/// `sigma` is the standard deviation in pixels.
pub(crate) fn blur(light: Vec<f32>, width: usize, height: usize, sigma: f32) -> Vec<f32> {
    // Two boxes of this length have the standard deviation sigma.
    let length = (sigma * sigma * 6.0 + 1.0).sqrt();
    let mut blurred = light;
    for (row_length, rows) in [(width, height), (height, width)] {
        let mut turned = vec![0.0; blurred.len()];
        for (y, row) in blurred.chunks_exact(row_length).enumerate() {
            let twice = box_blur(&box_blur(row, length), length);
            for (column, value) in turned.chunks_exact_mut(rows).zip(twice) {
                if let Some(pixel) = column.get_mut(y) {
                    *pixel = value;
                }
            }
        }
        blurred = turned;
    }
    blurred
}

/// The mean over `length` pixels around each; `length` need not be whole. The
/// row goes on as its end pixels.
fn box_blur(row: &[f32], length: f32) -> Vec<f32> {
    let reach = ((length - 1.0) / 2.0).max(0.0);
    let whole = reach as usize;
    let part = reach - whole as f32;
    let end = |pixel: Option<&f32>| std::iter::repeat_n(pixel.copied().unwrap_or(0.0), whole + 1);
    let padded: Vec<f32> = end(row.first()).chain(row.iter().copied()).chain(end(row.last())).collect();
    let window = 2 * whole + 3;
    let mut sum: f32 = padded.iter().skip(1).take(window - 2).sum();
    // The pixels at the window's ends count in part, the others in full.
    let ends = padded.iter().zip(padded.iter().skip(window - 1));
    let steps = padded.iter().skip(1).zip(padded.iter().skip(window - 1));
    ends.zip(steps)
        .map(|((first, last), (leaves, enters))| {
            let mean = (sum + part * (first + last)) / (2.0 * reach + 1.0);
            sum += enters - leaves;
            mean
        })
        .collect()
}

/// What moves while the shutter is open: the mean over the way, in pixels.
pub(crate) fn smear(light: Vec<f32>, width: usize, way: [f32; 2]) -> Vec<f32> {
    let steps = (way[0].hypot(way[1]).round() as usize).min(64);
    if steps == 0 {
        return light;
    }
    let height = light.len() / width.max(1);
    let offset = |part: f32, side: usize| (part.round() as isize).clamp(-(side as isize), side as isize);
    let offsets: Vec<(isize, isize)> = (0..=steps)
        .map(|step| {
            let part = step as f32 / steps as f32 - 0.5;
            (offset(way[0] * part, width), offset(way[1] * part, height))
        })
        .collect();
    let share = 1.0 / offsets.len() as f32;
    let mut smeared = vec![0.0; light.len()];
    for (y, row) in smeared.chunks_exact_mut(width).enumerate() {
        for &(dx, dy) in &offsets {
            let from = y.saturating_add_signed(dy).min(height - 1) * width;
            let Some(source) = light.get(from..from + width) else { continue };
            // The row goes on as its end pixels.
            let (left, right) = (dx.min(0).unsigned_abs(), dx.max(0).unsigned_abs());
            let first = std::iter::repeat_n(source.first(), left).flatten();
            let last = std::iter::repeat_n(source.last(), right).flatten();
            let middle = source.get(right..width - left).unwrap_or_default();
            for (pixel, light) in row.iter_mut().zip(first.chain(middle).chain(last)) {
                *pixel += light * share;
            }
        }
    }
    smeared
}
