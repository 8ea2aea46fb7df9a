//! The service's own time, from the `Date` header, and as signatures write it.

use super::text;

/// Unix seconds of an HTTP date (RFC 9110, section 5.6.7, `Tue, 15 Nov 1994 08:12:31 GMT`).
pub fn parse(text: &str) -> Option<u64> {
    let text = text.as_bytes();
    let fits = |(byte, shape): (&u8, &u8)| match shape {
        b'0' => byte.is_ascii_digit(),
        b'a' => true,
        mark => byte == mark,
    };
    if text.len() != SHAPE.len() || !text.iter().zip(SHAPE).all(fits) {
        return None;
    }
    let number = |from: usize, length: usize| {
        let digits = text.iter().skip(from).take(length);
        digits.fold(0, |number, byte| number * 10 + u32::from(byte - b'0'))
    };
    let (day, year) = (number(5, 2), number(12, 4));
    if year < 1970 || !(1..=31).contains(&day) {
        return None;
    }
    let name = text.get(8..11)?;
    let before = MONTHS.chunks_exact(3).position(|month| month == name)? as u32;
    // Counted from March, leap days come last (Howard Hinnant, "chrono-compatible date algorithms").
    let (year, month) = if before < 2 { (year - 1, before + 10) } else { (year, before - 2) };
    let days_of_months = (153 * month + 2) / 5;
    let days = year * 365 + year / 4 - year / 100 + year / 400 + days_of_months + day - 1;
    let seconds = number(17, 2) * 3600 + number(20, 2) * 60 + number(23, 2);
    Some(u64::from(days - DAYS_TO_1970) * 86_400 + u64::from(seconds))
}

/// Year, month from 0 and day of the month of a day count since 1970 (Gregorian).
pub fn civil(days: u32) -> (u32, u32, u32) {
    let since_march_0 = days + DAYS_TO_1970;
    let era_day = since_march_0 % 146_097;
    let year_of_era = (era_day - era_day / 1460 + era_day / 36_524 - era_day / 146_096) / 365;
    let day_of_year = era_day - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let month = (from_march + 2) % 12;
    let year = since_march_0 / 146_097 * 400 + year_of_era + u32::from(month < 2);
    (year, month, day_of_year - (153 * from_march + 2) / 5 + 1)
}

/// The time to prove at: this device's, unless the service's is further away than messages take.
pub fn agreed(device_seconds: u64, service_date: Option<&str>) -> u64 {
    match service_date.and_then(parse) {
        Some(service) if service.abs_diff(device_seconds) > TOLERANCE_SECONDS => service,
        _ => device_seconds,
    }
}

/// A time as signatures write it: `20150830T123600Z`.
pub fn compact(unix_seconds: u64) -> String {
    let (year, month, day) = civil((unix_seconds / 86_400) as u32);
    let mut out = String::with_capacity(16);
    text::push_integer(&mut out, i64::from(year));
    text::push_two_digits(&mut out, month + 1);
    text::push_two_digits(&mut out, day);
    out.push('T');
    let second = (unix_seconds % 86_400) as u32;
    for part in [second / 3600, second / 60 % 60, second % 60] {
        text::push_two_digits(&mut out, part);
    }
    out.push('Z');
    out
}

/// Appends one of the names, from 0, and a space.
#[inline(never)]
pub fn push_name(out: &mut String, names: &[u8], at: u32) {
    let at = at as usize * 3;
    for byte in names.get(at..at + 3).unwrap_or_default() {
        out.push(char::from(*byte));
    }
    out.push(' ');
}

/// English, three letters each.
pub const MONTHS: &[u8] = b"JanFebMarAprMayJunJulAugSepOctNovDec";

/// A digit stands for digits, a letter for what is looked up or ignored.
const SHAPE: &[u8] = b"aaa, 00 aaa 0000 00:00:00 GMT";

/// From March 1 of the year 0 to the beginning of 1970.
const DAYS_TO_1970: u32 = 719_468;

const TOLERANCE_SECONDS: u64 = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_dates_are_read() {
        for (text, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Tue, 15 Nov 1994 08:12:31 GMT", 784_887_151),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
            ("Fri, 31 Dec 2027 23:59:59 GMT", 1_830_297_599),
            ("Wed, 01 Mar 2028 00:00:00 GMT", 1_835_481_600),
        ] {
            assert_eq!(parse(text), Some(seconds), "{text}");
        }
    }

    #[test]
    fn compact_dates_are_those_of_the_calendar() {
        for (seconds, text) in [
            (0, "19700101T000000Z"),
            (784_887_151, "19941115T081231Z"),
            (951_868_799, "20000229T235959Z"),
            (1_440_938_160, "20150830T123600Z"),
            (1_830_297_599, "20271231T235959Z"),
            (1_835_481_600, "20280301T000000Z"),
            (4_107_542_400, "21000301T000000Z"),
        ] {
            assert_eq!(compact(seconds), text);
        }
    }

    #[test]
    fn what_is_no_date_is_none() {
        for text in [
            "",
            "now",
            "Tuesday, 15-Nov-94 08:12:31 GMT",
            "Tue, 15 Nov 1994 08:12:31",
            "Tue, 15 Nov 1994 08:12 GMT",
            "Tue, 15 Nov 1994 08:12:31 CET",
            "Tue, 99 Nov 1994 08:12:31 GMT",
            "Tue, 15 Nix 1994 08:12:31 GMT",
            "Tue, 15 Nov 1969 08:12:31 GMT",
            "Tue, 15 Nov 99999999999999999999 08:12:31 GMT",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_clock_that_is_about_right_is_believed_and_another_is_not() {
        let date = Some("Tue, 15 Nov 1994 08:12:31 GMT");

        assert_eq!(agreed(784_887_151 - 60, date), 784_887_151 - 60);
        assert_eq!(agreed(784_887_151 - 61, date), 784_887_151);
        assert_eq!(agreed(784_887_151 + 86_400, date), 784_887_151);
        assert_eq!(agreed(5, None), 5);
        assert_eq!(agreed(5, Some("never")), 5);
    }
}
