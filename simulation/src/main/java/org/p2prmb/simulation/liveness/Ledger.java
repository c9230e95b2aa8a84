package org.p2prmb.simulation.liveness;

import org.p2prmb.simulation.Samples;
import org.p2prmb.simulation.engine.Simulation;
import org.p2prmb.simulation.engine.Violation;

import java.time.Duration;
import java.util.Arrays;

/// Keeps the fate of every agent, and compares with it what the machines say.
final class Ledger {
    /// Who was cut off so recently is still rightly taken for dead.
    private static final long EXCUSED_MICROS = Duration.ofMinutes(1).toNanos() / 1_000;

    private static final long LIVES = -1;

    private final Simulation simulation;
    private final Contacts[] contacts;
    private final int[][] holders;
    private final boolean[] stalling;
    private final long[] goneAt;
    private final boolean[] left;
    private final long[] upSince;
    private final Samples removal = new Samples();
    private final Samples leave = new Samples();
    private final Samples restored = new Samples();
    private long healedAt = LIVES;
    private long reachableSince;
    private long falseRemovals;
    private long falseRemovalsStalling;
    private long handedOutDead;
    private String firstFalse = "";
    private long agentMicros;
    private long measuredFrom = Long.MAX_VALUE;

    /// @param stalling which agents freeze now and then
    Ledger(Simulation simulation, Contacts[] contacts, boolean[] stalling) {
        this.simulation = simulation;
        this.contacts = contacts;
        this.stalling = stalling;
        int agents = contacts.length;
        goneAt = new long[agents];
        Arrays.fill(goneAt, LIVES);
        left = new boolean[agents];
        upSince = new long[agents];
        holders = holders(contacts);
    }

    private static int[][] holders(Contacts[] contacts) {
        var counts = new int[contacts.length];
        for (var held : contacts) {
            for (int place = 0; place < held.size(); place++) {
                counts[held.peer(place)]++;
            }
        }
        var holders = new int[contacts.length][];
        Arrays.setAll(holders, agent -> new int[counts[agent]]);
        for (int agent = 0; agent < contacts.length; agent++) {
            for (int place = 0; place < contacts[agent].size(); place++) {
                int peer = contacts[agent].peer(place);
                holders[peer][--counts[peer]] = agent;
            }
        }
        return holders;
    }

    // What happens.

    void measureFromNow() {
        measuredFrom = simulation.elapsedMicros();
    }

    void started(int agent) {
        goneAt[agent] = LIVES;
        left[agent] = false;
        upSince[agent] = simulation.elapsedMicros();
        for (int place = 0; place < contacts[agent].size(); place++) {
            contacts[agent].set(place, Contacts.State.UNKNOWN);
        }
    }

    void crashed(int agent) {
        gone(agent);
    }

    void left(int agent) {
        gone(agent);
        left[agent] = true;
    }

    private void gone(int agent) {
        countTime(agent);
        goneAt[agent] = simulation.elapsedMicros();
    }

    private void countTime(int agent) {
        long from = Math.max(upSince[agent], measuredFrom);
        agentMicros += Math.max(0, simulation.elapsedMicros() - from);
    }

    void healed() {
        healedAt = simulation.elapsedMicros();
        reachableSince = healedAt;
        for (int agent = 0; agent < contacts.length; agent++) {
            var held = contacts[agent];
            for (int place = 0; place < held.size(); place++) {
                if (lives(agent)
                        && lives(held.peer(place))
                        && held.state(place) != Contacts.State.VERIFIED
                        && held.state(place) != Contacts.State.UNKNOWN) {
                    held.await(place);
                }
            }
        }
    }

    private boolean lives(int agent) {
        return goneAt[agent] == LIVES && simulation.isUp(agent);
    }

    /// A minute after the end of `agent`: nobody may hand it out any more.
    void checkHandedOut(int agent) {
        if (goneAt[agent] == LIVES) {
            return;
        }
        for (int holder : holders[agent]) {
            var held = contacts[holder];
            if (lives(holder) && held.state(held.place(agent)) == Contacts.State.VERIFIED) {
                handedOutDead++;
            }
        }
    }

    // What the machines say.

    void alive(int holder, int subject) {
        var held = contacts[holder];
        int place = held.place(subject);
        if (place >= 0) {
            held.set(place, Contacts.State.VERIFIED);
            if (held.takeAwaited(place)) {
                restored.add((simulation.elapsedMicros() - healedAt) / 1_000);
            }
        }
    }

    void doubted(int holder, int subject) {
        var held = contacts[holder];
        int place = held.place(subject);
        if (place >= 0 && held.state(place) == Contacts.State.VERIFIED) {
            held.set(place, Contacts.State.DOUBTED);
        }
    }

    void dead(int holder, int subject, String reason) {
        if (holder == subject) {
            throw new Violation("an agent takes itself for dead");
        }
        if (isFalse(holder, subject)) {
            if (stalling[subject]) {
                falseRemovalsStalling++;
            } else {
                falseRemovals++;
            }
            if (firstFalse.isEmpty()) {
                firstFalse =
                        "at %s agent %d removed agent %d: %s"
                                .formatted(simulation.elapsed(), holder, subject, reason);
            }
        }
        var held = contacts[holder];
        int place = held.place(subject);
        if (place < 0) {
            return;
        }
        if (isHeld(held, place) && goneAt[subject] != LIVES) {
            sample(subject);
        }
        held.set(place, Contacts.State.DEAD);
    }

    private static boolean isHeld(Contacts held, int place) {
        return switch (held.state(place)) {
            case VERIFIED, DOUBTED -> true;
            case UNKNOWN, DEAD -> false;
        };
    }

    private void sample(int subject) {
        long millis = (simulation.elapsedMicros() - goneAt[subject]) / 1_000;
        (left[subject] ? leave : removal).add(millis);
    }

    private boolean isFalse(int holder, int subject) {
        long now = simulation.elapsedMicros();
        return lives(subject)
                && simulation.isOpen(holder, subject)
                && simulation.isOpen(subject, holder)
                && now >= measuredFrom
                && (reachableSince == 0 || now - reachableSince > EXCUSED_MICROS)
                && (upSince[subject] < measuredFrom || now - upSince[subject] > EXCUSED_MICROS);
    }

    /// At the end of the run: what has not happened counts with the time that passed.
    void close() {
        for (int agent = 0; agent < contacts.length; agent++) {
            if (lives(agent)) {
                countTime(agent);
                closeContacts(contacts[agent]);
            }
        }
    }

    private void closeContacts(Contacts held) {
        for (int place = 0; place < held.size(); place++) {
            int subject = held.peer(place);
            if (goneAt[subject] != LIVES && isHeld(held, place)) {
                sample(subject);
            }
            if (lives(subject) && held.isAwaited(place)) {
                restored.add((simulation.elapsedMicros() - healedAt) / 1_000);
            }
        }
    }

    Samples removal() {
        return removal;
    }

    Samples leave() {
        return leave;
    }

    Samples restored() {
        return restored;
    }

    long falseRemovals() {
        return falseRemovals;
    }

    long falseRemovalsStalling() {
        return falseRemovalsStalling;
    }

    /// What to look for when the run is repeated; empty when nobody was removed wrongly.
    String firstFalse() {
        return firstFalse;
    }

    long handedOutDead() {
        return handedOutDead;
    }

    double agentSeconds() {
        return agentMicros / 1e6;
    }
}
