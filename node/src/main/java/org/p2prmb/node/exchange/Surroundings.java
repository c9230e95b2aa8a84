package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.libp2p.gossipsub.GossipSub;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.swap.LockTime;
import org.p2prmb.node.swap.Settlement;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.exchange.WindowFault;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.LedgerException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;

/// What the exchange needs of its agent.
///
/// @param data where offers are kept
/// @param errands for what waits for the network or for nodes
/// @param disk for what must be on the disk in the order in which it happened
/// @param grievances hears what others did to us; it must not wait
/// @param died hears of a failure of our own
public record Surroundings(
        Host host,
        GossipSub gossip,
        Path data,
        Chains chains,
        Settlement settlement,
        Opinions opinions,
        Identities identities,
        Peers peers,
        Shopfront shopfront,
        Timing lockTimes,
        Errands errands,
        Consumer<Runnable> disk,
        Grievances grievances,
        Consumer<Throwable> died) {
    /// What others did to us.
    public interface Grievances {
        /// A seller's signatures prove it, or our own chain does.
        void proven(WindowFault fault);

        /// Nothing proves it, but it happened too often for chance.
        void doubted(PeerId peer);
    }

    /// What we think of others.
    @FunctionalInterface
    public interface Opinions {
        Opinion of(PeerId peer);
    }

    /// @param score 0 to 1
    /// @param limitCents how much may be in flight with it
    /// @param newcomer whether it never settled a swap, as far as we know
    public record Opinion(double score, long limitCents, boolean newcomer) {}

    /// What identities cost, where the network asks for that (docs/reputation.md).
    public interface Identities {
        /// Our own stamp, 0 where none is needed; empty while it is made, which begins now.
        OptionalLong toBid();

        /// Whether a bidder's stamp was found right before, or none is needed.
        boolean isKnown(PeerId bidder);

        /// Whether it is worth a look: there is one, and it was not found wrong before.
        boolean mayBeRight(PeerId bidder, long stamp);

        /// Looks at a stamp when its turn comes; false when too many of this source wait.
        ///
        /// @param source those of one wait for each other
        /// @param then hears whether it is right, or false when it lost its place; it must not wait
        boolean look(Bytes source, PeerId bidder, long stamp, Consumer<Boolean> then);
    }

    /// Finds a way to another agent.
    @FunctionalInterface
    public interface Peers {
        /// An open connection, or a new one; waits for the dial.
        Connection reach(PeerId peer) throws IOException;
    }

    /// How sellers are found that share no neighbour with their buyers.
    public interface Shopfront {
        /// What is on sale is part of what we say of ourselves, until it is shown anew.
        void show(Set<Offering> offerings);

        /// Agents that say that they offer this; waits for the search.
        List<Seller> find(SearchCondition condition) throws InterruptedException;
    }

    /// An agent that was found.
    ///
    /// @param says what it offers, in its signed profile
    public record Seller(PeerId peer, Set<Offering> says) {
        public Seller {
            says = Set.copyOf(says);
        }
    }

    /// How long a swap of this value can lock coins at most.
    @FunctionalInterface
    public interface Timing {
        LockTime of(Asset give, Asset want, long usdCents) throws LedgerException;
    }

    /// Work on a thread of its own.
    @FunctionalInterface
    public interface Errands {
        /// Runs it soon; false when there is too much to do, or we are closed.
        boolean start(Errand errand);
    }

    /// One piece of work.
    @FunctionalInterface
    public interface Errand {
        void run() throws InterruptedException;
    }
}
