//! The peer: carries out the driver's commands and reports what happens, both as JSON lines.

use std::collections::HashMap;
use std::error::Error;

use futures::StreamExt;
use libp2p::core::ConnectedPoint;
use libp2p::core::transport::ListenerId;
use libp2p::gossipsub::IdentTopic;
use libp2p::multiaddr::Protocol;
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::swarm::{ConnectionId, SwarmEvent};
use libp2p::{Multiaddr, Swarm, gossipsub, identify};
use rust_peer::arguments::{Arguments, parse};
use rust_peer::lines::{self, Ticket};
use rust_peer::perf;
use rust_peer::transport::Security;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::mpsc;

use crate::behaviour::{self, Behaviour, BehaviourEvent};
use crate::conversations;

type Failure = Box<dyn Error + Send + Sync>;

#[derive(Debug, Deserialize)]
#[serde(tag = "cmd", rename_all = "camelCase", deny_unknown_fields)]
enum Command {
    Dial { address: String },
    Disconnect { peer: String },
    Reserve { relay: String },
    Ping { peer: String },
    Perf { peer: String, up: u64, down: u64 },
    Transfer { peer: String, up: u64, down: u64 },
    HalfClose { peer: String, first: char },
    Reset { peer: String, by: char },
    Subscribe { topic: String },
    Mesh { topic: String },
    Publish { topic: String, data: String },
}

pub struct Peer {
    swarm: Swarm<Behaviour>,
    dials: HashMap<ConnectionId, Ticket>,
    /// With how the wanted address begins: a relay names all of its own.
    reservations: HashMap<ListenerId, (Ticket, String)>,
}

impl Peer {
    /// Starts to listen.
    pub fn start(arguments: &Arguments) -> Result<Self, Failure> {
        let gossip: Vec<String> = arguments.all("gossip")?;
        let security = arguments.last("security", Security::Noise)?;
        let mut swarm = behaviour::swarm(security, gossip.last().map(String::as_str))?;
        for address in arguments.all::<Multiaddr>("listen")? {
            swarm.listen_on(address)?;
        }
        conversations::serve(swarm.behaviour().streams.new_control())?;
        Ok(Self {
            swarm,
            dials: HashMap::new(),
            reservations: HashMap::new(),
        })
    }

    /// Runs until the driver's input ends, or nobody reads the events any more.
    pub async fn run(&mut self, commands: &mut mpsc::Receiver<Vec<u8>>) -> Result<(), Failure> {
        loop {
            tokio::select! {
                line = commands.recv() => match line {
                    None => return Ok(()),
                    Some(line) => {
                        let (ticket, command) = lines::read(&line);
                        let done = command.and_then(|command| self.command(&ticket, command));
                        if let Some(outcome) = done.transpose() {
                            lines::emit(&ticket.outcome(outcome))?;
                        }
                    }
                },
                event = self.swarm.select_next_some() => self.on_event(event)?,
            }
        }
    }

    /// Starts the command; the answer if it is done at once.
    fn command(&mut self, ticket: &Ticket, command: Command) -> Result<Option<Value>, String> {
        match command {
            Command::Dial { address } => {
                let options = DialOpts::from(parse::<Multiaddr>(&address)?);
                let connection = options.connection_id();
                self.swarm.dial(options).map_err(text)?;
                self.dials.insert(connection, ticket.clone());
            }
            Command::Disconnect { peer } => {
                let gone = self.swarm.disconnect_peer_id(parse(&peer)?);
                gone.map_err(|()| "not connected".to_owned())?;
                return Ok(Some(json!({})));
            }
            Command::Reserve { relay } => {
                let circuit = parse::<Multiaddr>(&relay)?.with(Protocol::P2pCircuit);
                let listener = self.swarm.listen_on(circuit).map_err(text)?;
                let wanted = format!("{relay}/p2p-circuit");
                self.reservations.insert(listener, (ticket.clone(), wanted));
            }
            Command::Subscribe { topic } => {
                let gossipsub = &mut self.swarm.behaviour_mut().gossipsub;
                gossipsub.subscribe(&IdentTopic::new(topic)).map_err(text)?;
                return Ok(Some(json!({})));
            }
            Command::Mesh { topic } => {
                let topic = IdentTopic::new(topic).hash();
                let peers = self.swarm.behaviour().gossipsub.mesh_peers(&topic);
                let peers: Vec<String> = peers.map(|peer| peer.to_string()).collect();
                return Ok(Some(json!({"peers": peers})));
            }
            Command::Publish { topic, data } => {
                let gossipsub = &mut self.swarm.behaviour_mut().gossipsub;
                let published = gossipsub.publish(IdentTopic::new(topic), data.into_bytes());
                published.map_err(text)?;
                return Ok(Some(json!({})));
            }
            conversation => self.converse(ticket.clone(), conversation)?,
        }
        Ok(None)
    }

    fn converse(&self, ticket: Ticket, command: Command) -> Result<(), String> {
        use conversations::{HALF_CLOSE, PING, RESET, TRANSFER, hold};
        let control = self.swarm.behaviour().streams.new_control();
        let (Command::Ping { peer }
        | Command::Perf { peer, .. }
        | Command::Transfer { peer, .. }
        | Command::HalfClose { peer, .. }
        | Command::Reset { peer, .. }) = &command
        else {
            return Err("no conversation".to_owned());
        };
        let peer = parse(peer)?;
        if !self.swarm.is_connected(&peer) {
            return Err("not connected".to_owned());
        }
        tokio::spawn(async move {
            let outcome = match command {
                Command::Perf { up, down, .. } => {
                    let ask = |stream| conversations::time(stream, up, down);
                    hold(control, peer, perf::PROTOCOL, ask).await
                }
                Command::Transfer { up, down, .. } => {
                    let ask = |stream| conversations::transfer(stream, up, down);
                    hold(control, peer, TRANSFER, ask).await
                }
                Command::HalfClose { first, .. } => {
                    let ask = |stream| conversations::half_close(stream, first as u8);
                    hold(control, peer, HALF_CLOSE, ask).await
                }
                Command::Reset { by, .. } => {
                    let ask = |stream| conversations::ask_reset(stream, by as u8);
                    hold(control, peer, RESET, ask).await
                }
                _ => hold(control, peer, PING, conversations::ping).await,
            };
            // Fails only when the driver is gone, and the process ends with it.
            let _ = lines::emit(&ticket.outcome(outcome));
        });
        Ok(())
    }

    fn on_event(&mut self, event: SwarmEvent<BehaviourEvent>) -> std::io::Result<()> {
        match event {
            SwarmEvent::NewListenAddr {
                listener_id,
                address,
            } => {
                if let Some((ticket, wanted)) = self.reservations.get(&listener_id) {
                    if !address.to_string().starts_with(wanted) {
                        return Ok(());
                    }
                    let answer = ticket.outcome(Ok(json!({"address": address})));
                    self.reservations.remove(&listener_id);
                    return lines::emit(&answer);
                }
                // Reservations name external addresses only.
                self.swarm.add_external_address(address.clone());
                let peer = self.swarm.local_peer_id();
                let address = format!("{address}/p2p/{peer}");
                lines::emit(&json!({"event": "listening", "address": address}))
            }
            SwarmEvent::ListenerClosed {
                listener_id,
                reason,
                ..
            } => match self.reservations.remove(&listener_id) {
                Some((ticket, _)) => lines::emit(&ticket.outcome(Err(format!("{reason:?}")))),
                None => Ok(()),
            },
            SwarmEvent::ConnectionEstablished {
                peer_id,
                connection_id,
                endpoint,
                ..
            } => {
                let (address, dialer) = match &endpoint {
                    ConnectedPoint::Dialer { address, .. } => (address, true),
                    ConnectedPoint::Listener { send_back_addr, .. } => (send_back_addr, false),
                };
                let peer = peer_id.to_string();
                let connected = json!({
                    "event": "connected", "peer": peer, "address": address, "dialer": dialer,
                });
                lines::emit(&connected)?;
                match self.dials.remove(&connection_id) {
                    Some(ticket) => lines::emit(&ticket.outcome(Ok(json!({"peer": peer})))),
                    None => Ok(()),
                }
            }
            SwarmEvent::OutgoingConnectionError {
                connection_id,
                error,
                ..
            } => match self.dials.remove(&connection_id) {
                Some(ticket) => lines::emit(&ticket.outcome(Err(format!("{error:?}")))),
                None => Ok(()),
            },
            SwarmEvent::ConnectionClosed {
                peer_id,
                num_established,
                ..
            } => lines::emit(&json!({
                "event": "disconnected", "peer": peer_id.to_string(),
                "connections": num_established,
            })),
            SwarmEvent::Behaviour(event) => on_behaviour_event(event),
            _ => Ok(()),
        }
    }
}

fn on_behaviour_event(event: BehaviourEvent) -> std::io::Result<()> {
    match event {
        BehaviourEvent::Identify(identify::Event::Received { peer_id, info, .. }) => {
            let protocols: Vec<&str> = info.protocols.iter().map(AsRef::as_ref).collect();
            lines::emit(&json!({
                "event": "identified",
                "peer": peer_id.to_string(),
                "publicKey": conversations::hex(&info.public_key.encode_protobuf()),
                "agentVersion": info.agent_version,
                "protocolVersion": info.protocol_version,
                "protocols": protocols,
                "listenAddrs": info.listen_addrs,
                "observedAddr": info.observed_addr,
            }))
        }
        BehaviourEvent::Gossipsub(gossipsub::Event::Message { message, .. }) => {
            lines::emit(&json!({
                "event": "gossip",
                "topic": message.topic.into_string(),
                "from": message.source.map(|peer| peer.to_string()),
                "data": String::from_utf8_lossy(&message.data),
            }))
        }
        _ => Ok(()),
    }
}

fn text(error: impl ToString) -> String {
    error.to_string()
}
