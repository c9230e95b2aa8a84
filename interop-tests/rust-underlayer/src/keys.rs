//! The keys of tags and conditions, which both sides work out themselves. This peer keeps no answers
//! and asks no DHT for tags, so only the vectors of the document need them.

use sha2::{Digest, Sha256};

use crate::condition::{Interval, MILLIONTHS};
use crate::schema::Criterion;

/// The smallest interval around this one between powers of two.
fn bucket(numbers: Interval) -> Interval {
    Interval {
        low: if numbers.low == i64::MIN {
            i64::MIN
        } else {
            below(numbers.low)
        },
        high: if numbers.high == i64::MAX {
            i64::MAX
        } else {
            -below(-numbers.high)
        },
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
            let bucket = bucket(numbers);
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
    use crate::schema::Offering;
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
    fn buckets_are_powers_of_two() {
        let between = |value: &str| {
            let bucket = bucket(Interval::parse(value).unwrap());
            (bucket.low / MILLIONTHS, bucket.high / MILLIONTHS)
        };
        assert_eq!(between("20"), (16, 32));
        assert_eq!(between("16"), (16, 16));
        assert_eq!(between("25..40"), (16, 64));
        assert_eq!(between("0.5"), (0, 1));
        assert_eq!(between("0"), (0, 0));
        assert_eq!(between("-3"), (-4, -2));
        assert_eq!(bucket(Interval::parse("..40").unwrap()).low, i64::MIN);
    }
}
