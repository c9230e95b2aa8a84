package org.p2prmb.libp2p.core;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// Owns one [Machine] on one virtual thread: the only place that waits, reads the clock and acts.
public final class Loop<E, A> implements AutoCloseable {
    private static final Duration WAIT_MAX = Duration.ofHours(1);
    private static final Duration END_CHECK = Duration.ofMillis(100);

    private final ArrayBlockingQueue<E> inbox;
    private final Machine<E, A> machine;
    private final InstantSource clock;
    private final Consumer<A> effects;
    private final Consumer<Throwable> died;
    private final Thread thread;
    private volatile boolean closed;
    private volatile boolean finishing;
    private volatile boolean ended;

    private Loop(
            String name,
            Machine<E, A> machine,
            InstantSource clock,
            int inboxMax,
            Consumer<A> effects,
            Consumer<Throwable> died) {
        this.inbox = new ArrayBlockingQueue<>(inboxMax);
        this.machine = machine;
        this.clock = clock;
        this.effects = effects;
        this.died = died;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    /// Starts a loop. `effects` runs on the loop's thread and must not wait; `died` hears of a
    /// failure of our own that ended the loop.
    public static <E, A> Loop<E, A> start(
            String name,
            Machine<E, A> machine,
            InstantSource clock,
            int inboxMax,
            Consumer<A> effects,
            Consumer<Throwable> died) {
        var loop = prepare(name, machine, clock, inboxMax, effects, died);
        loop.begin();
        return loop;
    }

    /// As [#start], but nothing happens before [#begin]: events are only taken in.
    public static <E, A> Loop<E, A> prepare(
            String name,
            Machine<E, A> machine,
            InstantSource clock,
            int inboxMax,
            Consumer<A> effects,
            Consumer<Throwable> died) {
        return new Loop<>(name, machine, clock, inboxMax, effects, died);
    }

    /// Begins what was prepared; once.
    public void begin() {
        thread.start();
    }

    /// Hands an event over; false means that the machine is overloaded and the caller must shed it.
    public boolean offer(E event) {
        return inbox.offer(event);
    }

    /// Hands an event over, waiting for room; for events that must not be lost. Throws
    /// `IllegalStateException` when there is no room and the loop has ended.
    public void put(E event) throws InterruptedException {
        while (!inbox.offer(event, END_CHECK.toNanos(), TimeUnit.NANOSECONDS)) {
            if (ended) {
                throw new IllegalStateException("the loop has ended");
            }
        }
    }

    private void run() {
        try {
            runToTheEnd();
        } catch (RuntimeException | Error e) { // Supervisor
            ended = true;
            died.accept(e);
        } finally {
            ended = true;
        }
    }

    private void runToTheEnd() {
        try {
            while (!closed && !finishing) {
                step();
            }
        } catch (InterruptedException e) {
            // Closed or finishing while waiting: that is seen below.
        }
        var interrupted = Thread.interrupted(); // Or the last effects could not wait for a lock.
        for (var event = inbox.poll(); event != null && !closed; event = inbox.poll()) {
            machine.on(clock.instant(), event).forEach(effects);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void step() throws InterruptedException {
        var event = inbox.poll(waitFrom(clock.instant()).toNanos(), TimeUnit.NANOSECONDS);
        var now = clock.instant();
        if (event != null) {
            machine.on(now, event).forEach(effects);
        }
        // Not in an else: a flood of events must not stop the clock.
        if (!now.isBefore(machine.nextTick())) {
            machine.tick(now).forEach(effects);
        }
    }

    private Duration waitFrom(Instant now) {
        var next = machine.nextTick();
        if (!next.isAfter(now)) {
            return Duration.ZERO;
        }
        return next.isAfter(now.plus(WAIT_MAX)) ? WAIT_MAX : Duration.between(now, next);
    }

    /// Handles the events handed over so far, then ends the loop; waits for that at most `limit`.
    public void finish(Duration limit) throws InterruptedException {
        finishing = true;
        thread.interrupt();
        thread.join(limit);
        close();
    }

    /// Ends the loop; an effect that runs is finished first.
    @Override
    public void close() {
        closed = true;
        thread.interrupt();
    }
}
