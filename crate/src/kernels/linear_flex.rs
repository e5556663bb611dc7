//! The linear map on the CPU: one matrix product forward, two back.

use burn_flex::{Flex, FlexTensor};

use super::flex::{Matrix, add_product, in_order, tensor, values};
use super::linear::{LinearMap, LinearMapGrad, with_last};

/// With so few rows most of the time would go into bringing the weight into another order, which a product does for the
/// side that has the result's columns. So its transpose is computed.
const FEW: usize = 128;

impl LinearMap for Flex {
    fn linear_map(x: FlexTensor, weight: FlexTensor, bias: FlexTensor) -> FlexTensor {
        let [x, weight, bias] = [x, weight, bias].map(in_order);
        let (input, output) = (weight.layout().shape()[1], weight.layout().shape()[0]);
        let rows = values(&x).len() / input;
        let x_matrix = Matrix::new(values(&x), rows, input);
        let weight_matrix = Matrix::new(values(&weight), output, input);
        let y = if (2..=FEW).contains(&rows) {
            let mut columns = vec![0.0; output * rows];
            for (column, bias) in columns.chunks_mut(rows).zip(values(&bias)) {
                column.fill(*bias);
            }
            add_product(&mut columns, rows, weight_matrix, x_matrix.transposed());
            transposed(&columns, rows)
        } else {
            let mut y = values(&bias).repeat(rows);
            add_product(&mut y, output, x_matrix, weight_matrix.transposed());
            y
        };
        tensor(y, with_last(x.layout().shape(), output))
    }
}

impl LinearMapGrad for Flex {
    fn linear_map_grads(
        grad: FlexTensor,
        weight: FlexTensor,
        x: FlexTensor,
    ) -> (FlexTensor, FlexTensor, FlexTensor) {
        let [grad, weight] = [grad, weight].map(in_order);
        let (input, output) = (weight.layout().shape()[1], weight.layout().shape()[0]);
        let rows = values(&grad).len() / output;
        let mut of_x = vec![0.0; rows * input];
        let grad_matrix = Matrix::new(values(&grad), rows, output);
        add_product(
            &mut of_x,
            input,
            grad_matrix,
            Matrix::new(values(&weight), output, input),
        );
        let of_x = tensor(of_x, with_last(grad.layout().shape(), input));
        let (of_weight, of_bias) = Self::linear_map_weight_grad(x, grad);
        (of_x, of_weight, of_bias)
    }

    fn linear_map_weight_grad(x: FlexTensor, grad: FlexTensor) -> (FlexTensor, FlexTensor) {
        let [x, grad] = [x, grad].map(in_order);
        let [input, output] = [&x, &grad].map(|tensor| *tensor.layout().shape().last().expect("a dimension"));
        let rows = values(&x).len() / input;
        let mut of_weight = vec![0.0; output * input];
        let grad_matrix = Matrix::new(values(&grad), rows, output).transposed();
        add_product(
            &mut of_weight,
            input,
            grad_matrix,
            Matrix::new(values(&x), rows, input),
        );
        let mut of_bias = vec![0.0; output];
        for row in values(&grad).chunks(output) {
            of_bias.iter_mut().zip(row).for_each(|(sum, grad)| *sum += grad);
        }
        (tensor(of_weight, [output, input]), tensor(of_bias, [output]))
    }
}

/// A matrix with so many columns, and columns in the place of its rows. Four columns at a time are read together.
fn transposed(matrix: &[f32], columns: usize) -> Vec<f32> {
    let rows = matrix.len() / columns;
    let mut out = vec![0.0; matrix.len()];
    for (i, out) in out.chunks_mut(4 * rows).enumerate() {
        for (row, from) in matrix.chunks(columns).enumerate() {
            for (k, value) in from[4 * i..].iter().take(4).enumerate() {
                out[k * rows + row] = *value;
            }
        }
    }
    out
}
