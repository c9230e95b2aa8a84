package org.p2prmb.libp2p.autonat;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.autonat.ReachabilityMachine.Action;
import org.p2prmb.libp2p.autonat.ReachabilityMachine.Event;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;

final class ReachabilityMachineTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final ReachabilityMachine.Config CONFIG = ReachabilityMachine.Config.defaults();
    private static final Multiaddr HOME = Multiaddr.parse("/ip4/192.0.2.1/tcp/4001");
    private static final Multiaddr AWAY = Multiaddr.parse("/ip4/192.0.2.2/tcp/4001");

    private final ReachabilityMachine machine = new ReachabilityMachine(CONFIG);
    private Instant now = START;

    private static PeerId peer(int number) {
        return new PeerId(Bytes.hex("1220" + "%064x".formatted(number)));
    }

    private List<Action> on(Event event) {
        return machine.on(now, event);
    }

    /// Lets time pass until the machine asks; returns whom and what.
    private Action.Ask asks() {
        assertThat(machine.nextTick()).isBefore(Instant.MAX);
        now = machine.nextTick();
        var actions = machine.tick(now);
        assertThat(actions).hasSize(1);
        return (Action.Ask) actions.getFirst();
    }

    private List<Action> votes(boolean reachable) {
        var ask = asks();
        return on(new Event.Found(ask.server(), ask.addresses().getFirst(), reachable));
    }

    private static Action tell(Reachability reachability) {
        return new Action.Tell(Map.of(HOME, reachability));
    }

    private void begin(int servers) {
        assertThat(on(new Event.Addresses(List.of(HOME))))
                .containsExactly(tell(Reachability.UNKNOWN));
        for (var number = 0; number < servers; number++) {
            assertThat(on(new Event.Server(peer(number)))).isEmpty();
        }
    }

    @Test
    void threeServersDecide() {
        begin(5);
        assertThat(votes(true)).isEmpty();
        assertThat(votes(true)).isEmpty();
        assertThat(votes(true)).containsExactly(tell(Reachability.PUBLIC));
        assertThat(Duration.between(START, now)).isEqualTo(CONFIG.retry().multipliedBy(2));
        assertThat(machine.nextTick()).isEqualTo(now.plus(CONFIG.refresh()));
    }

    @Test
    void fewerServersDecideWhenThereAreNoMore() {
        begin(1);
        assertThat(votes(false)).containsExactly(tell(Reachability.PRIVATE));
        // With a second one the word of the first is not enough.
        assertThat(on(new Event.Server(peer(1)))).containsExactly(tell(Reachability.UNKNOWN));
        assertThat(asks().server()).isEqualTo(peer(1));
    }

    @Test
    void oneLiarAmongFourDoesNotDecide() {
        begin(4);
        assertThat(votes(false)).isEmpty();
        assertThat(votes(true)).isEmpty();
        assertThat(votes(true)).isEmpty();
        assertThat(votes(true)).containsExactly(tell(Reachability.PUBLIC));
    }

    @Test
    void oneServerHasOneVoteHoweverOftenItIsAsked() {
        begin(3);
        var liar = peer(0);
        for (var count = 0; count < 10; count++) {
            assertThat(on(new Event.Found(liar, HOME, false))).isEmpty();
        }
    }

    @Test
    void whatHasChangedIsNoticed() {
        begin(3);
        votes(true);
        votes(true);
        votes(true);
        assertThat(votes(false)).containsExactly(tell(Reachability.UNKNOWN));
        assertThat(votes(false)).isEmpty();
        assertThat(votes(false)).containsExactly(tell(Reachability.PRIVATE));
    }

    @Test
    void whatIsUnknownIsAskedFirst() {
        begin(1);
        votes(true);
        on(new Event.Addresses(List.of(HOME, AWAY)));
        assertThat(asks().addresses()).containsExactly(AWAY, HOME);
    }

    @Test
    void oneQuestionIsOpenAtATimeAndComesBackAfterAFailureEverLater() {
        begin(1);
        var pause = CONFIG.retry();
        for (var count = 0; count < 10; count++) {
            asks();
            assertThat(machine.nextTick()).isEqualTo(Instant.MAX);
            pause = pause.multipliedBy(2);
            pause = pause.compareTo(CONFIG.refresh()) > 0 ? CONFIG.refresh() : pause;
            assertThat(on(new Event.Failed())).isEmpty();
            assertThat(machine.nextTick()).isEqualTo(now.plus(pause));
        }
    }

    @Test
    void aServerThatComesAndGoesIsNotAskedEachTime() {
        begin(1);
        asks();
        on(new Event.Failed());
        var next = machine.nextTick();
        on(new Event.ServerGone(peer(0)));
        assertThat(machine.nextTick()).isEqualTo(next);
        on(new Event.Server(peer(0)));
        assertThat(machine.nextTick()).isEqualTo(next);
    }

    @Test
    void addressesThatAreNoMoreAreForgotten() {
        begin(1);
        assertThat(on(new Event.Addresses(List.of()))).containsExactly(new Action.Tell(Map.of()));
        assertThat(machine.nextTick()).isEqualTo(Instant.MAX);
        assertThat(on(new Event.Found(peer(0), HOME, true))).isEmpty();
    }

    /// However many servers lie, three honest ones more than liars among the last votes win.
    @Test
    void theMajorityOfTheLastVotesWins() {
        Seeds.forEach(
                200,
                random -> {
                    var some = new ReachabilityMachine(CONFIG);
                    var liars = random.nextInt(0, 3);
                    var honest = liars + 3;
                    some.on(START, new Event.Addresses(List.of(HOME)));
                    for (var number = 0; number < liars + honest; number++) {
                        some.on(START, new Event.Server(peer(number)));
                    }
                    var time = START;
                    for (var round = 0; round < liars + honest; round++) {
                        time = some.nextTick();
                        var ask = (Action.Ask) some.tick(time).getFirst();
                        var lies = ask.server().compareTo(peer(liars)) < 0;
                        some.on(time, new Event.Found(ask.server(), HOME, !lies));
                    }
                    time = some.nextTick();
                    var ask = (Action.Ask) some.tick(time).getFirst();
                    var lies = ask.server().compareTo(peer(liars)) < 0;
                    var told = some.on(time, new Event.Found(ask.server(), HOME, !lies));
                    assertThat(told).isEmpty(); // It was PUBLIC by then, and stays so.
                });
    }
}
