package org.p2prmb.node;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Host;
import org.p2prmb.protocols.contacts.ContactBook;
import org.p2prmb.protocols.contacts.ContactIntake;
import org.p2prmb.protocols.contacts.ContactsClient;
import org.p2prmb.protocols.search.BookLookup;
import org.p2prmb.protocols.search.FilterServer;
import org.p2prmb.protocols.search.Reputations;
import org.p2prmb.protocols.search.SearchAnswer;
import org.p2prmb.protocols.search.SearchServer;
import org.p2prmb.protocols.search.SearchService;
import org.p2prmb.protocols.search.SearchSettings;
import org.p2prmb.protocols.statements.ContactRecord;
import org.p2prmb.protocols.statements.Offering;
import org.p2prmb.protocols.statements.SearchCondition;
import org.p2prmb.protocols.statements.SignedContact;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/// The agent's part in searches: it asks for its owner, answers and passes on for others, and says
/// what it offers.
final class AgentSearch implements AutoCloseable {
    private final Profile profile;
    private final Dht dht;
    private final OwnRecord own;
    private final Runnable announce;
    private final SearchService service;
    private final LiveSearches live;

    /// Tags that the DHT knows us by.
    private final Set<String> provided = new HashSet<>();

    /// What the search needs of the agent.
    record Parts(
            Host host,
            Profile profile,
            OwnRecord own,
            ContactBook book,
            ContactIntake intake,
            ContactsClient contacts,
            Liveness liveness,
            LivingContacts living,
            Dht dht,
            Reputations reputations,
            InstantSource clock) {}

    /// @param announce tells the neighbours that we offer something else
    /// @param died hears of a failure of our own
    AgentSearch(Parts parts, Runnable announce, Consumer<Throwable> died) {
        this.profile = parts.profile();
        this.own = parts.own();
        this.dht = parts.dht();
        this.announce = announce;
        var network =
                new AgentNetwork(
                        parts.host(),
                        parts.book(),
                        parts.dht(),
                        parts.liveness(),
                        profile::offerings,
                        parts.clock());
        this.service =
                new SearchService(
                        parts.host().peerId(),
                        settings(parts.dht()),
                        parts.reputations(),
                        new BookLookup(
                                parts.own()::current, parts.book(), parts.living(), parts.clock()),
                        parts.intake(),
                        parts.contacts(),
                        network,
                        parts.clock(),
                        new SecureRandom(),
                        died);
        this.live = new LiveSearches(this);
    }

    private static SearchSettings settings(Dht dht) {
        var usual = SearchSettings.defaults();
        return dht.isOn() ? usual : usual.withStages(usual.stages().withLongWalks());
    }

    /// Answers others from now on.
    void serve(Host host) {
        host.handle(SearchServer.PROTOCOL, new SearchServer(service));
        host.handle(FilterServer.PROTOCOL, new FilterServer(service));
        provide();
    }

    SearchNeighbours neighbours() {
        return new SearchNeighbours(service);
    }

    /// What the agent says of itself now.
    ContactRecord record() {
        return own.current().record();
    }

    LiveSearches live() {
        return live;
    }

    /// @param hops how many agents each walk may visit
    /// @param found hears of each result as soon as it is there
    SearchAnswer find(
            SearchCondition condition,
            int hops,
            int resultsMax,
            Duration patience,
            Consumer<SignedContact> found)
            throws InterruptedException {
        return service.find(condition, hops, resultsMax, patience, found);
    }

    /// Offers this from now on.
    void offer(Offering offering) {
        profile.set(offering);
        changed();
    }

    /// Offers no longer what the owner set under this tag, or any; returns how much that was.
    int withdraw(Optional<String> tag) {
        var cleared = profile.clear(tag);
        if (cleared > 0) {
            changed();
        }
        return cleared;
    }

    private void changed() {
        service.tagsChanged();
        provide();
        announce.run();
    }

    /// Has the DHT know us by the tags that we offer, and by no others.
    private synchronized void provide() {
        var offered = new HashSet<String>();
        profile.offerings().forEach(offering -> offered.add(offering.tag()));
        for (var tag : List.copyOf(provided)) {
            if (!offered.contains(tag)) {
                provided.remove(tag);
                dht.withdraw(key(tag));
            }
        }
        for (var tag : offered) {
            if (provided.add(tag)) {
                dht.provide(key(tag));
            }
        }
    }

    private static Bytes key(String tag) {
        return AgentNetwork.providerKey(SearchCondition.tagKey(tag));
    }

    @Override
    public void close() {
        live.close();
        service.close();
    }
}
