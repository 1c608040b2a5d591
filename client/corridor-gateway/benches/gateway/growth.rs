//! Whether memory grows: decided from samples alone, so that a test can show what is noticed.

/// Resident memory at a moment of a watch.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    pub second: u64,
    pub kib: u64,
}

/// How memory was after the warm-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growth {
    /// Half of the samples are not above it.
    pub p50_kib: u64,
    pub most_kib: u64,
    /// How much it grows in half an hour.
    pub half_hour_kib: i64,
}

/// Connections, pools and caches fill meanwhile.
const WARM_UP: u64 = 5 * 60;

/// Shorter than that after the warm-up, a slope says nothing: allocators and caches breathe.
const ENOUGH: u64 = 10 * 60;

const HALF_HOUR: i64 = 30 * 60;

/// What memory may grow by in half an hour and still be flat.
const MARGIN_KIB: i64 = 4 * 1024;

impl Growth {
    pub fn is_flat(&self) -> bool {
        self.half_hour_kib <= MARGIN_KIB
    }
}

/// `None` where the watch was too short. The slope is that of Theil and Sen, the median of the slopes between any two
/// samples: neither a single peak nor where the watch ends moves it.
pub fn judge(samples: &[Sample]) -> Option<Growth> {
    let warm: Vec<Sample> = samples
        .iter()
        .copied()
        .filter(|sample| sample.second >= WARM_UP)
        .collect();
    let time = warm.last()?.second - warm.first()?.second;
    if time < ENOUGH {
        return None;
    }
    let pairs = warm
        .iter()
        .enumerate()
        .flat_map(|(place, earlier)| warm[place + 1..].iter().map(move |later| (earlier, later)));
    let slopes = pairs.filter(|(earlier, later)| earlier.second < later.second);
    let slopes = slopes.map(|(earlier, later)| {
        let risen = later.kib as i64 - earlier.kib as i64;
        risen * HALF_HOUR / (later.second - earlier.second) as i64
    });
    Some(Growth {
        p50_kib: median(warm.iter().map(|sample| sample.kib)),
        most_kib: warm.iter().map(|sample| sample.kib).max()?,
        half_hour_kib: median(slopes),
    })
}

fn median<T: Copy + Default + Ord>(values: impl Iterator<Item = T>) -> T {
    let mut sorted: Vec<T> = values.collect();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}
