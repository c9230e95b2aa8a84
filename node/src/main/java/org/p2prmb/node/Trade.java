package org.p2prmb.node;

import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.handlers.Command;
import org.p2prmb.node.swap.SwapCommands;
import org.p2prmb.node.swap.SwapDesk;
import org.p2prmb.node.swap.SwapPeers;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.swap.SwapServer;
import org.p2prmb.store.Store;
import org.p2prmb.store.StoredSwaps;
import org.p2prmb.store.journal.JournalConfig;

import java.util.Map;
import java.util.TreeMap;

/// The agent's part in the exchange: its coins, its swaps, its offers and windows.
///
/// It is opened before the network, so that what was begun goes on without it, and joins the
/// network later.
final class Trade implements AutoCloseable {
    private final Chains chains;
    private final StoredSwaps journal;
    private final SwapDesk swaps;
    private final ContactBook book;

    private Trade(Chains chains, ContactBook book, StoredSwaps journal, SwapDesk swaps) {
        this.chains = chains;
        this.book = book;
        this.journal = journal;
        this.swaps = swaps;
    }

    /// Takes the chains. Swaps that the store's journal holds go on from here.
    static Trade open(Chains chains, KeyPair keys, Store store, AgentConfig config) {
        var journal =
                new StoredSwaps(replay ->
                        store.openJournal(JournalConfig.defaults(), StoredSwaps.kinds(), replay));
        var swaps = SwapDesk.open(chains, keys, journal, config.swap());
        return new Trade(chains, store.contacts(), journal, swaps);
    }

    /// From now on there is a network.
    void join(Agent agent, Errands errands) {
        swaps.join(
                new SwapPeers(agent.host(), book, work -> errands.start(work::run)),
                agent.reputation()::limitCents);
        var _ = swaps.failure().thenAcceptAsync(agent::died);
        agent.host().handle(SwapServer.PROTOCOL, new SwapServer(swaps, new MonotonicClock()));
    }

    Map<String, Command> commands() {
        return new TreeMap<>(new SwapCommands(swaps, this::name).all());
    }

    private String name(PeerId peer) {
        return book.find(peer).map(Contact::name).orElse("");
    }

    @Override
    public void close() {
        swaps.close();
        journal.close();
        chains.close();
    }
}
