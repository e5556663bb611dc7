//! A computation recorded once on the GPU's queue and replayed: the same kernels on the same buffers, with none of the
//! host's work for each launch.

use std::cell::Cell;
use std::marker::PhantomData;
use std::rc::Rc;

use burn::backend::DispatchDevice;

use burn::tensor::Device;
use cubecl_runtime::client::Graph;

/// Computations before the one that is recorded: the first shows Burn what can be fused, the second fuses it.
const WARM_UPS: usize = 2;

/// The launches of a computation. It stays on its thread, because order on the device's queue is promised per thread.
pub struct Recording<T> {
    device: Device,
    graph: Graph,
    output: T,
    /// Holds what the launches read.
    _computation: Box<dyn Fn() -> T>,
    _thread: PhantomData<Rc<()>>,
}

impl<T: 'static> Recording<T> {
    /// Records `computation`, which must hold all tensors that it reads and make the same launches at every call. It is
    /// computed some times, so that all memory is there, and then once more, which does nothing but record.
    ///
    /// None on the CPU, and where `computation` brings values from the host. What it writes in place is lost then.
    pub fn new(device: &Device, computation: impl Fn() -> T + 'static) -> Option<Self> {
        let DispatchDevice::Cube(gpu) = device.as_dispatch() else {
            return None;
        };
        let client = gpu.client();
        // A flush hands over what Burn holds back to fuse it.
        device.flush().ok()?;
        client.graph_prepare().ok()?;
        let warm_up = || -> Option<()> {
            for _ in 0..WARM_UPS {
                let output = computation();
                // Computed while somebody still holds what comes out of it.
                device.flush().ok()?;
                drop(output);
            }
            device.flush().ok()?;
            client.start_capture().ok()
        };
        let output = warm_up().map(|()| computation());
        let flushed = device.flush();
        // Ends what was begun, whatever came of it.
        let graph = client.stop_capture().ok()?;
        flushed.ok()?;
        Some(Self {
            graph,
            device: device.clone(),
            output: output?,
            _computation: Box::new(computation),
            _thread: PhantomData,
        })
    }

    /// Puts the launches on the device's queue once more. What comes back holds the results until the next replay: copy
    /// what is to last.
    #[allow(
        unsafe_code,
        reason = "the launches name buffers that the recording keeps: see SAFETY"
    )]
    pub fn replay(&self) -> Option<&T> {
        self.device.flush().ok()?;
        // SAFETY: the recording holds the computation with all that it reads, and its output; the graph holds the memory
        // between them. It cannot leave the thread whose queue it was recorded on, where all else is in order with it.
        unsafe { self.graph.replay() }.ok()?;
        Some(&self.output)
    }
}

impl<T> std::fmt::Debug for Recording<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recording")
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}

thread_local! {
    static WATCHED: Cell<usize> = const { Cell::new(0) };
}

/// While one exists nothing is replayed: who watches launches sees all of them.
pub struct Unreplayed(PhantomData<Rc<()>>);

impl Unreplayed {
    pub fn begin() -> Self {
        WATCHED.set(WATCHED.get() + 1);
        Self(PhantomData)
    }
}

impl Drop for Unreplayed {
    fn drop(&mut self) {
        WATCHED.set(WATCHED.get() - 1);
    }
}

/// Whether computations on `device` may be recorded and replayed now.
pub fn may_replay(device: &Device) -> bool {
    WATCHED.get() == 0 && matches!(device.as_dispatch(), DispatchDevice::Cube(_))
}
