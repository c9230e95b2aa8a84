//! Kademlia: the driver's look-ups, values and providers, and what this peer serves of them.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, Write};

use libp2p::kad::store::{MemoryStore, RecordStore};
use libp2p::kad::{
    self, Event, GetProvidersOk, GetRecordError, GetRecordOk, InboundRequest, Mode, ProviderRecord,
    QueryId, QueryResult, Quorum, Record, RecordKey, StoreInserts,
};
use libp2p::multiaddr::Protocol;
use libp2p::multihash::Multihash;
use libp2p::{Multiaddr, PeerId, StreamProtocol, identify};
use serde_json::{Value, json};

use crate::control::{self, KadCommand, Ticket};
use crate::owner;
use crate::peer::{Peer, now_ms};
use crate::wire::{hex, unhex};

pub const PROTOCOL: StreamProtocol = StreamProtocol::new("/rmb/kad/1.0.0");

const QUERIES_MAX: usize = 64;
const ANSWERS_MAX: usize = 256;
const ADDRESSES_MAX: usize = 16;
const OWN_VALUE_TTL_MS: u64 = 3_600_000;
const MULTIHASH_DIGEST_MAX: usize = 64;

pub type Behaviour = kad::Behaviour<MemoryStore>;

/// A behaviour that stores nothing by itself: what comes in is judged first.
pub fn behaviour(own: PeerId, mode: Mode) -> Behaviour {
    let mut config = kad::Config::new(PROTOCOL);
    config.set_record_filtering(StoreInserts::FilterBoth);
    let mut behaviour = Behaviour::with_config(own, MemoryStore::new(own), config);
    behaviour.set_mode(Some(mode));
    behaviour
}

/// A query that the driver started, and what it has brought so far.
pub struct Query {
    ticket: Ticket,
    values: Vec<Found>,
    providers: BTreeSet<PeerId>,
}

/// A verified value and who had it, nobody being this peer itself.
struct Found {
    peer: Option<PeerId>,
    value: Vec<u8>,
    sequence: owner::Sequence,
}

pub type Queries = HashMap<QueryId, Query>;

type Outcome = Result<Value, String>;

impl<W: Write> Peer<W> {
    fn kad(&mut self) -> Result<&mut Behaviour, String> {
        let kad = self.swarm.behaviour_mut().kad.as_mut();
        kad.ok_or_else(|| "started without --kad".to_owned())
    }

    /// Starts the command; the event if it is done at once.
    pub(crate) fn kad_command(
        &mut self,
        ticket: &Ticket,
        command: KadCommand,
    ) -> Result<Option<Value>, String> {
        if self.queries.len() >= QUERIES_MAX {
            return Err(format!("more than {QUERIES_MAX} queries at once"));
        }
        let id = match command {
            KadCommand::AddAddress { address } => {
                let (peer, address) = peer_of(control::parse(&address)?)?;
                let update = self.kad()?.add_address(&peer, address);
                let answer = json!({"peer": peer.to_string(), "update": format!("{update:?}")});
                return Ok(Some(ticket.answer(answer)));
            }
            KadCommand::Holds { key } => {
                let holds = self.holds(&unhex(&key)?.into())?;
                return Ok(Some(ticket.answer(holds)));
            }
            KadCommand::OwnerRecord { sequence } => {
                let value = self.own_value(sequence)?;
                return Ok(Some(ticket.answer(value)));
            }
            KadCommand::FindNode { target } => {
                let target: PeerId = control::parse(&target)?;
                self.kad()?.get_closest_peers(target)
            }
            KadCommand::PutValue { key, value } => {
                let record = Record::new(unhex(&key)?, unhex(&value)?);
                let put = self.kad()?.put_record(record, Quorum::One);
                put.map_err(|error| error.to_string())?
            }
            KadCommand::GetValue { key } => self.kad()?.get_record(unhex(&key)?.into()),
            KadCommand::Provide { key } => {
                let provided = self.kad()?.start_providing(unhex(&key)?.into());
                provided.map_err(|error| error.to_string())?
            }
            KadCommand::Providers { key } => self.kad()?.get_providers(unhex(&key)?.into()),
        };
        let query = Query {
            ticket: ticket.clone(),
            values: Vec::new(),
            providers: BTreeSet::new(),
        };
        self.queries.insert(id, query);
        Ok(None)
    }

    /// Puts a peer that serves Kademlia where it says that it listens into the routing table.
    pub(crate) fn route(&mut self, peer: PeerId, info: &identify::Info) {
        if info.protocols.contains(&PROTOCOL)
            && let Some(kad) = self.swarm.behaviour_mut().kad.as_mut()
        {
            for address in info.listen_addrs.iter().take(ADDRESSES_MAX) {
                kad.add_address(&peer, address.clone());
            }
        }
    }

    /// What this peer itself holds under a key.
    fn holds(&mut self, key: &RecordKey) -> Result<Value, String> {
        let store = self.kad()?.store_mut();
        let value = store.get(key).map(|record| hex(&record.value));
        let providers: Vec<String> = store
            .providers(key)
            .iter()
            .map(|record| record.provider.to_string())
            .collect();
        Ok(json!({"value": value, "providers": providers}))
    }

    /// A fresh record of this peer as its own owner, with the key that it may be put under.
    fn own_value(&self, sequence: owner::Sequence) -> Result<Value, String> {
        let own = self.own();
        let addresses: Vec<Multiaddr> = self
            .swarm
            .listeners()
            .map(|address| address.clone().with(Protocol::P2p(own)))
            .collect();
        let expires = now_ms() + OWN_VALUE_TTL_MS;
        let (key, value) = owner::own_value(&self.key, &addresses, sequence, expires)
            .map_err(|error| error.to_string())?;
        Ok(json!({"key": hex(key), "value": hex(value)}))
    }

    pub(crate) fn on_kad(&mut self, event: Event) -> io::Result<()> {
        match event {
            Event::InboundRequest { request } => self.on_inbound(request),
            Event::OutboundQueryProgressed {
                id, result, step, ..
            } => {
                let Some(query) = self.queries.get_mut(&id) else {
                    return Ok(()); // One of the behaviour's own, to fill its table.
                };
                let outcome = query.progress(result);
                if !step.last && outcome.is_ok() {
                    return Ok(());
                }
                let ticket = query.ticket.clone();
                self.queries.remove(&id);
                match outcome {
                    Ok(answer) => self.emit(&ticket.answer(answer)),
                    Err(reason) => self.emit(&ticket.error(&reason)),
                }
            }
            Event::RoutingUpdated {
                peer, addresses, ..
            } => {
                let addresses: Vec<String> = addresses.iter().map(Multiaddr::to_string).collect();
                self.emit(&json!({
                    "event": "routed",
                    "peer": peer.to_string(),
                    "addresses": addresses,
                }))
            }
            Event::UnroutablePeer { .. }
            | Event::RoutablePeer { .. }
            | Event::PendingRoutablePeer { .. }
            | Event::ModeChanged { .. } => Ok(()),
        }
    }

    fn on_inbound(&mut self, request: InboundRequest) -> io::Result<()> {
        let served = match request {
            InboundRequest::FindNode { num_closer_peers } => {
                json!({"request": "FIND_NODE", "closer": num_closer_peers})
            }
            InboundRequest::GetProvider {
                num_closer_peers,
                num_provider_peers,
            } => json!({
                "request": "GET_PROVIDERS",
                "closer": num_closer_peers,
                "providers": num_provider_peers,
            }),
            InboundRequest::GetRecord {
                num_closer_peers,
                present_locally,
            } => json!({
                "request": "GET_VALUE",
                "closer": num_closer_peers,
                "found": present_locally,
            }),
            InboundRequest::AddProvider { record: None }
            | InboundRequest::PutRecord { record: None, .. } => return Ok(()),
            InboundRequest::AddProvider {
                record: Some(record),
            } => {
                let peer = record.provider;
                let served = json!({
                    "request": "ADD_PROVIDER",
                    "peer": peer.to_string(),
                    "key": hex(&record.key),
                    "addresses": record.addresses.iter().map(Multiaddr::to_string)
                        .collect::<Vec<_>>(),
                });
                match self.admit_provider(record) {
                    Ok(()) => served,
                    Err(reason) => return self.refused("kad", peer, &reason),
                }
            }
            InboundRequest::PutRecord {
                source,
                record: Some(record),
                ..
            } => {
                let served = json!({
                    "request": "PUT_VALUE",
                    "peer": source.to_string(),
                    "key": hex(&record.key),
                    "value": hex(&record.value),
                });
                match self.admit_value(record) {
                    Ok(()) => served,
                    Err(reason) => return self.refused("kad", source, &reason),
                }
            }
        };
        let mut event = served;
        event["event"] = "kadServed".into();
        self.emit(&event)
    }

    fn admit_provider(&mut self, record: ProviderRecord) -> Result<(), String> {
        Multihash::<MULTIHASH_DIGEST_MAX>::from_bytes(record.key.as_ref())
            .map_err(|error| format!("a provider key is a multihash: {error}"))?;
        let added = self.kad()?.store_mut().add_provider(record);
        added.map_err(|error| error.to_string())
    }

    /// Keeps a value that its key allows, unless it is older than the one that is held.
    fn admit_value(&mut self, record: Record) -> Result<(), String> {
        let sequence = verify(record.key.as_ref(), &record.value)?;
        let store = self.kad()?.store_mut();
        if let Some(held) = store.get(&record.key)
            && verify(held.key.as_ref(), &held.value).is_ok_and(|held| held > sequence)
        {
            return Err("older than what is held".to_owned());
        }
        store.put(record).map_err(|error| error.to_string())
    }
}

impl Query {
    /// Takes in a result; the answer as far as it goes, or why there is none.
    fn progress(&mut self, result: QueryResult) -> Outcome {
        match result {
            QueryResult::GetClosestPeers(found) => {
                let found = found.map_err(|error| error.to_string())?;
                let peers: Vec<Value> = found
                    .peers
                    .iter()
                    .map(|info| {
                        let addresses: Vec<String> =
                            info.addrs.iter().map(Multiaddr::to_string).collect();
                        json!({"peer": info.peer_id.to_string(), "addresses": addresses})
                    })
                    .collect();
                Ok(json!({"peers": peers}))
            }
            QueryResult::PutRecord(put) => {
                let put = put.map_err(|error| error.to_string())?;
                Ok(json!({"key": hex(&put.key)}))
            }
            QueryResult::GetRecord(found) => {
                match found {
                    Ok(GetRecordOk::FoundRecord(found)) => self.found(found.peer, &found.record),
                    Ok(GetRecordOk::FinishedWithNoAdditionalRecord { .. })
                    | Err(GetRecordError::NotFound { .. }) => {}
                    Err(error @ GetRecordError::Timeout { .. }) => return Err(error.to_string()),
                }
                Ok(self.best_value())
            }
            QueryResult::StartProviding(provided) => {
                let provided = provided.map_err(|error| error.to_string())?;
                Ok(json!({"key": hex(&provided.key)}))
            }
            QueryResult::GetProviders(found) => {
                if let GetProvidersOk::FoundProviders { providers, .. } =
                    found.map_err(|error| error.to_string())?
                {
                    let room = ANSWERS_MAX.saturating_sub(self.providers.len());
                    self.providers.extend(providers.into_iter().take(room));
                }
                let providers: Vec<String> = self.providers.iter().map(PeerId::to_string).collect();
                Ok(json!({"providers": providers}))
            }
            QueryResult::Bootstrap(_)
            | QueryResult::RepublishProvider(_)
            | QueryResult::RepublishRecord(_) => Err("a query that nobody asked for".to_owned()),
        }
    }

    fn found(&mut self, peer: Option<PeerId>, record: &Record) {
        if let Ok(sequence) = verify(record.key.as_ref(), &record.value)
            && self.values.len() < ANSWERS_MAX
        {
            self.values.push(Found {
                peer,
                value: record.value.clone(),
                sequence,
            });
        }
    }

    /// The newest of the values that came, and who had it; null when none did.
    fn best_value(&self) -> Value {
        let Some(best) = self.values.iter().max_by_key(|found| found.sequence) else {
            return json!({"value": null});
        };
        let from: Vec<String> = self
            .values
            .iter()
            .filter(|found| found.value == best.value)
            .filter_map(|found| found.peer.map(|peer| peer.to_string()))
            .collect();
        json!({"value": hex(&best.value), "sequence": best.sequence, "from": from})
    }
}

fn verify(key: &[u8], value: &[u8]) -> Result<owner::Sequence, String> {
    owner::verify(key, value, now_ms()).map_err(|error| error.to_string())
}

/// The peer that an address ends with, and the address without it.
fn peer_of(mut address: Multiaddr) -> Result<(PeerId, Multiaddr), String> {
    match address.pop() {
        Some(Protocol::P2p(peer)) => Ok((peer, address)),
        _ => Err("the address does not end with /p2p".to_owned()),
    }
}
