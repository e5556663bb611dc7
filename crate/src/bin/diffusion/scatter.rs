//! Points as one picture.

use std::path::Path;

use super::grid::write_grey;

type Error = Box<dyn std::error::Error>;

/// Height and width of the picture.
const SIZE: usize = 512;
/// What the picture shows: both coordinates from -VIEW to VIEW, y upwards.
const VIEW: f32 = 2.0;
/// A point's grey, from 0 (invisible) to 255 (black): points that overlap add up.
const INK: u8 = 96;

/// Writes points, `[count, 2]`, as a PNG scatter plot. Those beyond the view are left out.
pub fn write_png(path: &Path, values: &[f32]) -> Result<(), Error> {
    write_grey(path, &draw(values), SIZE, SIZE)
}

fn draw(values: &[f32]) -> Vec<u8> {
    let mut picture = vec![255u8; SIZE * SIZE];
    let scale = SIZE as f32 / (2.0 * VIEW);
    for point in values.chunks_exact(2) {
        let (column, row) = ((point[0] + VIEW) * scale, (VIEW - point[1]) * scale);
        let inside = |position: f32| (0.0..SIZE as f32).contains(&position);
        if !inside(column) || !inside(row) {
            continue;
        }
        // Three pixels by three.
        let around = |position: f32| (position as usize).saturating_sub(1)..(position as usize + 2).min(SIZE);
        for y in around(row) {
            for x in around(column) {
                let pixel = &mut picture[y * SIZE + x];
                *pixel = pixel.saturating_sub(INK);
            }
        }
    }
    picture
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_drawn_where_they_are() {
        let picture = draw(&[0.0, 1.0, f32::NAN, 0.0, 7.0, 0.0, -2.0, 2.0]);
        let at = |x: usize, y: usize| picture[y * SIZE + x];
        // (0, 1) is in the middle, a quarter from the top; (-2, 2) in the corner.
        assert_eq!((at(256, 128), at(255, 127), at(257, 129)), (159, 159, 159));
        assert_eq!((at(0, 0), at(256, 384)), (159, 255));
        assert_eq!(picture.iter().filter(|&&pixel| pixel < 255).count(), 9 + 4);
    }
}
