use std::collections::BTreeMap;

use burn::tensor::{TensorData, bf16, f16};
use proptest::prelude::*;
use safetensors::SafeTensors;

use super::*;

/// A file with this header and data.
fn file(header: &str, data: &[u8]) -> Vec<u8> {
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.extend(data);
    file
}

fn entry(name: &str, dtype: &str, shape: &str, begin: u64, end: u64) -> String {
    format!(r#""{name}":{{"dtype":"{dtype}","shape":{shape},"data_offsets":[{begin},{end}]}}"#)
}

fn header(entries: &[String]) -> String {
    format!("{{{}}}", entries.join(","))
}

/// Two tensors: `a` `[2]` and `b` `[1, 2]`.
fn valid() -> Vec<u8> {
    let entries = [entry("a", "F32", "[2]", 0, 8), entry("b", "F16", "[1,2]", 8, 12)];
    let mut data: Vec<u8> = [1.5f32, -2.0].into_iter().flat_map(f32::to_le_bytes).collect();
    data.extend(
        [0.5f32, 3.0]
            .into_iter()
            .flat_map(|v| f16::from_f32(v).to_le_bytes()),
    );
    file(&header(&entries), &data)
}

fn read_in_pieces(file: &[u8], length: Option<u64>, piece: usize) -> Result<File, SafetensorsError> {
    let mut reader = Reader::new(length);
    for bytes in file.chunks(piece) {
        reader.feed(bytes)?;
    }
    reader.finish()
}

/// The error of a file, the same from a slice and, but for what only a known length can tell, from a stream.
fn error(file: &[u8]) -> String {
    let whole = read(file).unwrap_err().to_string();
    for piece in [1, 3, 1000] {
        let known = read_in_pieces(file, Some(file.len() as u64), piece);
        assert_eq!(known.unwrap_err().to_string(), whole);
        assert!(read_in_pieces(file, None, piece).is_err());
    }
    whole
}

#[test]
fn every_type_becomes_f32_in_pieces_of_any_size() {
    let values = [0.0f32, -0.0, 1.0, -1.5, 65504.0, 1e-7];
    let entries = [
        entry("half", "F16", "[2,3]", 0, 12),
        entry("none", "F32", "[0,4]", 12, 12),
        entry("brain", "BF16", "[6]", 12, 24),
        entry("one", "F32", "[]", 24, 28),
        entry("last", "BF16", "[3,0]", 28, 28),
    ];
    let mut data = Vec::new();
    data.extend(values.iter().flat_map(|&v| f16::from_f32(v).to_le_bytes()));
    data.extend(values.iter().flat_map(|&v| bf16::from_f32(v).to_le_bytes()));
    data.extend(7.25f32.to_le_bytes());
    let header = format!(
        "{}   ",
        header(&entries).replacen('{', r#"{"__metadata__":{"k":"v"},"#, 1)
    );
    let file = file(&header, &data);
    let whole = read(&file).unwrap();
    assert_eq!(whole.metadata, [("k".to_string(), "v".to_string())].into());
    let tensor = |name: &str| {
        let data = &whole.tensors[name];
        (data.shape().to_vec(), data.try_to_vec::<f32>().unwrap())
    };
    let half = vec![0.0, -0.0, 1.0, -1.5, 65504.0, f16::from_f32(1e-7).to_f32()];
    assert_eq!(tensor("half"), (vec![2, 3], half));
    assert_eq!(tensor("brain").1[3..5], [-1.5, bf16::from_f32(65504.0).to_f32()]);
    assert_eq!(tensor("one"), (vec![], vec![7.25]));
    assert_eq!(tensor("none"), (vec![0, 4], vec![]));
    assert_eq!(tensor("last"), (vec![3, 0], vec![]));
    for piece in 1..file.len() {
        for length in [None, Some(file.len() as u64)] {
            assert_eq!(read_in_pieces(&file, length, piece).unwrap(), whole);
        }
    }
}

#[test]
fn progress_tells_the_length_as_soon_as_the_header_does() {
    let file = valid();
    let begin = file.len() - 12;
    let mut reader = Reader::new(None);
    let progress = reader.feed(&file[..begin - 1]).unwrap();
    assert_eq!((progress.total, reader.header()), (None, None));
    let progress = reader.feed(&file[begin - 1..begin + 9]).unwrap();
    let expected = Progress {
        received: begin as u64 + 9,
        total: Some(file.len() as u64),
        tensors: 1,
    };
    assert_eq!(progress, expected);
    assert_eq!(reader.header().unwrap().tensors[1].name, "b");
    assert_eq!(reader.feed(&file[begin + 9..]).unwrap().tensors, 2);
    assert_eq!(reader.finish().unwrap().tensors.len(), 2);
}

#[test]
fn a_header_that_is_cut_or_too_long_is_refused() {
    assert!(error(&[]).contains("ends after 0 bytes"));
    assert!(error(&[1, 0, 0]).contains("ends after 3 bytes"));
    let longest = (1u64 << 60).to_le_bytes();
    assert!(error(&longest).contains("claims to be 1152921504606846976 bytes long"));
    assert!(error(&(MAX_HEADER + 1).to_le_bytes()).contains("at most 100000000"));
    let mut cut = 50u64.to_le_bytes().to_vec();
    cut.extend(b"{}");
    assert!(error(&cut).contains("claims to be 50 bytes long, but only 2 bytes follow"));
}

#[test]
fn other_formats_are_known_by_their_first_bytes() {
    assert!(error(b"PK\x03\x04\x14\x00\x08\x08rest").contains("zip archive"));
    assert!(error(b"version https://git-lfs.github.com/spec/v1").contains("Git LFS pointer"));
    assert!(error(b"<!DOCTYPE html>").contains("web page"));
    assert!(error(b"\x80\x02}q\x00(X\x0f\x00").contains("pickle"));
}

#[test]
fn a_header_that_is_not_one_is_refused() {
    let says = |header: &str, what: &str| {
        let found = error(&file(header, &[]));
        assert!(found.contains(what), "{found:?} does not say {what:?}");
    };
    says("", "cannot be read");
    says("[]", "an object of tensors");
    says("{\"a\":", "cannot be read");
    says(r#"{"a": {"dtype": "F32", "shape": [-1]}}"#, "\"a\"");
    says(r#"{"__metadata__": {"k": 1}}"#, "\"__metadata__\"");
    says(&"[".repeat(100_000), "cannot be read");
    says(
        &header(&[entry("n", "I64", "[1]", 0, 8)]),
        "\"n\" has type I64, but must have F32, F16 or BF16",
    );
    let twice = [entry("a", "F32", "[0]", 0, 0), entry("a", "F32", "[0]", 0, 0)];
    says(&header(&twice), "names the tensor \"a\" twice");
    let long = "x".repeat(10_000);
    assert!(error(&file(&header(&[entry(&long, "I8", "[]", 0, 1)]), &[0])).len() < 400);
}

#[test]
fn offsets_that_do_not_follow_each_other_are_refused() {
    let says = |entries: &[String], what: &str| {
        let found = error(&file(&header(entries), &[0; 16]));
        assert!(found.contains(what), "{found:?} does not say {what:?}");
    };
    let a = entry("a", "F32", "[2]", 0, 8);
    says(
        &[a.clone(), entry("b", "F32", "[2]", 4, 12)],
        "\"b\" begins at offset 4, before the end of \"a\" at 8",
    );
    says(
        &[a.clone(), entry("b", "F32", "[1]", 12, 16)],
        "\"b\" begins at offset 12, but must begin at 8",
    );
    says(
        &[entry("a", "F32", "[2]", 8, 16)],
        "\"a\" begins at offset 8, but must begin at 0",
    );
    says(
        &[entry("a", "F32", "[3]", 0, 8)],
        "\"a\" needs 12 bytes for its type and shape, but its offsets 0..8 span 8",
    );
    says(&[entry("a", "F32", "[1]", 0, 0), a.clone()], "twice");
    let backwards = [entry("a", "F32", "[]", 0, 4), entry("b", "F32", "[]", 4, 0)];
    says(
        &backwards,
        "\"b\" needs 4 bytes for its type and shape, but its offsets 4..0 span less than none",
    );
    let huge = format!("[{}, 4]", 1u64 << 62);
    says(
        &[entry("a", "F32", &huge, 0, 8)],
        "more elements than can be counted",
    );
    says(&[a], "describes");
}

#[test]
fn data_that_is_cut_names_the_tensor() {
    let valid = valid();
    let says = |missing: usize, what: &str| {
        let cut = &valid[..valid.len() - missing];
        let found = error(cut);
        assert!(found.contains(what), "{found:?} does not say {what:?}");
        let streamed = read_in_pieces(cut, None, 5).unwrap_err().to_string();
        assert_eq!(streamed, found);
    };
    says(1, "truncated in tensor \"b\": 3 of its 4 bytes");
    says(4, "truncated in tensor \"b\": 0 of its 4 bytes");
    says(9, "truncated in tensor \"a\": 3 of its 8 bytes");
    let mut longer = valid.clone();
    longer.push(0);
    assert!(error(&longer).contains("goes on after its last tensor"));
}

#[test]
fn after_an_error_there_is_no_way_on() {
    let mut reader = Reader::new(None);
    assert!(reader.feed(&[255; 8]).is_err());
    assert!(matches!(reader.feed(&valid()), Err(SafetensorsError::Refused)));
    assert!(matches!(reader.finish(), Err(SafetensorsError::Refused)));
}

/// Names, shapes and values of a file.
fn contents() -> impl Strategy<Value = BTreeMap<String, TensorData>> {
    let shape = prop::collection::vec(0usize..4, 0..4);
    let tensor = (shape, any::<u32>()).prop_map(|(shape, seed)| {
        let count = shape.iter().product::<usize>() as u32;
        let values: Vec<f32> = (0..count)
            .map(|i| f32::from_bits(seed.wrapping_mul(i + 1) & 0x7f7f_ffff))
            .collect();
        TensorData::new(values, shape)
    });
    prop::collection::btree_map(".{0,12}", tensor, 0..6).prop_map(|map| {
        map.into_iter()
            .filter(|(name, _)| name != "__metadata__")
            .collect()
    })
}

proptest! {
    /// What is written is read back bit by bit, here and by the format's reference implementation.
    #[test]
    fn what_is_written_is_read(
        contents in contents(),
        metadata in prop::collection::btree_map(".{0,8}", ".{0,8}", 0..3),
        piece in 1usize..50,
    ) {
        let file = write(contents.iter().map(|(name, data)| (name.clone(), data)), &metadata);
        let own = read_in_pieces(&file, None, piece).unwrap();
        prop_assert_eq!(&own.metadata, &metadata);
        prop_assert_eq!(own.tensors.len(), contents.len());
        let reference = SafeTensors::deserialize(&file).unwrap();
        prop_assert_eq!(reference.len(), contents.len());
        for (name, data) in &contents {
            prop_assert_eq!(own.tensors[name].as_bytes(), data.as_bytes());
            prop_assert_eq!(own.tensors[name].shape(), data.shape());
            let view = reference.tensor(name).unwrap();
            prop_assert_eq!(view.data(), data.as_bytes());
            prop_assert_eq!(view.shape(), data.shape().as_slice());
        }
    }

    #[test]
    fn arbitrary_bytes_give_an_error_or_a_file(bytes in prop::collection::vec(any::<u8>(), 0..200), piece in 1usize..50) {
        let _ = read(&bytes);
        let _ = read_in_pieces(&bytes, None, piece);
    }

    /// With a plausible length in front.
    #[test]
    fn arbitrary_headers_give_an_error_or_a_file(header in ".{0,200}", data in prop::collection::vec(any::<u8>(), 0..50)) {
        let _ = read(&file(&header, &data));
        let _ = read(&file(&format!("{{{header}}}"), &data));
    }

    /// What the reader accepts of a damaged file, the reference implementation accepts too.
    #[test]
    fn damaged_files_give_an_error_or_a_file(
        contents in contents(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
        is_cut in any::<bool>(),
        piece in 1usize..50,
    ) {
        let mut file = write(contents.iter().map(|(name, data)| (name.clone(), data)), &BTreeMap::new());
        for (index, value) in changes {
            let index = index.index(file.len());
            file[index] = value;
        }
        if is_cut {
            file.truncate(cut.index(file.len()));
        }
        let own = read(&file);
        prop_assert_eq!(read_in_pieces(&file, Some(file.len() as u64), piece).is_ok(), own.is_ok());
        prop_assert_eq!(read_in_pieces(&file, None, piece).is_ok(), own.is_ok());
        if own.is_ok() {
            prop_assert!(SafeTensors::deserialize(&file).is_ok());
        }
    }

    /// Numbers of the header replaced by others: lengths, shapes and offsets that the file does not bear out.
    #[test]
    fn claimed_numbers_give_an_error_or_a_file(dims in prop::collection::vec(any::<u64>(), 0..4), begin in any::<u64>(), end in any::<u64>()) {
        let entries = [entry("a", "F32", &format!("{dims:?}"), begin, end)];
        let _ = read_in_pieces(&file(&header(&entries), &[0; 64]), None, 7);
        let entries = [entry("a", "BF16", &format!("{dims:?}"), 0, end)];
        let _ = read(&file(&header(&entries), &[0; 64]));
    }
}
