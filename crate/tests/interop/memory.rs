//! How much memory importing takes, counted by the allocator, thread by thread.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use burn::tensor::Device;
use diffusion_playground::interop::safetensors::Reader;
use diffusion_playground::interop::{Import, Part, PublishedConfig, export};
use diffusion_playground::model::{Preset, Trainable};
use diffusion_playground::train::{Checkpoint, TrainConfig};

struct Counting;

thread_local! {
    static HELD: Cell<isize> = const { Cell::new(0) };
    static PEAK: Cell<isize> = const { Cell::new(0) };
}

fn count(bytes: isize) {
    // A thread that is ending has no counters any more.
    let _ = HELD.try_with(|held| {
        held.set(held.get() + bytes);
        let _ = PEAK.try_with(|peak| peak.set(peak.get().max(held.get())));
    });
}

#[expect(
    unsafe_code,
    reason = "the allocator's interface is; every call is handed on to the system's"
)]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes that `work` holds at any time on this thread.
fn peak_of(work: impl FnOnce()) -> usize {
    let before = HELD.get();
    PEAK.set(before);
    work();
    (PEAK.get() - before) as usize
}

fn header(dtype: &str, tensors: usize, elements: usize, size: usize) -> Vec<u8> {
    let entries: Vec<String> = (0..tensors)
        .map(|i| {
            let (begin, end) = (i * elements * size, (i + 1) * elements * size);
            format!(
                r#""tensor.{i}":{{"dtype":"{dtype}","shape":[{elements}],"data_offsets":[{begin},{end}]}}"#
            )
        })
        .collect();
    let json = format!("{{{}}}", entries.join(","));
    [&(json.len() as u64).to_le_bytes(), json.as_bytes()].concat()
}

/// A file of 100 MB, whose bytes nobody else holds, is never held twice over.
#[test]
fn a_file_of_100_megabytes_takes_less_than_twice_its_size() {
    const DATA: usize = 100_000_000;
    let piece = vec![0u8; 1_000_000];
    for (dtype, size, most) in [("F32", 4, 1.01), ("BF16", 2, 2.01)] {
        for tensors in [1, 50] {
            let header = header(dtype, tensors, DATA / size / tensors, size);
            let length = (header.len() + DATA) as u64;
            let peak = peak_of(|| {
                let mut reader = Reader::new(Some(length));
                reader.feed(&header).unwrap();
                for _ in 0..DATA / piece.len() {
                    reader.feed(&piece).unwrap();
                }
                assert_eq!(reader.finish().unwrap().tensors.len(), tensors);
            });
            let bound = (most * length as f64) as usize;
            assert!(
                peak < bound,
                "{dtype}: {peak} bytes at the peak, at most {bound} expected"
            );
        }
    }
}

/// A network of 11 MB takes its weights and little else: none are drawn at random in whose place they would come.
#[test]
fn a_network_takes_its_file_and_a_tensor() {
    let model = Trainable::init(Preset::Unet, 0, &Device::flex()).unwrap();
    let config = PublishedConfig::of(&model).unwrap();
    let weights = super::weights_of(&model);
    drop(model);
    let part = Part {
        config: &config,
        weights: &weights,
    };
    let export = export(&[part], None).unwrap();
    let largest = weights.values().map(|data| data.as_bytes().len()).max().unwrap();
    drop(weights);
    let file = super::file(&export, "unet/diffusion_pytorch_model.safetensors");
    let peak = peak_of(|| {
        let length = Some(file.len() as u64);
        let config = super::text(&export, "unet/config.json");
        let mut import = Import::begin(Some(config), length, &Device::flex()).unwrap();
        for piece in file.chunks(100_000) {
            import.feed(piece).unwrap();
        }
        import.finish().unwrap();
    });
    let bound = file.len() + largest + 1_000_000;
    assert!(
        peak < bound,
        "{peak} bytes at the peak, at most {bound} expected of {}",
        file.len()
    );
}

/// A run's checkpoint of 44 MB, read piece by piece: all of it is kept, to go on with, and one of its four parts becomes
/// the network.
#[test]
fn a_checkpoint_takes_less_than_twice_its_file() {
    let model = Trainable::init(Preset::Unet, 0, &Device::flex()).unwrap();
    let weights = super::weights_of(&model);
    drop(model);
    let file = Checkpoint::from_weights(TrainConfig::default(), weights, None)
        .to_file()
        .unwrap();
    let peak = peak_of(|| {
        let mut reader = Reader::new(Some(file.len() as u64));
        for piece in file.chunks(100_000) {
            reader.feed(piece).unwrap();
        }
        let checkpoint = Checkpoint::from_file(reader.finish().unwrap()).unwrap();
        checkpoint.ema_network(&Device::flex()).unwrap();
    });
    let bound = file.len() + file.len() / 2;
    assert!(peak < bound, "{peak} bytes at the peak, at most {bound} expected");
}

/// Without a known length, a claim of a terabyte costs as much as the bytes that came.
#[test]
fn nothing_is_allocated_for_lengths_that_are_only_claimed() {
    let header = header("F32", 1, 1 << 40, 4);
    let peak = peak_of(|| {
        let mut reader = Reader::new(None);
        reader.feed(&header).unwrap();
        reader.feed(&[0; 1000]).unwrap();
        assert!(reader.finish().unwrap_err().to_string().contains("truncated"));
    });
    assert!(peak < 200_000, "{peak} bytes");
    let peak = peak_of(|| {
        let mut reader = Reader::new(None);
        reader.feed(&100_000_000u64.to_le_bytes()).unwrap();
        reader.feed(b"{\"a\": ").unwrap();
        assert!(reader.finish().is_err());
    });
    assert!(peak < 10_000, "{peak} bytes");
}
