package org.p2prmb.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.core.HostListener;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.Stream;
import org.p2prmb.libp2p.gossipsub.GossipConfig;
import org.p2prmb.libp2p.gossipsub.GossipSub;
import org.p2prmb.libp2p.gossipsub.GossipVersion;
import org.p2prmb.libp2p.gossipsub.Validator;
import org.p2prmb.libp2p.host.HostConfig;
import org.p2prmb.libp2p.host.SecurityKind;
import org.p2prmb.libp2p.host.TcpHost;
import org.p2prmb.libp2p.identify.PeerInfo;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.perf.Perf;
import org.p2prmb.libp2p.ping.Ping;
import org.p2prmb.libp2p.relay.Relay;
import org.p2prmb.libp2p.relay.RelayClient;
import org.p2prmb.libp2p.relay.RelayConfig;
import org.p2prmb.libp2p.relay.RelayPlace;

import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;

/// A host of ours that takes part in the matrix like a process of another implementation.
final class JavaMatrixPeer implements MatrixPeer {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final Host host;
    private final GossipSub gossip;
    private final RelayClient relays;
    private final Relay relay;
    private final Arrivals<JsonNode> events = new Arrivals<>("the Java peer");

    private JavaMatrixPeer(TcpHost host, List<GossipVersion> versions) {
        this.host = host;
        var gossiping = GossipConfig.defaults();
        this.gossip =
                GossipSub.start(
                        host, gossiping.withStreams(gossiping.streams().withVersions(versions)));
        var clock = new MonotonicClock();
        this.relays = RelayClient.start(host, clock);
        this.relay = Relay.serve(host, RelayConfig.defaults(), host::listenAddresses, clock);
        host.allowLimited(Ping.PROTOCOL);
        host.allowLimited(Conversations.TRANSFER);
        host.handle(Perf.PROTOCOL, new Perf.Responder());
        serve(Conversations.TRANSFER, "transferred", Conversations::serveTransfer);
        serve(Conversations.HALF_CLOSE, "halfClosed", Conversations::serveHalfClose);
        serve(Conversations.RESET, "reset", Conversations::serveReset);
        host.listen(new Reporter());
    }

    /// @param versions of GossipSub, that it speaks in both directions
    static JavaMatrixPeer start(String security, List<GossipVersion> versions) throws IOException {
        var config =
                HostConfig.defaults(KeyPair.generate(new SecureRandom()))
                        .withListen(Transports.LISTEN)
                        .withSecurities(
                                List.of(SecurityKind.valueOf(security.toUpperCase(Locale.ROOT))))
                        .withAgentVersion(JavaPeer.AGENT_VERSION);
        return new JavaMatrixPeer(TcpHost.start(config), versions);
    }

    private interface Conversation {
        ObjectNode hold(Stream stream) throws IOException;
    }

    private void serve(String protocol, String event, Conversation conversation) {
        host.handle(
                protocol,
                stream -> {
                    stream.deadline(LIMIT);
                    var outcome = conversation.hold(stream);
                    report(event, outcome.put("peer", stream.remotePeer().toString()));
                });
    }

    private void report(String event, ObjectNode fields) {
        events.add(fields.put("event", event));
    }

    private final class Reporter implements HostListener {
        @Override
        public void connected(Connection connection) {
            report(
                    "connected",
                    about(connection.remotePeer())
                            .put("address", connection.remoteAddress().toString())
                            .put("dialer", connection.outbound()));
        }

        @Override
        public void disconnected(Connection connection) {
            report("disconnected", about(connection.remotePeer()));
        }

        @Override
        public void identified(Connection connection, PeerInfo info) {
            var fields =
                    about(info.peer())
                            .put("publicKey", info.publicKey().toHex())
                            .put("agentVersion", info.agentVersion())
                            .put("protocolVersion", info.protocolVersion())
                            .put("observedAddr", String.valueOf(info.observedAddress()));
            info.protocols().forEach(fields.putArray("protocols")::add);
            var addresses = fields.putArray("listenAddrs");
            info.listenAddresses().forEach(address -> addresses.add(address.toString()));
            report("identified", fields);
        }
    }

    private static ObjectNode about(PeerId peer) {
        return JSON.createObjectNode().put("peer", peer.toString());
    }

    @Override
    public PeerId peerId() {
        return host.peerId();
    }

    @Override
    public Multiaddr address(String transport) {
        return host.listenAddresses().stream()
                .filter(address -> Transports.of(address).equals(transport))
                .findFirst()
                .orElseThrow()
                .withPeer(peerId());
    }

    @Override
    public JsonNode ask(String command, Map<String, ?> fields)
            throws IOException, InterruptedException {
        return switch (command) {
            case "dial" -> about(host.connect(address(fields, "address"), LIMIT).remotePeer());
            case "disconnect" -> {
                host.connections(peer(fields)).forEach(Connection::close);
                yield JSON.createObjectNode();
            }
            case "reserve" -> {
                var at = address(fields, "relay");
                var place = relays.reserve(host.connect(at, LIMIT), LIMIT);
                yield JSON.createObjectNode()
                        .put("address", reached(place, at).withPeer(peerId()).toString());
            }
            case "ping" -> {
                Ping.measure(connection(fields), 1, LIMIT);
                yield JSON.createObjectNode();
            }
            case "perf" -> {
                Perf.measure(connection(fields), count(fields, "up"), count(fields, "down"), LIMIT);
                yield JSON.createObjectNode();
            }
            case "transfer" ->
                    hold(
                            fields,
                            Conversations.TRANSFER,
                            stream ->
                                    Conversations.transfer(
                                            stream, count(fields, "up"), count(fields, "down")));
            case "halfClose" ->
                    hold(
                            fields,
                            Conversations.HALF_CLOSE,
                            stream -> Conversations.halfClose(stream, letter(fields, "first")));
            case "reset" ->
                    hold(
                            fields,
                            Conversations.RESET,
                            stream -> Conversations.reset(stream, letter(fields, "by")));
            case "subscribe" -> {
                gossip.subscribe(
                        text(fields, "topic"),
                        Validator.ACCEPT_ALL,
                        message ->
                                report(
                                        "gossip",
                                        JSON.createObjectNode()
                                                .put("from", message.from().toString())
                                                .put("data", message.data().toUtf8())));
                yield JSON.createObjectNode();
            }
            case "mesh" -> {
                var outcome = JSON.createObjectNode();
                var peers = outcome.putArray("peers");
                gossip.mesh(text(fields, "topic")).forEach(peer -> peers.add(peer.toString()));
                yield outcome;
            }
            case "publish" -> {
                gossip.publish(text(fields, "topic"), Bytes.utf8(text(fields, "data")));
                yield JSON.createObjectNode();
            }
            case "dontWants" -> {
                var counters = gossip.counters();
                yield JSON.createObjectNode()
                        .put("sent", counters.dontWantsSent())
                        .put("received", counters.dontWantsReceived());
            }
            default -> throw new IllegalArgumentException("no command " + command);
        };
    }

    /// Of all ways to a relay, that by which we came.
    private static Multiaddr reached(RelayPlace place, Multiaddr relay) {
        return place.addresses().stream()
                .filter(address -> address.toString().startsWith(relay + "/p2p-circuit"))
                .findFirst()
                .orElseThrow();
    }

    private ObjectNode hold(Map<String, ?> fields, String protocol, Conversation conversation)
            throws IOException {
        try (var stream = connection(fields).open(List.of(protocol), LIMIT)) {
            stream.deadline(LIMIT);
            return conversation.hold(stream);
        }
    }

    private Connection connection(Map<String, ?> fields) throws IOException {
        return host.connections(peer(fields)).stream()
                .findFirst()
                .orElseThrow(() -> new IOException("not connected"));
    }

    private static PeerId peer(Map<String, ?> fields) {
        return PeerId.parse(text(fields, "peer"));
    }

    private static Multiaddr address(Map<String, ?> fields, String name) {
        return Multiaddr.parse(text(fields, name));
    }

    private static long count(Map<String, ?> fields, String name) {
        return Long.parseLong(text(fields, name));
    }

    private static char letter(Map<String, ?> fields, String name) {
        return text(fields, name).charAt(0);
    }

    private static String text(Map<String, ?> fields, String name) {
        return String.valueOf(fields.get(name));
    }

    @Override
    public JsonNode await(String event, Predicate<JsonNode> wanted) throws InterruptedException {
        return events.await(
                event, found -> found.path("event").asText().equals(event) && wanted.test(found));
    }

    @Override
    public void forget() {
        events.clear();
    }

    @Override
    public void close() {
        gossip.close();
        relay.close();
        host.close();
    }
}
