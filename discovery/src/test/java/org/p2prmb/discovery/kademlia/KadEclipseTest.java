package org.p2prmb.discovery.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.discovery.kademlia.KademliaMachine.Event;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Networks in which somebody owns many keys.
final class KadEclipseTest {
    private static final KademliaConfig CONFIG = KademliaConfig.defaults();
    private static final int NODES = 100;

    private static KadWorld settled(java.util.random.RandomGenerator random) {
        var validators = new Validators(Map.of("test", new HighestByte()));
        return KadWorld.settled(random, validators, CONFIG, NODES);
    }

    @Test
    void aHundredSybilsOfOneNetworkHaveThreePlacesInAnyTable() {
        Seeds.forEach(
                1,
                random -> {
                    var world = settled(random);
                    var victim = world.any();
                    for (int number = 0; number < 100; number++) {
                        var address = Multiaddr.parse("/ip4/51.7.%d.1/tcp/4001".formatted(number));
                        var sybil = world.add(CONFIG, KadWorld.randomId(random), address);
                        world.connect(sybil, victim);
                        world.run(Duration.ofSeconds(1));
                    }
                    world.run(Duration.ofMinutes(12));
                    for (var member : world.members.values()) {
                        var leave = member.machine.on(world.now(), new Event.Leave());
                        var table = (KademliaMachine.Action.Remember) leave.getFirst();
                        assertThat(table.peers())
                                .filteredOn(peer -> isSybil(peer.addresses().getFirst()))
                                .hasSizeLessThanOrEqualTo(RoutingTable.GROUP_MAX);
                    }
                });
    }

    private static boolean isSybil(Multiaddr address) {
        return address.toString().startsWith("/ip4/51.7.");
    }

    /// Those around the key name providers that do not exist, and only each other.
    @Test
    @DisplayName("CVE-2023-26248: Sybils around a key")
    void aProviderIsFoundThoughFortyLiarsOfOneNetworkStandAroundItsKey() {
        Seeds.forEach(
                8,
                random -> {
                    var world = settled(random);
                    var key = Bytes.wrap(Seeds.bytes(random, 34));
                    var sybils = new ArrayList<KadPeer>();
                    while (sybils.size() < 40) {
                        var id = KadWorld.randomId(random);
                        // Nearer than about any honest peer.
                        if (Key.of(id).commonPrefix(Key.of(key)) >= 7) {
                            var address = "/ip4/51.7.%d.1/tcp/4001".formatted(sybils.size());
                            sybils.add(KadPeer.of(id, List.of(Multiaddr.parse(address))));
                        }
                    }
                    sybils.forEach(sybil -> world.addLiar(sybil, sybils));
                    for (var sybil : sybils) {
                        world.introduce(sybil, world.any());
                    }
                    world.run(Duration.ofMinutes(1));
                    var provider = world.any();
                    world.apply(provider, new Event.Provide(world.nextQuery(), key));
                    world.run(Duration.ofSeconds(70));
                    var asker = world.any();
                    sybils.forEach(sybil -> world.introduce(sybil, asker));
                    world.run(Duration.ofMinutes(1));
                    var query = world.nextQuery();
                    world.apply(asker, new Event.FindProviders(query, key, 4));
                    world.run(Duration.ofSeconds(70));
                    assertThat(world.result(query).providers())
                            .hasSizeLessThanOrEqualTo(4)
                            .contains(provider.peer);
                });
    }
}
