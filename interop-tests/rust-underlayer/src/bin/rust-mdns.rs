//! A peer that is found by mDNS alone: prints `self PEER`, then `found ADDRESS` for each address
//! that it discovers, and ends with its standard input or after a minute.

use std::io::Read;
use std::time::Duration;

use futures::StreamExt;
use libp2p::swarm::SwarmEvent;
use libp2p::{SwarmBuilder, mdns, noise, tcp, yamux};

const LIFE_MAX: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut swarm = SwarmBuilder::with_new_identity()
        .with_tokio()
        .with_tcp(
            tcp::Config::default(),
            noise::Config::new,
            yamux::Config::default,
        )?
        .with_behaviour(|key| {
            let peer = key.public().to_peer_id();
            Ok(mdns::tokio::Behaviour::new(mdns::Config::default(), peer)?)
        })?
        .build();
    println!("self {}", swarm.local_peer_id());
    swarm.listen_on("/ip4/0.0.0.0/tcp/0".parse()?)?;
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let end = tokio::time::sleep(LIFE_MAX);
    tokio::pin!(end);
    loop {
        tokio::select! {
            () = &mut end => return Ok(()),
            event = swarm.select_next_some() => {
                if let SwarmEvent::Behaviour(mdns::Event::Discovered(found)) = event {
                    for (_, address) in found {
                        println!("found {address}");
                    }
                }
            }
        }
    }
}
