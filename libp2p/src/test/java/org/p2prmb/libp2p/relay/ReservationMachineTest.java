package org.p2prmb.libp2p.relay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.relay.ReservationMachine.Action;
import org.p2prmb.libp2p.relay.ReservationMachine.Event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;

final class ReservationMachineTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Duration HOUR = Duration.ofHours(1);
    private static final ReservationMachine.Config CONFIG = ReservationMachine.Config.defaults();

    private final ReservationMachine machine =
            new ReservationMachine(CONFIG, new SplittableRandom(1));
    private Instant now = START;

    private static PeerId peer(int number) {
        return new PeerId(Bytes.hex("1220" + "%064x".formatted(number)));
    }

    private List<Action> on(Event event) {
        return machine.on(now, event);
    }

    private List<Action> passes(Duration time) {
        now = now.plus(time);
        return machine.tick(now);
    }

    private Event granted(int relay) {
        return new Event.Granted(peer(relay), now.plus(HOUR));
    }

    private static Action reserve(int relay) {
        return new Action.Reserve(peer(relay));
    }

    private static Action tell(int... relays) {
        var held = new ArrayList<PeerId>();
        for (var relay : relays) {
            held.add(peer(relay));
        }
        return new Action.Tell(held);
    }

    /// Two relays are found and asked, and both agree.
    private void holdTwo() {
        assertThat(on(new Event.Wanted(true))).isEmpty();
        assertThat(on(new Event.Found(peer(1)))).containsExactly(reserve(1));
        assertThat(on(new Event.Found(peer(2)))).containsExactly(reserve(2));
        assertThat(on(granted(1))).containsExactly(tell(1));
        assertThat(on(granted(2))).containsExactly(tell(1, 2));
    }

    @Test
    void nothingIsAskedUntilPlacesAreWanted() {
        assertThat(on(new Event.Found(peer(1)))).isEmpty();
        assertThat(machine.nextTick()).isEqualTo(Instant.MAX);
        assertThat(on(new Event.Wanted(true))).containsExactly(reserve(1));
    }

    @Test
    void noMoreRelaysAreAskedThanPlacesAreWanted() {
        holdTwo();
        assertThat(on(new Event.Found(peer(3)))).isEmpty();
    }

    @Test
    void aPlaceIsAskedForAgainAtHalfOfItsTimeAndHeldMeanwhile() {
        holdTwo();
        assertThat(machine.nextTick()).isEqualTo(START.plus(HOUR.dividedBy(2)));
        assertThat(passes(HOUR.dividedBy(2))).containsExactly(reserve(1), reserve(2));
        assertThat(on(granted(1))).isEmpty();
        assertThat(on(granted(2))).isEmpty();
        assertThat(machine.nextTick()).isEqualTo(now.plus(HOUR.dividedBy(2)));
    }

    @Test
    void aRelayThatRefusesIsReplacedAndRests() {
        holdTwo();
        on(new Event.Found(peer(3)));
        passes(HOUR.dividedBy(2));
        assertThat(on(new Event.Refused(peer(1)))).containsExactly(tell(2), reserve(3));
        assertThat(on(new Event.Refused(peer(3)))).isEmpty();
        assertThat(passes(CONFIG.rest())).hasSize(1);
    }

    @Test
    void whoGoesOnRefusingIsAskedEverMoreSeldom() {
        on(new Event.Wanted(true));
        assertThat(on(new Event.Found(peer(1)))).containsExactly(reserve(1));
        var rest = CONFIG.rest();
        for (var count = 0; count < 12; count++) {
            assertThat(on(new Event.Refused(peer(1)))).isEmpty();
            assertThat(machine.nextTick()).isEqualTo(now.plus(rest));
            assertThat(passes(rest.minusNanos(1))).isEmpty();
            assertThat(passes(Duration.ofNanos(1))).containsExactly(reserve(1));
            var twice = rest.multipliedBy(2);
            rest = twice.compareTo(CONFIG.restMax()) > 0 ? CONFIG.restMax() : twice;
        }
    }

    @Test
    void aPlaceThatIsNotRenewedExpires() {
        holdTwo();
        passes(HOUR.dividedBy(2)); // The relays do not answer.
        assertThat(machine.nextTick()).isEqualTo(START.plus(HOUR));
        assertThat(passes(HOUR.dividedBy(2))).containsExactly(tell());
    }

    @Test
    void aLostRelayIsDialledAgainAFewTimesAndThenForgotten() {
        holdTwo();
        assertThat(on(new Event.Gone(peer(1)))).containsExactly(tell(2));
        assertThat(passes(CONFIG.rest())).containsExactly(reserve(1));
        on(new Event.Refused(peer(1)));
        assertThat(passes(CONFIG.restMax().dividedBy(4))).containsExactly(reserve(1));
        on(new Event.Refused(peer(1)));
        on(new Event.Gone(peer(2)));
        assertThat(passes(CONFIG.rest())).containsExactly(reserve(2));
        // The first is not asked any more.
        assertThat(passes(CONFIG.restMax())).isEmpty();
    }

    @Test
    void aLostRelayThatComesBackIsHeldAgain() {
        holdTwo();
        on(new Event.Gone(peer(1)));
        assertThat(passes(CONFIG.rest())).containsExactly(reserve(1));
        // The place is told before identify is.
        assertThat(on(granted(1))).containsExactly(tell(1, 2));
        assertThat(on(new Event.Found(peer(1)))).isEmpty();
    }

    @Test
    void whatIsWantedNoMoreIsLetGo() {
        holdTwo();
        assertThat(on(new Event.Wanted(false))).containsExactly(tell());
        assertThat(on(granted(1))).isEmpty();
        assertThat(machine.nextTick()).isEqualTo(Instant.MAX);
    }

    @Test
    void aPlaceForAMomentDoesNotMakeUsAskAllTheTime() {
        on(new Event.Wanted(true));
        on(new Event.Found(peer(1)));
        on(new Event.Granted(peer(1), now.plusSeconds(1)));
        assertThat(machine.nextTick()).isEqualTo(now.plusSeconds(1));
        // It expires and is asked for again at once, which the relay answers once a second at most.
        assertThat(passes(Duration.ofSeconds(1))).contains(tell());
    }

    /// Whatever happens, at most the wanted number of relays is held or asked, nobody is asked
    /// twice before the answer, and the machine always knows when to go on.
    @Test
    void noOrderOfEventsBreaksTheMachine() {
        Seeds.forEach(
                300,
                random -> {
                    var some = new ReservationMachine(CONFIG, random);
                    var asked = new HashSet<PeerId>();
                    var time = START;
                    for (var step = 0; step < 400; step++) {
                        time = time.plusSeconds(random.nextInt(600));
                        var relay = peer(random.nextInt(80));
                        var one = asked.stream().findFirst().orElse(relay);
                        var event =
                                switch (random.nextInt(7)) {
                                    case 0 -> new Event.Wanted(random.nextInt(4) > 0);
                                    case 1, 2 -> new Event.Found(relay);
                                    case 3 -> new Event.Gone(relay);
                                    case 4, 5 ->
                                            new Event.Granted(
                                                    one, time.plusSeconds(random.nextInt(1, 8000)));
                                    default -> new Event.Refused(one);
                                };
                        if (event instanceof Event.Granted || event instanceof Event.Refused) {
                            if (!asked.remove(one)) {
                                continue;
                            }
                        }
                        var actions = new ArrayList<>(some.on(time, event));
                        if (!time.isBefore(some.nextTick())) {
                            actions.addAll(some.tick(time));
                        }
                        for (var action : actions) {
                            switch (action) {
                                case Action.Reserve(var peer) ->
                                        assertThat(asked.add(peer)).isTrue();
                                case Action.Tell(var held) ->
                                        assertThat(held).hasSizeLessThanOrEqualTo(CONFIG.places());
                            }
                        }
                        assertThat(some.nextTick()).isAfter(time);
                    }
                });
    }
}
