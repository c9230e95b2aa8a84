//! The peer: carries out the driver's commands, serves the network, reports both as events.

use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use futures::StreamExt;
use libp2p::gossipsub::IdentTopic;
use libp2p::identity::Keypair;
use libp2p::request_response::OutboundRequestId;
use libp2p::swarm::ConnectionId;
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::{Multiaddr, PeerId, StreamProtocol, Swarm};
use serde_json::{Value, json};
use tokio::sync::{broadcast, mpsc};

use crate::alive::{self, Alive};
use crate::contact;
use crate::control::{self, Arguments, Command, Ticket};
use crate::exchange;
use crate::kad;
use crate::message::{self, Question};
use crate::mirror;
use crate::network::{self, Behaviour};
use crate::probe::{PINGS_MAX, Probe};
use crate::schema::Offering;
use crate::search::{self, SeenQueries};
use crate::wire::{Service, hex, unhex};

const DIALS_MAX: usize = 64;
const CALLS_MAX: usize = 1_024;
const PROBES_MAX: usize = 64;
const TOPICS_MAX: usize = 256;
const ALIVE_EVENTS_MAX: usize = 256;

/// What the driver's input brings.
#[derive(Debug)]
pub enum Input {
    Line(Vec<u8>),
    Failed(io::Error),
}

/// A request on its way: what is needed to judge its answer.
pub(crate) struct Call {
    pub ticket: Ticket,
    pub peer: PeerId,
    pub asked: Asked,
}

pub(crate) enum Asked {
    Message { uid: Vec<u8> },
    Search { query: Vec<u8> },
    Exchange,
}

type ProbeOutcome = (Ticket, Result<Value, String>);

pub struct Peer<W> {
    pub(crate) key: Keypair,
    pub(crate) swarm: Swarm<Behaviour>,
    pub(crate) offerings: Vec<Offering>,
    sequence: u64,
    pub(crate) seen: SeenQueries,
    pub(crate) dials: HashMap<ConnectionId, Ticket>,
    pub(crate) calls: HashMap<(Service, OutboundRequestId), Call>,
    pub(crate) queries: kad::Queries,
    alive: Alive,
    alive_events: mpsc::Receiver<Value>,
    /// Peers that we dialled and whose alive link is ours to open, once they identify.
    pub(crate) dialed: HashSet<PeerId>,
    probes: usize,
    probed: mpsc::Sender<ProbeOutcome>,
    outcomes: mpsc::Receiver<ProbeOutcome>,
    out: W,
}

impl<W: Write> Peer<W> {
    /// Starts to listen; events go to `out`, one JSON object per line.
    pub fn start(arguments: Arguments, out: W) -> Result<Self, Box<dyn std::error::Error>> {
        let options = network::Options {
            kad: arguments.kad,
            peer_record: arguments.peer_record,
        };
        let mut swarm = network::swarm(arguments.key.clone(), options)?;
        for address in arguments.listen {
            swarm.listen_on(address)?;
        }
        let mirrored = swarm
            .behaviour()
            .streams
            .new_control()
            .accept(mirror::PROTOCOL)?;
        tokio::spawn(mirror::serve(mirrored));
        let (events, alive_events) = mpsc::channel(ALIVE_EVENTS_MAX);
        let alive = Alive {
            key: arguments.key.clone(),
            interval_seconds: arguments.alive_interval_seconds,
            record_sequence: now_ms(),
            events,
            leaving: broadcast::channel(1).0,
        };
        let links = swarm
            .behaviour()
            .streams
            .new_control()
            .accept(alive::PROTOCOL)?;
        tokio::spawn(alive.clone().serve(links));
        let (probed, outcomes) = mpsc::channel(PROBES_MAX);
        Ok(Self {
            key: arguments.key,
            swarm,
            offerings: arguments.offerings,
            sequence: 0,
            seen: SeenQueries::default(),
            dials: HashMap::new(),
            calls: HashMap::new(),
            queries: kad::Queries::new(),
            alive,
            alive_events,
            dialed: HashSet::new(),
            probes: 0,
            probed,
            outcomes,
            out,
        })
    }

    /// Runs until the driver quits, its input ends, or nobody reads the events any more.
    pub async fn run(&mut self, input: &mut mpsc::Receiver<Input>) -> io::Result<()> {
        loop {
            tokio::select! {
                line = input.recv() => match line {
                    None => return Ok(()),
                    Some(Input::Failed(error)) => return Err(error),
                    Some(Input::Line(line)) => {
                        let (ticket, command) = control::read_command(&line);
                        if command == Ok(Command::Quit) {
                            return Ok(());
                        }
                        let done = command.and_then(|command| self.command(&ticket, command));
                        match done {
                            Ok(None) => {}
                            Ok(Some(event)) => self.emit(&event)?,
                            Err(reason) => self.emit(&ticket.error(&reason))?,
                        }
                    }
                },
                Some((ticket, outcome)) = self.outcomes.recv() => {
                    self.probes -= 1;
                    match outcome {
                        Ok(answer) => self.emit(&ticket.answer(answer))?,
                        Err(reason) => self.emit(&ticket.error(&reason))?,
                    }
                }
                Some(event) = self.alive_events.recv() => self.emit(&event)?,
                event = self.swarm.select_next_some() => self.on_swarm_event(event)?,
            }
        }
    }

    pub(crate) fn emit(&mut self, event: &Value) -> io::Result<()> {
        // One write, so that a reader never sees half a line.
        let mut line = event.to_string();
        line.push('\n');
        self.out.write_all(line.as_bytes())?;
        self.out.flush()
    }

    pub(crate) fn own(&self) -> PeerId {
        *self.swarm.local_peer_id()
    }

    /// The own contact record as of now, encoded and signed.
    pub(crate) fn record(&mut self) -> Result<Vec<u8>, String> {
        self.sequence = now_ms().max(self.sequence + 1);
        let addresses: Vec<Multiaddr> = self.swarm.listeners().cloned().collect();
        contact::own_record(
            &self.key,
            self.sequence,
            now_ms() / 1_000,
            &addresses,
            &self.offerings,
        )
            .map_err(|error| error.to_string())
    }

    /// Starts the command; the event if it is done at once.
    fn command(&mut self, ticket: &Ticket, command: Command) -> Result<Option<Value>, String> {
        match command {
            Command::Dial { address } => self.dial(ticket, control::parse(&address)?)?,
            Command::Disconnect { peer } => self
                .swarm
                .disconnect_peer_id(control::parse(&peer)?)
                .map_err(|()| "not connected".to_owned())?,
            Command::Identify { peer } => self.probe(ticket, &peer, Probe::Identify)?,
            Command::Ping { peer, count } => {
                if !(1..=PINGS_MAX).contains(&count) {
                    return Err(format!("count is 1 to {PINGS_MAX}"));
                }
                self.probe(ticket, &peer, Probe::Ping { count })?;
            }
            Command::Subscribe { topic } => return self.subscribe(ticket, topic).map(Some),
            Command::Unsubscribe { topic } => {
                let gossipsub = &mut self.swarm.behaviour_mut().gossipsub;
                if !gossipsub.unsubscribe(&IdentTopic::new(&topic)) {
                    return Err("not subscribed".to_owned());
                }
                return Ok(Some(ticket.answer(json!({"topic": topic}))));
            }
            Command::Publish { topic, data } => {
                let data = unhex(&data)?;
                let gossipsub = &mut self.swarm.behaviour_mut().gossipsub;
                let published = gossipsub.publish(IdentTopic::new(&topic), data);
                let id = published.map_err(|error| error.to_string())?;
                let answer = json!({"topic": topic, "messageId": hex(&id.0)});
                return Ok(Some(ticket.answer(answer)));
            }
            Command::Message {
                peer,
                command,
                schema,
                payload,
                payload_hex,
            } => {
                let question = Question {
                    command,
                    schema,
                    payload: control::payload(payload, payload_hex)?,
                };
                self.message(ticket, control::parse(&peer)?, question)?;
            }
            Command::Search {
                peer,
                tag,
                r#where,
                hops,
            } => {
                let conditions = control::conditions(r#where);
                let query = search::query(rand::random(), tag, conditions, hops)
                    .map_err(|error| error.to_string())?;
                let asked = Asked::Search {
                    query: query.clone(),
                };
                self.call(
                    ticket,
                    Service::Search,
                    control::parse(&peer)?,
                    asked,
                    query,
                )?;
            }
            Command::Exchange { peer } => {
                let request = exchange::request(self.record()?);
                let peer = control::parse(&peer)?;
                self.call(ticket, Service::Contacts, peer, Asked::Exchange, request)?;
            }
            Command::Transfer { peer, bytes } => {
                if bytes > mirror::BYTES_MAX {
                    return Err(format!("at most {} bytes", mirror::BYTES_MAX));
                }
                self.probe(ticket, &peer, Probe::Transfer { bytes })?;
            }
            Command::Leave => {
                // Fails when there is no link, and then there is nobody to tell.
                let links = self.alive.leaving.send(()).unwrap_or(0);
                return Ok(Some(ticket.answer(json!({"links": links}))));
            }
            Command::Kad(command) => return self.kad_command(ticket, command),
            Command::Quit => {}
        }
        Ok(None)
    }

    fn dial(&mut self, ticket: &Ticket, address: Multiaddr) -> Result<(), String> {
        if self.dials.len() >= DIALS_MAX {
            return Err(format!("more than {DIALS_MAX} dials at once"));
        }
        let options = DialOpts::from(address);
        let connection = options.connection_id();
        self.swarm
            .dial(options)
            .map_err(|error| error.to_string())?;
        self.dials.insert(connection, ticket.clone());
        Ok(())
    }

    fn subscribe(&mut self, ticket: &Ticket, topic: String) -> Result<Value, String> {
        let gossipsub = &mut self.swarm.behaviour_mut().gossipsub;
        if gossipsub.topics().count() >= TOPICS_MAX {
            return Err(format!("more than {TOPICS_MAX} topics"));
        }
        let new = gossipsub
            .subscribe(&IdentTopic::new(&topic))
            .map_err(|error| error.to_string())?;
        Ok(ticket.answer(json!({"topic": topic, "new": new})))
    }

    fn message(&mut self, ticket: &Ticket, peer: PeerId, question: Question) -> Result<(), String> {
        let uid = rand::random();
        let request = message::request(&self.key, peer, uid, now_ms(), question)?;
        let asked = Asked::Message { uid: uid.to_vec() };
        self.call(ticket, Service::Message, peer, asked, request)
    }

    fn call(
        &mut self,
        ticket: &Ticket,
        service: Service,
        peer: PeerId,
        asked: Asked,
        request: Vec<u8>,
    ) -> Result<(), String> {
        if self.calls.len() >= CALLS_MAX {
            return Err(format!("more than {CALLS_MAX} calls at once"));
        }
        if request.len() > service.request_max() {
            return Err(format!(
                "request of {} bytes, at most {} are allowed",
                request.len(),
                service.request_max()
            ));
        }
        let behaviour = self.swarm.behaviour_mut().service(service);
        let id = behaviour.send_request(&peer, request);
        let ticket = ticket.clone();
        self.calls.insert(
            (service, id),
            Call {
                ticket,
                peer,
                asked,
            },
        );
        Ok(())
    }

    /// Opens the alive link to a peer that speaks the protocol, unless that is the peer's part.
    pub(crate) fn link(&mut self, peer: PeerId, protocols: &[StreamProtocol]) {
        if protocols.contains(&alive::PROTOCOL) && self.dialed.remove(&peer) {
            let control = self.swarm.behaviour().streams.new_control();
            tokio::spawn(self.alive.clone().open(control, peer));
        }
    }

    fn probe(&mut self, ticket: &Ticket, peer: &str, probe: Probe) -> Result<(), String> {
        let peer = control::parse(peer)?;
        if self.probes >= PROBES_MAX {
            return Err(format!("more than {PROBES_MAX} probes at once"));
        }
        if !self.swarm.is_connected(&peer) {
            return Err("not connected".to_owned());
        }
        self.probes += 1;
        let control = self.swarm.behaviour().streams.new_control();
        let probed = self.probed.clone();
        let ticket = ticket.clone();
        tokio::spawn(async move {
            let outcome = probe.run(control, peer).await;
            // Fails only when the peer has stopped, and then nobody wants to know.
            let _ = probed.send((ticket, outcome)).await;
        });
        Ok(())
    }
}

/// Unix milliseconds; 0 before 1970.
pub(crate) fn now_ms() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| {
            u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
        })
}
