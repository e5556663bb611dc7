//! Writing a file that every reader of the format opens.

use std::collections::BTreeMap;

use burn::tensor::TensorData;
use serde_json::{Map, Value, json};

use super::Dtype;
use super::header::METADATA;
use crate::model::parameters::f32_values;

/// The file that holds `tensors` as F32, in their order, and the texts of `metadata`. Names must be unique.
pub fn write<'a>(
    tensors: impl Iterator<Item = (String, &'a TensorData)> + Clone,
    metadata: &BTreeMap<String, String>,
) -> Vec<u8> {
    write_as(Dtype::F32, tensors, metadata)
}

/// [`write()`] with elements of the type `dtype`. What is too large for it becomes an infinity.
pub fn write_as<'a>(
    dtype: Dtype,
    tensors: impl Iterator<Item = (String, &'a TensorData)> + Clone,
    metadata: &BTreeMap<String, String>,
) -> Vec<u8> {
    let mut header = Map::new();
    if !metadata.is_empty() {
        header.insert(METADATA.into(), json!(metadata));
    }
    let mut end = 0;
    for (name, data) in tensors.clone() {
        let begin = end;
        end += dtype.size() * data.num_elements();
        let shape = data.shape().to_vec();
        let entry = json!({"dtype": dtype.name(), "shape": shape, "data_offsets": [begin, end]});
        header.insert(name, entry);
    }
    let mut header = Value::Object(header).to_string().into_bytes();
    // Tensors begin at a multiple of 8.
    header.resize(header.len().next_multiple_of(8), b' ');

    let mut file = Vec::with_capacity(8 + header.len() + end);
    file.extend((header.len() as u64).to_le_bytes());
    file.extend(header);
    for (_, data) in tensors {
        dtype.write(&f32_values(data), &mut file);
    }
    file
}
