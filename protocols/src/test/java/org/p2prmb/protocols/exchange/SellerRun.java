package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.exchange.WindowMachine.Action;
import org.p2prmb.protocols.exchange.WindowMachine.Event;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// The production seller with one window, told what happens when.
final class SellerRun {
    static final KeyPair SELLER = Agents.keys(500);
    static final Instant START = Instant.ofEpochMilli(1_800_000_000_000L);
    static final Bytes OFFER = Buyer.nonce(999);
    static final String CHAIN = "regtest";
    static final Policy POLICY = Policy.bestPrice(Buyer.FLOOR);

    private final WindowMachine machine;
    private final Signed<WindowOpen> open;
    private final List<Action> seen = new ArrayList<>();

    SellerRun(int lots) {
        this(lots, POLICY);
    }

    SellerRun(int lots, Policy policy) {
        machine = newMachine();
        on(START, new Event.Open(OFFER, lots, policy, CHAIN, WindowSettings.LENGTH));
        open = last(Action.Announce.class).open();
    }

    static WindowMachine newMachine() {
        return new WindowMachine(
                SELLER, WindowSettings.defaults(), new SplittableRandom(3), Signatures.REAL);
    }

    WindowMachine machine() {
        return machine;
    }

    static Beacon beacon(WindowOpen terms, int number) {
        return new Beacon(CHAIN, 100L + number, Buyer.nonce(7_000 + number), terms.beaconFrom());
    }

    Signed<WindowOpen> open() {
        return open;
    }

    WindowOpen terms() {
        return open.statement();
    }

    Bytes window() {
        return terms().window();
    }

    Instant after(Duration time) {
        return START.plus(time);
    }

    List<Action> on(Instant at, Event event) {
        var actions = machine.on(at, event);
        seen.addAll(actions);
        return actions;
    }

    Action commit(Instant at, Buyer buyer) {
        return on(at, new Event.Committed(1, buyer.commit(window()), buyer.standing())).getFirst();
    }

    Action reveal(Instant at, Buyer buyer) {
        return on(at, new Event.Revealed(2, buyer.reveal(window()))).getFirst();
    }

    Signed<WindowRoot> close() {
        tick(terms().closesAt());
        return last(Action.PublishRoot.class).root();
    }

    List<Action> tick(Instant at) {
        var actions = machine.tick(at);
        seen.addAll(actions);
        return actions;
    }

    List<Action> block(Instant at, Beacon block) {
        return on(at, new Event.Block(block));
    }

    /// Commits, root, bids, beacon and decision of a window that goes well.
    PublishedResult sell(Buyer... buyers) {
        for (var buyer : buyers) {
            commit(START.plusMillis(10), buyer);
        }
        close();
        for (var buyer : buyers) {
            reveal(terms().rootBy(), buyer);
        }
        return finish();
    }

    /// The beacon, and nothing is denied.
    PublishedResult finish(Denial... denials) {
        block(terms().beaconFrom(), beacon(terms(), 1));
        tick(terms().beaconFrom());
        on(terms().beaconFrom(), new Event.Decided(window(), List.of(denials)));
        return last(Action.PublishResult.class).result();
    }

    /// The last action of that kind.
    <T extends Action> T last(Class<T> kind) {
        return all(kind).getLast();
    }

    <T extends Action> List<T> all(Class<T> kind) {
        return seen.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
