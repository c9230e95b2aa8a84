package org.p2prmb.node;

import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.exchange.ExchangeCommands;
import org.p2prmb.node.handlers.Command;
import org.p2prmb.node.swap.ChainEvidence;
import org.p2prmb.node.swap.Settlement;
import org.p2prmb.node.swap.SwapCommands;
import org.p2prmb.node.swap.SwapDesk;
import org.p2prmb.node.swap.SwapPeers;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.node.wallet.PaymentCommands;
import org.p2prmb.node.wallet.Wallet;
import org.p2prmb.node.wallet.WalletCommands;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.reputation.EvidenceChecker;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Swap;
import org.p2prmb.protocols.swap.SwapServer;
import org.p2prmb.store.Store;
import org.p2prmb.store.StoredSwaps;
import org.p2prmb.store.journal.JournalConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The agent's part in the exchange: its coins, its swaps, its offers and windows.
///
/// It is opened before the network, so that what was begun goes on without it, and joins the
/// network later.
final class Trade implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Trade.class);

    private final Chains chains;
    private final StoredSwaps journal;
    private final SwapDesk swaps;
    private final ContactBook book;
    private final AgentExchange exchange;
    private final ChainEvidence evidence;
    private Optional<SwapReports> reports = Optional.empty();

    private Trade(Chains chains, ContactBook book, StoredSwaps journal, SwapDesk swaps, Path data) {
        this.chains = chains;
        this.book = book;
        this.exchange = new AgentExchange(data);
        this.journal = journal;
        this.swaps = swaps;
        evidence = new ChainEvidence(chains);
    }

    /// Takes the chains. Swaps that the store's journal holds go on from here.
    static Trade open(Chains chains, KeyPair keys, Path data, Store store, AgentConfig config) {
        var journal =
                new StoredSwaps(replay ->
                        store.openJournal(JournalConfig.defaults(), StoredSwaps.kinds(), replay));
        var swaps = SwapDesk.open(chains, keys, journal, config.swap());
        return new Trade(chains, store.contacts(), journal, swaps, data);
    }

    /// From now on there is a network.
    void join(Agent agent, Errands errands) {
        swaps.join(
                new SwapPeers(agent.host(), book, work -> errands.start(work::run)),
                agent.reputation()::limitCents);
        var _ = swaps.failure().thenAcceptAsync(agent::died);
        var telling =
                new SwapReports(
                        agent.peerId(), evidence, agent.reputation(), chains.clock(), agent::died);
        swaps.addListener((_, swap) -> telling.add(swap));
        telling.start(known());
        reports = Optional.of(telling);
        agent.host().handle(SwapServer.PROTOCOL, new SwapServer(swaps, new MonotonicClock()));
        exchange.join(agent, chains, swaps, errands);
    }

    Map<String, Command> commands() {
        var commands = new TreeMap<>(new SwapCommands(swaps, this::name).all());
        if (chains instanceof Wallet wallet) {
            commands.putAll(new WalletCommands(wallet, swaps).all());
            commands.putAll(new PaymentCommands(wallet, swaps).all());
        }
        commands.putAll(new ExchangeCommands(exchange::joined).all());
        return commands;
    }

    private Collection<Swap> known() {
        try {
            return swaps.swaps();
        } catch (LedgerException e) {
            log.warn("swaps are not reported: {}", e.getMessage());
            return List.of();
        }
    }

    /// What becomes of lots that windows sell.
    Settlement settlement() {
        return swaps;
    }

    /// Checks what others say of swaps.
    EvidenceChecker evidence() {
        return evidence;
    }

    private String name(PeerId peer) {
        return book.find(peer).map(Contact::name).orElse("");
    }

    @Override
    public void close() {
        exchange.close();
        reports.ifPresent(SwapReports::close);
        evidence.close();
        swaps.close();
        journal.close();
        chains.close();
    }
}
