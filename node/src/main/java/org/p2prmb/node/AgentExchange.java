package org.p2prmb.node;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.exchange.Exchange;
import org.p2prmb.node.exchange.Surroundings;
import org.p2prmb.node.exchange.Surroundings.Opinion;
import org.p2prmb.node.exchange.Surroundings.Seller;
import org.p2prmb.node.swap.LockTime;
import org.p2prmb.node.swap.Settlement;
import org.p2prmb.node.wallet.Chains;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.exchange.WindowEvidence;
import org.p2prmb.protocols.exchange.WindowFault;
import org.p2prmb.protocols.reputation.ReportKind;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SearchCondition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The exchange among the agent's other parts. Without coins there is none.
final class AgentExchange implements AutoCloseable {
    private static final Duration DIAL_LIMIT = Duration.ofSeconds(10);
    private static final Duration SEARCH_LIMIT = Duration.ofSeconds(5);
    private static final Logger log = LoggerFactory.getLogger(AgentExchange.class);

    private final Path data;
    private volatile @Nullable Exchange exchange;
    private @Nullable Backlog disk;

    /// @param data where offers are kept
    AgentExchange(Path data) {
        this.data = data;
    }

    /// From now on there is a network.
    void join(Agent agent, Chains chains, Settlement swaps, Errands errands) {
        if (chains.assets().isEmpty()) {
            return;
        }
        var kept = new Backlog("offers", agent::died);
        disk = kept;
        var with =
                new Surroundings(
                        agent.host(),
                        agent.gossip(),
                        data,
                        chains,
                        swaps,
                        peer -> opinion(agent, peer),
                        agent.reputation().stamps(),
                        peer -> reach(agent, peer),
                        new Shopfront(agent),
                        (give, want, usdCents) ->
                                LockTime.of(
                                        agent.config().swap(),
                                        chains.ledger(give.chain()),
                                        chains.ledger(want.chain()),
                                        usdCents),
                        errand -> errands.start(errand::run),
                        kept::put,
                        new Complaints(agent.reputation(), errands),
                        agent::died);
        exchange = Exchange.start(with, Exchange.Bounds.defaults());
    }

    /// Empty without coins.
    Optional<Exchange> joined() {
        return Optional.ofNullable(exchange);
    }

    private static Opinion opinion(Agent agent, PeerId peer) {
        var explanation = agent.reputation().explain(peer);
        var terms = explanation.terms();
        return new Opinion(terms.score(), explanation.limitCents(), terms.settled() == 0);
    }

    private static Connection reach(Agent agent, PeerId peer) throws IOException {
        var open = agent.host().connections(peer);
        if (!open.isEmpty()) {
            return open.getLast();
        }
        var addresses = agent.contacts().find(peer).map(Contact::addresses).orElse(List.of());
        return agent.host().connect(peer, addresses, DIAL_LIMIT);
    }

    private record Complaints(Reputation reputation, Errands errands)
            implements Surroundings.Grievances {
        @Override
        public void proven(WindowFault fault) {
            if (WindowEvidence.of(fault).isPresent()) {
                errands.start(() -> reputation.accused(fault));
            } else {
                doubted(fault.seller()); // It is proven to us alone.
            }
        }

        @Override
        public void doubted(PeerId peer) {
            errands.start(() -> {
                if (reputation.mayAccuse(peer)) {
                    reputation.report(peer, ReportKind.SOFT, 0, Bytes.EMPTY);
                }
            });
        }
    }

    /// Offers in the agent's profile, where searches find them.
    private record Shopfront(Agent agent) implements Surroundings.Shopfront {
        @Override
        public void show(Set<Offering> offerings) {
            var search = agent.search();
            var shown = search.record().offerings();
            for (var old : shown) {
                if (old.tag().startsWith(Exchange.TAG_PREFIX) && !offerings.contains(old)) {
                    var _ = search.withdraw(Optional.of(old.tag()));
                }
            }
            for (var offering : offerings) {
                if (!shown.contains(offering)) {
                    try {
                        search.offer(offering);
                    } catch (IllegalArgumentException e) {
                        log.warn("{} is not found by search: {}", offering.tag(), e.getMessage());
                    }
                }
            }
        }

        @Override
        public List<Seller> find(SearchCondition condition) throws InterruptedException {
            var config = agent.config().search();
            return agent
                    .find(condition, config.hopsMax(), config.resultsMax(), SEARCH_LIMIT)
                    .records()
                    .stream()
                    .map(found -> new Seller(found.peer(), Set.copyOf(found.record().offerings())))
                    .toList();
        }
    }

    @Override
    public void close() {
        var joined = exchange;
        if (joined != null) {
            joined.close();
        }
        var kept = disk;
        if (kept != null) {
            kept.close();
        }
    }
}
