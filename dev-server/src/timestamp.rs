//! Times as text: a claim's (`Thu May 28 20:26:40 UTC 2026`, day of the month without a zero), HTTP's, and a
//! signature's.

/// Reads it; gives seconds since the epoch.
pub(crate) fn parse(text: &str) -> Option<i64> {
    let mut parts = text.split(' ');
    let mut next = || parts.next();
    let (weekday, month, day) = (next()?, next()?, next()?);
    let (clock, zone, year) = (next()?, next()?, next()?);
    if next().is_some() || !matches!(zone, "UTC" | "GMT") || year.len() != 4 {
        return None;
    }
    let month = position(&MONTHS, month)? + 1;
    let day_number = number(day, 1..=2)?;
    let year = number(year, 4..=4)?;
    let mut clock = clock.split(':');
    let mut unit = |limit: i64| {
        let value = number(clock.next()?, 2..=2)?;
        (value < limit).then_some(value)
    };
    let (hour, minute, second) = (unit(24)?, unit(60)?, unit(60)?);
    if day.starts_with('0') || day_number < 1 || day_number > days_in(year, month) {
        return None;
    }
    let days = days_since_epoch(year, month, day_number);
    // Day 0 was a Thursday.
    if position(&WEEKDAYS, weekday)? != (days + 4).rem_euclid(7) {
        return None;
    }
    Some(days * 86_400 + hour * 3600 + minute * 60 + second)
}

/// The value of a `Date` header: `Thu, 28 May 2026 20:26:40 GMT`.
pub(crate) fn http_date(seconds: i64) -> String {
    let (year, month, day) = date(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    format!(
        "{}, {day:02} {} {year:04} {:02}:{:02}:{:02} GMT",
        name(&WEEKDAYS, (seconds.div_euclid(86_400) + 4).rem_euclid(7)),
        name(&MONTHS, month - 1),
        of_day / 3600,
        of_day / 60 % 60,
        of_day % 60
    )
}

/// The value of an `X-Amz-Date` header: `20260528T202640Z`.
pub(crate) fn amz_date(seconds: i64) -> String {
    let (year, month, day) = date(seconds.div_euclid(86_400));
    let of_day = seconds.rem_euclid(86_400);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// Reads the value of an `X-Amz-Date` header; gives seconds since the epoch.
pub(crate) fn parse_amz_date(text: &str) -> Option<i64> {
    let (date, clock) = text.strip_suffix('Z')?.split_once('T')?;
    let part = |text: &str, from: usize, to: usize| number(text.get(from..to)?, 1..=4);
    if date.len() != 8 || clock.len() != 6 {
        return None;
    }
    let (year, month, day) = (part(date, 0, 4)?, part(date, 4, 6)?, part(date, 6, 8)?);
    let (hour, minute, second) = (part(clock, 0, 2)?, part(clock, 2, 4)?, part(clock, 4, 6)?);
    let is_a_day = (1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day);
    (is_a_day && hour < 24 && minute < 60 && second < 60)
        .then(|| days_since_epoch(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second)
}

/// Milliseconds as the wire has times: seconds with a fraction.
#[allow(clippy::cast_precision_loss, reason = "milliseconds since the epoch fit 53 bits")]
pub(crate) fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1000.0
}

/// Year, month and day of a day: the inverse of `days_since_epoch`, as in Howard Hinnant's calendar algorithms.
fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = (shifted_month + 2) % 12 + 1;
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

fn name<'a>(names: &[&'a str], at: i64) -> &'a str {
    usize::try_from(at).ok().and_then(|at| names.get(at)).copied().unwrap_or_default()
}

fn position(names: &[&str], name: &str) -> Option<i64> {
    names.iter().position(|known| *known == name).and_then(|at| i64::try_from(at).ok())
}

fn number(text: &str, length: std::ops::RangeInclusive<usize>) -> Option<i64> {
    let is_plain = length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if is_plain { text.parse().ok() } else { None }
}

fn days_in(year: i64, month: i64) -> i64 {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 if is_leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the Gregorian calendar; years begin in March, so that leap days come last.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let month = (month + 9) % 12;
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_vector_is_read() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/vectors/srp_vectors.json")).unwrap();
        for row in vectors["timestamp"].as_array().unwrap() {
            assert_eq!(parse(row["text"].as_str().unwrap()), row["epoch"].as_i64(), "{row}");
        }
    }

    #[test]
    fn dates_of_headers_are_written_as_the_rfc_says() {
        assert_eq!(http_date(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(http_date(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(http_date(951_782_400), "Tue, 29 Feb 2000 00:00:00 GMT");
        // Every day of 30 years, against the other direction.
        for day in 10_000..21_000 {
            let text = http_date(day * 86_400 + 45_296);
            let parts: Vec<&str> = text.split([' ', ',']).filter(|part| !part.is_empty()).collect();
            let [weekday, date, month, year, clock, _] = parts[..] else { panic!("{text}") };
            let date = date.trim_start_matches('0');
            let claim = format!("{weekday} {month} {date} {clock} UTC {year}");
            assert_eq!(parse(&claim), Some(day * 86_400 + 45_296), "{text}");
        }
    }

    #[test]
    fn dates_of_signatures_are_read_as_they_are_written() {
        assert_eq!(amz_date(784_111_777), "19941106T084937Z");
        for day in 10_000..21_000 {
            let seconds = day * 86_400 + 45_296;
            assert_eq!(parse_amz_date(&amz_date(seconds)), Some(seconds));
        }
        for text in ["", "20260230T000000Z", "20261301T000000Z", "20260101T240000Z", "20260101"] {
            assert_eq!(parse_amz_date(text), None, "{text}");
        }
        assert_eq!(parse_amz_date("2026-1-1T000000Z"), None);
    }

    #[test]
    fn another_form_is_refused() {
        for text in [
            "",
            "2026-05-28T20:26:40Z",
            "Thu May 28 20:26:40 2026",
            "Fri May 01 00:00:00 UTC 2026",
            "Fri May  1 00:00:00 UTC 2026",
            "Fri May 28 20:26:40 UTC 2026",
            "Thu Mai 28 20:26:40 UTC 2026",
            "Thu May 28 24:26:40 UTC 2026",
            "Thu May 28 20:26:40 CET 2026",
            "Sat Feb 30 20:26:40 UTC 2026",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
