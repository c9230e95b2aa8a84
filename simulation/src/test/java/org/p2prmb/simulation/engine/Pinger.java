package org.p2prmb.simulation.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// A protocol for tests: sends numbered frames to one peer at an interval, and keeps a diary.
final class Pinger implements ProtocolNode {
    static final Duration INTERVAL = Duration.ofSeconds(1);

    private final Seat seat;
    private final int target;
    private final List<String> diary = new ArrayList<>();
    private final List<Instant> ticks = new ArrayList<>();
    private final List<Integer> foreseen = new ArrayList<>();
    private Instant next = Instant.MAX;
    private byte count;

    /// @param target to whom it sends; itself for nobody
    Pinger(Seat seat, int target) {
        this.seat = seat;
        this.target = target;
    }

    /// What happened, in order: `up 1`, `down 1`, `unreachable 1`, `frame 1 #5`, `event x`.
    List<String> diary() {
        return diary;
    }

    List<Instant> ticks() {
        return ticks;
    }

    /// The peers of the events that were looked ahead to.
    List<Integer> foreseen() {
        return foreseen;
    }

    long frames() {
        return diary.stream().filter(line -> line.startsWith("frame")).count();
    }

    void send(int to) {
        seat.send(to, new byte[] {count++});
    }

    void disconnect(int peer) {
        seat.disconnect(peer);
    }

    @Override
    public void started(Instant now) {
        if (target != seat.agent()) {
            next = now.plus(INTERVAL);
        }
    }

    @Override
    public void linkUp(Instant now, int peer) {
        diary.add("up " + peer);
    }

    @Override
    public void linkDown(Instant now, int peer) {
        diary.add("down " + peer);
    }

    @Override
    public void unreachable(Instant now, int peer) {
        diary.add("unreachable " + peer);
    }

    @Override
    public void received(Instant now, int peer, byte[] frame) {
        diary.add("frame %d #%03d".formatted(peer, frame[0]));
    }

    @Override
    public void occurred(Instant now, Object event) {
        diary.add("event " + event);
    }

    @Override
    public void tick(Instant now) {
        ticks.add(now);
        send(target);
        next = now.plus(INTERVAL);
    }

    @Override
    public int foresee(int peer, int depth) {
        if (depth == 0) {
            foreseen.add(peer);
        }
        return 1;
    }

    @Override
    public Instant nextTick() {
        return next;
    }
}
