//! How much a kernel has to do, which a launch does not tell: noted where it is launched, from the shapes there.

use std::any::type_name;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use burn_cubecl::tensor::CubeTensor;

use super::profile::lock;

/// What a launch has to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Work {
    /// The Rust type of its kernel.
    pub kernel: &'static str,
    pub flops: f64,
    pub bytes: f64,
}

static NOTING: AtomicBool = AtomicBool::new(false);
static NOTED: Mutex<Vec<Work>> = Mutex::new(Vec::new());

/// Notes that a launch of `Kernel` makes so many multiply-adds: a product, because it may be beyond a browser's 32 bits.
pub(crate) fn computes<Kernel>(factors: &[usize]) {
    note(type_name::<Kernel>(), factors, &[], 0);
}

/// Notes that a launch of `Kernel` reads or writes all of these tensors, and so many numbers of others.
pub(crate) fn moves<Kernel>(tensors: &[&CubeTensor], others: usize) {
    note(type_name::<Kernel>(), &[0], tensors, others);
}

/// Never inlined: it is called beside every launch.
#[inline(never)]
fn note(kernel: &'static str, factors: &[usize], tensors: &[&CubeTensor], others: usize) {
    if !NOTING.load(Ordering::Relaxed) {
        return;
    }
    let multiply_adds: f64 = factors.iter().map(|&factor| factor as f64).product();
    let numbers: usize = tensors.iter().map(|tensor| tensor.meta.num_elements()).sum();
    lock(&NOTED).push(Work {
        kernel,
        flops: 2.0 * multiply_adds,
        bytes: 4.0 * (numbers + others) as f64,
    });
}

/// While it exists work is noted; otherwise a note costs as much as looking whether it does.
pub(super) struct Noting(());

impl Noting {
    pub fn begin() -> Self {
        lock(&NOTED).clear();
        NOTING.store(true, Ordering::Relaxed);
        Self(())
    }

    /// What was noted.
    pub fn finish(self) -> Vec<Work> {
        std::mem::take(&mut lock(&NOTED))
    }
}

impl Drop for Noting {
    fn drop(&mut self) {
        NOTING.store(false, Ordering::Relaxed);
    }
}
