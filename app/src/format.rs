//! Figures, money and dates as a reader of a language writes them. Words and patterns come from the catalogue `common`.

use chrono::{DateTime, Datelike, Timelike, Utc};
use domain::calendar::{BusinessDate, Half, Month, Period, Quarter, moscow};
use domain::model::{Level, Model};
use domain::money::Money;
use rust_decimal::Decimal;

use crate::i18n::{Locale, td_string};

/// Between the groups of a number, and between a number and its unit.
const NO_BREAK_SPACE: char = '\u{a0}';
/// The true minus sign.
const MINUS: char = '\u{2212}';

/// A text of `common` that exists once per month of the year; anything but 1..=11 is December.
macro_rules! by_month {
    ($locale:expr, $group:ident, $number:expr) => {
        match $number {
            1 => td_string!($locale, common.$group.january),
            2 => td_string!($locale, common.$group.february),
            3 => td_string!($locale, common.$group.march),
            4 => td_string!($locale, common.$group.april),
            5 => td_string!($locale, common.$group.may),
            6 => td_string!($locale, common.$group.june),
            7 => td_string!($locale, common.$group.july),
            8 => td_string!($locale, common.$group.august),
            9 => td_string!($locale, common.$group.september),
            10 => td_string!($locale, common.$group.october),
            11 => td_string!($locale, common.$group.november),
            _ => td_string!($locale, common.$group.december),
        }
    };
}
/// An amount: `1 234,50 ₽`, whole roubles without kopecks: `30 000 ₽`.
pub fn money(locale: Locale, amount: Money) -> String {
    let plain = amount.to_string();
    let (sign, digits) = match plain.strip_prefix('-') {
        Some(digits) => (Some(MINUS), digits),
        None => (None, plain.as_str()),
    };
    let (roubles, kopecks) = digits.split_once('.').unwrap_or((digits, "00"));
    let mut text = String::with_capacity(24);
    text.extend(sign);
    push_grouped(&mut text, locale, roubles);
    if kopecks != "00" {
        text.push(decimal_separator(locale));
        text.push_str(kopecks);
    }
    text.push(NO_BREAK_SPACE);
    text.push('₽');
    text
}

/// A difference of amounts with its sign: `+1 234,50 ₽`, `−5 ₽`, `0 ₽`.
pub fn signed_money(locale: Locale, difference: Money) -> String {
    let plain = money(locale, difference);
    if difference > Money::ZERO { format!("+{plain}") } else { plain }
}

/// An amount of whole roubles: `30 000 ₽`.
pub fn roubles(locale: Locale, amount: i64) -> String {
    money(locale, Money::roubles(amount))
}

/// A count: `1 000 000`.
pub fn number(locale: Locale, count: i64) -> String {
    let mut text = String::with_capacity(16);
    if count < 0 {
        text.push(MINUS);
    }
    push_grouped(&mut text, locale, &count.unsigned_abs().to_string());
    text
}

/// The size of a file: `512 байт`, `340 КБ`, `2,4 МБ`, `1 ГБ`; units of 1024, as systems show them, and one place behind the comma below ten.
pub fn size(locale: Locale, bytes: u64) -> String {
    const KIBI: u64 = 1024;
    let in_units = |unit: u64| {
        let tenths = u64::try_from(u128::from(bytes) * 10 / u128::from(unit)).unwrap_or(u64::MAX);
        let (whole, tenth) = (tenths / 10, tenths % 10);
        let mut text = String::new();
        push_grouped(&mut text, locale, &whole.to_string());
        if whole < 10 && tenth > 0 {
            text.push(decimal_separator(locale));
            text.push_str(&tenth.to_string());
        }
        text
    };
    match bytes {
        ..KIBI => td_string!(locale, common.size.bytes, count = bytes, number = in_units(1)),
        KIBI..0x10_0000 => td_string!(locale, common.size.kilobytes, number = in_units(KIBI)),
        0x10_0000..0x4000_0000 => td_string!(locale, common.size.megabytes, number = in_units(KIBI * KIBI)),
        _ => td_string!(locale, common.size.gigabytes, number = in_units(KIBI * KIBI * KIBI)),
    }
}

/// The same of a figure that a meter shows; nothing below zero is a size.
pub fn size_figure(locale: Locale, bytes: i64) -> String {
    size(locale, u64::try_from(bytes).unwrap_or(0))
}

/// A share of one in per cent: `10 %`, `12,5 %`.
pub fn percent(locale: Locale, share: Decimal) -> String {
    let plain = (share * Decimal::ONE_HUNDRED).normalize().to_string();
    let number = plain.replace('.', decimal_separator(locale).encode_utf8(&mut [0; 4]));
    td_string!(locale, common.percent, number = number)
}

fn decimal_separator(locale: Locale) -> char {
    match locale {
        Locale::ru => ',',
        Locale::en => '.',
    }
}

fn push_grouped(text: &mut String, locale: Locale, digits: &str) {
    let separator = match locale {
        Locale::ru => NO_BREAK_SPACE,
        Locale::en => ',',
    };
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
}

/// A ratio with two digits after the comma, cut and not rounded: `4,49` is not shown as if it were `4,5`.
pub fn ratio(locale: Locale, ratio: f64) -> String {
    let cut = format!("{:.2}", (ratio * 100.0).floor() / 100.0);
    match locale {
        Locale::ru => cut.replace('.', ","),
        Locale::en => cut,
    }
}

/// A day in a sentence: `1 октября 2026`.
pub fn date_long(locale: Locale, date: BusinessDate) -> String {
    let day = date.naive();
    td_string!(locale, common.date_long, day = day.day(), month = month_of_date(locale, day.month()), year = day.year())
}

/// A day in a table: `01.10.2026`.
pub fn date_short(locale: Locale, date: BusinessDate) -> String {
    let day = date.naive();
    format!("{:02}{}{:04}", day.day(), month_of_short_date(locale, day.month()), day.year())
}

/// A month: `октябрь 2026`.
pub fn month(locale: Locale, month: Month) -> String {
    td_string!(locale, common.month, month = month_name(locale, month.number()), year = month.year())
}

/// A month where there is little room: `окт`.
pub fn month_short(locale: Locale, month: Month) -> &'static str {
    by_month!(locale, month_short, month.number())
}

/// A quarter: `IV квартал 2026`.
pub fn quarter(locale: Locale, quarter: Quarter) -> String {
    let number = match quarter.number() {
        1 => td_string!(locale, common.quarter_number.first),
        2 => td_string!(locale, common.quarter_number.second),
        3 => td_string!(locale, common.quarter_number.third),
        _ => td_string!(locale, common.quarter_number.fourth),
    };
    td_string!(locale, common.quarter, number = number, year = quarter.year())
}

/// A half of a year: `I полугодие 2026`.
pub fn half(locale: Locale, half: Half) -> String {
    let number = match half.number() {
        1 => td_string!(locale, common.half_number.first),
        _ => td_string!(locale, common.half_number.second),
    };
    td_string!(locale, common.half, number = number, year = half.year())
}

/// A month, a quarter or a half.
pub fn period(locale: Locale, period: Period) -> String {
    match period {
        Period::Month(of) => month(locale, of),
        Period::Quarter(of) => quarter(locale, of),
        Period::Half(of) => half(locale, of),
    }
}

/// An instant in Moscow: `22.11.2026, 03:10`.
pub fn instant(locale: Locale, at: DateTime<Utc>) -> String {
    let local = at.with_timezone(&moscow());
    let date = date_short(locale, BusinessDate::of(at));
    let time = format!("{:02}:{:02}", local.hour(), local.minute());
    td_string!(locale, common.instant, date = date, time = time)
}

/// The same text with a capital letter, to begin a sentence with.
pub fn sentence_start(text: String) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => text,
    }
}

/// The name of a model.
pub fn model(locale: Locale, model: Model) -> &'static str {
    match model {
        Model::Referral => td_string!(locale, common.model.referral),
        Model::Reseller => td_string!(locale, common.model.reseller),
        Model::Agent => td_string!(locale, common.model.agent),
        Model::WhiteLabel => td_string!(locale, common.model.white_label),
    }
}

/// The name of a level.
pub fn level(locale: Locale, level: Level) -> &'static str {
    match level {
        Level::Basic => td_string!(locale, common.level.basic),
        Level::Professional => td_string!(locale, common.level.professional),
    }
}

fn month_name(locale: Locale, number: u32) -> &'static str {
    by_month!(locale, month_name, number)
}

fn month_of_date(locale: Locale, number: u32) -> &'static str {
    by_month!(locale, month_of_date, number)
}

fn month_of_short_date(locale: Locale, number: u32) -> &'static str {
    by_month!(locale, month_of_short_date, number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> BusinessDate {
        text.parse().unwrap_or_else(|_| panic!("{text}"))
    }

    #[test]
    fn money_has_no_break_spaces_a_comma_and_a_true_minus() {
        assert_eq!(money(Locale::ru, Money::kopecks(123_450)), "1\u{a0}234,50\u{a0}₽");
        assert_eq!(money(Locale::ru, Money::kopecks(-5)), "\u{2212}0,05\u{a0}₽");
        assert_eq!(money(Locale::en, Money::kopecks(-123_456_789)), "\u{2212}1,234,567.89\u{a0}₽");
    }

    #[test]
    fn whole_roubles_show_no_kopecks() {
        assert_eq!(money(Locale::ru, Money::roubles(30_000)), "30\u{a0}000\u{a0}₽");
        assert_eq!(money(Locale::ru, Money::ZERO), "0\u{a0}₽");
        assert_eq!(roubles(Locale::en, 999), "999\u{a0}₽");
        assert_eq!(signed_money(Locale::ru, Money::roubles(5)), "+5\u{a0}₽");
        assert_eq!(signed_money(Locale::ru, -Money::roubles(5)), "\u{2212}5\u{a0}₽");
        assert_eq!(signed_money(Locale::ru, Money::ZERO), "0\u{a0}₽");
    }

    #[test]
    fn the_size_of_a_file_is_said_in_the_unit_that_fits() {
        for (bytes, text) in [
            (1, "1\u{a0}байт"),
            (1023, "1\u{a0}023\u{a0}байта"),
            (1536, "1,5\u{a0}КБ"),
            (348_160, "340\u{a0}КБ"),
            (20 << 20, "20\u{a0}МБ"),
            (2_600_000, "2,4\u{a0}МБ"),
            (1 << 30, "1\u{a0}ГБ"),
            (u64::MAX, "17\u{a0}179\u{a0}869\u{a0}183\u{a0}ГБ"),
        ] {
            assert_eq!(size(Locale::ru, bytes), text);
        }
        assert_eq!(size(Locale::en, 1536), "1.5\u{a0}KB");
        assert_eq!(size_figure(Locale::en, -1), "0\u{a0}bytes");
    }

    #[test]
    fn a_share_is_written_in_per_cent() {
        assert_eq!(percent(Locale::ru, Decimal::new(10, 2)), "10\u{a0}%");
        assert_eq!(percent(Locale::ru, Decimal::new(125, 3)), "12,5\u{a0}%");
        assert_eq!(percent(Locale::en, Decimal::new(50, 2)), "50%");
    }

    #[test]
    fn counts_are_grouped_by_three() {
        assert_eq!(number(Locale::ru, 1_000_000), "1\u{a0}000\u{a0}000");
        assert_eq!(number(Locale::en, -1_000), "\u{2212}1,000");
        assert_eq!(number(Locale::ru, 100), "100");
    }

    #[test]
    fn dates_are_written_in_the_language_of_the_reader() {
        assert_eq!(date_long(Locale::ru, day("2026-10-01")), "1\u{a0}октября\u{a0}2026");
        assert_eq!(date_long(Locale::en, day("2026-10-01")), "1\u{a0}October\u{a0}2026");
        assert_eq!(date_short(Locale::ru, day("2026-10-01")), "01.10.2026");
        assert_eq!(date_short(Locale::en, day("2026-12-31")), "31\u{a0}Dec\u{a0}2026");
    }

    #[test]
    fn months_and_quarters_are_named() {
        let october = day("2026-10-01").month();
        assert_eq!(month(Locale::ru, october), "октябрь\u{a0}2026");
        assert_eq!(month(Locale::en, october), "October\u{a0}2026");
        assert_eq!(month_short(Locale::ru, october), "окт");
        assert_eq!(quarter(Locale::ru, october.quarter()), "IV\u{a0}квартал\u{a0}2026");
        assert_eq!(quarter(Locale::en, october.quarter()), "Q4\u{a0}2026");
        assert_eq!(period(Locale::ru, Period::Half(Half::of(october))), "II\u{a0}полугодие\u{a0}2026");
        assert_eq!(period(Locale::en, Period::Half(Half::of(october))), "H2\u{a0}2026");
    }

    #[test]
    fn an_instant_is_shown_in_moscow() {
        let late_evening = day("2026-11-22").starts_at() + chrono::Duration::minutes(190);
        assert_eq!(instant(Locale::ru, late_evening), "22.11.2026, 03:10");
        assert_eq!(instant(Locale::en, late_evening), "22\u{a0}Nov\u{a0}2026, 03:10");
    }

    #[test]
    fn russian_counts_agree_with_their_nouns() {
        for (count, text) in [
            (1, "1\u{a0}код"),
            (3, "3\u{a0}кода"),
            (5, "5\u{a0}кодов"),
            (11, "11\u{a0}кодов"),
            (21, "21\u{a0}код"),
            (112, "112\u{a0}кодов"),
        ] {
            assert_eq!(td_string!(Locale::ru, common.codes, count = count), text);
        }
        assert_eq!(td_string!(Locale::en, common.codes, count = 1), "1\u{a0}code");
        assert_eq!(td_string!(Locale::en, common.codes, count = 2), "2\u{a0}codes");
    }
}
