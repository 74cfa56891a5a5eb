//! A line of grey pixels to a line of bars.

use super::super::report::Symbology;

/// The surroundings of a pixel along a line are this part of the line, each way.
const SURROUNDINGS: usize = 16;

/// Dark is at least this many steps of luma below the surroundings.
const BELOW_SURROUNDINGS: u32 = 2;

/// A raised pixel is moved away from the mean of so many pixels each way ...
const RAISING_REACH: usize = 2;

/// ... by this many times their difference.
const RAISING: i16 = 2;

/// The shortest barcode that is looked for has as many bars and spaces ...
const BARS: usize = 30;

/// ... of which none is wider than this many times their mean: in all symbologies
/// that is at most 2.6 times, before ink and focus.
const WIDEST: usize = 4;

/// Modules that have to be light on either side of a product's barcode; the
/// standard asks for seven and more ...
const QUIET: f32 = 5.0;

/// ... of which so many in a hundred pixels may be dark, on the line that was read ...
pub(super) const DARK_WHERE_READ: usize = 10;

/// ... and on another way through the barcode, whose edges are not known so well.
pub(super) const DARK_BESIDE: usize = 25;

/// How a line is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Look {
    /// As it is.
    Plain,
    /// With raised edges and twice the pixels: reads bars that lie side by side
    /// in a blur.
    Raised,
}

/// Makes dark (1) and light (0) pixels of a line, against the mean around each.
/// Returns how many pixels of the line one of them is.
pub(super) fn binarise(line: &[u8], look: Look, dark: &mut Vec<u8>) -> f32 {
    match look {
        Look::Plain => {
            threshold(line, dark);
            1.0
        }
        Look::Raised => {
            threshold(&raised(line), dark);
            0.5
        }
    }
}

fn threshold(line: &[u8], dark: &mut Vec<u8>) {
    let reach = (line.len() / SURROUNDINGS).max(8);
    let mut prefix = Vec::with_capacity(line.len() + 1);
    prefix.push(0_u32);
    prefix.extend(line.iter().scan(0, |total, &pixel| {
        *total += u32::from(pixel);
        Some(*total)
    }));
    dark.clear();
    dark.extend(line.iter().enumerate().map(|(x, &pixel)| {
        let (from, to) = (x.saturating_sub(reach), (x + reach + 1).min(line.len()));
        let sum = prefix.get(to).copied().unwrap_or(0) - prefix.get(from).copied().unwrap_or(0);
        let count = (to - from) as u32;
        u8::from((u32::from(pixel) + BELOW_SURROUNDINGS) * count < sum)
    }));
}

fn raised(line: &[u8]) -> Vec<u8> {
    const AROUND: usize = 2 * RAISING_REACH + 1;
    let mut edged = Vec::with_capacity(line.len() + AROUND);
    let (first, last) = (line.first().copied().unwrap_or(0), line.last().copied().unwrap_or(0));
    edged.extend([first; RAISING_REACH]);
    edged.extend_from_slice(line);
    edged.extend([last; RAISING_REACH]);
    let sharp: Vec<u8> = line
        .iter()
        .zip(edged.windows(AROUND))
        .map(|(&pixel, around)| {
            let mean = around.iter().map(|&pixel| i16::from(pixel)).sum::<i16>() / AROUND as i16;
            let pixel = i16::from(pixel);
            u8::try_from((pixel + (pixel - mean) * RAISING).clamp(0, 255)).unwrap_or(u8::MAX)
        })
        .collect();
    sharp
        .windows(2)
        .flat_map(|pair| match pair {
            &[left, right] => [left, left.midpoint(right)],
            _ => [0; 2],
        })
        .collect()
}

/// Whether a product's barcode stands alone, as it has to: inside a longer barcode
/// there may be something that looks like a short one on every line. `ends` are the
/// middles of its guards; `most` of a hundred pixels beside them may be dark.
pub(super) fn has_quiet_zones(dark: &[u8], symbology: Symbology, ends: [f32; 2], most: usize) -> bool {
    let modules = match symbology {
        Symbology::Ean13 => 92.0,
        Symbology::Ean8 => 64.0,
        _ => return true,
    };
    let [one, other] = ends;
    let (left, right) = (one.min(other), one.max(other));
    let module = (right - left) / modules;
    // From the guard's middle over its edge, and not to the edge itself. What the picture
    // cuts off may be anything.
    let is_light = |from: f32, to: f32| {
        from >= 0.0
            && dark.get(from as usize..to as usize).is_some_and(|pixels| {
                pixels.iter().filter(|dark| **dark == 1).count() * 100 <= most * pixels.len()
            })
    };
    let (near, far) = (2.0 * module, (2.0 + QUIET) * module);
    is_light(left - far, left - near) && is_light(right + near, right + far)
}

/// Whether somewhere along the line enough bars and spaces of like width follow
/// each other. Most lines of a picture have none, and need no decoder.
pub(super) fn may_be_bars(dark: &[u8]) -> bool {
    let mut runs: Vec<u32> = Vec::with_capacity(dark.len() / 2);
    let mut last = None;
    for pixel in dark {
        match runs.last_mut() {
            Some(run) if last == Some(pixel) => *run += 1,
            _ => runs.push(1),
        }
        last = Some(pixel);
    }
    runs.windows(BARS).step_by(BARS / 6).any(|bars| {
        let widest = bars.iter().copied().max().unwrap_or(0) as usize;
        widest * BARS <= WIDEST * bars.iter().sum::<u32>() as usize
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_products_barcode_has_all_of_its_quiet_zones_in_the_picture() {
        let alone = |start: usize, length: usize| {
            // One pixel a module: the guards' middles are 64 modules apart.
            let dark: Vec<u8> =
                (0..length).map(|x| u8::from(x + 1 >= start && x <= start + 65 && x % 2 == 0)).collect();
            has_quiet_zones(&dark, Symbology::Ean8, [start as f32, start as f32 + 64.0], DARK_WHERE_READ)
        };
        assert!(alone(10, 90) && alone(7, 78));
        // What is beyond the picture's edge may be anything.
        assert!(!alone(6, 90) && !alone(10, 78) && !alone(2, 68));
    }
}
