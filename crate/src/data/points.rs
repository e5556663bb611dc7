//! Points in the plane: the data sets on which a whole distribution can be seen at once.

use std::f32::consts::{PI, TAU};
use std::str::FromStr;

use burn::tensor::{Device, Tensor, TensorData};
use libm::{cosf, sinf};
use serde::{Deserialize, Serialize};

use super::DataSet;
use crate::error::{ConfigError, require};
use crate::rng::{Rng, Stream};

/// Given points are scaled so that the farthest coordinate is this.
const EXTENT: f64 = 1.5;
/// Distance of the eight Gaussians' centres from the origin.
const RING: f32 = 1.3;
/// Most points of a set.
const MAX_COUNT: usize = 1 << 20;

/// A distribution that points are drawn from, within about +-1.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
#[serde(rename_all = "kebab-case")]
pub enum PointShape {
    /// Two half circles that reach into each other.
    TwoMoons,
    /// A spiral of one and a half turns.
    SwissRoll,
    /// Eight normal distributions around a ring; see [`PointShape::modes`].
    EightGaussians,
    /// Every other square of a board of four by four.
    Checkerboard,
}

impl PointShape {
    pub const ALL: [Self; 4] = [
        Self::TwoMoons,
        Self::SwissRoll,
        Self::EightGaussians,
        Self::Checkerboard,
    ];

    /// The name on the command line and in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::TwoMoons => "two-moons",
            Self::SwissRoll => "swiss-roll",
            Self::EightGaussians => "eight-gaussians",
            Self::Checkerboard => "checkerboard",
        }
    }

    /// Standard deviation of the noise around the shape's own line or centre; the checkerboard has none.
    pub fn deviation(self) -> f32 {
        match self {
            Self::TwoMoons | Self::SwissRoll => 0.05,
            Self::EightGaussians => 0.1,
            Self::Checkerboard => 0.0,
        }
    }

    /// The centres of the eight Gaussians.
    pub fn modes() -> [[f32; 2]; 8] {
        std::array::from_fn(|i| {
            let angle = TAU * i as f32 / 8.0;
            [RING * cosf(angle), RING * sinf(angle)]
        })
    }

    /// One point.
    fn draw(self, rng: &mut Rng) -> [f32; 2] {
        let [x, y] = match self {
            Self::TwoMoons => {
                let (lower, angle) = (rng.below(2) == 1, PI * rng.uniform());
                let (x, y) = (cosf(angle), sinf(angle));
                if lower {
                    [0.5 - x * 0.9, 0.25 - y * 0.9]
                } else {
                    [x * 0.9 - 0.5, y * 0.9 - 0.25]
                }
            }
            Self::SwissRoll => {
                // Of its angle, from a third to all; the square root spreads the points evenly along the spiral.
                let share = ((1.0 + 8.0 * rng.uniform()) / 9.0).sqrt();
                let (angle, radius) = (4.5 * PI * share, 1.5 * share);
                [radius * cosf(angle), radius * sinf(angle)]
            }
            Self::EightGaussians => Self::modes()[rng.below(8) as usize],
            Self::Checkerboard => {
                let (column, half) = (rng.below(4), rng.below(2));
                let row = 2 * half + column % 2;
                let place = |square: u32, within: f32| (square as f32 + within) * 0.75 - 1.5;
                [place(column, rng.uniform()), place(row, rng.uniform())]
            }
        };
        let mut noise = || self.deviation() * rng.normal();
        [x + noise(), y + noise()]
    }
}

impl FromStr for PointShape {
    type Err = ConfigError;

    fn from_str(name: &str) -> Result<Self, ConfigError> {
        let known = Self::ALL.into_iter().find(|shape| shape.name() == name);
        let names = Self::ALL.map(Self::name).join(", ");
        known.ok_or_else(|| ConfigError::new("points", name, format!("one of {names}")))
    }
}

/// Points without labels; for a network each is an image of one pixel and two channels.
#[derive(Clone, Debug, PartialEq)]
pub struct PointSet {
    points: Vec<[f32; 2]>,
}

impl PointSet {
    /// `count` points of a distribution, a function of `seed`.
    pub fn generate(shape: PointShape, count: usize, seed: u64) -> Result<Self, ConfigError> {
        let expected = format!("from 1 to {MAX_COUNT}");
        require((1..=MAX_COUNT).contains(&count), "count", count, expected)?;
        let mut rng = Rng::new(seed, Stream::Data, 0);
        let points = (0..count).map(|_| shape.draw(&mut rng)).collect();
        Ok(Self { points })
    }

    /// Points that someone drew, `(x, y)`, moved and scaled to fill +-1.5 without changing their shape.
    pub fn given(points: &[[f32; 2]]) -> Result<Self, ConfigError> {
        let expected = format!("from 1 to {MAX_COUNT} long");
        let fits = (1..=MAX_COUNT).contains(&points.len());
        require(fits, "points", format!("{} long", points.len()), expected)?;
        for (i, point) in points.iter().enumerate() {
            require(
                point.iter().all(|value| value.is_finite()),
                "points",
                format!("{point:?} at index {i}"),
                "two finite numbers each",
            )?;
        }
        // In f64 no difference of two finite numbers overflows.
        let range = |axis: usize| {
            let values = points.iter().map(|point| point[axis] as f64);
            let (low, high) = values.fold((f64::MAX, f64::MIN), |(low, high), value| {
                (low.min(value), high.max(value))
            });
            (0.5 * (low + high), 0.5 * (high - low))
        };
        let [(x, width), (y, height)] = [range(0), range(1)];
        let half = width.max(height);
        let scale = if half > 0.0 { EXTENT / half } else { 0.0 };
        let place = |value: f32, centre: f64| ((value as f64 - centre) * scale) as f32;
        let points = points
            .iter()
            .map(|&[px, py]| [place(px, x), place(py, y)])
            .collect();
        Ok(Self { points })
    }

    pub fn points(&self) -> &[[f32; 2]] {
        &self.points
    }
}

impl DataSet for PointSet {
    fn count(&self) -> usize {
        self.points.len()
    }

    fn shape(&self) -> [usize; 3] {
        [2, 1, 1]
    }

    fn classes(&self) -> u32 {
        0
    }

    fn label(&self, _index: usize) -> Option<u8> {
        None
    }

    fn x_0(&self, indices: &[usize], device: &Device) -> Tensor<4> {
        let values: Vec<f32> = indices.iter().flat_map(|&i| self.points[i]).collect();
        Tensor::from_data(TensorData::new(values, [indices.len(), 2, 1, 1]), device)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_a_function_of_the_seed_and_fills_the_view() {
        for shape in PointShape::ALL {
            let set = PointSet::generate(shape, 4000, 1).unwrap();
            assert_eq!(set, PointSet::generate(shape, 4000, 1).unwrap());
            assert_ne!(set, PointSet::generate(shape, 4000, 2).unwrap());
            for axis in 0..2 {
                let values = set.points().iter().map(|point| point[axis]);
                let (low, high) = values.fold((0f32, 0f32), |(low, high), v| (low.min(v), high.max(v)));
                assert!(
                    (-2.0..-0.6).contains(&low) && (0.6..2.0).contains(&high),
                    "{shape:?} {low} {high}"
                );
            }
            assert_eq!(shape.name().parse(), Ok(shape));
        }
        let message = "moon".parse::<PointShape>().unwrap_err().to_string();
        assert!(message.contains("two-moons, swiss-roll"), "{message}");
    }

    #[test]
    fn gaussians_lie_around_their_modes() {
        let set = PointSet::generate(PointShape::EightGaussians, 4000, 1).unwrap();
        let mut hits = [0; 8];
        for [x, y] in set.points() {
            let near = |[a, b]: [f32; 2]| (x - a).hypot(y - b) < 4.5 * 0.1;
            hits[PointShape::modes()
                .into_iter()
                .position(near)
                .expect("a mode within 4.5 deviations")] += 1;
        }
        assert!(hits.iter().all(|hits| (400..600).contains(hits)), "{hits:?}");
    }

    #[test]
    fn half_of_the_board_stays_empty() {
        let set = PointSet::generate(PointShape::Checkerboard, 4000, 1).unwrap();
        for [x, y] in set.points() {
            let square = |v: &f32| ((v + 1.5) / 0.75).floor() as u32;
            assert_eq!((square(x) + square(y)) % 2, 0, "({x}, {y})");
        }
    }

    #[test]
    fn given_points_are_checked_and_scaled() {
        let set = PointSet::given(&[[10.0, 5.0], [14.0, 6.0], [12.0, 5.5]]).unwrap();
        assert_eq!(set.points(), [[-1.5, -0.375], [1.5, 0.375], [0.0, 0.0]]);
        assert_eq!(
            PointSet::given(&[[7.0, -3.0]; 2]).unwrap().points(),
            [[0.0; 2]; 2]
        );
        let wide = PointSet::given(&[[f32::MAX, 0.0], [f32::MIN, 0.0]]).unwrap();
        assert_eq!(wide.points(), [[1.5, 0.0], [-1.5, 0.0]]);
        let message = |points: &[[f32; 2]]| PointSet::given(points).unwrap_err().to_string();
        assert!(message(&[]).contains("points is 0 long"));
        assert!(message(&[[0.0; 2], [f32::NAN, 1.0]]).contains("at index 1"));
    }

    #[test]
    fn points_are_images_of_one_pixel() {
        let set = PointSet::given(&[[0.0, 0.0], [2.0, 1.0]]).unwrap();
        let x_0 = set.x_0(&[1, 0, 1], &Device::flex());
        assert_eq!(x_0.dims(), [3, 2, 1, 1]);
        let values = x_0.into_data().try_to_vec::<f32>().unwrap();
        assert_eq!(values, [1.5, 0.75, -1.5, -0.75, 1.5, 0.75]);
    }
}
