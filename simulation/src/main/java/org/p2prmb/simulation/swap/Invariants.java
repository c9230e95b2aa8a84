package org.p2prmb.simulation.swap;

import org.p2prmb.ledgers.simulated.SimulatedNode;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Ledger;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.LockView;
import org.p2prmb.protocols.swap.Side;
import org.p2prmb.protocols.swap.Terms;

import java.util.ArrayList;
import java.util.List;

/// What must hold whatever happened, looked at from outside: on both chains and both disks.
final class Invariants {
    private static final Bytes NOBODY = Canonical.domain("simulated/outside").sha256();

    private final SwapWorld world;

    Invariants(SwapWorld world) {
        this.world = world;
    }

    List<String> violations() {
        var found = new ArrayList<String>();
        for (var role : Role.values()) {
            found.addAll(world.party(role).violations());
        }
        for (var terms : world.deals().planned()) {
            look(terms, found);
        }
        return found;
    }

    private void look(Terms terms, List<String> found) {
        boolean tookA = lock(terms, Role.SELLER, Side.A) instanceof LockView.Redeemed;
        boolean tookB = lock(terms, Role.BUYER, Side.B) instanceof LockView.Redeemed;
        if (tookA && !tookB && !world.hindrance().isForfeit(Role.SELLER)) {
            found.add("I1: the seller has lost its leg for nothing");
        }
        if (tookB && !tookA && !world.hindrance().isForfeit(Role.BUYER)) {
            found.add("I1: the buyer has lost its leg for nothing");
        }
        for (var side : Side.values()) {
            var leg = side == Side.A ? terms.a() : terms.b();
            if (world.chain(side).blocks().locks(leg, terms.hash()) > 1) {
                found.add("I2: more than one lock on " + side);
            }
        }
        for (var role : Role.values()) {
            var saved = world.party(role).saved(terms.id());
            if (!world.hindrance().isForfeit(role) && saved.isPresent() && !saved.get().isOver()) {
                found.add("I5: the %s still waits: %s".formatted(role, saved.get()));
            }
        }
    }

    private LockView lock(Terms terms, Role owner, Side side) {
        var leg = side == Side.A ? terms.a() : terms.b();
        var lock = world.party(owner).lock(terms.id());
        if (lock.isEmpty()) {
            return new LockView.Absent();
        }
        try {
            return outside(side, world.chain(side).blocks().node())
                    .view(leg, terms.hash(), lock.get().ref(), 0, List.of());
        } catch (LedgerException e) {
            throw new IllegalStateException("a node that is up", e);
        }
    }

    private Ledger outside(Side side, SimulatedNode node) throws LedgerException {
        return world.chain(side).wallet(NOBODY, node, true);
    }
}
