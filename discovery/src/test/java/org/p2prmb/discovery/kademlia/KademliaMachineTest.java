package org.p2prmb.discovery.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.p2prmb.discovery.kademlia.KademliaMachine.Action;
import org.p2prmb.discovery.kademlia.KademliaMachine.Event;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/// One machine on a bench.
final class KademliaMachineTest {
    private static final Bytes KEY = Bytes.utf8("/test/key");
    private static final Multiaddr OVER = KadWorld.address(9_999);
    private final RandomGenerator random = new SplittableRandom(2);
    private final PeerId self = KadWorld.randomId(random);
    private final KademliaMachine machine = machine(KademliaConfig.defaults());
    private Instant now = KadWorld.START;
    private int addresses;

    private KademliaMachine machine(KademliaConfig config) {
        return new KademliaMachine(
                self, config, new Validators(Map.of("test", new HighestByte())), random);
    }

    private KadPeer peer() {
        return KadPeer.of(KadWorld.randomId(random), List.of(KadWorld.address(addresses++)));
    }

    private List<Action> on(Event event) {
        return machine.on(now, event);
    }

    private static List<Action.Ask> asks(List<Action> actions) {
        return actions.stream()
                .filter(Action.Ask.class::isInstance)
                .map(Action.Ask.class::cast)
                .toList();
    }

    private List<Action> answer(Action.Ask ask, List<KadPeer> closer) {
        var message = ask.message().answeredWith(Optional.empty(), closer, List.of());
        return on(new Event.Response(ask.requestId(), message, ask.to().addresses().getFirst()));
    }

    /// Strangers may have filled our own store.
    @Test
    void providersThatWeHoldOurselvesEndNoSearch() {
        known();
        for (int liar = 0; liar < 4; liar++) {
            var provider = peer();
            var over = provider.addresses().getFirst();
            on(new Event.Request(provider.id(), over, KadMessage.addProvider(KEY, provider), 9));
        }
        var actions = on(new Event.FindProviders(1, KEY, 4));
        assertThat(asks(actions)).hasSize(1);
        var ask = asks(actions).getFirst();
        var honest = peer();
        var message = ask.message().answeredWith(Optional.empty(), List.of(), List.of(honest));
        var end = on(new Event.Response(ask.requestId(), message, OVER));
        var found = ((Action.QueryDone) end.getLast()).found();
        assertThat(found.providers()).hasSize(4).startsWith(honest);
    }

    /// The dead that were asked are not waited for until they have surely not answered.
    @Test
    void whoHasEnoughProvidersWaitsAMomentForOthersAndNoLonger() {
        known();
        known();
        var asked = asks(on(new Event.FindProviders(1, KEY, 4)));
        assertThat(asked).hasSize(2);
        var named = List.of(peer(), peer(), peer(), peer());
        var message = asked.getFirst().message().answeredWith(Optional.empty(), List.of(), named);
        assertThat(on(new Event.Response(asked.getFirst().requestId(), message, OVER)))
                .noneMatch(Action.QueryDone.class::isInstance);
        var end = now.plus(ProviderOffers.PATIENCE);
        assertThat(machine.nextTick()).isBeforeOrEqualTo(end);
        assertThat(machine.tick(end.minusNanos(1))).noneMatch(Action.QueryDone.class::isInstance);
        assertThat(machine.nextTick()).isBeforeOrEqualTo(end);
        assertThat(machine.tick(end)).anyMatch(Action.QueryDone.class::isInstance);
    }

    /// A server that has proved itself.
    private KadPeer known() {
        var peer = peer();
        var check = asks(on(new Event.PeerSeen(peer, true))).getFirst();
        answer(check, List.of());
        return peer;
    }

    private KadMessage reply(PeerId from, KadMessage request) {
        var actions = on(new Event.Request(from, OVER, request, 9));
        assertThat(actions).hasSize(1);
        return ((Action.Reply) actions.getFirst()).message();
    }

    @Test
    void onlyAServerThatAnsweredGetsIntoTheTable() {
        on(new Event.PeerSeen(peer(), false));
        var silent = asks(on(new Event.PeerSeen(peer(), true))).getFirst();
        on(new Event.Failed(silent.requestId()));
        assertThat(machine.tableSize()).isZero();
        var peer = known();
        assertThat(machine.tableSize()).isEqualTo(1);
        on(new Event.PeerSeen(peer, false));
        assertThat(machine.tableSize()).isZero();
    }

    @Test
    void whoStandsInTheTableIsToldWheneverItChanges() {
        var peer = peer();
        var check = asks(on(new Event.PeerSeen(peer, true))).getFirst();
        assertThat(answer(check, List.of())).contains(new Action.TableChanged(List.of(check.to())));
        assertThat(on(new Event.PeerSeen(peer, true))).isEmpty();
        assertThat(on(new Event.PeerSeen(peer, false)))
                .containsExactly(new Action.TableChanged(List.of()));
    }

    @Test
    void aPeerThatAnswersWithAnotherTypeHasFailed() {
        var ask = asks(on(new Event.PeerSeen(peer(), true))).getFirst();
        var wrong = KadMessage.getValue(KEY);
        on(new Event.Response(ask.requestId(), wrong, ask.to().addresses().getFirst()));
        assertThat(machine.tableSize()).isZero();
    }

    @Test
    void findNodeLeavesOutTheAskerAndUsAndIncludesAConnectedClient() {
        var asker = known();
        var other = known();
        var client = peer();
        on(new Event.PeerSeen(client, false));
        assertThat(reply(asker.id(), KadMessage.findNode(self.multihash())).closer())
                .containsExactly(other);
        assertThat(reply(asker.id(), KadMessage.findNode(client.id().multihash())).closer())
                .containsExactly(client, other);
        on(new Event.PeerLost(client.id()));
        assertThat(reply(asker.id(), KadMessage.findNode(client.id().multihash())).closer())
                .containsExactly(other);
    }

    @Test
    @DisplayName("rust-libp2p#1144: PUT_VALUE is echoed")
    void putValueIsEchoedAndWhatIsWrongRefused() {
        var asker = known().id();
        var put = KadMessage.putValue(new KadRecord(KEY, Bytes.utf8("v5")));
        assertThat(reply(asker, put)).isEqualTo(put);
        assertThat(reply(asker, KadMessage.getValue(KEY)).record().orElseThrow().receivedAt())
                .contains(now);
        var mismatch =
                new KadMessage(
                        KadMessage.Type.PUT_VALUE,
                        Bytes.utf8("/test/other"),
                        put.record(),
                        List.of(),
                        List.of());
        var worse = KadMessage.putValue(new KadRecord(KEY, Bytes.utf8("v4")));
        var invalid = KadMessage.putValue(new KadRecord(KEY, Bytes.utf8("x4")));
        var none = KadMessage.findNode(KEY);
        var empty =
                new KadMessage(
                        KadMessage.Type.PUT_VALUE,
                        none.key(),
                        Optional.empty(),
                        List.of(),
                        List.of());
        for (var wrong : List.of(mismatch, worse, invalid, empty)) {
            assertThat(on(new Event.Request(asker, OVER, wrong, 9)))
                    .singleElement()
                    .isInstanceOf(Action.Refuse.class);
        }
    }

    @Test
    void nobodyProvidesForAnother() {
        var asker = known();
        var key = Bytes.hex("1220" + "01".repeat(32));
        assertThat(on(new Event.Request(asker.id(), OVER, KadMessage.addProvider(key, peer()), 9)))
                .singleElement()
                .isInstanceOf(Action.Refuse.class);
        assertThat(on(new Event.Request(asker.id(), OVER, KadMessage.addProvider(key, asker), 9)))
                .isEmpty();
        var other = known().id();
        assertThat(reply(other, KadMessage.getProviders(key)).providers()).containsExactly(asker);
    }

    @Test
    void aClientAnswersNothing() {
        var client = machine(KademliaConfig.defaults().withServer(false));
        assertThat(
                        client.on(
                                now,
                                new Event.Request(peer().id(), OVER, KadMessage.findNode(KEY), 9)))
                .containsExactly(new Action.Refuse(9, "we are a client"));
    }

    @Test
    void aRequestWithoutAnAnswerFailsByItself() {
        known();
        var actions = on(new Event.FindNode(1, KEY));
        assertThat(asks(actions)).hasSize(1);
        now = now.plus(Duration.ofSeconds(10));
        assertThat(machine.nextTick()).isBeforeOrEqualTo(now);
        assertThat(machine.tick(now))
                .filteredOn(Action.QueryDone.class::isInstance)
                .singleElement()
                .satisfies(
                        done -> assertThat(((Action.QueryDone) done).found().closest()).isEmpty());
    }

    @Test
    void othersAreAskedWhenThoseAskedAreSlow() {
        for (int number = 0; number < 10; number++) {
            known();
        }
        machine.tick(now); // The refresh of the beginning.
        var prompt = asks(on(new Event.FindProviders(1, KEY, 1)));
        assertThat(prompt).hasSize(6);
        answer(prompt.getFirst(), List.of());
        now = now.plusMillis(999);
        assertThat(asks(machine.tick(now))).isEmpty();
        assertThat(machine.nextTick()).isEqualTo(now.plusMillis(1));
        now = now.plusMillis(1);
        var slow = asks(machine.tick(now));
        var others = slow.stream().filter(ask -> ask.message().equals(prompt.getFirst().message()));
        assertThat(others).hasSize(3);
        assertThat(answer(prompt.get(1), List.of())).as("still welcome").isEmpty();
    }

    @Test
    void anAnswerThatComesTooLateOrTwiceChangesNothing() {
        var ask = asks(on(new Event.PeerSeen(peer(), true))).getFirst();
        answer(ask, List.of());
        assertThat(answer(ask, List.of(peer()))).isEmpty();
        on(new Event.Failed(ask.requestId()));
        assertThat(machine.tableSize()).isEqualTo(1);
    }

    @Test
    void aFloodOfConnectionsIsCheckedAFewAtATime() {
        int asked = 0;
        for (int number = 0; number < 1_000; number++) {
            asked += asks(on(new Event.PeerSeen(peer(), true))).size();
        }
        assertThat(asked).isEqualTo(32);
    }

    @Test
    void whoKnowsNobodyDoesNothingButWait() {
        on(new Event.Started(List.of()));
        assertThat(machine.tick(now)).isEmpty();
        assertThat(machine.nextTick()).isAfter(now.plus(Duration.ofMinutes(5)));
    }

    @Test
    void theRememberedAreAskedFirst() {
        var remembered = List.of(peer(), peer());
        on(new Event.Started(remembered));
        assertThat(asks(machine.tick(now)))
                .extracting(Action.Ask::to)
                .containsExactlyInAnyOrderElementsOf(remembered);
    }

    @Test
    void aChangedTableIsRememberedSoon() {
        on(new Event.Started(List.of()));
        var peer = known();
        now = now.plus(Duration.ofSeconds(3));
        assertThat(machine.tick(now)).contains(new Action.Remember(List.of(peer)));
        assertThat(on(new Event.Leave())).containsExactly(new Action.Remember(List.of(peer)));
    }

    @Test
    void aValueThatNobodyTookIsPublishedAgainAMinuteLater() {
        assertThat(on(new Event.Put(1, KEY, Bytes.utf8("v1"))))
                .filteredOn(Action.QueryDone.class::isInstance)
                .hasSize(1);
        known();
        now = now.plus(Duration.ofSeconds(61));
        var asks = asks(machine.tick(now));
        assertThat(asks).extracting(Action.Ask::message).contains(KadMessage.findNode(KEY));
        on(new Event.Withdraw(KEY));
        assertThat(machine.nextTick()).isAfter(now);
    }
}
