package org.p2prmb.discovery.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.discovery.kademlia.KademliaMachine.Event;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;

/// Whole networks of machines, one thread, one seed each.
final class KadSimulationTest {
    private static final KademliaConfig CONFIG = KademliaConfig.defaults();
    private static final Duration QUERY = Duration.ofSeconds(70);
    private static final int NODES = 100;

    private static Validators validators() {
        return new Validators(Map.of("test", new HighestByte()));
    }

    private static Bytes valueKey(int number) {
        return Bytes.utf8("/test/" + "%032d".formatted(number));
    }

    @Test
    void everyPeerFindsTheNearestToAnyKey() {
        Seeds.forEach(
                5,
                random -> {
                    var world = KadWorld.settled(random, validators(), CONFIG, NODES);
                    for (int number = 0; number < 20; number++) {
                        var key = Bytes.wrap(Seeds.bytes(random, 32));
                        var asker = world.any();
                        var query = world.nextQuery();
                        world.apply(asker, new Event.FindNode(query, key));
                        world.run(QUERY);
                        var expected =
                                new ArrayList<>(
                                        world.nearest(Key.of(key), KademliaConfig.K + 1));
                        expected.remove(asker.peer.id());
                        assertThat(world.result(query).closest())
                                .extracting(KadPeer::id)
                                .containsExactlyElementsOf(
                                        expected.subList(0, KademliaConfig.K));
                    }
                });
    }
}
