//! The service's own time, and times as signatures write them.

use super::text;

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
pub fn agreed(device_seconds: u64, service_seconds: Option<u64>) -> u64 {
    match service_seconds {
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

/// From March 1 of the year 0 to the beginning of 1970.
const DAYS_TO_1970: u32 = 719_468;

const TOLERANCE_SECONDS: u64 = 60;

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_clock_that_is_about_right_is_believed_and_another_is_not() {
        let date = Some(784_887_151);

        assert_eq!(agreed(784_887_151 - 60, date), 784_887_151 - 60);
        assert_eq!(agreed(784_887_151 - 61, date), 784_887_151);
        assert_eq!(agreed(784_887_151 + 86_400, date), 784_887_151);
        assert_eq!(agreed(5, None), 5);
    }
}
