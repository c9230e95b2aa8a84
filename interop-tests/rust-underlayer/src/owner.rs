//! Owner records, the values of the DHT under `/rmb-owner/`. Pure: time is an argument.

use libp2p::identity::{Keypair, PublicKey, SigningError};
use libp2p::{Multiaddr, PeerId};
use sha2::{Digest, Sha256};

use crate::envelope::{self, Statement};
use crate::schema::{OwnerRecord, OwnerStatement};
use crate::wire::{self, ProtocolError, refuse, require};

pub const KEY_PREFIX: &[u8] = b"/rmb-owner/";

const BYTES_MAX: usize = 9 * 1024;
const AGENTS_MAX: usize = 8;
const ADDRESSES_MAX: usize = 16;

/// What decides between two verified values of one key: the highest sequence wins.
pub type Sequence = u64;

/// Key and value of a peer that is its own owner.
pub fn own_value(
    key: &Keypair,
    addresses: &[Multiaddr],
    sequence: Sequence,
    expires_at_ms: u64,
) -> Result<(Vec<u8>, Vec<u8>), SigningError> {
    let owner_key = key.public().encode_protobuf();
    let value_key = [KEY_PREFIX, &Sha256::digest(&owner_key)].concat();
    let record = OwnerRecord {
        owner_key,
        agents: vec![key.public().to_peer_id().to_bytes()],
        addresses: addresses
            .iter()
            .take(ADDRESSES_MAX)
            .map(Multiaddr::to_vec)
            .collect(),
        sequence,
        expires_at_ms,
    };
    let statement = OwnerStatement {
        owner_record: envelope::sign(key, Statement::Owner, wire::encode(&record))?,
    };
    let value = envelope::sign(key, Statement::OwnerServed, wire::encode(&statement))?;
    Ok((value_key, value))
}

/// The sequence of a value that its key allows: an owner record under the hash of its owner's key,
/// signed by the owner and by one of the agents in it, and not expired.
pub fn verify(key: &[u8], value: &[u8], now_ms: u64) -> Result<Sequence, ProtocolError> {
    let Some(hash) = key.strip_prefix(KEY_PREFIX) else {
        return refuse("no validator for the key's namespace");
    };
    require(value.len() <= BYTES_MAX, "an owner statement is too long")?;
    let served = envelope::verify(Statement::OwnerServed, value)?;
    let statement: OwnerStatement = wire::decode(&served.payload)?;
    let owned = envelope::verify(Statement::Owner, &statement.owner_record)?;
    let record: OwnerRecord = wire::decode(&owned.payload)?;
    require(record.agents.len() <= AGENTS_MAX, "too many agents")?;
    require(
        record.addresses.len() <= ADDRESSES_MAX,
        "too many addresses",
    )?;
    require(
        owner(&record)? == owned.signer,
        "an owner record that its owner did not sign",
    )?;
    require(
        record.agents.contains(&served.signer.to_bytes()),
        "an owner record that does not list the agent serving it",
    )?;
    require(record.expires_at_ms > now_ms, "an expired owner record")?;
    require(
        hash == Sha256::digest(&record.owner_key).as_slice(),
        "an owner record under another owner's key",
    )?;
    Ok(record.sequence)
}

fn owner(record: &OwnerRecord) -> Result<PeerId, ProtocolError> {
    match PublicKey::try_decode_protobuf(&record.owner_key) {
        Ok(key) => Ok(key.to_peer_id()),
        Err(error) => refuse(format!("owner key: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: u64 = 1_000_000;

    struct Owned {
        owner: Keypair,
        agent: Keypair,
        record: OwnerRecord,
    }

    impl Owned {
        fn new() -> Self {
            let owner = Keypair::ed25519_from_bytes([1; 32]).unwrap();
            let agent = Keypair::ed25519_from_bytes([2; 32]).unwrap();
            let record = OwnerRecord {
                owner_key: owner.public().encode_protobuf(),
                agents: vec![agent.public().to_peer_id().to_bytes()],
                addresses: Vec::new(),
                sequence: 7,
                expires_at_ms: NOW_MS + 1,
            };
            Self {
                owner,
                agent,
                record,
            }
        }

        fn value(&self) -> Vec<u8> {
            let record = wire::encode(&self.record);
            let statement = OwnerStatement {
                owner_record: envelope::sign(&self.owner, Statement::Owner, record).unwrap(),
            };
            let payload = wire::encode(&statement);
            envelope::sign(&self.agent, Statement::OwnerServed, payload).unwrap()
        }

        fn key(&self) -> Vec<u8> {
            [KEY_PREFIX, &Sha256::digest(&self.record.owner_key)].concat()
        }
    }

    fn refusal(owned: &Owned) -> String {
        verify(&owned.key(), &owned.value(), NOW_MS).unwrap_err().0
    }

    #[test]
    fn a_record_of_both_signers_has_its_sequence() {
        let owned = Owned::new();
        assert_eq!(verify(&owned.key(), &owned.value(), NOW_MS), Ok(7));
    }

    #[test]
    fn a_peer_may_be_its_own_owner() {
        let keypair = Keypair::ed25519_from_bytes([5; 32]).unwrap();
        let (key, value) = own_value(&keypair, &[], 9, NOW_MS + 1).unwrap();
        assert_eq!(verify(&key, &value, NOW_MS), Ok(9));
    }

    #[test]
    fn every_part_must_hold() {
        let mut expired = Owned::new();
        expired.record.expires_at_ms = NOW_MS;
        assert!(refusal(&expired).contains("expired"));

        let mut unlisted = Owned::new();
        unlisted.record.agents.clear();
        assert!(refusal(&unlisted).contains("does not list"));

        let mut stolen = Owned::new();
        stolen.owner = Keypair::ed25519_from_bytes([3; 32]).unwrap();
        assert!(refusal(&stolen).contains("did not sign"));

        let mut crowded = Owned::new();
        let agent = crowded.record.agents[0].clone();
        crowded.record.agents = vec![agent; AGENTS_MAX + 1];
        assert!(refusal(&crowded).contains("too many agents"));
    }

    #[test]
    fn the_key_decides_whose_record_it_is() {
        let owned = Owned::new();
        let mut other = owned.key();
        *other.last_mut().unwrap() ^= 1;
        let refused = verify(&other, &owned.value(), NOW_MS).unwrap_err();
        assert!(refused.0.contains("another owner"), "{refused}");
        let refused = verify(b"/pk/1", &owned.value(), NOW_MS).unwrap_err();
        assert!(refused.0.contains("namespace"), "{refused}");
    }

    #[test]
    fn no_byte_can_be_changed() {
        let owned = Owned::new();
        let value = owned.value();
        for position in 0..value.len() {
            let mut tampered = value.clone();
            tampered[position] ^= 1;
            assert!(
                verify(&owned.key(), &tampered, NOW_MS).is_err(),
                "byte {position}"
            );
        }
    }
}
