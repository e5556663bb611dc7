//! Digits drawn by hand, made into pictures as MNIST's are.
//!
//! LeCun, Bottou, Bengio and Haffner 1998, "Gradient-Based Learning Applied to Document Recognition", section III.A: a
//! digit is scaled, keeping its proportions, to fit a box of 20x20 pixels, and moved so that its centre of mass is at the
//! centre of 28x28 pixels.

/// Pixels along a side of a picture.
pub const SIDE: usize = 28;
/// The longer side of a digit.
const BOX: f32 = 20.0;
/// Where MNIST has the centre of mass, counted in pixels from 0.
const CENTRE: f32 = 14.0;
/// How wide the pen is in a picture of a digit, in pixels: about as wide as in MNIST.
const PEN: f32 = 2.6;
/// What is smaller than this share of the pad is not enlarged any further: a dot stays a dot.
const LEAST_EXTENT: f32 = 0.1;

/// One movement of the pen: `x`, `y` and width at each point. The pad's sides are 1 long, `y` goes down, and the plain
/// pen's width is 1.
pub type Stroke = Vec<[f32; 3]>;

/// What was drawn as a digit of MNIST, a byte a pixel: scaled to the box, centred by its mass. Black where nothing was.
pub fn digit(strokes: &[Stroke]) -> Vec<u8> {
    let (low, high) = bounds(strokes);
    let extent = (0..2)
        .map(|axis| high[axis] - low[axis])
        .fold(LEAST_EXTENT, f32::max);
    let scale = (BOX - PEN) / extent;
    // The ink's edges left and above lie on borders of pixels, so that it fills no more of them than the box has.
    let place = |axis: usize, value: f32| (value - low[axis]) * scale + PEN / 2.0;
    let ink = coverage(strokes, PEN, |[x, y]| [place(0, x), place(1, y)]);
    centred(&ink)
}

/// What was drawn where it was drawn: the pad is the picture, and the plain pen is `pen` pixels wide.
pub fn as_drawn(strokes: &[Stroke], pen: f32) -> Vec<u8> {
    let ink = coverage(strokes, pen, |point| point.map(|value| value * SIDE as f32));
    ink.iter().map(|&share| to_byte(share)).collect()
}

/// The least and the largest coordinates.
fn bounds(strokes: &[Stroke]) -> ([f32; 2], [f32; 2]) {
    let mut bounds = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
    for [x, y, _] in strokes.iter().flatten().filter(|point| is_finite(point)) {
        for (axis, value) in [x, y].into_iter().enumerate() {
            bounds.0[axis] = bounds.0[axis].min(*value);
            bounds.1[axis] = bounds.1[axis].max(*value);
        }
    }
    bounds
}

/// How much of each pixel is inked, from 0 to 1. `place` takes points of the pad to pixels.
fn coverage(strokes: &[Stroke], pen: f32, place: impl Fn([f32; 2]) -> [f32; 2]) -> Vec<f32> {
    let mut ink = vec![0.0; SIDE * SIDE];
    for stroke in strokes {
        let points: Vec<([f32; 2], f32)> = stroke
            .iter()
            .filter(|point| is_finite(point))
            .map(|&[x, y, width]| (place([x, y]), width.clamp(0.1, 4.0) * pen / 2.0))
            .collect();
        let single = points.first().map(|&point| (point, point));
        let segments = points.windows(2).map(|pair| (pair[0], pair[1]));
        for segment in single.into_iter().chain(segments) {
            for (index, share) in ink.iter_mut().enumerate() {
                let pixel = [index % SIDE, index / SIDE].map(|place| place as f32 + 0.5);
                *share = f32::max(*share, inked(pixel, segment));
            }
        }
    }
    ink
}

/// How much of the pixel with this centre a segment inks: all where it lies half a pixel within the edge, nothing where
/// as far outside.
fn inked([x, y]: [f32; 2], ((a, from), (b, to)): (([f32; 2], f32), ([f32; 2], f32))) -> f32 {
    let along = [b[0] - a[0], b[1] - a[1]];
    let length = along[0] * along[0] + along[1] * along[1];
    let share = match length > 0.0 {
        true => (((x - a[0]) * along[0] + (y - a[1]) * along[1]) / length).clamp(0.0, 1.0),
        false => 0.0,
    };
    let distance = f32::hypot(x - a[0] - share * along[0], y - a[1] - share * along[1]);
    (from + share * (to - from) - distance + 0.5).clamp(0.0, 1.0)
}

/// Moved by whole pixels, so that the centre of mass is less than a pixel from the centre. Ink that would leave the
/// picture stops at its edge.
fn centred(ink: &[f32]) -> Vec<u8> {
    let mass: f32 = ink.iter().sum();
    if mass == 0.0 {
        return vec![0; ink.len()];
    }
    let shift = |of: fn(usize) -> usize| {
        let places = || ink.iter().enumerate().filter(|(_, share)| **share > 0.0);
        let mean = places()
            .map(|(index, share)| of(index) as f32 * share)
            .sum::<f32>()
            / mass;
        let first = places().map(|(index, _)| of(index)).min().unwrap_or(0) as i32;
        let last = places().map(|(index, _)| of(index)).max().unwrap_or(0) as i32;
        ((CENTRE - mean).round() as i32).clamp(-first, SIDE as i32 - 1 - last)
    };
    let (across, down) = (shift(|index| index % SIDE), shift(|index| index / SIDE));
    let mut picture = vec![0; ink.len()];
    for (index, &share) in ink.iter().enumerate().filter(|(_, share)| **share > 0.0) {
        let (x, y) = ((index % SIDE) as i32 + across, (index / SIDE) as i32 + down);
        picture[y as usize * SIDE + x as usize] = to_byte(share);
    }
    picture
}

fn is_finite(point: &[f32; 3]) -> bool {
    point.iter().all(|value| value.is_finite())
}

fn to_byte(share: f32) -> u8 {
    (share * 255.0).round() as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A seven, with a dash.
    fn seven() -> Vec<Stroke> {
        vec![
            vec![[0.2, 0.2, 1.0], [0.7, 0.2, 1.0], [0.4, 0.9, 1.0]],
            vec![[0.35, 0.55, 1.0], [0.7, 0.5, 1.0]],
        ]
    }

    fn moved(strokes: &[Stroke], scale: f32, by: [f32; 2]) -> Vec<Stroke> {
        let point = |&[x, y, width]: &[f32; 3]| [x * scale + by[0], y * scale + by[1], width];
        strokes
            .iter()
            .map(|stroke| stroke.iter().map(point).collect())
            .collect()
    }

    /// Width and height of the inked pixels' box, and the centre of mass.
    fn measure(picture: &[u8]) -> ([usize; 2], [f64; 2]) {
        let mass: f64 = picture.iter().map(|&byte| f64::from(byte)).sum();
        let axis = |of: fn(usize) -> usize| {
            let inked = || (0..picture.len()).filter(|&index| picture[index] > 0);
            let (first, last) = (inked().map(of).min().unwrap(), inked().map(of).max().unwrap());
            let mean = inked()
                .map(|index| of(index) as f64 * f64::from(picture[index]))
                .sum::<f64>();
            (last - first + 1, mean / mass)
        };
        let (x, y) = (axis(|index| index % SIDE), axis(|index| index / SIDE));
        ([x.0, y.0], [x.1, y.1])
    }

    #[test]
    fn a_digit_fills_the_box_and_is_centred_by_its_mass() {
        let wide = vec![vec![[0.1, 0.5, 1.0], [0.9, 0.6, 1.0]]];
        for (strokes, longer) in [(seven(), 1), (wide, 0)] {
            let (sides, centre) = measure(&digit(&strokes));
            assert_eq!(sides[longer], 20);
            assert!(sides[1 - longer] < 20);
            assert!(centre.iter().all(|c| (c - 14.0).abs() <= 0.5), "{centre:?}");
        }
    }

    #[test]
    fn where_and_how_large_it_was_drawn_makes_no_difference() {
        let expected = digit(&seven());
        for (scale, by) in [(0.4, [0.1, 0.5]), (1.1, [0.0, -0.1]), (0.7, [0.25, 0.1])] {
            let picture = digit(&moved(&seven(), scale, by));
            let furthest = picture.iter().zip(&expected).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(furthest.unwrap() <= 1, "{furthest:?}");
        }
    }

    #[test]
    fn a_line_has_the_area_of_its_pen() {
        let line = vec![vec![[0.5, 0.1, 1.0], [0.5, 0.9, 1.0]]];
        let area = digit(&line)
            .iter()
            .map(|&byte| f64::from(byte) / 255.0)
            .sum::<f64>();
        // A rectangle with half a disc at each end.
        let pen = f64::from(PEN);
        let exact = (20.0 - pen) * pen + std::f64::consts::PI * pen * pen / 4.0;
        assert!((area / exact - 1.0).abs() < 0.03, "{area}, not {exact}");
        let double: Vec<Stroke> = moved(&line, 1.0, [0.0, 0.0])
            .into_iter()
            .map(|stroke| stroke.into_iter().map(|[x, y, _]| [x, y, 2.0]).collect())
            .collect();
        let bold = as_drawn(&double, 3.0)
            .iter()
            .map(|&byte| u32::from(byte))
            .sum::<u32>();
        let thin = as_drawn(&line, 3.0)
            .iter()
            .map(|&byte| u32::from(byte))
            .sum::<u32>();
        assert!(bold > 18 * thin / 10, "{bold}, {thin}");
    }

    #[test]
    fn a_dot_is_not_blown_up_and_nothing_is_black() {
        let dot = digit(&[vec![[0.9, 0.1, 1.0]]]);
        let (sides, centre) = measure(&dot);
        assert!(sides.iter().all(|&side| side <= 4), "{sides:?}");
        assert!(centre.iter().all(|c| (c - 14.0).abs() <= 0.5), "{centre:?}");
        for nothing in [
            vec![],
            vec![vec![]],
            vec![vec![[f32::NAN, 0.5, 1.0], [0.1, f32::INFINITY, 1.0]]],
        ] {
            assert!(digit(&nothing).iter().all(|&byte| byte == 0));
            assert!(as_drawn(&nothing, 3.0).iter().all(|&byte| byte == 0));
        }
    }

    #[test]
    fn what_is_heavy_at_one_end_stays_in_the_picture() {
        let scribble = (0..40).map(|i| [0.1 + 0.1 * (i % 2) as f32, 0.1 + 0.004 * i as f32, 3.0]);
        let heavy = vec![scribble.collect(), vec![[0.15, 0.1, 0.5], [0.15, 0.95, 0.5]]];
        let picture = digit(&heavy);
        let (sides, _) = measure(&picture);
        assert!(sides[1] >= 18, "{sides:?}");
    }

    #[test]
    fn as_drawn_keeps_places() {
        let picture = as_drawn(&[vec![[0.25, 0.75, 1.0]]], 4.0);
        let (sides, centre) = measure(&picture);
        assert_eq!(sides, [4, 4]);
        assert!(
            (centre[0] - 6.5).abs() < 1e-6 && (centre[1] - 20.5).abs() < 1e-6,
            "{centre:?}"
        );
        let outside = as_drawn(&[vec![[-3.0, 9.0, 1.0]]], 4.0);
        assert!(outside.iter().all(|&byte| byte == 0));
    }
}
