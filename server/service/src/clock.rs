//! The time, injected: the only place that asks the machine for it.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// The instant it is.
    fn now(&self) -> DateTime<Utc>;

    /// Whether it runs apart from the world's time.
    fn is_shifted(&self) -> bool {
        false
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the place that reads the machine's clock")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

/// A clock that began at a chosen instant and ticks on (`serve --clock-start`).
#[derive(Clone, Copy, Debug)]
pub struct ShiftedClock {
    shift: TimeDelta,
}

impl ShiftedClock {
    /// A clock that shows `start` now.
    pub fn starting_at(start: DateTime<Utc>) -> Self {
        Self { shift: start - SystemClock.now() }
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() + self.shift
    }

    fn is_shifted(&self) -> bool {
        true
    }
}

/// A clock for tests: it stands until it is moved.
#[derive(Debug)]
pub struct MockClock {
    microseconds: AtomicI64,
}

impl MockClock {
    /// A clock that stands at an instant.
    pub fn at(instant: DateTime<Utc>) -> Self {
        Self { microseconds: AtomicI64::new(instant.timestamp_micros()) }
    }

    /// Moves it to an instant.
    pub fn set(&self, instant: DateTime<Utc>) {
        self.microseconds.store(instant.timestamp_micros(), Ordering::SeqCst);
    }

    /// Moves it on.
    pub fn advance(&self, by: TimeDelta) {
        self.set(self.now() + by);
    }
}

impl Clock for MockClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.microseconds.load(Ordering::SeqCst)).unwrap_or_default()
    }

    fn is_shifted(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shifted_clock_begins_at_its_instant_and_ticks_on() {
        let start = DateTime::from_timestamp(1_774_990_790, 0).unwrap_or_default();
        let clock = ShiftedClock::starting_at(start);
        let first = clock.now();
        std::thread::sleep(std::time::Duration::from_millis(30));
        let later = clock.now();
        assert!(first >= start && later - first >= TimeDelta::milliseconds(30), "{first} {later}");
        assert!(later - start < TimeDelta::minutes(1) && clock.is_shifted() && !SystemClock.is_shifted());
    }
}
