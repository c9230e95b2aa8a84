//! What the peer takes part in.

use std::error::Error;
use std::time::Duration;

use libp2p::gossipsub::{self, Message, MessageAuthenticity, MessageId, ValidationMode, Version};
use libp2p::identity::Keypair;
use libp2p::swarm::NetworkBehaviour;
use libp2p::{Swarm, SwarmBuilder, identify, ping, relay};
use rust_peer::transport::{self, Security};
use sha2::{Digest, Sha256};

pub const AGENT_VERSION: &str = concat!("rust-peer/", env!("CARGO_PKG_VERSION"));
const PROTOCOL_VERSION: &str = "rmb-test/1.0.0";
/// Long, because a driver's pauses must not look like a failure of the peer.
const IDLE_MAX: Duration = Duration::from_secs(600);
const MESSAGE_ID_LENGTH: usize = 20;
const CIRCUIT_BYTES_MAX: u64 = 16 * 1024 * 1024;

#[derive(NetworkBehaviour)]
pub struct Behaviour {
    identify: identify::Behaviour,
    ping: ping::Behaviour,
    pub gossipsub: gossipsub::Behaviour,
    relay: relay::Behaviour,
    client: relay::client::Behaviour,
    pub streams: libp2p_stream::Behaviour,
}

/// A peer whose only version of GossipSub may be an older one.
pub fn swarm(
    security: Security,
    gossip: Option<&str>,
) -> Result<Swarm<Behaviour>, Box<dyn Error + Send + Sync>> {
    let key = Keypair::generate_ed25519();
    let (transport, client) = transport::all(&key, security)?;
    let swarm = SwarmBuilder::with_existing_identity(key)
        .with_tokio()
        .with_other_transport(|_| transport)?
        .with_behaviour(|key| behaviour(key, client, gossip))?
        .with_swarm_config(|config| config.with_idle_connection_timeout(IDLE_MAX))
        .build();
    Ok(swarm)
}

fn behaviour(
    key: &Keypair,
    client: relay::client::Behaviour,
    gossip: Option<&str>,
) -> Result<Behaviour, Box<dyn Error + Send + Sync>> {
    let own = key.public().to_peer_id();
    let identify = identify::Config::new(PROTOCOL_VERSION.to_owned(), key.public())
        .with_agent_version(AGENT_VERSION.to_owned());
    let mut config = gossipsub::ConfigBuilder::default();
    config
        .validation_mode(ValidationMode::Strict)
        .message_id_fn(message_id);
    if let Some(version) = gossip {
        config.protocol_id(format!("/meshsub/{version}"), Version::V1_1);
    }
    let relay = relay::Config {
        max_circuit_bytes: CIRCUIT_BYTES_MAX,
        // All cells come from one address, and many of them within a minute.
        reservation_rate_limiters: Vec::new(),
        circuit_src_rate_limiters: Vec::new(),
        ..relay::Config::default()
    };
    Ok(Behaviour {
        identify: identify::Behaviour::new(identify),
        ping: ping::Behaviour::default(),
        gossipsub: gossipsub::Behaviour::new(
            MessageAuthenticity::Signed(key.clone()),
            config.build()?,
        )?,
        relay: relay::Behaviour::new(own, relay),
        client,
        streams: libp2p_stream::Behaviour::new(),
    })
}

/// The start of SHA-256 over author, sequence number and data: all peers of a topic must agree, and
/// the defaults of the implementations differ.
fn message_id(message: &Message) -> MessageId {
    let mut hash = Sha256::new();
    hash.update(message.source.map(|peer| peer.to_bytes()).unwrap_or_default());
    let sequence = message.sequence_number.unwrap_or_default();
    hash.update(sequence.to_be_bytes());
    hash.update(&message.data);
    MessageId::new(&hash.finalize()[..MESSAGE_ID_LENGTH])
}
