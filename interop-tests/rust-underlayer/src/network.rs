//! The libp2p swarm: TCP, Noise and Yamux under the behaviours that RMB needs.

use std::error::Error;
use std::time::Duration;

use libp2p::connection_limits::{self, ConnectionLimits};
use libp2p::gossipsub::{self, MessageAuthenticity, MessageId, ValidationMode};
use libp2p::identity::Keypair;
use libp2p::kad::Mode;
use libp2p::request_response::{self, ProtocolSupport};
use libp2p::swarm::NetworkBehaviour;
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::{PeerId, Swarm, SwarmBuilder, identify, noise, ping, tcp, yamux};
use sha2::{Digest, Sha256};

use crate::kad;
use crate::wire::{FrameCodec, Service};

pub const AGENT_VERSION: &str = concat!("rust-underlayer/", env!("CARGO_PKG_VERSION"));
pub const LIBP2P_VERSION: &str = "0.57.1";
const PROTOCOL_VERSION: &str = "rmb/1.0.0";

const CONNECTIONS_MAX: u32 = 256;
const CONNECTIONS_PER_PEER_MAX: u32 = 8;
const HANDSHAKES_MAX: u32 = 64;
const STREAMS_MAX: usize = 256;
/// Long, because a driver's pauses must not look like a failure of the peer.
const IDLE_MAX: Duration = Duration::from_secs(600);
const REQUEST_WAIT_MAX: Duration = Duration::from_secs(30);
const MESSAGE_ID_LENGTH: usize = 20;

/// What a peer may do without.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub kad: Option<Mode>,
    /// Of the legacy form, as rust-libp2p knows no other; js-libp2p then drops all that identify says.
    pub peer_record: bool,
}

#[derive(NetworkBehaviour)]
pub struct Behaviour {
    limits: connection_limits::Behaviour,
    identify: identify::Behaviour,
    ping: ping::Behaviour,
    pub gossipsub: gossipsub::Behaviour,
    pub messages: request_response::Behaviour<FrameCodec>,
    pub searches: request_response::Behaviour<FrameCodec>,
    pub contacts: request_response::Behaviour<FrameCodec>,
    pub streams: libp2p_stream::Behaviour,
    pub kad: Toggle<kad::Behaviour>,
}

impl Behaviour {
    fn new(key: &Keypair, options: Options) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let limits = ConnectionLimits::default()
            .with_max_established(Some(CONNECTIONS_MAX))
            .with_max_established_per_peer(Some(CONNECTIONS_PER_PEER_MAX))
            .with_max_pending_incoming(Some(HANDSHAKES_MAX))
            .with_max_pending_outgoing(Some(HANDSHAKES_MAX));
        let version = PROTOCOL_VERSION.to_owned();
        let identify = if options.peer_record {
            identify::Config::new_with_signed_peer_record(version, key)
        } else {
            identify::Config::new(version, key.public())
        };
        let identify = identify.with_agent_version(AGENT_VERSION.to_owned());
        Ok(Self {
            limits: connection_limits::Behaviour::new(limits),
            identify: identify::Behaviour::new(identify),
            ping: ping::Behaviour::default(),
            gossipsub: gossipsub::Behaviour::new(
                MessageAuthenticity::Signed(key.clone()),
                gossip_config()?,
            )?,
            messages: service(Service::Message),
            searches: service(Service::Search),
            contacts: service(Service::Contacts),
            streams: libp2p_stream::Behaviour::new(),
            kad: options
                .kad
                .map(|mode| kad::behaviour(key.public().to_peer_id(), mode))
                .into(),
        })
    }

    pub fn service(&mut self, service: Service) -> &mut request_response::Behaviour<FrameCodec> {
        match service {
            Service::Message => &mut self.messages,
            Service::Search => &mut self.searches,
            Service::Contacts => &mut self.contacts,
        }
    }
}

fn service(service: Service) -> request_response::Behaviour<FrameCodec> {
    let config = request_response::Config::default()
        .with_request_timeout(REQUEST_WAIT_MAX)
        .with_max_concurrent_streams(STREAMS_MAX);
    let protocols = [(service.protocol(), ProtocolSupport::Full)];
    request_response::Behaviour::with_codec(FrameCodec(service), protocols, config)
}

fn gossip_config() -> Result<gossipsub::Config, gossipsub::ConfigBuilderError> {
    gossipsub::ConfigBuilder::default()
        .validation_mode(ValidationMode::Strict)
        .message_id_fn(|message| message_id(message.source, message.sequence_number, &message.data))
        .heartbeat_interval(Duration::from_secs(1))
        .heartbeat_initial_delay(Duration::from_millis(200))
        .flood_publish(true)
        .build()
}

/// First 20 bytes of SHA-256(from || seqno || data); strict validation lets no message in that
/// lacks one of the first two.
fn message_id(from: Option<PeerId>, sequence: Option<u64>, data: &[u8]) -> MessageId {
    let mut hash = Sha256::new();
    hash.update(from.map(|peer| peer.to_bytes()).unwrap_or_default());
    hash.update(sequence.map(sequence_bytes).unwrap_or_default());
    hash.update(data);
    MessageId::new(&hash.finalize()[..MESSAGE_ID_LENGTH])
}

pub fn sequence_bytes(sequence: u64) -> Vec<u8> {
    sequence.to_be_bytes().to_vec()
}

pub fn swarm(key: Keypair, options: Options) -> Result<Swarm<Behaviour>, Box<dyn Error>> {
    let swarm = SwarmBuilder::with_existing_identity(key)
        .with_tokio()
        .with_tcp(
            tcp::Config::default().nodelay(true),
            noise::Config::new,
            yamux::Config::default,
        )?
        .with_behaviour(|key| Behaviour::new(key, options))?
        .with_swarm_config(|config| config.with_idle_connection_timeout(IDLE_MAX))
        .build();
    Ok(swarm)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::hex;

    #[test]
    fn a_message_id_is_the_start_of_a_hash_over_sender_sequence_and_data() {
        let key = Keypair::ed25519_from_bytes([7; 32]).unwrap();
        let peer = key.public().to_peer_id();
        let mut hashed = peer.to_bytes();
        hashed.extend([0, 0, 0, 0, 0, 0, 1, 2]);
        hashed.extend(b"lot");
        let expected = hex(&Sha256::digest(&hashed)[..20]);
        let id = message_id(Some(peer), Some(258), b"lot");
        assert_eq!(hex(&id.0), expected);
    }

    #[test]
    fn the_version_that_is_reported_is_the_one_that_is_built() {
        let manifest = include_str!("../Cargo.toml");
        let line = format!("libp2p = {{ version = \"={LIBP2P_VERSION}\"");
        assert!(manifest.contains(&line));
    }
}
