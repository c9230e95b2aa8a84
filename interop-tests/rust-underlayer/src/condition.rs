//! What a search wants: when an offering fits.

use crate::schema::{Criterion, Offering};

pub const MILLIONTHS: i64 = 1_000_000;
const DIGITS_MAX: usize = 12;
const DECIMALS_MAX: usize = 6;

/// The numbers that a value names, in millionths; an open side is the smallest or largest `i64`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    pub low: i64,
    pub high: i64,
}

impl Interval {
    /// `None` for a text as any other.
    pub fn parse(value: &str) -> Option<Self> {
        if let Some(number) = millionths(value) {
            return Some(Self {
                low: number,
                high: number,
            });
        }
        // A number never ends with a point, so the first two points are the sign.
        let (low, high) = value.split_once("..")?;
        if low.is_empty() && high.is_empty() {
            return None;
        }
        let low = if low.is_empty() {
            i64::MIN
        } else {
            millionths(low)?
        };
        let high = if high.is_empty() {
            i64::MAX
        } else {
            millionths(high)?
        };
        Some(Self { low, high })
    }

    pub fn overlaps(self, other: Self) -> bool {
        self.low <= other.high && other.low <= self.high
    }
}

fn millionths(text: &str) -> Option<i64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, decimals) = match digits.split_once('.') {
        Some((whole, decimals)) if (1..=DECIMALS_MAX).contains(&decimals.len()) => {
            (whole, decimals)
        }
        Some(_) => return None,
        None => (digits, ""),
    };
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !(1..=DIGITS_MAX).contains(&whole.len()) || !all_digits(whole) || !all_digits(decimals) {
        return None;
    }
    let fraction: i64 = format!("{decimals:0<DECIMALS_MAX$}").parse().ok()?;
    let size = whole.parse::<i64>().ok()? * MILLIONTHS + fraction;
    Some(if negative { -size } else { size })
}

/// Whether the offering has the tag and fits every condition.
pub fn fits(offering: &Offering, tag: &str, conditions: &[Criterion]) -> bool {
    offering.tag == tag
        && conditions.iter().all(|wanted| {
            offering
                .criteria
                .iter()
                .any(|offered| offered.key == wanted.key && meets(&offered.value, &wanted.value))
        })
}

fn meets(offered: &str, wanted: &str) -> bool {
    match (Interval::parse(offered), Interval::parse(wanted)) {
        (Some(offered), Some(wanted)) => offered.overlaps(wanted),
        (None, None) => offered == wanted,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_equal_or_numbers_meet() {
        let rows = [
            ("Ghent", "Ghent", true),
            ("Ghent", "ghent", false),
            ("20", "20.0", true),
            ("25..40", "30", true),
            ("25..40", "..30", true),
            ("25..40", "41..", false),
            ("30", "25..40", true),
            ("-5", "-10..0", true),
            ("cheap", "..40", false),
            ("1..2..3", "1..2..3", true),
            ("1..2..3", "1..3", false),
        ];
        for (offered, wanted, result) in rows {
            assert_eq!(meets(offered, wanted), result, "{offered} {wanted}");
        }
    }
}
