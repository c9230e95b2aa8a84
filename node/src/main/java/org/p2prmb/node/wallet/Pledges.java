package org.p2prmb.node.wallet;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;

/// What an agent's swaps have set aside of its wallet: the owner's payments leave it alone.
public interface Pledges {
    /// What is set aside at one moment.
    ///
    /// @param reserved of what is confirmed: promised, or on its way into a lock, fees included
    /// @param locked in locks of our own that are in blocks, and so no part of what is confirmed
    /// @param inputs that locks, or what ends them, spend and nothing else may
    record Pledged(
            Map<Asset, BigInteger> reserved, Map<Asset, BigInteger> locked, List<Bytes> inputs) {
        public Pledged {
            reserved = Map.copyOf(reserved);
            locked = Map.copyOf(locked);
            inputs = List.copyOf(inputs);
        }

        BigInteger reserved(Asset asset) {
            return reserved.getOrDefault(asset, BigInteger.ZERO);
        }

        BigInteger locked(Asset asset) {
            return locked.getOrDefault(asset, BigInteger.ZERO);
        }
    }

    /// Runs this with what is set aside; until it returns, no swap sets more aside, so that no coin
    /// is promised and paid at once.
    <T> T during(Work<T> work) throws LedgerException;

    @FunctionalInterface
    interface Work<T> {
        T run(Pledged pledged) throws LedgerException;
    }

    /// No swap at all.
    static Pledges none() {
        return new Pledges() {
            @Override
            public <T> T during(Work<T> work) throws LedgerException {
                return work.run(new Pledged(Map.of(), Map.of(), List.of()));
            }
        };
    }
}
