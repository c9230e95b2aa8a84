package org.p2prmb.libp2p.relay;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Machine;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.relay.ReservationMachine.Action;
import org.p2prmb.libp2p.relay.ReservationMachine.Event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import java.util.random.RandomGenerator;

/// Keeps places at a few relays for as long as they are wanted.
///
/// ```
/// idle -- chosen --------------> asked -- granted --> held -- half its time over --> held, asked
///   ^                              |                    |                                |
///   +-- refused: rests ------------+-- expired, lost ---+-- refused: rests --------------+
/// ```
///
/// Who refuses rests, twice as long each time, and another relay is asked. One that is connected
/// no more is dialled again a few times, and then forgotten.
public final class ReservationMachine implements Machine<Event, Action> {
    static final int RELAYS_MAX = 64;

    /// Failures in a row after which a relay without a connection is forgotten.
    static final int FAILURES_MAX = 3;

    /// No relay makes us ask more often.
    static final Duration RENEW_PAUSE_MIN = Duration.ofSeconds(10);

    private final Config config;
    private final Random random;
    private final SequencedMap<PeerId, Relay> relays = new LinkedHashMap<>();
    private List<PeerId> told = List.of();
    private boolean wanted;

    /// @param places that are held at a time; each is a connection that is kept, and a way in
    /// @param rest of a relay that refused, the first time
    /// @param restMax of one that goes on refusing
    public record Config(int places, Duration rest, Duration restMax) {
        public Config {
            if (places < 1 || places > RelayClient.PLACES_MAX) {
                throw new IllegalArgumentException("1 to 16 places");
            }
            if (!rest.isPositive() || restMax.compareTo(rest) < 0) {
                throw new IllegalArgumentException("0 < rest <= restMax");
            }
        }

        public static Config defaults() {
            return new Config(2, Duration.ofSeconds(5), Duration.ofHours(1));
        }
    }

    public sealed interface Event {
        /// Whether places are wanted from now on.
        record Wanted(boolean now) implements Event {}

        /// A connected peer is a relay.
        record Found(PeerId relay) implements Event {}

        /// The last connection with a peer has ended.
        record Gone(PeerId relay) implements Event {}

        /// A relay gave us a place until then, or kept it for us.
        record Granted(PeerId relay, Instant expires) implements Event {}

        /// A relay refused, did not answer or could not be dialled.
        record Refused(PeerId relay) implements Event {}
    }

    public sealed interface Action {
        /// Asks the relay for a place, dialling it if there is no connection; answered by `Granted`
        /// or `Refused`.
        record Reserve(PeerId relay) implements Action {}

        /// These are the relays where we have a place now.
        record Tell(List<PeerId> held) implements Action {}
    }

    private static final class Relay {
        private boolean connected = true;
        private boolean asked;
        private @Nullable Instant heldUntil;
        private Instant renewAt = Instant.MAX;
        private Instant restsUntil = Instant.MIN;
        private int failures;

        boolean taken() {
            return asked || heldUntil != null;
        }

        void drop() {
            heldUntil = null;
            renewAt = Instant.MAX;
        }
    }

    public ReservationMachine(Config config, RandomGenerator random) {
        this.config = config;
        this.random = Random.from(random);
    }

    @Override
    public List<Action> on(Instant now, Event event) {
        switch (event) {
            case Event.Wanted(var changed) -> wanted(changed);
            case Event.Found(var relay) -> found(relay);
            case Event.Gone(var relay) -> gone(now, relay);
            case Event.Granted(var relay, var expires) -> granted(now, relay, expires);
            case Event.Refused(var relay) -> refused(now, relay);
        }
        return next(now);
    }

    private void wanted(boolean changed) {
        wanted = changed;
        if (!wanted) {
            relays.values().forEach(Relay::drop);
        }
    }

    private void found(PeerId peer) {
        if (relays.size() < RELAYS_MAX || relays.containsKey(peer)) {
            relays.computeIfAbsent(peer, _ -> new Relay()).connected = true;
        }
    }

    private void gone(Instant now, PeerId peer) {
        var relay = relays.get(peer);
        if (relay == null) {
            return;
        }
        relay.connected = false;
        if (relay.heldUntil == null) {
            forgetIfUseless(peer, relay);
            return;
        }
        relay.drop();
        relay.restsUntil = now.plus(rest(relay));
        relay.failures = 1; // It is worth a few dials.
    }

    private void forgetIfUseless(PeerId peer, Relay relay) {
        var never = relay.failures == 0 && !relay.asked;
        if (!relay.connected && (never || relay.failures >= FAILURES_MAX)) {
            relays.remove(peer);
        }
    }

    private void granted(Instant now, PeerId peer, Instant expires) {
        var relay = relays.get(peer);
        if (relay == null) {
            return;
        }
        relay.asked = false;
        if (!wanted) {
            return;
        }
        relay.connected = true;
        relay.failures = 0;
        relay.heldUntil = expires;
        var half = now.plus(Duration.between(now, expires).dividedBy(2));
        var soonest = now.plus(RENEW_PAUSE_MIN);
        relay.renewAt = half.isBefore(soonest) ? soonest : half;
    }

    private void refused(Instant now, PeerId peer) {
        var relay = relays.get(peer);
        if (relay == null) {
            return;
        }
        relay.asked = false;
        relay.drop();
        relay.restsUntil = now.plus(rest(relay));
        relay.failures++;
        forgetIfUseless(peer, relay);
    }

    private Duration rest(Relay relay) {
        var rest = config.rest();
        for (var count = 0; count < relay.failures; count++) {
            if (rest.compareTo(config.restMax()) >= 0) {
                break;
            }
            rest = rest.multipliedBy(2);
        }
        return rest.compareTo(config.restMax()) < 0 ? rest : config.restMax();
    }

    @Override
    public List<Action> tick(Instant now) {
        for (var relay : relays.values()) {
            if (relay.heldUntil != null && !now.isBefore(relay.heldUntil)) {
                relay.drop();
            }
        }
        return next(now);
    }

    private List<Action> next(Instant now) {
        var actions = new ArrayList<Action>();
        tell(actions);
        if (wanted) {
            renew(now, actions);
            choose(now, actions);
        }
        return actions;
    }

    private void tell(List<Action> actions) {
        var held = new ArrayList<PeerId>();
        relays.forEach((peer, relay) -> {
            if (relay.heldUntil != null) {
                held.add(peer);
            }
        });
        if (!held.equals(told)) {
            told = List.copyOf(held);
            actions.add(new Action.Tell(told));
        }
    }

    private void renew(Instant now, List<Action> actions) {
        relays.forEach((peer, relay) -> {
            if (!relay.asked && !now.isBefore(relay.renewAt)) {
                relay.asked = true;
                relay.renewAt = Instant.MAX;
                actions.add(new Action.Reserve(peer));
            }
        });
    }

    private void choose(Instant now, List<Action> actions) {
        var missing = config.places() - relays.values().stream().filter(Relay::taken).count();
        if (missing <= 0) {
            return;
        }
        var idle = new ArrayList<PeerId>();
        relays.forEach((peer, relay) -> {
            if (!relay.taken() && !now.isBefore(relay.restsUntil)) {
                idle.add(peer);
            }
        });
        // By chance, so that not everybody asks the same relay; those that refused come last.
        Collections.shuffle(idle, random);
        idle.sort(Comparator.comparingInt(peer -> relay(peer).failures));
        idle.stream()
                .limit(missing)
                .forEach(peer -> {
                    relay(peer).asked = true;
                    actions.add(new Action.Reserve(peer));
                });
    }

    private Relay relay(PeerId peer) {
        var relay = relays.get(peer);
        if (relay == null) {
            throw new IllegalStateException("no relay " + peer);
        }
        return relay;
    }

    @Override
    public Instant nextTick() {
        if (!wanted) {
            return Instant.MAX;
        }
        var full = relays.values().stream().filter(Relay::taken).count() >= config.places();
        return relays.values().stream()
                .map(relay -> next(relay, full))
                .min(Comparator.naturalOrder())
                .orElse(Instant.MAX);
    }

    private static Instant next(Relay relay, boolean full) {
        if (relay.heldUntil != null) {
            return relay.renewAt.isBefore(relay.heldUntil) ? relay.renewAt : relay.heldUntil;
        }
        return relay.asked || full ? Instant.MAX : relay.restsUntil;
    }
}
