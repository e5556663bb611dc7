//! How long the parts of a computation keep the device busy.

use std::sync::{Arc, Mutex};

use burn::tensor::Device;
use cubecl_runtime::logging::{LaunchObservation, LaunchObserver, ProfileDuration, TimingRequest};

use super::Backend;
use super::clock;
use super::profile::lock;
use super::replay::Unreplayed;

/// Watches the work of this process from [`Laps::start`] to [`Laps::finish`], one at a time.
///
/// On the GPU it adds up the kernels, by the device's own clock: each launch becomes a submission of its own, and what lies
/// between two kernels does not count. On the CPU, where work is done as soon as it is asked for, it is the wall's clock.
pub struct Laps {
    device: Device,
    parts: Vec<(String, f64)>,
    watch: Watch,
    _unreplayed: Unreplayed,
}

enum Watch {
    Kernels {
        launches: Arc<Launches>,
        _observation: LaunchObservation,
    },
    /// When the part under way began.
    Clock(f64),
}

impl Laps {
    pub fn start(device: &Device, backend: Backend) -> Self {
        let watch = match backend {
            Backend::Gpu => {
                let launches = Arc::new(Launches {
                    part: Mutex::new(usize::MAX),
                    times: Mutex::default(),
                });
                Watch::Kernels {
                    _observation: LaunchObservation::new(launches.clone()),
                    launches,
                }
            }
            Backend::Cpu => Watch::Clock(clock::now()),
        };
        Self {
            device: device.clone(),
            parts: Vec::new(),
            watch,
            _unreplayed: Unreplayed::begin(),
        }
    }

    /// What comes from now on belongs to `part`.
    pub fn enter(&mut self, part: &str) {
        self.end_part();
        self.parts.push((part.into(), 0.0));
    }

    /// What was asked for until now is the last part's: nothing of it may wait to be fused with what follows.
    fn end_part(&mut self) {
        // A device that is lost says so where its results are read.
        let _ = self.device.flush();
        match &mut self.watch {
            Watch::Kernels { launches, .. } => *lock(&launches.part) = self.parts.len(),
            Watch::Clock(began) => {
                let now = clock::now();
                if let Some((_, seconds)) = self.parts.last_mut() {
                    *seconds += now - *began;
                }
                *began = now;
            }
        }
    }

    /// The parts in the order in which they were entered, and their seconds. Waits for the device.
    pub async fn finish(mut self) -> Vec<(String, f64)> {
        self.end_part();
        if let Watch::Kernels { launches, .. } = &self.watch {
            let times = std::mem::take(&mut *lock(&launches.times));
            for (part, time) in times {
                let ticks = time.resolve().await;
                if let (Some((_, seconds)), Some(ticks)) = (self.parts.get_mut(part), ticks) {
                    *seconds += ticks.duration().as_secs_f64();
                }
            }
        }
        self.parts
    }
}

struct Launches {
    /// The number of the part under way; none's before the first.
    part: Mutex<usize>,
    times: Mutex<Vec<(usize, ProfileDuration)>>,
}

impl LaunchObserver for Launches {
    fn launched(&self, _kernel: &'static str) {}

    fn timing(&self) -> TimingRequest {
        TimingRequest::Deferred
    }

    fn profiled(&self, _kernel: &'static str, profile: ProfileDuration) {
        let part = *lock(&self.part);
        lock(&self.times).push((part, profile));
    }
}
