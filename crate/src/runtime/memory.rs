//! The GPU's memory that this program holds.

use burn::backend::DispatchDevice;
use burn::tensor::Device;
use cubecl_runtime::memory_management::MemoryScope;

/// Bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GpuMemory {
    /// Of tensors that somebody holds, and of what recordings go through.
    pub in_use: u64,
    /// Taken from the device, what is kept for tensors to come included.
    pub reserved: u64,
}

impl GpuMemory {
    /// That of now; nothing on the CPU.
    pub fn of(device: &Device) -> Self {
        let DispatchDevice::Cube(gpu) = device.as_dispatch() else {
            return Self::default();
        };
        let usage = gpu.client().memory_report(MemoryScope::Device).usage();
        Self {
            in_use: usage.bytes_in_use,
            reserved: usage.bytes_reserved,
        }
    }
}

/// Gives back what is kept for tensors to come.
pub fn give_back(device: &Device) {
    // What is still to be computed may hold some of it. A device that is lost says so where its results are read.
    let _ = device.flush();
    if let DispatchDevice::Cube(gpu) = device.as_dispatch() {
        let _ = gpu.client().memory_cleanup();
    }
}
