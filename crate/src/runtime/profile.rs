//! Where a device's time goes: every kernel that is launched, how often, and how long it ran by the device's own clock.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use cubecl_runtime::logging::{LaunchObservation, LaunchObserver, ProfileDuration, TimingRequest};
use serde::Serialize;

use super::replay::Unreplayed;

/// All launches of one kernel.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct KernelTime {
    /// The Rust type of the kernel, without its path.
    pub name: String,
    pub count: u32,
    /// Their sum; 0 where they were only counted.
    pub seconds: f64,
}

/// Watches every launch of this process from [`Profile::start`] to [`Profile::finish`]. One at a time.
///
/// Timing costs: each launch becomes a submission of its own. The sum is the device's work, not a step's duration.
pub struct Profile {
    launches: Arc<Launches>,
    observation: LaunchObservation,
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
            counts: Mutex::default(),
            times: Mutex::default(),
        });
        Self {
            observation: LaunchObservation::new(launches.clone()),
            launches,
            _unreplayed: unreplayed,
        }
    }

    /// All kernels, the longest first. Waits for the device where they were timed.
    pub async fn finish(self) -> Vec<KernelTime> {
        drop(self.observation);
        let counts = std::mem::take(&mut *lock(&self.launches.counts));
        let times = std::mem::take(&mut *lock(&self.launches.times));
        let mut found: BTreeMap<String, KernelTime> = BTreeMap::new();
        let mut row = |kernel: &str, count: u32, seconds: f64| {
            let name = short(kernel);
            let entry = found.entry(name.clone()).or_insert(KernelTime {
                name,
                count: 0,
                seconds: 0.0,
            });
            entry.count += count;
            entry.seconds += seconds;
        };
        for (kernel, count) in counts {
            row(kernel, count, 0.0);
        }
        for (kernel, time) in times {
            if let Some(ticks) = time.resolve().await {
                row(kernel, 0, ticks.duration().as_secs_f64());
            }
        }
        let mut rows: Vec<KernelTime> = found.into_values().collect();
        rows.sort_by(|a, b| {
            (b.seconds, b.count)
                .partial_cmp(&(a.seconds, a.count))
                .unwrap_or(std::cmp::Ordering::Equal)
        });
        rows
    }
}

struct Launches {
    timing: TimingRequest,
    counts: Mutex<BTreeMap<&'static str, u32>>,
    times: Mutex<Vec<(&'static str, ProfileDuration)>>,
}

impl LaunchObserver for Launches {
    fn launched(&self, kernel: &'static str) {
        *lock(&self.counts).entry(kernel).or_default() += 1;
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
