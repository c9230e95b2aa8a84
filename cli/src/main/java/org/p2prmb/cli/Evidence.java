package org.p2prmb.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.Agent;

/// What an agent saw of what another one did, as a JSON object.
final class Evidence {
    private final DemoNetwork network;
    private final ObjectNode object = Json.object();

    private Evidence(DemoNetwork network) {
        this.network = network;
    }

    /// Testimony of the agent with this name.
    static Evidence of(DemoNetwork network, String witness) {
        var evidence = new Evidence(network);
        evidence.object.put("from", witness);
        evidence.object.put("peerId", network.agent(witness).peerId().toString());
        return evidence;
    }

    Evidence put(String field, String value) {
        object.put(field, value);
        return this;
    }

    Evidence put(String field, long value) {
        object.put(field, value);
        return this;
    }

    /// The witness's connection with a peer: its ends, and the bytes that went over it.
    Evidence connection(Agent witness, PeerId peer) {
        var open = witness.host().connections(peer);
        if (open.isEmpty()) {
            throw new FailedException(
                    "evidence", "there is no connection with " + network.nameOf(peer));
        }
        var connection = open.getLast();
        var traffic = connection.traffic();
        var node = object.putObject("connection");
        node.put("with", network.nameOf(peer));
        node.put("remotePeer", connection.remotePeer().toString());
        node.put("remoteAddress", connection.remoteAddress().toString());
        node.put("localAddress", connection.localAddress().toString());
        node.put("bytesRead", traffic.bytesRead());
        node.put("bytesWritten", traffic.bytesWritten());
        return this;
    }

    ObjectNode json() {
        return object;
    }
}
