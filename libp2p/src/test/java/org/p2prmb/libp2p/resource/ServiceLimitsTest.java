package org.p2prmb.libp2p.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.p2prmb.libp2p.autonat.AutoNatServer;
import org.p2prmb.libp2p.identify.Identify;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.ping.Ping;
import org.p2prmb.libp2p.relay.Relay;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The services of the module have limits of their own, besides those of their protocols.
final class ServiceLimitsTest {
    private static final ResourceLimits LIMITS = ResourceLimits.scaled(64L << 20, 100_000);

    private final Resources resources = new Resources(LIMITS);
    private final List<AutoCloseable> open = new ArrayList<>();

    private ConnectionScope connect() throws ResourceLimitException {
        var connection = resources.accept(Instant.EPOCH, Optional.empty());
        open.add(connection);
        connection.established(peer());
        return connection;
    }

    private static PeerId peer() {
        return KeyPair.generate(new SecureRandom()).peerId();
    }

    private void stream(ConnectionScope connection, boolean inbound, String protocol)
            throws ResourceLimitException {
        var stream = connection.stream(inbound);
        open.add(stream);
        stream.agreed(protocol);
    }

    private void closeAll() throws Exception {
        for (var scope : open) {
            scope.close();
        }
    }

    /// Takes turns between the protocols of a service until it refuses; returns how many fitted.
    private int fill(ConnectionScope connection, boolean inbound, ServiceLimits service) {
        var protocols = List.copyOf(service.protocols());
        for (var count = 0; ; count++) {
            try {
                stream(connection, inbound, protocols.get(count % protocols.size()));
            } catch (ResourceLimitException e) {
                assertThat(e).hasMessageContaining("one service");
                return count;
            }
        }
    }

    private static ServiceLimits service(String name) {
        return LIMITS.services().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource({
        "ping,2,3,4",
        "identify,16,16,32",
        "identify-push,16,16,32",
        "autonat-request,2,2,4",
        "autonat-back,2,2,4",
        "relay-hop,32,32,64",
        "relay-stop,128,128,256"
    })
    void aPeerHasFewStreamsOfAServiceInEachDirection(String name, int in, int out, int all)
            throws Exception {
        var service = service(name);
        assertThat(fill(connect(), true, service)).isEqualTo(in);
        assertThat(fill(connect(), false, service)).isEqualTo(out);
        var both = connect();
        assertThat(fill(both, true, service) + fill(both, false, service)).isEqualTo(all);
        assertThat(resources.use().refused()).containsEntry("streams-service-peer", 4L);
        assertThat(resources.use().held()).containsEntry("streams-" + name, (long) in + out + all);

        closeAll();
        assertThat(resources.use().isZero()).isTrue();
        assertThat(resources.services.size()).isZero();
        assertThat(resources.peerServices.size()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "identify,true,64", "identify-push,true,64", "autonat-request,true,64",
        "autonat-back,false,64", "relay-hop,true,640", "relay-stop,false,640"
    })
    void allPeersTogetherHaveFewStreamsOfAService(String name, boolean inbound, int most)
            throws Exception {
        var service = service(name);
        var fitted = 0;
        while (!resources.use().refused().containsKey("streams-service")) {
            fitted += fill(connect(), inbound, service);
        }
        assertThat(fitted).isEqualTo(most);
        assertThat(fill(connect(), !inbound, service)).isPositive();

        closeAll();
        assertThat(resources.use().isZero()).isTrue();
        assertThat(fill(connect(), inbound, service)).isPositive();
    }

    @Test
    void whatAServiceRefusesIsCountedNowhere() throws Exception {
        var connection = connect();
        fill(connection, true, service("ping"));
        var late = connection.stream(true);
        var before = resources.use();
        assertThatThrownBy(() -> late.agreed(Ping.PROTOCOL)).hasMessageContaining("one service");
        assertThat(resources.use().held()).isEqualTo(before.held());
        assertThat(resources.protocols.of(Ping.PROTOCOL).streams()).isEqualTo(2);

        late.agreed("/chat");
        assertThat(resources.protocols.of("/chat").streams()).isEqualTo(1);
    }

    @Test
    void identifyHasMorePlacesWhereThereMayBeMoreConnections() {
        var large = ResourceLimits.scaled(2L << 30, 100_000).services().get(1);
        assertThat(large.name()).isEqualTo("identify");
        assertThat(large.all().streamsIn()).isEqualTo(2_048);
        assertThat(large.perPeer().streamsIn()).isEqualTo(16);
    }

    /// Or a host whose places others hold would not learn what honest peers speak.
    @Test
    void whatIdentifyAsksIsBoundedByConnectionsAlone() throws Exception {
        for (var peer = 0; peer < 2 * 64; peer++) {
            stream(connect(), false, Identify.PROTOCOL);
        }
        assertThat(resources.use().refused()).isEmpty();
    }

    @Test
    void whoHoldsThePlacesOfOneProtocolOfAServiceLeavesTheOther() throws Exception {
        fillAll("identify-push", Identify.PROTOCOL);
        fillAll("autonat-back", AutoNatServer.DIAL_REQUEST);
        fillAll("relay-hop", Relay.STOP);
    }

    private void fillAll(String full, String other) throws Exception {
        var before = refused();
        while (refused() == before) {
            fill(connect(), true, service(full));
        }
        stream(connect(), true, other);
    }

    private long refused() {
        return resources.use().refused().getOrDefault("streams-service", 0L);
    }

    @Test
    void theServicesSpeakTheProtocolsOfTheModule() {
        assertThat(LIMITS.services().stream().flatMap(each -> each.protocols().stream()))
                .containsExactlyInAnyOrder(
                        Ping.PROTOCOL,
                        Identify.PROTOCOL,
                        Identify.PUSH_PROTOCOL,
                        AutoNatServer.DIAL_REQUEST,
                        AutoNatServer.DIAL_BACK,
                        Relay.HOP,
                        Relay.STOP);
    }
}
