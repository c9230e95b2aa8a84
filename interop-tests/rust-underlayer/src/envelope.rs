//! Signed statements: libp2p envelopes (RFC 0002) with RMB's own domains.

use libp2p::PeerId;
use libp2p::core::SignedEnvelope;
use libp2p::identity::{Keypair, SigningError};

use crate::wire::{ProtocolError, refuse};

/// What a signed envelope states; a signature over one kind is worthless for any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statement {
    Alive,
    Contact,
    Message,
    Owner,
    OwnerServed,
}

impl Statement {
    /// Domain string, and as ASCII bytes the payload type.
    const fn domain(self) -> &'static str {
        match self {
            Self::Alive => "rmb/alive/1",
            Self::Contact => "rmb/contact/1",
            Self::Message => "rmb/message/1",
            Self::Owner => "rmb/owner/1",
            Self::OwnerServed => "rmb/owner-served/1",
        }
    }
}

/// A payload and who signed it.
#[derive(Debug, PartialEq, Eq)]
pub struct Signed {
    pub signer: PeerId,
    pub payload: Vec<u8>,
}

/// The payload's envelope, encoded.
pub fn sign(key: &Keypair, kind: Statement, payload: Vec<u8>) -> Result<Vec<u8>, SigningError> {
    let domain = kind.domain();
    let envelope = SignedEnvelope::new(key, domain.to_owned(), domain.into(), payload)?;
    Ok(envelope.into_protobuf_encoding())
}

/// The payload of an encoded envelope, after its signature was verified.
pub fn verify(kind: Statement, bytes: &[u8]) -> Result<Signed, ProtocolError> {
    let envelope = match SignedEnvelope::from_protobuf_encoding(bytes) {
        Ok(envelope) => envelope,
        Err(error) => return refuse(format!("not an envelope: {error}")),
    };
    let domain = kind.domain();
    match envelope.payload_and_signing_key(domain.to_owned(), domain.as_bytes()) {
        Ok((payload, signer)) => Ok(Signed {
            signer: signer.to_peer_id(),
            payload: payload.to_vec(),
        }),
        Err(error) => refuse(format!("envelope of {domain}: {error}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> Keypair {
        Keypair::ed25519_from_bytes([7; 32]).unwrap()
    }

    #[test]
    fn what_was_signed_is_verified() {
        let bytes = sign(&key(), Statement::Contact, b"hello".to_vec()).unwrap();
        let signed = verify(Statement::Contact, &bytes).unwrap();
        assert_eq!(signed.signer, key().public().to_peer_id());
        assert_eq!(signed.payload, b"hello");
    }

    #[test]
    fn the_bytes_are_those_of_the_rfc() {
        // Built by hand: each of domain, payload type and payload behind its length.
        let mut covered = Vec::new();
        for part in [&b"rmb/message/1"[..], b"rmb/message/1", b"hello"] {
            covered.push(part.len() as u8);
            covered.extend_from_slice(part);
        }
        let signature = key().sign(&covered).unwrap();
        let mut expected = vec![0x0a, 36];
        expected.extend(key().public().encode_protobuf());
        expected.extend([0x12, 13]);
        expected.extend(b"rmb/message/1");
        expected.extend([0x1a, 5]);
        expected.extend(b"hello");
        expected.extend([0x2a, 64]);
        expected.extend(signature);
        let bytes = sign(&key(), Statement::Message, b"hello".to_vec()).unwrap();
        assert_eq!(bytes, expected);
    }

    #[test]
    fn no_byte_can_be_changed() {
        let bytes = sign(&key(), Statement::Message, b"hello".to_vec()).unwrap();
        let original = verify(Statement::Message, &bytes).unwrap();
        for position in 0..bytes.len() {
            let mut tampered = bytes.clone();
            tampered[position] ^= 1;
            let result = verify(Statement::Message, &tampered);
            assert_ne!(result.as_ref(), Ok(&original), "byte {position}");
            assert!(result.is_err(), "byte {position}");
        }
    }

    #[test]
    fn a_statement_of_another_kind_is_refused() {
        let bytes = sign(&key(), Statement::Message, b"hello".to_vec()).unwrap();
        assert!(verify(Statement::Contact, &bytes).is_err());
    }

    #[test]
    fn rubbish_is_refused() {
        assert!(verify(Statement::Message, b"").is_err());
        assert!(verify(Statement::Message, &[0xff; 40]).is_err());
    }
}
