package org.p2prmb.ledgers.simulated;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.Leg;

import java.time.Instant;
import java.util.List;

/// A chain in this process, in virtual time: whoever drives it makes its blocks. Ledgers ask its
/// nodes as they ask those behind a socket. Safe for many threads.
public sealed interface SimulatedChain permits SimulatedUtxo, SimulatedEvm {
    /// Another node of it.
    SimulatedNode node();

    long height();

    /// Makes the next block.
    void mine(Instant time);

    /// Takes the newest blocks back, and puts empty ones of these times in their place; what they
    /// held waits again.
    void reorganise(int depth, List<Instant> instead);

    /// Forgets what waits: nodes do, when they restart or are full.
    void forget();

    /// From now on blocks are dear: they cost so many times the usual fee.
    void scarce(int times);

    /// From now on a transaction waits for so many blocks before one takes it in.
    void slow(int blocks);

    /// How many locks of this leg blocks hold.
    int locks(Leg leg, Bytes hash);
}
