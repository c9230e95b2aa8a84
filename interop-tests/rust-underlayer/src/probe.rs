//! Probes on raw streams, which see what the ready-made behaviours do not show.

use std::time::{Duration, Instant};

use futures::{AsyncReadExt, AsyncWriteExt};
use libp2p::core::{PeerRecord, SignedEnvelope};
use libp2p::identity::PublicKey;
use libp2p::{Multiaddr, PeerId, Stream, StreamProtocol};
use libp2p_stream::Control;
use serde_json::{Value, json};

use crate::{mirror, wire};

pub const PINGS_MAX: u32 = 100_000;
const PROBE_WAIT_MAX: Duration = Duration::from_secs(30);
const PING_LENGTH: usize = 32;
/// Twice what a peer should send, so that the probe reports what others would choke on.
const IDENTIFY_MAX: usize = 8 * 1024;

/// What a probe asks of a peer.
#[derive(Debug, Clone, Copy)]
pub enum Probe {
    Ping { count: u32 },
    Identify,
    Transfer { bytes: u64 },
}

impl Probe {
    const fn protocol(self) -> StreamProtocol {
        match self {
            Self::Ping { .. } => StreamProtocol::new("/ipfs/ping/1.0.0"),
            Self::Identify => StreamProtocol::new("/ipfs/id/1.0.0"),
            Self::Transfer { .. } => mirror::PROTOCOL,
        }
    }

    /// The answer, within one deadline for everything.
    pub async fn run(self, mut control: Control, peer: PeerId) -> Result<Value, String> {
        let conversation = async {
            let opened = control.open_stream(peer, self.protocol()).await;
            let stream = opened.map_err(|error| error.to_string())?;
            match self {
                Self::Ping { count } => ping(stream, peer, count).await,
                Self::Identify => identify(stream, peer).await,
                Self::Transfer { bytes } => mirror::send(stream, bytes).await,
            }
        };
        match tokio::time::timeout(PROBE_WAIT_MAX, conversation).await {
            Ok(result) => result,
            Err(_) => Err("the peer took too long".to_owned()),
        }
    }
}

async fn ping(mut stream: Stream, peer: PeerId, count: u32) -> Result<Value, String> {
    let mut times = Vec::new();
    for _ in 0..count {
        let sent: [u8; PING_LENGTH] = rand::random();
        let mut received = [0; PING_LENGTH];
        let start = Instant::now();
        let exchange = async {
            stream.write_all(&sent).await?;
            stream.flush().await?;
            stream.read_exact(&mut received).await
        };
        exchange.await.map_err(|error| error.to_string())?;
        times.push(start.elapsed());
        if received != sent {
            return Err("the echo differs".to_owned());
        }
    }
    // All pings came back; whether the peer also closes its side in order is not asked here.
    let _ = stream.close().await;
    times.sort_unstable();
    Ok(json!({
        "peer": peer.to_string(),
        "count": times.len(),
        "minMicros": micros(&times, 0),
        "p50Micros": micros(&times, 50),
        "p99Micros": micros(&times, 99),
        "maxMicros": micros(&times, 100),
    }))
}

/// The nearest-rank percentile of sorted times, 0 for none.
fn micros(sorted: &[Duration], percent: usize) -> u64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1) - 1;
    sorted.get(rank).map_or(0, |time| {
        u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
    })
}

#[derive(Clone, PartialEq, prost::Message)]
struct Identify {
    #[prost(bytes = "vec", tag = "1")]
    public_key: Vec<u8>,
    #[prost(bytes = "vec", repeated, tag = "2")]
    listen_addrs: Vec<Vec<u8>>,
    #[prost(string, repeated, tag = "3")]
    protocols: Vec<String>,
    #[prost(bytes = "vec", tag = "4")]
    observed_addr: Vec<u8>,
    #[prost(string, tag = "5")]
    protocol_version: String,
    #[prost(string, tag = "6")]
    agent_version: String,
    #[prost(bytes = "vec", optional, tag = "8")]
    signed_peer_record: Option<Vec<u8>>,
}

async fn identify(mut stream: Stream, peer: PeerId) -> Result<Value, String> {
    let frame = wire::read_frame(&mut stream, IDENTIFY_MAX)
        .await
        .map_err(|error| error.to_string())?;
    report(&frame, peer)
}

fn report(frame: &[u8], peer: PeerId) -> Result<Value, String> {
    let identify: Identify = wire::decode(frame).map_err(|error| error.to_string())?;
    let key = PublicKey::try_decode_protobuf(&identify.public_key);
    let record = record(identify.signed_peer_record.as_deref(), peer);
    Ok(json!({
        "peer": peer.to_string(),
        "bytes": frame.len(),
        "keyIsPeers": key.is_ok_and(|key| key.to_peer_id() == peer),
        "protocolVersion": identify.protocol_version,
        "agentVersion": identify.agent_version,
        "protocols": identify.protocols,
        "listenAddrs": identify.listen_addrs.into_iter().map(address).collect::<Vec<_>>(),
        "observedAddr": address(identify.observed_addr),
        "signedPeerRecord": record,
    }))
}

fn address(bytes: Vec<u8>) -> Value {
    Multiaddr::try_from(bytes).map_or(Value::Null, |address| address.to_string().into())
}

/// Says whether there is a valid record, and in which of the two forms that are in use.
fn record(bytes: Option<&[u8]>, peer: PeerId) -> Value {
    let Some(bytes) = bytes else {
        return json!({"state": "absent"});
    };
    let Ok(envelope) = SignedEnvelope::from_protobuf_encoding(bytes) else {
        return json!({"state": "invalid"});
    };
    let standard = PeerRecord::from_signed_envelope_interop(envelope.clone());
    let (form, record) = match standard {
        Ok(record) => ("standard", Ok(record)),
        Err(_) => ("legacy", PeerRecord::from_signed_envelope(envelope)),
    };
    match record {
        Ok(record) if record.peer_id() == peer => json!({
            "state": "verified",
            "form": form,
            "sequence": record.seq(),
            "addresses": record.addresses().iter().map(Multiaddr::to_string).collect::<Vec<_>>(),
        }),
        Ok(_) | Err(_) => json!({"state": "invalid"}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use libp2p::identity::Keypair;

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let times: Vec<Duration> = (1..=100).map(Duration::from_micros).collect();
        assert_eq!(micros(&times, 0), 1);
        assert_eq!(micros(&times, 50), 50);
        assert_eq!(micros(&times, 99), 99);
        assert_eq!(micros(&times, 100), 100);
        assert_eq!(micros(&times[..1], 99), 1);
        assert_eq!(micros(&[], 50), 0);
    }

    #[test]
    fn both_forms_of_peer_records_are_told_apart() {
        let key = Keypair::ed25519_from_bytes([7; 32]).unwrap();
        let peer = key.public().to_peer_id();
        let standard = PeerRecord::new_interop(&key, vec![]).unwrap();
        let standard = standard.into_signed_envelope().into_protobuf_encoding();
        let legacy = PeerRecord::new(&key, vec![]).unwrap();
        let legacy = legacy.into_signed_envelope().into_protobuf_encoding();
        assert_eq!(record(Some(&standard), peer)["form"], "standard");
        assert_eq!(record(Some(&legacy), peer)["form"], "legacy");
        assert_eq!(record(None, peer)["state"], "absent");
        assert_eq!(record(Some(b"x"), peer)["state"], "invalid");
        let stranger = PeerId::random();
        assert_eq!(record(Some(&standard), stranger)["state"], "invalid");
    }
}
