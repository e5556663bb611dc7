//! How much a kernel has to do, which a launch does not tell: noted where it is launched, from the shapes there.

use std::any::type_name;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use burn_cubecl::tensor::CubeTensor;

use super::profile::lock;

/// What all launches of a kernel have to do.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Work {
    pub flops: f64,
    pub bytes: f64,
}

static NOTING: AtomicBool = AtomicBool::new(false);
static NOTED: Mutex<BTreeMap<&str, Work>> = Mutex::new(BTreeMap::new());

/// Notes that a launch of `Kernel` makes so many multiply-adds: a product, because it may be beyond a browser's 32 bits.
pub(crate) fn computes<Kernel>(factors: &[usize]) {
    if NOTING.load(Ordering::Relaxed) {
        let multiply_adds: f64 = factors.iter().map(|&factor| factor as f64).product();
        note(type_name::<Kernel>(), 2.0 * multiply_adds, 0.0);
    }
}

/// Notes that a launch of `Kernel` reads or writes all of these tensors, and so many numbers of others.
pub(crate) fn moves<Kernel>(tensors: &[&CubeTensor], others: usize) {
    if NOTING.load(Ordering::Relaxed) {
        let numbers = tensors.iter().map(|tensor| tensor.meta.num_elements() as f64);
        note(
            type_name::<Kernel>(),
            0.0,
            4.0 * (numbers.sum::<f64>() + others as f64),
        );
    }
}

fn note(kernel: &'static str, flops: f64, bytes: f64) {
    let mut noted = lock(&NOTED);
    let work = noted.entry(kernel).or_default();
    work.flops += flops;
    work.bytes += bytes;
}

/// While it exists work is noted; otherwise a note costs as much as looking whether it does.
pub(super) struct Noting(());

impl Noting {
    pub fn begin() -> Self {
        lock(&NOTED).clear();
        NOTING.store(true, Ordering::Relaxed);
        Self(())
    }

    /// What was noted, by the kernel's Rust type.
    pub fn finish(self) -> BTreeMap<&'static str, Work> {
        std::mem::take(&mut lock(&NOTED))
    }
}

impl Drop for Noting {
    fn drop(&mut self) {
        NOTING.store(false, Ordering::Relaxed);
    }
}
