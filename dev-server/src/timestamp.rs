//! Times as text: a claim's (`Thu May 28 20:26:40 UTC 2026`, day of the month without a zero), HTTP's, and a
//! signature's.

use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

type Format = &'static [BorrowedFormatItem<'static>];

const CLAIM: Format = format_description!(
    "[weekday repr:short] [month repr:short] [day padding:none] [hour]:[minute]:[second] UTC [year]"
);
const HTTP: Format = format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);
const SIGNATURE: Format = format_description!("[year][month][day]T[hour][minute][second]Z");

/// Reads a claim's; gives seconds since the epoch.
pub(crate) fn parse(text: &str) -> Option<i64> {
    read(&text.replacen(" GMT ", " UTC ", 1), CLAIM)
}

/// The value of a `Date` header: `Thu, 28 May 2026 20:26:40 GMT`.
pub(crate) fn http_date(seconds: i64) -> String {
    write(seconds, HTTP)
}

/// The value of an `X-Amz-Date` header: `20260528T202640Z`.
pub(crate) fn amz_date(seconds: i64) -> String {
    write(seconds, SIGNATURE)
}

/// Reads the value of an `X-Amz-Date` header; gives seconds since the epoch.
pub(crate) fn parse_amz_date(text: &str) -> Option<i64> {
    read(text, SIGNATURE)
}

/// Milliseconds as the wire has times: seconds with a fraction.
#[allow(clippy::cast_precision_loss, reason = "milliseconds since the epoch fit 53 bits")]
pub(crate) fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1000.0
}

fn write(seconds: i64, format: Format) -> String {
    let time = OffsetDateTime::from_unix_timestamp(seconds).ok();
    time.and_then(|time| time.format(format).ok()).unwrap_or_default()
}

/// The one way to write a time is the only one that is read: no other zeros, no weekday of another day.
fn read(text: &str, format: Format) -> Option<i64> {
    let time = PrimitiveDateTime::parse(text, format).ok()?;
    let seconds = time.assume_utc().unix_timestamp();
    (write(seconds, format) == text).then_some(seconds)
}

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
