//! Contact records: what an agent says of itself. Pure: time and addresses are arguments.

use libp2p::identity::Keypair;
use libp2p::{Multiaddr, PeerId};
use serde_json::{Value, json};

use crate::condition::{self, Interval};
use crate::envelope::{self, Statement};
use crate::schema::{ContactRecord, Criterion, Offering};
use crate::wire::{self, ProtocolError, refuse, require};

const WORD_MAX: usize = 64;
const VALUE_MAX: usize = 128;
const CRITERIA_MAX: usize = 16;
const OFFERINGS_MAX: usize = 32;
const ADDRESSES_MAX: usize = 16;
const TTL_MAX_SECONDS: u32 = 86_400;
const TTL_SECONDS: u32 = 3_600;
const SKEW_SECONDS: u64 = 60;

/// A verified contact record: the signer is its subject, and every field is within its limits.
#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    pub peer: PeerId,
    pub sequence: u64,
    pub addresses: Vec<Multiaddr>,
    pub offerings: Vec<Offering>,
    pub ttl_seconds: u32,
    /// Seconds since 1970 from which on the record answers no search.
    pub expires_at: u64,
}

impl Contact {
    /// Whether the record may be the answer to a search, by a clock that may be a minute off.
    pub fn answers(&self, now_seconds: u64) -> bool {
        now_seconds < self.expires_at.saturating_add(SKEW_SECONDS)
    }

    pub fn offers(&self, tag: &str, conditions: &[Criterion]) -> bool {
        offers(&self.offerings, tag, conditions)
    }

    pub fn to_json(&self) -> Value {
        let offerings: Vec<Value> = self.offerings.iter().map(offering_json).collect();
        let addresses: Vec<String> = self.addresses.iter().map(Multiaddr::to_string).collect();
        json!({
            "peerId": self.peer.to_string(),
            "sequence": self.sequence,
            "addresses": addresses,
            "offerings": offerings,
            "ttlSeconds": self.ttl_seconds,
        })
    }
}

fn offering_json(offering: &Offering) -> Value {
    let criteria: serde_json::Map<String, Value> = offering
        .criteria
        .iter()
        .map(|criterion| (criterion.key.clone(), criterion.value.clone().into()))
        .collect();
    json!({"tag": offering.tag, "criteria": criteria})
}

/// Whether one of the offerings has this tag and fits every condition.
pub fn offers(offerings: &[Offering], tag: &str, conditions: &[Criterion]) -> bool {
    offerings
        .iter()
        .any(|offering| condition::fits(offering, tag, conditions))
}

/// Reads `tag` or `tag:key=value,key=value`.
pub fn parse_offering(text: &str) -> Result<Offering, String> {
    let (tag, criteria) = text.split_once(':').unwrap_or((text, ""));
    let criteria = criteria
        .split(',')
        .filter(|criterion| !criterion.is_empty())
        .map(|criterion| {
            let (key, value) = criterion
                .split_once('=')
                .ok_or_else(|| format!("no '=' in criterion {criterion:?}"))?;
            Ok(Criterion {
                key: key.to_owned(),
                value: value.to_owned(),
            })
        })
        .collect::<Result<Vec<_>, String>>()?;
    check_condition(tag, &criteria).map_err(|error| error.0)?;
    Ok(Offering {
        tag: tag.to_owned(),
        criteria,
    })
}

/// The encoded, signed record of the key's own peer, good for an hour.
pub fn own_record(
    key: &Keypair,
    sequence: u64,
    now_seconds: u64,
    addresses: &[Multiaddr],
    offerings: &[Offering],
) -> Result<Vec<u8>, ProtocolError> {
    let record = ContactRecord {
        peer_id: key.public().to_peer_id().to_bytes(),
        sequence,
        addresses: addresses
            .iter()
            .take(ADDRESSES_MAX)
            .map(Multiaddr::to_vec)
            .collect(),
        offerings: offerings.iter().take(OFFERINGS_MAX).cloned().collect(),
        ttl_seconds: TTL_SECONDS,
        owner_key: Vec::new(),
        sealing_key: Vec::new(),
        expires_at: now_seconds + u64::from(TTL_SECONDS),
    };
    match envelope::sign(key, Statement::Contact, wire::encode(&record)) {
        Ok(envelope) => Ok(envelope),
        Err(error) => refuse(format!("cannot sign: {error}")),
    }
}

/// The contact of an encoded, signed record.
pub fn verify(envelope: &[u8]) -> Result<Contact, ProtocolError> {
    let signed = envelope::verify(Statement::Contact, envelope)?;
    let record: ContactRecord = wire::decode(&signed.payload)?;
    require(
        record.peer_id == signed.signer.to_bytes(),
        "a contact record is signed by its subject only",
    )?;
    require(
        record.addresses.len() <= ADDRESSES_MAX,
        "too many addresses",
    )?;
    require(
        record.offerings.len() <= OFFERINGS_MAX,
        "too many offerings",
    )?;
    require(record.ttl_seconds <= TTL_MAX_SECONDS, "lives too long")?;
    for offering in &record.offerings {
        check_condition(&offering.tag, &offering.criteria)?;
    }
    let addresses = record
        .addresses
        .into_iter()
        .map(Multiaddr::try_from)
        .collect::<Result<Vec<_>, _>>();
    let Ok(addresses) = addresses else {
        return refuse("not a multiaddr");
    };
    Ok(Contact {
        peer: signed.signer,
        sequence: record.sequence,
        addresses,
        offerings: record.offerings,
        ttl_seconds: record.ttl_seconds,
        expires_at: record.expires_at,
    })
}

/// Checks a tag and the criteria that narrow it, in an offering or in a query.
pub fn check_condition(tag: &str, criteria: &[Criterion]) -> Result<(), ProtocolError> {
    require(is_tag(tag), "a tag is 1 to 64 characters of a-z 0-9 . _ -")?;
    require(criteria.len() <= CRITERIA_MAX, "too many criteria")?;
    for criterion in criteria {
        require(
            is_tag(&criterion.key),
            "a key is 1 to 64 characters of a-z 0-9 . _ -",
        )?;
        require(
            criterion.value.len() <= VALUE_MAX,
            "a value has at most 128 bytes",
        )?;
        require(
            Interval::parse(&criterion.value).is_none_or(|numbers| numbers.low <= numbers.high),
            "a range begins above its end",
        )?;
    }
    Ok(())
}

fn is_tag(text: &str) -> bool {
    (1..=WORD_MAX).contains(&text.len()) && is_word(text)
}

/// Whether the text is of the alphabet that tags, keys and commands share.
pub fn is_word(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(seed: u8) -> Keypair {
        Keypair::ed25519_from_bytes([seed; 32]).unwrap()
    }

    fn id(key: &Keypair) -> PeerId {
        key.public().to_peer_id()
    }

    fn record_of(seed: u8) -> Vec<u8> {
        let address = "/ip4/127.0.0.1/tcp/4001".parse().unwrap();
        let offering = parse_offering("barber:city=ghent,lang=nl").unwrap();
        own_record(&key(seed), 9, 0, &[address], &[offering]).unwrap()
    }

    fn conditions(text: &str) -> Vec<Criterion> {
        parse_offering(&format!("x:{text}")).unwrap().criteria
    }

    fn signed(seed: u8, record: &ContactRecord) -> Vec<u8> {
        envelope::sign(&key(seed), Statement::Contact, wire::encode(record)).unwrap()
    }

    #[test]
    fn a_record_comes_back_verified() {
        let contact = verify(&record_of(1)).unwrap();
        assert_eq!(contact.peer, id(&key(1)));
        assert_eq!(
            contact.to_json()["offerings"],
            json!([{"tag": "barber", "criteria": {"city": "ghent", "lang": "nl"}}])
        );
        assert_eq!(
            contact.to_json()["addresses"],
            json!(["/ip4/127.0.0.1/tcp/4001"])
        );
    }

    #[test]
    fn every_condition_must_hold_exactly_in_one_offering() {
        let offerings = [
            parse_offering("barber:city=ghent,lang=nl").unwrap(),
            parse_offering("barber:city=bruges").unwrap(),
        ];
        assert!(offers(&offerings, "barber", &[]));
        assert!(offers(
            &offerings,
            "barber",
            &conditions("lang=nl,city=ghent")
        ));
        assert!(offers(&offerings, "barber", &conditions("city=bruges")));
        assert!(!offers(
            &offerings,
            "barber",
            &conditions("city=bruges,lang=nl")
        ));
        assert!(!offers(&offerings, "barber", &conditions("city=Ghent")));
        assert!(!offers(&offerings, "baker", &[]));
    }

    #[test]
    fn a_record_of_somebody_else_is_refused() {
        let record = ContactRecord {
            peer_id: id(&key(2)).to_bytes(),
            ..ContactRecord::default()
        };
        let reason = verify(&signed(1, &record)).unwrap_err().0;
        assert_eq!(reason, "a contact record is signed by its subject only");
    }

    #[test]
    fn a_record_over_a_limit_is_refused() {
        let base = ContactRecord {
            peer_id: id(&key(1)).to_bytes(),
            ..ContactRecord::default()
        };
        let offering = |tag: &str| Offering {
            tag: tag.to_owned(),
            criteria: vec![],
        };
        let too_much = [
            ContactRecord {
                addresses: vec![vec![4, 127, 0, 0, 1]; 17],
                ..base.clone()
            },
            ContactRecord {
                offerings: vec![offering("x"); 33],
                ..base.clone()
            },
            ContactRecord {
                offerings: vec![offering("Barber")],
                ..base.clone()
            },
            ContactRecord {
                ttl_seconds: 86_401,
                ..base.clone()
            },
            ContactRecord {
                addresses: vec![vec![0xff, 0xff]],
                ..base.clone()
            },
        ];
        assert!(verify(&signed(1, &base)).is_ok());
        for record in too_much {
            assert!(verify(&signed(1, &record)).is_err(), "{record:?}");
        }
    }

    #[test]
    fn offerings_that_nobody_would_accept_are_not_parsed() {
        for text in ["", "Barber", "barber:city", "barber:=x", "a b", "t:k=2..1"] {
            assert!(parse_offering(text).is_err(), "{text}");
        }
        assert!(parse_offering(&format!("t:k={}", "v".repeat(129))).is_err());
    }
}
