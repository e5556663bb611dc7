//! Convolution on the CPU: the pixels under each tap as rows of a matrix, and one matrix product a strip of the image.

use std::borrow::Cow;

use burn_flex::{Flex, FlexTensor};

use super::conv::{Addend, ConvShape, Convolution, ConvolutionGrad};
use super::flex::{Matrix, add_product, fill_parts, in_order, sizes, sum_of, tensor, values};

/// Entries of a strip's matrix: what stays in a core's second cache.
const STRIP: usize = 1 << 16;
/// Images whose gradients of the weight are one sum. Cores share such groups, and the sum does not depend on their number.
const GROUP: usize = 4;

/// Where the taps of a convolution's kernel lie in an image of `channels` planes.
#[derive(Clone, Copy)]
struct Taps {
    channels: usize,
    height: usize,
    width: usize,
    kernel: usize,
    stride: usize,
    padding: usize,
    /// Of the output.
    rows: usize,
    columns: usize,
}

/// What of a row of outputs has its tap inside the image: these columns, from this source on.
type Inside = (std::ops::Range<usize>, usize);

impl Taps {
    fn new([_, channels, height, width]: [usize; 4], kernel: usize, shape: ConvShape) -> Self {
        Self {
            channels,
            height: shape.up * height,
            width: shape.up * width,
            kernel,
            stride: shape.stride,
            padding: shape.padding,
            rows: shape.output(height, kernel),
            columns: shape.output(width, kernel),
        }
    }

    fn plane(&self) -> usize {
        self.height * self.width
    }

    fn pixels(&self) -> usize {
        self.rows * self.columns
    }

    /// Taps in all channels.
    fn depth(&self) -> usize {
        self.channels * self.kernel * self.kernel
    }

    /// Whether the matrix of the taps is the image itself.
    fn are_pixels(&self) -> bool {
        self.kernel == 1 && self.stride == 1 && self.padding == 0
    }

    /// Rows of a strip of the output.
    fn strip(&self) -> usize {
        (STRIP / (self.depth() * self.columns)).clamp(1, self.rows)
    }

    /// The first row and the number of rows of every strip.
    fn strips(self) -> impl Iterator<Item = (usize, usize)> {
        let strip = self.strip();
        let starts = (0..self.rows).step_by(strip);
        starts.map(move |start| (start, strip.min(self.rows - start)))
    }

    /// Calls `visit` with the place of every row of a strip's matrix, one row of the output at a time: where it begins in
    /// the matrix, where in the image, and what of it is inside.
    #[inline(always)]
    fn visit(&self, first: usize, rows: usize, mut visit: impl FnMut(usize, Option<Inside>)) {
        let (stride, padding) = (self.stride, self.padding);
        let mut place = 0;
        for channel in 0..self.channels {
            for tap in 0..self.kernel * self.kernel {
                let (down, right) = (tap / self.kernel, tap % self.kernel);
                let begin = padding.saturating_sub(right).div_ceil(stride).min(self.columns);
                let end = (self.width + padding).saturating_sub(right).div_ceil(stride);
                let end = end.clamp(begin, self.columns);
                for row in first..first + rows {
                    let y = (row * stride + down).checked_sub(padding);
                    let y = y.filter(|&y| y < self.height && begin < end);
                    let inside = y.map(|y| {
                        let x = begin * stride + right - padding;
                        (begin..end, channel * self.plane() + y * self.width + x)
                    });
                    visit(place, inside);
                    place += self.columns;
                }
            }
        }
    }

    /// The matrix of a strip: a row for each tap, a column for each pixel of the output.
    fn gather(&self, image: &[f32], (first, rows): (usize, usize), matrix: &mut [f32]) {
        if self.stride == 1 && self.columns == self.width {
            return self.gather_shifted(image, (first, rows), matrix);
        }
        self.visit(first, rows, |place, inside| {
            let row = &mut matrix[place..place + self.columns];
            let Some((inside, source)) = inside else {
                return row.fill(0.0);
            };
            row[..inside.start].fill(0.0);
            row[inside.end..].fill(0.0);
            let from = &image[source..];
            for (to, from) in row[inside].iter_mut().zip(from.iter().step_by(self.stride)) {
                *to = *from;
            }
        });
    }

    /// The same where the output is as wide as the image: a row of the matrix is a plane's piece, shifted by its tap, and
    /// what has come round from the image's other edge is 0.
    fn gather_shifted(&self, image: &[f32], (first, rows): (usize, usize), matrix: &mut [f32]) {
        let (kernel, width, padding) = (self.kernel, self.width, self.padding);
        for (i, row) in matrix.chunks_mut(rows * width).enumerate() {
            let plane = &image[i / (kernel * kernel) * self.plane()..][..self.plane()];
            let (down, right) = (i / kernel % kernel, i % kernel);
            // The source of the row's first entry, and how much both lie behind their beginnings by.
            let (source, target) = ((first + down) * width + right, padding * (width + 1));
            let begin = target.saturating_sub(source).min(row.len());
            let end = (plane.len() + target)
                .saturating_sub(source)
                .clamp(begin, row.len());
            row[..begin].fill(0.0);
            if begin < end {
                row[begin..end].copy_from_slice(&plane[source + begin - target..][..end - begin]);
            }
            row[end..].fill(0.0);
            for row in row.chunks_mut(width).filter(|_| right != padding) {
                row[..padding.saturating_sub(right)].fill(0.0);
                row[width - right.saturating_sub(padding)..].fill(0.0);
            }
        }
    }

    /// Adds each entry of a strip's matrix to the pixel that it would be gathered from.
    fn scatter(&self, matrix: &[f32], (first, rows): (usize, usize), image: &mut [f32]) {
        self.visit(first, rows, |place, inside| {
            let Some((inside, target)) = inside else { return };
            let row = &matrix[place..place + self.columns][inside];
            for (from, to) in row.iter().zip(image[target..].iter_mut().step_by(self.stride)) {
                *to += from;
            }
        });
    }

    /// Calls `work` with the strip and its matrix, for each strip of an image.
    fn each_strip(&self, image: &[f32], mut work: impl FnMut((usize, usize), Matrix)) {
        if self.are_pixels() {
            return work((0, self.rows), Matrix::new(image, self.depth(), self.pixels()));
        }
        let mut scratch = vec![0.0; self.depth() * self.strip() * self.columns];
        for strip in self.strips() {
            let pixels = strip.1 * self.columns;
            let matrix = &mut scratch[..self.depth() * pixels];
            self.gather(image, strip, matrix);
            work(strip, Matrix::new(matrix, self.depth(), pixels));
        }
    }
}

impl Convolution for Flex {
    fn convolution(
        x: FlexTensor,
        weight: FlexTensor,
        bias: FlexTensor,
        addend: FlexTensor,
        shape: ConvShape,
    ) -> FlexTensor {
        let [x, weight, bias, addend] = [x, weight, bias, addend].map(in_order);
        let ([batch, ..], [output, _, kernel, _]) = (sizes(&x), sizes(&weight));
        let taps = Taps::new(sizes(&x), kernel, shape);
        let pixels = taps.pixels();
        let images = upsampled(&x, shape.up);
        let image = taps.channels * taps.plane();
        let matrix = Matrix::new(values(&weight), output, taps.depth());
        let mut y = vec![0.0; batch * output * pixels];
        fill_parts(&mut y, output * pixels, |i, y| {
            for (channel, (y, bias)) in y.chunks_mut(pixels).zip(values(&bias)).enumerate() {
                let part = i * output + channel;
                match shape.addend {
                    Addend::Nothing => y.fill(*bias),
                    Addend::EachChannel => y.fill(bias + values(&addend)[part]),
                    Addend::EachPixel => {
                        let addend = &values(&addend)[part * pixels..][..pixels];
                        y.iter_mut()
                            .zip(addend)
                            .for_each(|(y, addend)| *y = bias + addend);
                    }
                }
            }
            taps.each_strip(&images[i * image..][..image], |(row, _), strip| {
                add_product(&mut y[row * taps.columns..], pixels, matrix, strip);
            });
        });
        tensor(y, [batch, output, taps.rows, taps.columns])
    }
}

impl ConvolutionGrad for Flex {
    fn convolution_input_grad(
        grad: FlexTensor,
        weight: FlexTensor,
        height: usize,
        width: usize,
        shape: ConvShape,
    ) -> FlexTensor {
        let [grad, weight] = [grad, weight].map(in_order);
        let ([batch, ..], [output, input, kernel, _]) = (sizes(&grad), sizes(&weight));
        let taps = Taps::new([batch, input, height, width], kernel, shape);
        let pixels = taps.pixels();
        let matrix = Matrix::new(values(&weight), output, taps.depth()).transposed();
        let mut of_x = vec![0.0; batch * input * height * width];
        fill_parts(&mut of_x, input * height * width, |i, of_x| {
            let grad = &values(&grad)[i * output * pixels..][..output * pixels];
            if taps.are_pixels() && shape.up == 1 {
                return add_product(of_x, pixels, matrix, Matrix::new(grad, output, pixels));
            }
            let mut whole = vec![0.0; input * taps.plane()];
            let mut scratch = vec![0.0; taps.depth() * taps.strip() * taps.columns];
            for strip in taps.strips() {
                let (first, count) = (strip.0 * taps.columns, strip.1 * taps.columns);
                let scratch = &mut scratch[..taps.depth() * count];
                scratch.fill(0.0);
                let grad = Matrix::of_columns(grad, output, pixels, first..first + count);
                add_product(scratch, count, matrix, grad);
                taps.scatter(scratch, strip, &mut whole);
            }
            match shape.up {
                1 => of_x.copy_from_slice(&whole),
                up => add_downsampled(&whole, up, width, of_x),
            }
        });
        tensor(of_x, [batch, input, height, width])
    }

    fn convolution_weight_grad(
        x: FlexTensor,
        grad: FlexTensor,
        kernel: usize,
        shape: ConvShape,
    ) -> (FlexTensor, FlexTensor) {
        let [x, grad] = [x, grad].map(in_order);
        let [batch, output, ..] = sizes(&grad);
        let taps = Taps::new(sizes(&x), kernel, shape);
        let (depth, pixels) = (taps.depth(), taps.pixels());
        let images = upsampled(&x, shape.up);
        let image = taps.channels * taps.plane();
        let count = output * (depth + 1);
        // Of each group of images, the weight's and after it the bias's.
        let mut sums = vec![0.0; batch.div_ceil(GROUP) * count];
        fill_parts(&mut sums, count, |group, sums| {
            let (of_weight, of_bias) = sums.split_at_mut(output * depth);
            for i in group * GROUP..batch.min((group + 1) * GROUP) {
                let grad = &values(&grad)[i * output * pixels..][..output * pixels];
                taps.each_strip(&images[i * image..][..image], |(row, rows), strip| {
                    let columns = row * taps.columns..(row + rows) * taps.columns;
                    let grad = Matrix::of_columns(grad, output, pixels, columns);
                    add_product(of_weight, depth, grad, strip.transposed());
                });
                for (sum, grad) in of_bias.iter_mut().zip(grad.chunks(pixels)) {
                    *sum += sum_of(grad, grad, |value, _| value);
                }
            }
        });
        let (all, others) = sums.split_at_mut(count);
        for group in others.chunks(count) {
            all.iter_mut().zip(group).for_each(|(sum, value)| *sum += value);
        }
        sums.truncate(count);
        let of_bias = sums.split_off(output * depth);
        (
            tensor(sums, [output, taps.channels, kernel, kernel]),
            tensor(of_bias, [output]),
        )
    }

    fn convolution_channel_grad(grad: FlexTensor) -> FlexTensor {
        let grad = in_order(grad);
        let [batch, output, height, width] = sizes(&grad);
        let channels = values(&grad).chunks(height * width);
        let sums = channels.map(|channel| sum_of(channel, channel, |value, _| value));
        tensor(sums.collect(), [batch, output, 1, 1])
    }
}

/// The images, where `up` is 2 with every pixel as 2x2.
fn upsampled(x: &FlexTensor, up: usize) -> Cow<'_, [f32]> {
    let (values, width) = (values(x), sizes(x)[3]);
    if up == 1 {
        return Cow::Borrowed(values);
    }
    let mut wide = Vec::with_capacity(up * up * values.len());
    for row in values.chunks(width) {
        for _ in 0..up {
            wide.extend(row.iter().flat_map(|&value| std::iter::repeat_n(value, up)));
        }
    }
    Cow::Owned(wide)
}

/// Adds to each pixel those that [`upsampled`] made of it.
fn add_downsampled(wide: &[f32], up: usize, width: usize, out: &mut [f32]) {
    for (i, row) in wide.chunks(up * width).enumerate() {
        let out = &mut out[i / up * width..][..width];
        for (out, values) in out.iter_mut().zip(row.chunks(up)) {
            *out += values.iter().sum::<f32>();
        }
    }
}
