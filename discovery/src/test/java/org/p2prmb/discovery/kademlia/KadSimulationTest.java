package org.p2prmb.discovery.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.discovery.kademlia.KademliaMachine.Event;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

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
                3,
                random -> {
                    var world = KadWorld.settled(random, validators(), CONFIG, NODES);
                    for (int number = 0; number < 20; number++) {
                        var key = Bytes.wrap(Seeds.bytes(random, 32));
                        var asker = world.any();
                        var query = world.nextQuery();
                        world.apply(asker, new Event.FindNode(query, key));
                        world.run(QUERY);
                        var expected =
                                new ArrayList<>(world.nearest(Key.of(key), KademliaConfig.K + 1));
                        expected.remove(asker.peer.id());
                        assertThat(world.result(query).closest())
                                .extracting(KadPeer::id)
                                .containsExactlyElementsOf(expected.subList(0, KademliaConfig.K));
                    }
                });
    }

    private static Found run(KadWorld world, KadWorld.Member asker, LongFunction<Event> event) {
        var query = world.nextQuery();
        world.apply(asker, event.apply(query));
        world.run(QUERY);
        return world.result(query);
    }

    @Test
    void aLookUpSurvivesLossAndATenthOfThePeersDead() {
        Seeds.forEach(
                3,
                random -> {
                    var world = KadWorld.settled(random, validators(), CONFIG, NODES);
                    world.loss(0.05);
                    for (int number = 0; number < NODES / 10; number++) {
                        world.kill(world.any());
                    }
                    for (int number = 0; number < 20; number++) {
                        var wanted = world.any();
                        var asker = world.any();
                        if (asker == wanted) {
                            continue;
                        }
                        var found =
                                run(world, asker, id -> new Event.FindPeer(id, wanted.peer.id()));
                        assertThat(found.peer()).contains(wanted.peer);
                        assertThat(found.effort().depth()).isLessThanOrEqualTo(12);
                    }
                });
    }

    @Test
    void aValueIsStoredWithTheNearestAndFoundByAll() {
        Seeds.forEach(
                3,
                random -> {
                    var world = KadWorld.settled(random, validators(), CONFIG, NODES);
                    var key = valueKey(1);
                    var value = Bytes.utf8("v5");
                    var stored = run(world, world.any(), id -> new Event.Put(id, key, value));
                    assertThat(stored.stored()).isEqualTo(KademliaConfig.K);
                    for (int number = 0; number < 10; number++) {
                        var found = run(world, world.any(), id -> new Event.Get(id, key));
                        assertThat(found.value()).contains(value);
                    }
                });
    }

    @Test
    void theBestValueWinsAndReplacesTheOthers() {
        Seeds.forEach(
                3,
                random -> {
                    var world = KadWorld.settled(random, validators(), CONFIG, NODES);
                    var key = valueKey(2);
                    run(world, world.any(), id -> new Event.Put(id, key, Bytes.utf8("v1")));
                    var nearest = world.nearest(Key.of(key), 3);
                    var best = new KadRecord(key, Bytes.utf8("v9"));
                    for (var id : nearest) {
                        var put =
                                new Event.Request(
                                        KadWorld.randomId(random),
                                        KadWorld.address(1),
                                        KadMessage.putValue(best),
                                        1L << 40);
                        world.apply(world.member(id), put);
                    }
                    var found = run(world, world.any(), id -> new Event.Get(id, key));
                    assertThat(found.value()).contains(best.value());
                    for (var id : world.nearest(Key.of(key), KademliaConfig.K)) {
                        assertThat(world.asked(id, KadMessage.getValue(key)).record())
                                .map(KadRecord::value)
                                .contains(best.value());
                    }
                });
    }

    @Test
    void providersAreFoundFromAnywhere() {
        Seeds.forEach(
                3,
                random -> {
                    var world = KadWorld.settled(random, validators(), CONFIG, NODES);
                    var key = Bytes.hex("1220" + "ab".repeat(32));
                    var providers = List.of(world.any(), world.any());
                    providers.forEach(
                            provider -> run(world, provider, id -> new Event.Provide(id, key)));
                    var found = run(world, world.any(), id -> new Event.FindProviders(id, key, 9));
                    assertThat(found.providers())
                            .containsAll(providers.stream().map(member -> member.peer).toList());
                });
    }

    @Test
    void aTableThatLostAllItsPeersButTheRememberedOnesIsFilledAgain() {
        Seeds.forEach(
                3,
                random -> {
                    var world = KadWorld.settled(random, validators(), CONFIG, NODES);
                    var old = world.any();
                    var newcomer = world.add(CONFIG);
                    world.apply(newcomer, new Event.Started(old.remembered));
                    world.run(Duration.ofMinutes(1));
                    assertThat(newcomer.machine.tableSize()).isGreaterThan(KademliaConfig.K);
                });
    }

    @Test
    void publishedValuesOutliveTheirHolders() {
        Seeds.forEach(
                1,
                random -> {
                    var world = KadWorld.settled(random, validators(), CONFIG, 60);
                    var key = valueKey(3);
                    var publisher = world.any();
                    var value = Bytes.utf8("v3");
                    run(world, publisher, id -> new Event.Put(id, key, value));
                    for (var holder : world.nearest(Key.of(key), KademliaConfig.K)) {
                        if (!holder.equals(publisher.peer.id())) {
                            world.kill(world.member(holder));
                        }
                    }
                    world.run(CONFIG.republishInterval().plusMinutes(5));
                    var found = run(world, world.any(), id -> new Event.Get(id, key));
                    assertThat(found.value()).contains(value);
                });
    }
}
