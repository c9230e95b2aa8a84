//! What a search wants: when an offering fits, and the keys that both sides work out themselves.

use sha2::{Digest, Sha256};

use crate::schema::{Criterion, Offering};

const MILLIONTHS: i64 = 1_000_000;
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

    /// The smallest interval around this one between powers of two.
    pub fn bucket(self) -> Self {
        Self {
            low: if self.low == i64::MIN {
                i64::MIN
            } else {
                below(self.low)
            },
            high: if self.high == i64::MAX {
                i64::MAX
            } else {
                -below(-self.high)
            },
        }
    }
}

fn below(number: i64) -> i64 {
    if number >= 0 {
        let whole = number / MILLIONTHS;
        return if whole == 0 {
            0
        } else {
            (1 << whole.ilog2()) * MILLIONTHS
        };
    }
    let whole = (-number + MILLIONTHS - 1) / MILLIONTHS;
    let power = 1_i64 << whole.ilog2();
    -(if power == whole { power } else { power * 2 }) * MILLIONTHS
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

/// A list of length-prefixed fields, which begins with its domain.
struct Canonical(Sha256);

impl Canonical {
    fn domain(domain: &str) -> Self {
        let mut list = Self(Sha256::new());
        list.text(domain);
        list
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u32);
        self.0.update(text.as_bytes());
    }

    fn number(&mut self, number: u32) {
        self.0.update(number.to_be_bytes());
    }

    fn long(&mut self, number: i64) {
        self.0.update(number.to_be_bytes());
    }
}

/// The key under which answers to similar conditions are remembered.
pub fn condition_key(tag: &str, conditions: &[Criterion]) -> [u8; 32] {
    let mut sorted: Vec<&Criterion> = conditions.iter().collect();
    sorted.sort_by(|one, other| one.key.as_bytes().cmp(other.key.as_bytes()));
    let mut list = Canonical::domain("rmb/condition/2");
    list.text(tag);
    list.number(sorted.len() as u32);
    for criterion in sorted {
        list.text(&criterion.key);
        if let Some(numbers) = Interval::parse(&criterion.value) {
            let bucket = numbers.bucket();
            list.number(1);
            list.long(bucket.low);
            list.long(bucket.high);
        } else {
            list.number(0);
            list.text(&criterion.value);
        }
    }
    list.0.finalize().into()
}

/// The key that stands for a tag in filters and in the DHT.
pub fn tag_key(tag: &str) -> [u8; 32] {
    let mut list = Canonical::domain("rmb/tag/1");
    list.text(tag);
    list.0.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contact::parse_offering;
    use crate::wire::hex;

    /// The vectors are rows of tables: | `condition` | `key` |.
    fn vectors(heading: &str) -> Vec<(Offering, String)> {
        let document = include_str!("../../../docs/protocol.md");
        let table = document.split(heading).nth(1).expect("the table");
        table
            .lines()
            .skip_while(|line| !line.starts_with("| `"))
            .take_while(|line| line.starts_with("| `"))
            .map(|line| {
                let cells: Vec<&str> = line.split('`').collect();
                (parse_offering(cells[1]).unwrap(), cells[3].to_owned())
            })
            .collect()
    }

    #[test]
    fn keys_are_those_of_the_document() {
        let conditions = vectors("| condition | condition key |");
        assert!(conditions.len() >= 6);
        for (condition, key) in conditions {
            assert_eq!(
                hex(condition_key(&condition.tag, &condition.criteria)),
                key,
                "{condition:?}"
            );
        }
        let tags = vectors("| tag | tag key |");
        assert!(tags.len() >= 2);
        for (tag, key) in tags {
            assert_eq!(hex(tag_key(&tag.tag)), key, "{tag:?}");
        }
    }

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

    #[test]
    fn buckets_are_powers_of_two() {
        let bucket = |value: &str| {
            let bucket = Interval::parse(value).unwrap().bucket();
            (bucket.low / MILLIONTHS, bucket.high / MILLIONTHS)
        };
        assert_eq!(bucket("20"), (16, 32));
        assert_eq!(bucket("16"), (16, 16));
        assert_eq!(bucket("25..40"), (16, 64));
        assert_eq!(bucket("0.5"), (0, 1));
        assert_eq!(bucket("0"), (0, 0));
        assert_eq!(bucket("-3"), (-4, -2));
        assert_eq!(Interval::parse("..40").unwrap().bucket().low, i64::MIN);
    }
}
