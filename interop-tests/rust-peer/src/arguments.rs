//! Command lines of `--name value` pairs.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

/// The values of each name, in order.
#[derive(Debug, Default)]
pub struct Arguments {
    given: BTreeMap<String, Vec<String>>,
}

impl Arguments {
    pub fn parse(
        words: impl IntoIterator<Item = String>,
        known: &[&str],
    ) -> Result<Self, String> {
        let mut given: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let name = word.strip_prefix("--").filter(|name| known.contains(name));
            let name = name.ok_or_else(|| format!("unknown argument {word}"))?;
            let value = words.next().ok_or_else(|| format!("{word} needs a value"))?;
            given.entry(name.to_owned()).or_default().push(value);
        }
        Ok(Self { given })
    }

    pub fn all<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Vec<T>, String> {
        let values = self.given.get(name).map(Vec::as_slice).unwrap_or_default();
        let read = values.iter().map(|value| parse(value));
        read.collect()
    }

    pub fn last<T: FromStr<Err: Display>>(&self, name: &str, otherwise: T) -> Result<T, String> {
        Ok(self.all(name)?.pop().unwrap_or(otherwise))
    }
}

/// A value of any kind that is written as text.
pub fn parse<T: FromStr<Err: Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error| format!("{text}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(words: &[&str]) -> Result<Arguments, String> {
        Arguments::parse(words.iter().map(|&word| word.to_owned()), &["listen", "peers"])
    }

    #[test]
    fn names_may_come_more_than_once() {
        let given = arguments(&["--listen", "a", "--listen", "b"]).unwrap();
        assert_eq!(given.all::<String>("listen").unwrap(), ["a", "b"]);
        assert_eq!(given.last("peers", 7).unwrap(), 7);
    }

    #[test]
    fn what_is_not_known_or_no_value_is_refused() {
        assert!(arguments(&["--fly", "1"]).is_err());
        assert!(arguments(&["--peers"]).is_err());
        assert!(arguments(&["peers", "1"]).is_err());
        let given = arguments(&["--peers", "many"]).unwrap();
        assert!(given.last("peers", 7).is_err());
    }
}
