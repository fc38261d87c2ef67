//! Times for an interview by video: staff offer some, the partner picks one. People read and write them in Moscow's time.

use chrono::{DateTime, Datelike, Duration, NaiveTime, TimeZone, Timelike, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::calendar::{BusinessDate, moscow};
use crate::form::{self, FieldProblem};

/// A time for an interview.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Slot {
    /// When it begins.
    pub starts_at: DateTime<Utc>,
    /// How long it takes.
    pub minutes: u32,
}

/// Why times do not do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotError {
    /// None is offered.
    #[error("no time is offered")]
    None,
    /// More than [`Slot::MOST`] are offered.
    #[error("too many times are offered")]
    TooMany,
    /// One has passed.
    #[error("the time has passed")]
    Passed,
    /// One takes another time than an interview may.
    #[error("not the length of an interview")]
    Length,
    /// Two overlap.
    #[error("two times overlap")]
    Overlap,
    /// The one picked was not offered.
    #[error("the time was not offered")]
    NotOffered,
}

impl Slot {
    /// The largest number of times in one offer.
    pub const MOST: usize = 5;
    /// The lengths on offer, minutes.
    pub const LENGTHS: [u32; 3] = [30, 45, 60];

    /// Reads a day, a time of day in Moscow and a length, as three controls carry them.
    pub fn read(day: &str, time: &str, minutes: u32) -> Result<Self, FieldProblem> {
        let day = form::date(day)?;
        let (hour, minute) = form::time_of_day(time)?;
        Self::on(day, hour, minute, minutes).ok_or(FieldProblem::NotATime)
    }

    /// A time on a day in Moscow.
    pub fn on(day: BusinessDate, hour: u32, minute: u32, minutes: u32) -> Option<Self> {
        let local = day.naive().and_time(NaiveTime::from_hms_opt(hour, minute, 0)?);
        let starts_at = moscow().from_local_datetime(&local).single()?.with_timezone(&Utc);
        Some(Self { starts_at, minutes })
    }

    /// The day in Moscow.
    pub fn day(self) -> BusinessDate {
        BusinessDate::of(self.starts_at)
    }

    /// Hour and minute in Moscow.
    pub fn time_of_day(self) -> (u32, u32) {
        let local = self.starts_at.with_timezone(&moscow());
        (local.hour(), local.minute())
    }

    /// When it ends.
    pub fn ends_at(self) -> DateTime<Utc> {
        self.starts_at.checked_add_signed(Duration::minutes(i64::from(self.minutes))).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// Whether it can still be held, as of now.
    pub fn check(self, now: DateTime<Utc>) -> Result<(), SlotError> {
        if !Self::LENGTHS.contains(&self.minutes) {
            Err(SlotError::Length)
        } else if self.starts_at <= now {
            Err(SlotError::Passed)
        } else {
            Ok(())
        }
    }
}

/// Whether times can be offered now: one to [`Slot::MOST`], all to come, none over another.
pub fn check_offer(slots: &[Slot], now: DateTime<Utc>) -> Result<(), SlotError> {
    if slots.is_empty() {
        return Err(SlotError::None);
    }
    if slots.len() > Slot::MOST {
        return Err(SlotError::TooMany);
    }
    slots.iter().try_for_each(|slot| slot.check(now))?;
    let mut sorted = slots.to_vec();
    sorted.sort_unstable();
    let overlap = sorted.windows(2).any(|pair| pair[1].starts_at < pair[0].ends_at());
    if overlap { Err(SlotError::Overlap) } else { Ok(()) }
}

/// The file by which a calendar takes the time in (RFC 5545). `uid` stays the same when the time is moved; `written_at` says which is newer.
pub fn calendar_file(slot: Slot, uid: &str, title: &str, description: &str, written_at: DateTime<Utc>) -> String {
    let stamp = |at: DateTime<Utc>| {
        let (date, time) = (at.date_naive(), at.time());
        format!("{:04}{:02}{:02}T{:02}{:02}{:02}Z", date.year(), date.month(), date.day(), time.hour(), time.minute(), time.second())
    };
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Interviews//Interviews//RU".to_owned(),
        "METHOD:PUBLISH".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}", escaped(uid)),
        format!("DTSTAMP:{}", stamp(written_at)),
        format!("DTSTART:{}", stamp(slot.starts_at)),
        format!("DTEND:{}", stamp(slot.ends_at())),
        format!("SUMMARY:{}", escaped(title)),
        format!("DESCRIPTION:{}", escaped(description)),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    lines.iter().map(|line| folded(line) + "\r\n").collect()
}

/// A text as a calendar carries it.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '\\' | ';' | ',' => escaped.extend(['\\', letter]),
            '\n' => escaped.push_str("\\n"),
            _ if letter.is_control() => {}
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// A line cut into parts of at most 75 bytes, those after the first begun with a space.
fn folded(line: &str) -> String {
    let mut folded = String::new();
    let mut length = 0;
    for letter in line.chars() {
        if length + letter.len_utf8() > 75 {
            folded.push_str("\r\n ");
            length = 1;
        }
        folded.push(letter);
        length += letter.len_utf8();
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::date;

    fn slot(day: &str, time: &str) -> Slot {
        Slot::read(day, time, 30).unwrap()
    }

    #[test]
    fn times_are_those_of_moscow() {
        let slot = slot("2026-12-01", "01:30");
        assert_eq!(slot.starts_at.to_rfc3339(), "2026-11-30T22:30:00+00:00");
        assert_eq!((slot.day(), slot.time_of_day()), (date("2026-12-01"), (1, 30)));
        assert_eq!(Slot::read("2026-12-01", "24:00", 30), Err(FieldProblem::NotATime));
        assert_eq!(Slot::read("2026-12-01", "", 30), Err(FieldProblem::Required));
        assert_eq!(Slot::read("1 декабря", "10:00", 30), Err(FieldProblem::NotADate));
    }

    #[test]
    fn an_offer_has_one_to_five_times_to_come_that_do_not_overlap() {
        let now = date("2026-12-01").starts_at();
        let (first, second) = (slot("2026-12-01", "10:00"), slot("2026-12-01", "10:30"));
        assert_eq!(check_offer(&[second, first], now), Ok(()));
        assert_eq!(check_offer(&[], now), Err(SlotError::None));
        assert_eq!(check_offer(&[first; 6], now), Err(SlotError::TooMany));
        assert_eq!(check_offer(&[first, first], now), Err(SlotError::Overlap));
        assert_eq!(check_offer(&[first, slot("2026-12-01", "10:29")], now), Err(SlotError::Overlap));
        assert_eq!(check_offer(&[first, second], first.starts_at), Err(SlotError::Passed));
        assert_eq!(check_offer(&[Slot { minutes: 31, ..first }], now), Err(SlotError::Length));
    }

    #[test]
    fn a_calendar_takes_the_time_in() {
        let title = format!("Интервью; кейс «{}»", "я".repeat(60));
        let file = calendar_file(slot("2026-12-01", "10:00"), "CS-2026-000001@portal", &title, "строка\nвторая", DateTime::UNIX_EPOCH);
        assert!(file.contains("DTSTART:20261201T070000Z\r\nDTEND:20261201T073000Z\r\n"));
        assert!(file.contains("DTSTAMP:19700101T000000Z\r\n") && file.contains("DESCRIPTION:строка\\nвторая\r\n"));
        assert!(file.contains("SUMMARY:Интервью\\; кейс"));
        assert!(file.lines().all(|line| line.trim_end_matches('\r').len() <= 75), "{file}");
        assert!(file.replace("\r\n ", "").contains(&"я".repeat(60)));
    }
}
