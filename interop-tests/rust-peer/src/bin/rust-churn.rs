//! Peers that connect, talk and drop at random: `rust-churn ADDRESS SECONDS PEERS`. At the end it
//! prints how often as one line of JSON.

use std::error::Error;
use std::time::{Duration, Instant};

use futures::{AsyncReadExt, AsyncWriteExt, StreamExt};
use libp2p::identity::Keypair;
use libp2p::swarm::{NetworkBehaviour, SwarmEvent};
use libp2p::{Multiaddr, StreamProtocol, SwarmBuilder, identify, noise, ping, tcp, yamux};
use rust_peer::arguments::parse;
use rust_peer::lines;
use serde_json::json;

type Failure = Box<dyn Error + Send + Sync>;

const PING: StreamProtocol = StreamProtocol::new("/ipfs/ping/1.0.0");
const UNKNOWN: StreamProtocol = StreamProtocol::new("/rmb-test/unknown/1.0.0");
const LIFE_MILLIS_MAX: u64 = 200;
const TALKS_MAX: u32 = 4;

#[derive(NetworkBehaviour)]
struct Behaviour {
    identify: identify::Behaviour,
    ping: ping::Behaviour,
    streams: libp2p_stream::Behaviour,
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [address, seconds, peers] = words.as_slice() else {
        return Err("usage: rust-churn ADDRESS SECONDS PEERS".into());
    };
    let address: Multiaddr = parse(address)?;
    let end = Instant::now() + Duration::from_secs(parse(seconds)?);
    let peers: usize = parse(peers)?;
    let running: Vec<_> = (0..peers)
        .map(|_| tokio::spawn(churn(address.clone(), end)))
        .collect();
    let (mut connections, mut failures) = (0, 0);
    for peer in running {
        let (connected, failed) = peer.await??;
        connections += connected;
        failures += failed;
    }
    lines::emit(&json!({"connections": connections, "failures": failures}))?;
    Ok(())
}

/// One peer after the other, each with a key of its own, until the time is over.
async fn churn(address: Multiaddr, end: Instant) -> Result<(u64, u64), Failure> {
    let (mut connections, mut failures) = (0, 0);
    while Instant::now() < end {
        if live(address.clone()).await? {
            connections += 1;
        } else {
            failures += 1;
        }
    }
    Ok((connections, failures))
}

/// Lives for a random time and is dropped with whatever it was doing; whether it got a connection.
async fn live(address: Multiaddr) -> Result<bool, Failure> {
    let mut swarm = SwarmBuilder::with_existing_identity(Keypair::generate_ed25519())
        .with_tokio()
        .with_tcp(tcp::Config::default(), noise::Config::new, yamux::Config::default)?
        .with_behaviour(|key| Behaviour {
            identify: identify::Behaviour::new(identify::Config::new(
                "rmb-test/1.0.0".to_owned(),
                key.public(),
            )),
            ping: ping::Behaviour::default(),
            streams: libp2p_stream::Behaviour::new(),
        })?
        .build();
    swarm.dial(address)?;
    let life = Duration::from_millis(rand::random::<u64>() % LIFE_MILLIS_MAX);
    let mut connected = false;
    let lived = async {
        loop {
            match swarm.select_next_some().await {
                SwarmEvent::ConnectionEstablished { peer_id, .. } => {
                    connected = true;
                    for _ in 0..rand::random::<u32>() % TALKS_MAX {
                        tokio::spawn(talk(swarm.behaviour().streams.new_control(), peer_id));
                    }
                }
                SwarmEvent::OutgoingConnectionError { .. } | SwarmEvent::ConnectionClosed { .. } => {
                    return;
                }
                _ => {}
            }
        }
    };
    // Running out of life is how most of them end.
    let _ = tokio::time::timeout(life, lived).await;
    Ok(connected)
}

/// A ping, half a ping, or a question for what nobody speaks; how it ends is nobody's concern.
async fn talk(mut control: libp2p_stream::Control, peer: libp2p::PeerId) {
    let kind = rand::random::<u32>() % 3;
    let protocol = if kind == 0 { UNKNOWN } else { PING };
    if let Ok(mut stream) = control.open_stream(peer, protocol).await {
        let length = if kind == 1 { 7 } else { 32 };
        let mut bytes = [0; 32];
        let _ = stream.write_all(&bytes[..length]).await;
        let _ = stream.flush().await;
        if kind == 2 && stream.read_exact(&mut bytes).await.is_ok() {
            let _ = stream.close().await;
        }
    }
}
