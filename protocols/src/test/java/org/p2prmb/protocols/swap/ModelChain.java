package org.p2prmb.protocols.swap;

import org.p2prmb.protocols.swap.ModelCoin.Able;
import org.p2prmb.protocols.swap.ModelCoin.Rules;

import java.util.ArrayList;
import java.util.List;

/// A chain in the [TimelockModel]: one lock and what ends it.
///
/// @param funds what the lock is made of; its rivals are the lock and what calls it off
/// @param end the lock itself; its rivals are the redeem and the refund
record ModelChain(ModelCoin funds, ModelCoin end) {
    enum Kind {
        LOCK,
        CANCEL,
        REDEEM,
        REFUND
    }

    static ModelChain empty(Rules rules) {
        return new ModelChain(ModelCoin.unspent(rules), ModelCoin.unspent(rules));
    }

    boolean isRedeemed() {
        return end.isFirst();
    }

    boolean isRefunded() {
        return end.isSecond();
    }

    /// What the adversary may make of it with one more block, the newest ones taken back or not.
    ///
    /// @param lock who can lock, and call it off
    /// @param ending who can redeem, and refund
    List<ModelChain> next(Rules rules, Able lock, Able ending) {
        var nexts = new ArrayList<ModelChain>();
        for (var next : funds.next(rules, lock)) {
            // A block that is taken back takes those above it along.
            boolean undone = end.depth() > 0 && next.left() < funds.left() && !next.isFinal(rules);
            if (undone && !end.canUndo(rules)) {
                continue;
            }
            var was = undone ? end.undo() : end;
            if (next.isFirst()) {
                was.next(rules, ending).forEach(it -> nexts.add(new ModelChain(next, it)));
            } else {
                nexts.add(new ModelChain(next, was));
            }
        }
        return nexts;
    }

    /// What a node shows of it.
    ///
    /// @param own whether the lock is the asker's, whose node can tell that it was called off
    LockView view(boolean own) {
        if (funds.isSecond()) {
            return own ? new LockView.Lost(funds.depth()) : new LockView.Absent();
        }
        if (!funds.isFirst()) {
            return funds.first() ? new LockView.Pending() : new LockView.Absent();
        }
        return switch (end.spent()) {
            case FIRST -> new LockView.Redeemed(Swaps.SECRET, end.depth());
            case SECOND -> new LockView.Refunded(end.depth());
            case NOT ->
                    end.first()
                            ? new LockView.Redeemed(Swaps.SECRET, 0)
                            : new LockView.Locked(funds.depth());
        };
    }

    /// The honest side, or the adversary, has sent a transaction.
    ModelChain send(Kind kind) {
        return switch (kind) {
            case LOCK -> new ModelChain(funds.sendFirst(), end);
            case CANCEL -> new ModelChain(funds.sendSecond(), end);
            case REDEEM -> new ModelChain(funds, end.sendFirst());
            case REFUND -> new ModelChain(funds, end.sendSecond());
        };
    }
}
