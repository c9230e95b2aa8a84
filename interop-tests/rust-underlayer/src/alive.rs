//! imAlive: leases that are renewed on a long-lived stream with each neighbour, and pings on it.

use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures::{AsyncRead, AsyncReadExt, AsyncWrite, StreamExt};
use libp2p::identity::Keypair;
use libp2p::{PeerId, Stream, StreamProtocol};
use libp2p_stream::{Control, IncomingStreams};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::{broadcast, mpsc};

use crate::envelope::{self, Statement};
use crate::schema::{AliveContent, AliveFrame, AlivePing, Lease, Renewal};
use crate::wire::{self, ProtocolError, require};

pub const PROTOCOL: StreamProtocol = StreamProtocol::new("/rmb/alive/1.0.0");
pub const INTERVAL_MAX_SECONDS: u32 = 300;
const FRAME_MAX: usize = 4 * 1024;
const TTL_MAX_SECONDS: u32 = 1_800;
const TTL_INTERVALS: u32 = 4;
const WATCHERS_MAX: u32 = 8;
const WATCHERS_HASH_BYTES: usize = 16;
const FINGERPRINT_BYTES: usize = 16;
const LINKS_SERVED_MAX: usize = 256;
const PONGS_WAITING_MAX: usize = 16;

/// What every link of this peer shares.
#[derive(Clone)]
pub struct Alive {
    pub key: Keypair,
    pub interval_seconds: u32,
    /// Of the contact record that holders should have at least.
    pub record_sequence: u64,
    /// Events for the driver.
    pub events: mpsc::Sender<Value>,
    /// Says to every link that this peer leaves.
    pub leaving: broadcast::Sender<()>,
}

/// A frame that keeps the rules.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard {
    Lease {
        sequence: u64,
        ttl_seconds: u32,
        interval_seconds: u32,
        record_sequence: u64,
        leaving: bool,
    },
    Ping(u64),
    Pong(u64),
    /// Of the watcher protocol, which this peer leaves to others, or of a later version.
    Other,
}

impl Alive {
    /// Serves the links that others open.
    pub async fn serve(self, incoming: IncomingStreams) {
        incoming
            .for_each_concurrent(LINKS_SERVED_MAX, |(peer, stream)| self.link(peer, stream))
            .await;
    }

    /// Opens a link and runs it to its end.
    pub async fn open(self, mut control: Control, peer: PeerId) {
        match control.open_stream(peer, PROTOCOL).await {
            Ok(stream) => self.link(peer, stream).await,
            Err(error) => self.tell(refused(peer, &error.to_string())).await,
        }
    }

    async fn link(&self, peer: PeerId, stream: Stream) {
        let (reader, writer) = stream.split();
        let (pongs, waiting) = mpsc::channel(PONGS_WAITING_MAX);
        let ended = tokio::select! {
            ended = self.read(reader, peer, pongs) => ended,
            ended = self.write(writer, waiting) => ended,
        };
        match ended {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                self.tell(refused(peer, &error.to_string())).await;
            }
            // A link ends with its connection, and that is reported elsewhere.
            Ok(()) | Err(_) => {}
        }
    }

    async fn read(
        &self,
        mut reader: impl AsyncRead + Unpin + Send,
        peer: PeerId,
        pongs: mpsc::Sender<u64>,
    ) -> io::Result<()> {
        loop {
            let frame = wire::read_frame(&mut reader, FRAME_MAX).await?;
            let heard = judge(peer, &frame)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))?;
            if let Heard::Ping(nonce) = heard
                && pongs.send(nonce).await.is_err()
            {
                return Ok(());
            }
            if heard != Heard::Other {
                self.tell(report(peer, &heard)).await;
            }
        }
    }

    async fn write(
        &self,
        mut writer: impl AsyncWrite + Unpin + Send,
        mut pongs: mpsc::Receiver<u64>,
    ) -> io::Result<()> {
        let mut leaving = self.leaving.subscribe();
        let period = Duration::from_secs(u64::from(self.interval_seconds));
        let mut renewals = tokio::time::interval(period);
        loop {
            let frame = tokio::select! {
                nonce = pongs.recv() => match nonce {
                    Some(nonce) => wire::encode(&AliveFrame {
                        content: Some(AliveContent::Pong(AlivePing { nonce })),
                    }),
                    None => return Ok(()),
                },
                _ = renewals.tick() => self.lease(false)?,
                order = leaving.recv() => match order {
                    Ok(()) => self.lease(true)?,
                    Err(_) => return Ok(()),
                },
            };
            wire::write_frame(&mut writer, &frame, FRAME_MAX).await?;
        }
    }

    fn lease(&self, leaving: bool) -> io::Result<Vec<u8>> {
        let lease = Lease {
            peer_id: self.key.public().to_peer_id().to_bytes(),
            sequence: now_ns(),
            ttl_seconds: self.interval_seconds * TTL_INTERVALS,
            interval_seconds: self.interval_seconds,
            watchers_hash: Vec::new(),
            watchers: 0,
            record_sequence: self.record_sequence,
            leaving,
        };
        sign(&self.key, &lease)
    }

    async fn tell(&self, event: Value) {
        // Fails only when the peer has stopped, and then nobody wants to know.
        let _ = self.events.send(event).await;
    }
}

fn sign(key: &Keypair, lease: &Lease) -> io::Result<Vec<u8>> {
    let envelope =
        envelope::sign(key, Statement::Alive, wire::encode(lease)).map_err(io::Error::other)?;
    Ok(wire::encode(&AliveFrame {
        content: Some(AliveContent::Lease(Renewal {
            lease: envelope,
            watchers: Vec::new(),
        })),
    }))
}

/// What a frame from `peer` says.
fn judge(peer: PeerId, frame: &[u8]) -> Result<Heard, ProtocolError> {
    let frame: AliveFrame = wire::decode(frame)?;
    match frame.content {
        None => Ok(Heard::Other),
        Some(AliveContent::Ping(ping)) => Ok(Heard::Ping(ping.nonce)),
        Some(AliveContent::Pong(pong)) => Ok(Heard::Pong(pong.nonce)),
        Some(AliveContent::Lease(renewal)) => {
            let signed = envelope::verify(Statement::Alive, &renewal.lease)?;
            let lease: Lease = wire::decode(&signed.payload)?;
            require(signed.signer == peer, "a lease of somebody else")?;
            require(
                lease.peer_id.is_empty() || lease.peer_id == peer.to_bytes(),
                "a lease that its subject did not sign",
            )?;
            require(
                (1..=INTERVAL_MAX_SECONDS).contains(&lease.interval_seconds),
                "interval out of bounds",
            )?;
            require(
                (lease.interval_seconds..=TTL_MAX_SECONDS).contains(&lease.ttl_seconds),
                "time to live out of bounds",
            )?;
            require_watchers(&lease, &renewal.watchers)?;
            Ok(Heard::Lease {
                sequence: lease.sequence,
                ttl_seconds: lease.ttl_seconds,
                interval_seconds: lease.interval_seconds,
                record_sequence: lease.record_sequence,
                leaving: lease.leaving,
            })
        }
    }
}

/// The lease commits to its watchers; the list may be left out.
fn require_watchers(lease: &Lease, list: &[u8]) -> Result<(), ProtocolError> {
    require(lease.watchers <= WATCHERS_MAX, "too many watchers")?;
    let hash_bytes = if lease.watchers == 0 {
        0
    } else {
        WATCHERS_HASH_BYTES
    };
    require(
        lease.watchers_hash.len() == hash_bytes,
        "not the hash of watchers",
    )?;
    require(
        list.is_empty()
            || list.len() == FINGERPRINT_BYTES * lease.watchers as usize
                && Sha256::digest(list)[..WATCHERS_HASH_BYTES] == lease.watchers_hash[..],
        "not the watchers that the lease commits to",
    )
}

fn report(peer: PeerId, heard: &Heard) -> Value {
    let peer = peer.to_string();
    match heard {
        Heard::Lease {
            sequence,
            ttl_seconds,
            interval_seconds,
            record_sequence,
            leaving,
        } => json!({
            "event": "lease",
            "peer": peer,
            "sequence": sequence,
            "ttlSeconds": ttl_seconds,
            "intervalSeconds": interval_seconds,
            "recordSequence": record_sequence,
            "leaving": leaving,
        }),
        Heard::Ping(_) => json!({"event": "alivePing", "peer": peer}),
        Heard::Pong(_) => json!({"event": "alivePong", "peer": peer}),
        Heard::Other => json!({"event": "aliveOther", "peer": peer}),
    }
}

fn refused(peer: PeerId, reason: &str) -> Value {
    json!({"event": "refused", "what": "alive", "peer": peer.to_string(), "reason": reason})
}

/// Unix nanoseconds: the sequence of a lease, which a restart continues.
fn now_ns() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u8) -> Keypair {
        Keypair::ed25519_from_bytes([number; 32]).unwrap()
    }

    fn lease() -> Lease {
        Lease {
            peer_id: key(1).public().to_peer_id().to_bytes(),
            sequence: 7,
            ttl_seconds: 120,
            interval_seconds: 30,
            watchers_hash: Vec::new(),
            watchers: 0,
            record_sequence: 3,
            leaving: false,
        }
    }

    fn judged(lease: &Lease, signer: u8, sender: u8) -> Result<Heard, ProtocolError> {
        let frame = sign(&key(signer), lease).unwrap();
        judge(key(sender).public().to_peer_id(), &frame)
    }

    #[test]
    fn a_lease_of_its_sender_is_believed() {
        let expected = Heard::Lease {
            sequence: 7,
            ttl_seconds: 120,
            interval_seconds: 30,
            record_sequence: 3,
            leaving: false,
        };
        assert_eq!(judged(&lease(), 1, 1).unwrap(), expected);
    }

    #[test]
    fn leases_of_others_and_odd_ones_are_refused() {
        assert!(judged(&lease(), 2, 2).is_err());
        assert!(judged(&lease(), 1, 2).is_err());
        for (interval_seconds, ttl_seconds) in [(0, 1), (301, 400), (30, 29), (30, 1_801)] {
            let odd = Lease {
                interval_seconds,
                ttl_seconds,
                ..lease()
            };
            assert!(judged(&odd, 1, 1).is_err(), "{interval_seconds}");
        }
        for (watchers, hash_bytes) in [(9, 16), (8, 15), (8, 0), (0, 16)] {
            let odd = Lease {
                watchers,
                watchers_hash: vec![1; hash_bytes],
                ..lease()
            };
            assert!(judged(&odd, 1, 1).is_err(), "{watchers} {hash_bytes}");
        }
    }

    #[test]
    fn the_list_of_watchers_is_the_one_that_the_lease_commits_to() {
        let list = vec![7; 3 * FINGERPRINT_BYTES];
        let watched = Lease {
            watchers: 3,
            watchers_hash: Sha256::digest(&list)[..WATCHERS_HASH_BYTES].to_vec(),
            ..lease()
        };
        assert!(require_watchers(&watched, &list).is_ok());
        assert!(require_watchers(&watched, &[]).is_ok());
        assert!(require_watchers(&watched, &list[16..]).is_err());
        assert!(require_watchers(&watched, &vec![8; list.len()]).is_err());
        assert!(require_watchers(&lease(), &list[32..]).is_err());
    }

    #[test]
    fn a_lease_need_not_name_its_signer() {
        let nameless = Lease {
            peer_id: Vec::new(),
            watchers: 8,
            watchers_hash: vec![1; 16],
            ..lease()
        };
        assert!(judged(&nameless, 1, 1).is_ok());
    }

    #[test]
    fn frames_of_later_versions_are_ignored() {
        let peer = key(1).public().to_peer_id();
        assert_eq!(judge(peer, b"").unwrap(), Heard::Other);
        // An invitation to watch: field 4, empty.
        assert_eq!(judge(peer, &[0x22, 0x00]).unwrap(), Heard::Other);
    }
}
