package org.p2prmb.libp2p.yamux;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// One machine, its clock, and what it has asked for since the last look.
final class MachineRig {
    static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    static final int ROOM = 1 << 20;

    final YamuxMachine machine;
    Instant now = START;
    private final List<YamuxMachine.Action> actions = new ArrayList<>();
    private boolean closed;

    MachineRig(boolean dialer) {
        this(dialer, YamuxConfig.defaults(), new SharedWindowBudget(Long.MAX_VALUE));
    }

    MachineRig(boolean dialer, YamuxConfig config, WindowBudget budget) {
        machine = new YamuxMachine(dialer, config, budget, START);
    }

    /// Applies an event and returns what follows.
    List<YamuxMachine.Action> on(YamuxMachine.Event event) {
        return note(machine.on(now, event));
    }

    List<YamuxMachine.Action> receive(Header frame) {
        return on(new YamuxMachine.Received(frame));
    }

    /// Moves the clock to `later` and lets the machine do what is due.
    List<YamuxMachine.Action> tickAfter(Duration later) {
        now = now.plus(later);
        return note(machine.tick(now));
    }

    private List<YamuxMachine.Action> note(List<YamuxMachine.Action> next) {
        actions.addAll(next);
        closed |= next.stream().anyMatch(YamuxMachine.Close.class::isInstance);
        return next;
    }

    /// The frames that leave when the channel has much room.
    List<Header> frames() {
        return frames(ROOM);
    }

    List<Header> frames(int room) {
        return on(new YamuxMachine.Room(room)).stream()
                .filter(YamuxMachine.Send.class::isInstance)
                .map(action -> ((YamuxMachine.Send) action).frame())
                .toList();
    }

    int open() {
        return ((YamuxMachine.Opened) on(new YamuxMachine.Open()).getFirst()).stream();
    }

    boolean closed() {
        return closed;
    }

    /// Every action so far that is an `A`.
    <A extends YamuxMachine.Action> List<A> all(Class<A> kind) {
        return actions.stream().filter(kind::isInstance).map(kind::cast).toList();
    }
}
