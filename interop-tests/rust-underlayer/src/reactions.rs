//! The peer's other half: what it does when the network tells it something.

use std::io::{self, Write};

use libp2p::core::ConnectedPoint;
use libp2p::request_response::{self, InboundFailure, Message, OutboundRequestId};
use libp2p::swarm::SwarmEvent;
use libp2p::{Multiaddr, PeerId, gossipsub, identify};
use serde_json::{Value, json};

use crate::contact;
use crate::exchange;
use crate::message;
use crate::network::{AGENT_VERSION, BehaviourEvent, LIBP2P_VERSION, sequence_bytes};
use crate::peer::{Asked, Call, Peer, now_ms};
use crate::search;
use crate::wire::{ProtocolError, Service, hex};

/// The encoded response to a request, and the event that reports it.
type Reaction = Result<(Vec<u8>, Value), ProtocolError>;

impl<W: Write> Peer<W> {
    pub(crate) fn on_swarm_event(&mut self, event: SwarmEvent<BehaviourEvent>) -> io::Result<()> {
        match event {
            SwarmEvent::Behaviour(event) => self.on_behaviour_event(event),
            SwarmEvent::NewListenAddr { address, .. } => {
                // Provider records carry external addresses only, and without one they are refused.
                self.swarm.add_external_address(address.clone());
                let peer = self.own();
                self.emit(&json!({
                    "event": "listening",
                    "address": format!("{address}/p2p/{peer}"),
                    "peerId": peer.to_string(),
                }))
            }
            SwarmEvent::ConnectionEstablished {
                peer_id,
                connection_id,
                endpoint,
                num_established,
                ..
            } => {
                let (address, dialed) = match &endpoint {
                    ConnectedPoint::Dialer { address, .. } => (address, true),
                    ConnectedPoint::Listener { send_back_addr, .. } => (send_back_addr, false),
                };
                if dialed {
                    self.dialed.insert(peer_id);
                }
                let event = json!({
                    "event": "connected",
                    "peer": peer_id.to_string(),
                    "address": address.to_string(),
                    "dialer": dialed,
                    "connections": num_established.get(),
                });
                let ticket = self.dials.remove(&connection_id).unwrap_or_default();
                self.emit(&ticket.stamp(event))
            }
            SwarmEvent::ConnectionClosed {
                peer_id,
                num_established,
                cause,
                ..
            } => {
                if num_established == 0 {
                    self.dialed.remove(&peer_id);
                }
                self.emit(&json!({
                    "event": "disconnected",
                    "peer": peer_id.to_string(),
                    "connections": num_established,
                    "cause": cause.map(|cause| cause.to_string()),
                }))
            }
            SwarmEvent::OutgoingConnectionError {
                connection_id,
                error,
                ..
            } => match self.dials.remove(&connection_id) {
                Some(ticket) => self.emit(&ticket.error(&error.to_string())),
                None => Ok(()),
            },
            SwarmEvent::IncomingConnectionError {
                send_back_addr,
                error,
                ..
            } => self.emit(&json!({
                "event": "refused",
                "what": "connection",
                "address": send_back_addr.to_string(),
                "reason": error.to_string(),
            })),
            SwarmEvent::ListenerClosed {
                reason: Err(error), ..
            } => Err(error),
            // The others repeat these or concern external addresses; the enum is open-ended.
            _ => Ok(()),
        }
    }

    fn on_behaviour_event(&mut self, event: BehaviourEvent) -> io::Result<()> {
        match event {
            BehaviourEvent::Identify(identify::Event::Received { peer_id, info, .. }) => {
                self.link(peer_id, &info.protocols);
                self.route(peer_id, &info);
                self.emit(&identified(peer_id, &info))
            }
            BehaviourEvent::Identify(identify::Event::Error { peer_id, error, .. }) => {
                self.refused("identify", peer_id, &error.to_string())
            }
            BehaviourEvent::Identify(
                identify::Event::Sent { .. } | identify::Event::Pushed { .. },
            ) => Ok(()),
            BehaviourEvent::Ping(ping) => match ping.result {
                Ok(_) => Ok(()),
                Err(error) => self.refused("ping", ping.peer, &error.to_string()),
            },
            BehaviourEvent::Gossipsub(event) => self.on_gossip(event),
            BehaviourEvent::Messages(event) => self.on_exchange(Service::Message, event),
            BehaviourEvent::Searches(event) => self.on_exchange(Service::Search, event),
            BehaviourEvent::Contacts(event) => self.on_exchange(Service::Contacts, event),
            BehaviourEvent::Kad(event) => self.on_kad(event),
            BehaviourEvent::Streams(()) => Ok(()),
        }
    }

    pub(crate) fn refused(&mut self, what: &str, peer: PeerId, reason: &str) -> io::Result<()> {
        self.emit(&json!({
            "event": "refused",
            "what": what,
            "peer": peer.to_string(),
            "reason": reason,
        }))
    }

    fn on_gossip(&mut self, event: gossipsub::Event) -> io::Result<()> {
        match event {
            gossipsub::Event::Message {
                propagation_source,
                message_id,
                message,
            } => self.emit(&json!({
                "event": "gossip",
                "topic": message.topic.as_str(),
                "from": message.source.map(|peer| peer.to_string()),
                "relay": propagation_source.to_string(),
                "data": hex(&message.data),
                "seqno": message.sequence_number.map(|number| hex(sequence_bytes(number))),
                "messageId": hex(&message_id.0),
            })),
            gossipsub::Event::Subscribed { peer_id, topic } => self.emit(&json!({
                "event": "peerSubscribed",
                "peer": peer_id.to_string(),
                "topic": topic.as_str(),
            })),
            gossipsub::Event::Unsubscribed { peer_id, topic } => self.emit(&json!({
                "event": "peerUnsubscribed",
                "peer": peer_id.to_string(),
                "topic": topic.as_str(),
            })),
            gossipsub::Event::GossipsubNotSupported { peer_id } => {
                self.refused("gossip", peer_id, "the peer does not speak GossipSub")
            }
            gossipsub::Event::SlowPeer { peer_id, .. } => {
                self.refused("gossip", peer_id, "the peer is too slow")
            }
        }
    }

    fn on_exchange(
        &mut self,
        service: Service,
        event: request_response::Event<Vec<u8>, Vec<u8>>,
    ) -> io::Result<()> {
        match event {
            request_response::Event::Message {
                peer,
                message:
                    Message::Request {
                        request, channel, ..
                    },
                ..
            } => match self.serve(service, peer, &request) {
                // The stream is reset when the channel is dropped unused.
                Err(error) => self.refused(service_name(service), peer, &error.to_string()),
                Ok((response, event)) => {
                    let behaviour = self.swarm.behaviour_mut().service(service);
                    match behaviour.send_response(channel, response) {
                        Ok(()) => self.emit(&event),
                        Err(_) => {
                            self.refused(service_name(service), peer, "gone before the response")
                        }
                    }
                }
            },
            request_response::Event::Message {
                message:
                    Message::Response {
                        request_id,
                        response,
                    },
                ..
            } => self.finish(service, request_id, Ok(response)),
            request_response::Event::OutboundFailure {
                request_id, error, ..
            } => self.finish(service, request_id, Err(error.to_string())),
            // Reported when the request was refused.
            request_response::Event::InboundFailure {
                error: InboundFailure::ResponseOmission,
                ..
            } => Ok(()),
            request_response::Event::InboundFailure { peer, error, .. } => {
                self.refused(service_name(service), peer, &error.to_string())
            }
            request_response::Event::ResponseSent { .. } => Ok(()),
        }
    }

    fn serve(&mut self, service: Service, peer: PeerId, request: &[u8]) -> Reaction {
        match service {
            Service::Message => self.serve_message(peer, request),
            Service::Search => self.serve_search(peer, request),
            Service::Contacts => self.serve_contacts(peer, request),
        }
    }

    fn serve_message(&mut self, peer: PeerId, request: &[u8]) -> Reaction {
        let info = json!({
            "implementation": "rust-libp2p",
            "implementationVersion": LIBP2P_VERSION,
            "underlayer": AGENT_VERSION,
            "peerId": self.own().to_string(),
            "protocols": Service::ALL.map(|service| service.protocol().to_string()),
        });
        let served = message::serve(&self.key, now_ms(), request, &info.to_string())?;
        let event = json!({
            "event": "messageServed",
            "peer": peer.to_string(),
            "source": served.source.map(|source| source.to_string()),
            "command": served.command,
            "uid": hex(&served.uid),
            "code": served.code,
        });
        Ok((served.response, event))
    }

    fn serve_search(&mut self, peer: PeerId, request: &[u8]) -> Reaction {
        let record = self.record().map_err(ProtocolError)?;
        let served = search::serve(&mut self.seen, request, &self.offerings, record)?;
        let event = json!({
            "event": "searchServed",
            "peer": peer.to_string(),
            "queryId": hex(&served.query.query_id),
            "tag": served.query.tag,
            "hopsLeft": served.query.hops_left,
            "repeated": served.repeated,
            "results": served.results,
        });
        Ok((served.answer, event))
    }

    fn serve_contacts(&mut self, peer: PeerId, request: &[u8]) -> Reaction {
        let record = self.record().map_err(ProtocolError)?;
        let served = exchange::serve(request, record)?;
        let learnt: Vec<Value> = served.learnt.iter().map(|known| known.to_json()).collect();
        let event = json!({
            "event": "contactsServed",
            "peer": peer.to_string(),
            "request": served.request,
            "contacts": learnt,
            "code": served.code,
        });
        Ok((served.response, event))
    }

    fn finish(
        &mut self,
        service: Service,
        id: OutboundRequestId,
        result: Result<Vec<u8>, String>,
    ) -> io::Result<()> {
        let Some(call) = self.calls.remove(&(service, id)) else {
            return Ok(());
        };
        let judged = result.and_then(|response| {
            self.judge(&call, &response)
                .map_err(|error| error.to_string())
        });
        match judged {
            Ok(answer) => self.emit(&call.ticket.answer(answer)),
            Err(reason) => self.emit(&call.ticket.error(&reason)),
        }
    }

    fn judge(&self, call: &Call, response: &[u8]) -> Result<Value, ProtocolError> {
        let mut answer = match &call.asked {
            Asked::Message { uid } => {
                let answer = message::judge(self.own(), call.peer, uid, now_ms(), response)?;
                let mut json = message_json(answer);
                json["uid"] = hex(uid).into();
                json
            }
            Asked::Search { query } => {
                let found = search::judge(query, response, now_ms() / 1_000)?;
                json!({
                    "contacts": contacts_json(&found.contacts),
                    "refused": found.refused,
                    "agentsAsked": found.agents_asked,
                })
            }
            Asked::Exchange => match exchange::judge(call.peer, response)? {
                exchange::Answer::Contacts(contacts) => json!({
                    "kind": "response",
                    "contacts": contacts_json(&contacts),
                }),
                exchange::Answer::Error { code, message } => {
                    json!({"kind": "error", "code": code, "message": message})
                }
            },
        };
        answer["peer"] = call.peer.to_string().into();
        Ok(answer)
    }
}

fn message_json(answer: message::Answer) -> Value {
    match answer {
        message::Answer::Response { schema, payload } => json!({
            "kind": "response",
            "schema": schema,
            "payload": String::from_utf8_lossy(&payload),
            "payloadHex": hex(&payload),
        }),
        message::Answer::Error { code, message } => {
            json!({"kind": "error", "code": code, "message": message})
        }
    }
}

fn contacts_json(contacts: &[contact::Contact]) -> Vec<Value> {
    contacts.iter().map(contact::Contact::to_json).collect()
}

fn identified(peer: PeerId, info: &identify::Info) -> Value {
    let protocols: Vec<String> = info.protocols.iter().map(ToString::to_string).collect();
    let addresses: Vec<String> = info.listen_addrs.iter().map(Multiaddr::to_string).collect();
    json!({
        "event": "identified",
        "peer": peer.to_string(),
        "agentVersion": info.agent_version,
        "protocolVersion": info.protocol_version,
        "protocols": protocols,
        "listenAddrs": addresses,
        "observedAddr": info.observed_addr.to_string(),
        // rust-libp2p keeps a record only when it verified it, and it knows the legacy form only.
        "legacyPeerRecordVerified": info.signed_peer_record.is_some(),
    })
}

const fn service_name(service: Service) -> &'static str {
    match service {
        Service::Message => "message",
        Service::Search => "search",
        Service::Contacts => "contacts",
    }
}
