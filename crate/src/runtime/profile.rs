//! Where a device's time goes: every kernel that is launched, how often, how long it ran by the device's own clock, and how
//! much it had to do.
//!
//! A kernel of ours is bound by arithmetic, a convolution, a product of matrices or attention, and has multiply-adds; or it
//! is bound by memory, as all others are, and has bytes. Multiply-adds are counted as in a network's inspection, and those of
//! attention's gradient as five products, where forward has two (Dao, 2023, "FlashAttention-2", section 4.1). Bytes are
//! counted as if a launch read and wrote every number once. So the first over the time is to be held against the device's
//! rate of multiply-adds in float32, outside of units for matrices, and the second against the bandwidth of its memory,
//! which it may exceed where what one kernel wrote is still in a cache when the next reads it. Burn's own kernels have
//! neither.

use std::sync::{Arc, Mutex, PoisonError};

use cubecl_runtime::logging::{LaunchObservation, LaunchObserver, ProfileDuration, TimingRequest};
use serde::Serialize;

use super::replay::Unreplayed;
use super::work::{Noting, Work};

/// All launches of one kernel.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct KernelTime {
    /// The Rust type of the kernel, without its path.
    pub name: String,
    pub count: u32,
    /// Their sum; 0 where they were only counted.
    pub seconds: f64,
    /// Two for each multiply-add; 0 where arithmetic does not bound the kernel.
    pub flops: f64,
    /// Read and written; 0 where memory does not bound the kernel, or where nobody knows.
    pub bytes: f64,
}

/// Watches every launch of this process from [`Profile::start`] to [`Profile::finish`]. One at a time.
///
/// Timing costs: each launch becomes a submission of its own. The sum is the device's work, not a step's duration.
pub struct Profile {
    launches: Arc<Launches>,
    observation: LaunchObservation,
    noting: Noting,
    _unreplayed: Option<Unreplayed>,
}

impl Profile {
    /// Watches and times; the device must have timestamp queries.
    pub fn start() -> Self {
        Self::with(TimingRequest::Deferred, Some(Unreplayed::begin()))
    }

    /// Only counts.
    pub fn count() -> Self {
        Self::with(TimingRequest::None, Some(Unreplayed::begin()))
    }

    /// Counts what is launched beside recordings, which are replayed unseen.
    pub fn count_beside_replays() -> Self {
        Self::with(TimingRequest::None, None)
    }

    fn with(timing: TimingRequest, unreplayed: Option<Unreplayed>) -> Self {
        let launches = Arc::new(Launches {
            timing,
            launched: Mutex::default(),
            times: Mutex::default(),
        });
        Self {
            observation: LaunchObservation::new(launches.clone()),
            noting: Noting::begin(),
            launches,
            _unreplayed: unreplayed,
        }
    }

    /// All kernels, the longest first. Waits for the device where they were timed.
    pub async fn finish(self) -> Vec<KernelTime> {
        drop(self.observation);
        let mut rows = Rows::default();
        for kernel in std::mem::take(&mut *lock(&self.launches.launched)) {
            rows.of(kernel).count += 1;
        }
        for Work { kernel, flops, bytes } in self.noting.finish() {
            let row = rows.of(kernel);
            row.flops += flops;
            row.bytes += bytes;
        }
        let times = std::mem::take(&mut *lock(&self.launches.times));
        for (kernel, time) in times {
            if let Some(ticks) = time.resolve().await {
                rows.of(kernel).seconds += ticks.duration().as_secs_f64();
            }
        }
        rows.longest_first()
    }
}

/// Kernels by their Rust types, of which there are few.
#[derive(Default)]
struct Rows(Vec<(&'static str, KernelTime)>);

impl Rows {
    fn of(&mut self, kernel: &'static str) -> &mut KernelTime {
        let at = self.0.iter().position(|(other, _)| *other == kernel);
        let at = at.unwrap_or_else(|| {
            let time = KernelTime {
                name: short(kernel),
                ..KernelTime::default()
            };
            self.0.push((kernel, time));
            self.0.len() - 1
        });
        &mut self.0[at].1
    }

    fn longest_first(self) -> Vec<KernelTime> {
        let mut rows: Vec<KernelTime> = self.0.into_iter().map(|(_, time)| time).collect();
        rows.sort_by(|a, b| b.seconds.total_cmp(&a.seconds).then(b.count.cmp(&a.count)));
        rows
    }
}

struct Launches {
    timing: TimingRequest,
    launched: Mutex<Vec<&'static str>>,
    times: Mutex<Vec<(&'static str, ProfileDuration)>>,
}

impl LaunchObserver for Launches {
    fn launched(&self, kernel: &'static str) {
        lock(&self.launched).push(kernel);
    }

    fn timing(&self) -> TimingRequest {
        self.timing
    }

    fn profiled(&self, kernel: &'static str, profile: ProfileDuration) {
        lock(&self.times).push((kernel, profile));
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// `a::b::Kernel<c::D, e::F>` as `Kernel<D, F>`.
fn short(name: &str) -> String {
    let mut out = String::new();
    let mut word = String::new();
    for c in name.chars() {
        match c {
            ':' => word.clear(),
            '<' | '>' | ',' | ' ' | '(' | ')' | '&' => {
                out.push_str(&std::mem::take(&mut word));
                out.push(c);
            }
            c => word.push(c),
        }
    }
    out + &word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_their_paths() {
        assert_eq!(short("a::b::Kernel<c::D, e::F<g::H>>"), "Kernel<D, F<H>>");
        assert_eq!(short("plain"), "plain");
    }
}
