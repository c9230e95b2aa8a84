package org.p2prmb.protocols.swap;

import java.util.ArrayList;
import java.util.List;

/// A coin in the [TimelockModel], and the two transactions that are rivals for it: a lock and what
/// calls it off, or a redeem and a refund.
///
/// @param spent by which of them, in a block
/// @param depth of that block; 0 without one
/// @param waited blocks that came without the honest side's transaction, before a reorganisation
///     and after it together
/// @param left blocks that may still be taken back
/// @param first whether the first of them was sent
/// @param second whether the other was
record ModelCoin(Spent spent, int depth, int waited, int left, boolean first, boolean second) {
    enum Spent {
        NOT,
        FIRST,
        SECOND
    }

    /// What an adversary is bound by on one chain.
    ///
    /// @param confirm blocks by which one has a transaction of the honest side: c
    /// @param bury blocks after that one by which the terms take it for buried: n
    /// @param reach blocks that a reorganisation takes back at most
    /// @param undone blocks that all of them together take back above one transaction
    record Rules(int confirm, int bury, int reach, int undone) {
        /// By decision 21.
        static Rules of(int confirm, int bury) {
            return new Rules(confirm, bury, bury, bury);
        }

        int settle() {
            return confirm + bury;
        }

        /// Depth of the terms.
        int depth() {
            return bury + 1;
        }

        /// Depth from which nothing is taken back.
        int last() {
            return Math.max(bury, reach) + 1;
        }
    }

    /// What can be in the next block.
    ///
    /// @param must whether the honest side has sent one, which miners do not leave out for long
    record Able(boolean first, boolean second, boolean must) {}

    static ModelCoin unspent(Rules rules) {
        return new ModelCoin(Spent.NOT, 0, 0, rules.undone(), false, false);
    }

    boolean isFirst() {
        return spent == Spent.FIRST;
    }

    boolean isSecond() {
        return spent == Spent.SECOND;
    }

    /// Whether it is so for good.
    boolean isFinal(Rules rules) {
        return depth == rules.last();
    }

    ModelCoin sendFirst() {
        return new ModelCoin(spent, depth, waited, left, true, second);
    }

    ModelCoin sendSecond() {
        return new ModelCoin(spent, depth, second ? waited : 0, left, first, true);
    }

    /// Whether a reorganisation may take it out of its block.
    boolean canUndo(Rules rules) {
        return depth <= rules.reach() && depth <= left;
    }

    /// With its blocks taken back: what was in them waits again.
    ModelCoin undo() {
        return new ModelCoin(Spent.NOT, 0, waited, left - depth, first, second);
    }

    /// What the adversary may make of it with one more block.
    List<ModelCoin> next(Rules rules, Able able) {
        var nexts = new ArrayList<ModelCoin>();
        if (spent == Spent.NOT) {
            mine(rules, able, nexts);
            return nexts;
        }
        nexts.add(inBlock(rules, spent, Math.min(depth + 1, rules.last())));
        if (canUndo(rules)) {
            undo().mine(rules, able, nexts);
        }
        return nexts;
    }

    private void mine(Rules rules, Able able, List<ModelCoin> nexts) {
        if (able.first()) {
            nexts.add(inBlock(rules, Spent.FIRST, 1));
        }
        if (able.second()) {
            nexts.add(inBlock(rules, Spent.SECOND, 1));
        }
        if (!able.must()) {
            nexts.add(this);
        } else if (waited < rules.confirm() - 1) {
            nexts.add(new ModelCoin(Spent.NOT, 0, waited + 1, left, first, second));
        }
    }

    private ModelCoin inBlock(Rules rules, Spent by, int at) {
        return at == rules.last() // Nothing that came before matters any more.
                ? new ModelCoin(by, at, 0, 0, first, second)
                : new ModelCoin(by, at, waited, left, first, second);
    }
}
