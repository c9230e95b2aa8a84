package org.p2prmb.simulation.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Side;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/// Brings about a [Fault] once the kill has happened, or at once where the fault is of the whole
/// swap.
final class Hindrance {
    private static final Duration HALF_AN_HOUR = Duration.ofMinutes(30);
    private static final Duration TEN_MINUTES = Duration.ofMinutes(10);
    private static final double LOST = 0.5;
    private static final int HIDDEN = 20;
    private static final int SPIKE = 10;
    private static final Bytes ANOTHER_HASH = Canonical.domain("simulated/another").sha256();

    private final Fault fault;
    private final Role killed;
    private final SwapWorld world;
    private Instant since = Instant.MAX;
    private Instant again = Instant.MIN;

    /// When the killed party is down once more.
    private Instant missed = Instant.MAX;

    private boolean began;
    private boolean ended;

    Hindrance(Fault fault, Role killed, SwapWorld world) {
        this.fault = fault;
        this.killed = killed;
        this.world = world;
        if (fault == Fault.WRONG_LOCK) {
            peer().ledger(peer().role() == Role.SELLER ? Side.A : Side.B).cheat();
        }
    }

    private Party peer() {
        return world.party(killed.other());
    }

    private Party victim() {
        return world.party(killed);
    }

    /// Whether nobody expects this party to come back, or to be honest.
    boolean isGone(Role role) {
        return role != killed
                && began
                && (fault == Fault.PEER_VANISHES || fault == Fault.WRONG_LOCK);
    }

    /// Whether this party may lose what it did not look after.
    boolean isForfeit(Role role) {
        return role != killed
                && (fault == Fault.PEER_VANISHES
                        || fault == Fault.PEER_AWAY
                        || fault == Fault.PEER_LATE
                        || fault == Fault.WRONG_LOCK);
    }

    /// After which time each copy of a letter arrives.
    List<Duration> copies(RandomGenerator random) {
        var copies = new ArrayList<Duration>();
        int sent = fault == Fault.MESSAGES_LOST ? 3 : 1;
        for (int copy = 0; copy < sent; copy++) {
            if (fault != Fault.MESSAGES_LOST || random.nextDouble() >= LOST) {
                copies.add(
                        Duration.ofSeconds(fault == Fault.MESSAGES_LOST ? random.nextInt(300) : 1));
            }
        }
        return copies;
    }

    void step(Instant now) {
        if (!began && victim().boundaries().killed()) {
            began = true;
            since = now;
            begin(now);
        }
        if (began && !ended && !now.isBefore(since.plus(HALF_AN_HOUR))) {
            ended = true;
            end();
        }
        if (!now.isBefore(missed)) {
            missed = Instant.MAX;
            victim().stop(now.plus(SwapWorld.DOWNTIME));
        }
        if (began && fault == Fault.PEER_LATE && peer().role() == Role.SELLER) {
            peer().steal(now);
        }
        if (began && fault == Fault.MEMPOOLS_FORGET && !now.isBefore(again)) {
            again = now.plus(TEN_MINUTES);
            world.chain(Side.A).blocks().forget();
            world.chain(Side.B).blocks().forget();
        }
    }

    private void begin(Instant now) {
        switch (fault) {
            case PEER_VANISHES -> peer().stop(Instant.MAX);
            case PEER_AWAY -> peer().stop(now.plus(Duration.ofDays(1)));
            case PEER_LATE -> late();
            case REORG_ONE -> reorganise(1, 1, now);
            case REORG_DEEP ->
                    reorganise(
                            world.chain(Side.A).depth() - 1, world.chain(Side.B).depth() - 1, now);
            case FEE_SPIKE -> {
                for (var side : Side.values()) {
                    world.chain(side).blocks().scarce(SPIKE);
                }
            }
            case NODES_DOWN -> nodes(true);
            case REPLIES_LOST -> {
                for (var side : Side.values()) {
                    victim().ledger(side).loseReplies();
                    peer().ledger(side).loseReplies();
                }
            }
            case CLOCK_SKEWED -> victim().skew(Duration.ofMinutes(1));
            case CLOCK_AHEAD -> victim().skew(Duration.ofHours(1));
            case NODE_ROLLBACK -> hide(victim(), HIDDEN);
            case NODES_BEHIND -> {
                hide(victim(), HIDDEN);
                hide(peer(), HIDDEN);
            }
            case LOCK_STUCK -> stick();
            case SLOW_BLOCKS -> {
                for (var side : Side.values()) {
                    var chain = world.chain(side);
                    chain.blocks().slow(chain.confirmBlocks() - 2);
                }
            }
            case KEYS_LOCKED -> victim().lockKeys();
            case NONE, WRONG_LOCK, MESSAGES_LOST, MEMPOOLS_FORGET, CROWD, PEER_CROWD -> {}
        }
    }

    /// It takes a wrong clock to make a machine of ours do what it should not. A late seller
    /// replaces the buyer's refund, which waits for a block, by its own redeem.
    private void late() {
        var deadlines = world.deadlines();
        var chain = world.chain(Side.B);
        boolean isSeller = peer().role() == Role.SELLER;
        var pace = peer().ledger(Side.B).pace(chain.depth());
        var from = isSeller ? deadlines.revealBy() : deadlines.fundBBy();
        var to =
                isSeller
                        ? deadlines.refundB().plus(pace.lag()).plus(pace.confirm())
                        : deadlines.revealBy();
        missed = to.minus(chain.block());
        peer().stop(missed);
        peer().skew(Duration.between(to, from));
        peer().ledger(Side.B).outbid();
        chain.blocks().slow(chain.confirmBlocks() - 1);
    }

    private void stick() {
        var side = victim().role() == Role.SELLER ? Side.B : Side.A;
        var ledger = victim().ledger(side).known();
        var chain = world.chain(side).blocks();
        try {
            var other = world.deals().another(side, victim());
            var lock = ledger.sign(other, ANOTHER_HASH, Deals.ANOTHER_INDEX, List.of());
            chain.scarce(SPIKE);
            for (var step : lock.steps()) {
                ledger.send(step);
            }
        } catch (LedgerException e) {
            throw new IllegalStateException("a node that is up", e);
        }
    }

    private void end() {
        switch (fault) {
            case NODES_DOWN -> nodes(false);
            case NODE_ROLLBACK, NODES_BEHIND -> {
                hide(victim(), 0);
                hide(peer(), 0);
            }
            default -> {}
        }
    }

    private void reorganise(int a, int b, Instant now) {
        world.chain(Side.A).blocks().reorganise(a, Collections.nCopies(a + 1, now));
        world.chain(Side.B).blocks().reorganise(b, Collections.nCopies(b + 1, now));
    }

    private void nodes(boolean down) {
        for (var side : Side.values()) {
            victim().ledger(side).down(down);
            peer().ledger(side).down(down);
        }
    }

    private static void hide(Party party, int blocks) {
        for (var side : Side.values()) {
            party.ledger(side).node().hide(blocks);
        }
    }
}
