//! The search protocol, for the own offerings only: this peer passes no query on.

use std::collections::{HashSet, VecDeque};

use crate::contact::{self, Contact};
use crate::schema::{Criterion, Offering, SearchAnswer, SearchQuery};
use crate::wire::{self, ProtocolError, require};

pub const QUERY_ID_LENGTH: usize = 16;
const HOPS_MAX: u32 = 12;
const RESULTS_MAX: u32 = 16;
const WAIT_MAX_MS: u32 = 30_000;
const WAIT_MS: u32 = 5_000;
const QUERIES_MAX: usize = 4_096;
const REPUTATION_MAX: u32 = 1_000;

/// The query ids that were seen last; the oldest is forgotten first.
#[derive(Debug, Default)]
pub struct SeenQueries {
    ids: HashSet<Vec<u8>>,
    order: VecDeque<Vec<u8>>,
}

impl SeenQueries {
    /// Whether the id is new.
    fn remember(&mut self, id: &[u8]) -> bool {
        if !self.ids.insert(id.to_vec()) {
            return false;
        }
        self.order.push_back(id.to_vec());
        if self.order.len() > QUERIES_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

/// A query that was served, and the encoded answer.
#[derive(Debug)]
pub struct Served {
    pub query: SearchQuery,
    pub repeated: bool,
    pub results: usize,
    pub answer: Vec<u8>,
}

/// Encodes the query after checking it as the one who is asked would.
pub fn query(
    query_id: [u8; QUERY_ID_LENGTH],
    tag: String,
    conditions: Vec<Criterion>,
    hops: u32,
) -> Result<Vec<u8>, ProtocolError> {
    let query = SearchQuery {
        query_id: query_id.to_vec(),
        tag,
        r#where: conditions,
        hops_left: hops,
        results_max: RESULTS_MAX,
        wait_ms: WAIT_MS,
        min_reputation: 0,
    };
    check(&query)?;
    Ok(wire::encode(&query))
}

/// Answers one query; `own_record` is our signed record with these offerings.
pub fn serve(
    seen: &mut SeenQueries,
    bytes: &[u8],
    offerings: &[Offering],
    own_record: Vec<u8>,
) -> Result<Served, ProtocolError> {
    let query: SearchQuery = wire::decode(bytes)?;
    check(&query)?;
    let repeated = !seen.remember(&query.query_id);
    let found = !repeated
        && query.results_max > 0
        && contact::offers(offerings, &query.tag, &query.r#where);
    let records = if found { vec![own_record] } else { Vec::new() };
    let answer = SearchAnswer {
        query_id: query.query_id.clone(),
        agents_asked: u32::from(!repeated),
        records,
        hops: 0,
        hops_left: query.hops_left,
        repeated,
    };
    Ok(Served {
        query,
        repeated,
        results: answer.records.len(),
        answer: wire::encode(&answer),
    })
}

/// What an answer is worth.
#[derive(Debug)]
pub struct Found {
    pub contacts: Vec<Contact>,
    /// Records that do not verify or do not offer what was asked for.
    pub refused: usize,
    pub agents_asked: u32,
}

/// Judges the answer to an encoded query of ours: all its messages one after the other, which read
/// as one with the records of all.
pub fn judge(asked: &[u8], bytes: &[u8], now_seconds: u64) -> Result<Found, ProtocolError> {
    let query: SearchQuery = wire::decode(asked)?;
    let answer: SearchAnswer = wire::decode(bytes)?;
    require(
        bytes.is_empty() || answer.query_id == query.query_id,
        "an answer to another query",
    )?;
    require(
        answer.records.len() <= query.results_max as usize,
        "more results than asked for",
    )?;
    let contacts: Vec<Contact> = answer
        .records
        .iter()
        .filter_map(|record| contact::verify(record).ok())
        .filter(|contact| contact.answers(now_seconds))
        .filter(|contact| contact.offers(&query.tag, &query.r#where))
        .collect();
    Ok(Found {
        refused: answer.records.len() - contacts.len(),
        contacts,
        agents_asked: answer.agents_asked,
    })
}

fn check(query: &SearchQuery) -> Result<(), ProtocolError> {
    require(
        query.query_id.len() == QUERY_ID_LENGTH,
        "a query id has 16 bytes",
    )?;
    contact::check_condition(&query.tag, &query.r#where)?;
    require(query.hops_left <= HOPS_MAX, "too many hops")?;
    require(query.results_max <= RESULTS_MAX, "too many results")?;
    require(query.wait_ms <= WAIT_MAX_MS, "too long a wait")?;
    require(query.min_reputation <= REPUTATION_MAX, "too much is wanted")
}

#[cfg(test)]
mod tests {
    use super::*;
    use libp2p::identity::Keypair;

    const NOW: u64 = 1_800_000_000;

    fn offerings() -> Vec<Offering> {
        vec![contact::parse_offering("barber:city=ghent").unwrap()]
    }

    fn record() -> Vec<u8> {
        let key = Keypair::ed25519_from_bytes([3; 32]).unwrap();
        contact::own_record(&key, 1, NOW, &[], &offerings()).unwrap()
    }

    fn ask(id: u8, tag: &str) -> Vec<u8> {
        query([id; 16], tag.to_owned(), vec![], 2).unwrap()
    }

    fn answer(seen: &mut SeenQueries, query: &[u8]) -> Served {
        serve(seen, query, &offerings(), record()).unwrap()
    }

    #[test]
    fn what_is_offered_is_found() {
        let asked = ask(1, "barber");
        let served = answer(&mut SeenQueries::default(), &asked);
        let found = judge(&asked, &served.answer, NOW).unwrap();
        assert_eq!((found.contacts.len(), found.refused), (1, 0));
        assert_eq!(found.agents_asked, 1);
    }

    #[test]
    fn what_is_not_offered_is_not_found() {
        let asked = ask(1, "baker");
        let served = answer(&mut SeenQueries::default(), &asked);
        assert!(judge(&asked, &served.answer, NOW).unwrap().contacts.is_empty());
    }

    #[test]
    fn a_repeated_query_is_answered_with_nothing() {
        let mut seen = SeenQueries::default();
        assert_eq!(answer(&mut seen, &ask(1, "barber")).results, 1);
        let again = answer(&mut seen, &ask(1, "barber"));
        assert!(again.repeated);
        assert_eq!(again.results, 0);
    }

    #[test]
    fn only_so_many_queries_are_remembered() {
        let mut seen = SeenQueries::default();
        for number in 0..=QUERIES_MAX {
            assert!(seen.remember(&number.to_be_bytes()));
        }
        assert_eq!(seen.ids.len(), QUERIES_MAX);
        assert_eq!(seen.order.len(), QUERIES_MAX);
        assert!(!seen.remember(&1_usize.to_be_bytes()));
        assert!(seen.remember(&0_usize.to_be_bytes()));
    }

    #[test]
    fn an_answer_to_another_query_is_refused() {
        let served = answer(&mut SeenQueries::default(), &ask(1, "barber"));
        assert!(judge(&ask(2, "barber"), &served.answer, NOW).is_err());
    }

    #[test]
    fn messages_one_after_the_other_are_one_answer() {
        let asked = ask(1, "barber");
        let mut bytes = answer(&mut SeenQueries::default(), &asked).answer;
        let nothing = SearchAnswer {
            query_id: vec![1; 16],
            agents_asked: 7,
            ..SearchAnswer::default()
        };
        bytes.extend(wire::encode(&nothing));
        let found = judge(&asked, &bytes, NOW).unwrap();
        assert_eq!((found.contacts.len(), found.agents_asked), (1, 7));
        assert!(judge(&asked, &[], NOW).unwrap().contacts.is_empty());
    }

    #[test]
    fn an_expired_record_is_refused() {
        let asked = ask(1, "barber");
        let bytes = answer(&mut SeenQueries::default(), &asked).answer;
        let found = judge(&asked, &bytes, NOW + 3_600 + 60).unwrap();
        assert_eq!((found.contacts.len(), found.refused), (0, 1));
    }

    #[test]
    fn a_record_that_does_not_match_the_query_is_refused() {
        let served = answer(&mut SeenQueries::default(), &ask(1, "barber"));
        let found = judge(&ask(1, "baker"), &served.answer, NOW).unwrap();
        assert_eq!((found.contacts.len(), found.refused), (0, 1));
    }

    #[test]
    fn queries_over_a_limit_are_refused() {
        assert!(query([1; 16], "barber".into(), vec![], 13).is_err());
        assert!(query([1; 16], "Barber".into(), vec![], 1).is_err());
        let too_many = vec![Criterion::default(); 17];
        assert!(query([1; 16], "barber".into(), too_many, 1).is_err());
        let good: SearchQuery = wire::decode(&ask(1, "barber")).unwrap();
        let bad = [
            SearchQuery {
                query_id: vec![1; 15],
                ..good.clone()
            },
            SearchQuery {
                results_max: 17,
                ..good.clone()
            },
            SearchQuery {
                wait_ms: 30_001,
                ..good.clone()
            },
            SearchQuery {
                min_reputation: 1_001,
                ..good
            },
        ];
        for query in bad {
            let bytes = wire::encode(&query);
            let mut seen = SeenQueries::default();
            assert!(serve(&mut seen, &bytes, &offerings(), record()).is_err());
        }
    }
}
