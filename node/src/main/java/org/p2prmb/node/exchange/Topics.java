package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.gossipsub.GossipMessage;
import org.p2prmb.libp2p.gossipsub.GossipSub;
import org.p2prmb.libp2p.gossipsub.Subscription;
import org.p2prmb.libp2p.gossipsub.Verdict;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.node.exchange.Surroundings.Opinions;
import org.p2prmb.protocols.exchange.News;
import org.p2prmb.protocols.exchange.Pair;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// The topics of the pairs that we trade: who speaks there, and how often.
///
/// Safe for many threads.
final class Topics implements AutoCloseable {
    /// Pairs at a time.
    static final int PAIRS_MAX = 64;

    private static final Duration SKEW = Duration.ofSeconds(60);
    private static final Logger log = LoggerFactory.getLogger(Topics.class);

    private final GossipSub gossip;
    private final InstantSource clock;
    private final InstantSource passing;
    private final Opinions opinions;
    private final Consumer<News> heard;
    private final Map<Pair, Subscription> joined = new LinkedHashMap<>();
    private final NewsLimits limits = new NewsLimits();

    // Newcomers have places of their own, and so have we, so that nobody takes them.
    private final HeardWindows ours = new HeardWindows();
    private final HeardWindows known = new HeardWindows();
    private final HeardWindows newcomers = new HeardWindows();

    /// @param passing the true time: `clock`, that of the swaps, may stand still in tests
    Topics(
            GossipSub gossip,
            InstantSource clock,
            InstantSource passing,
            Opinions opinions,
            Consumer<News> heard) {
        this.gossip = gossip;
        this.clock = clock;
        this.passing = passing;
        this.opinions = opinions;
        this.heard = heard;
    }

    /// Is in the topics of these pairs, and in no others.
    synchronized void trade(Set<Pair> pairs) throws InterruptedException {
        for (var pair : Set.copyOf(joined.keySet())) {
            var subscription = joined.get(pair);
            if (!pairs.contains(pair) && subscription != null) {
                subscription.close();
                joined.remove(pair);
            }
        }
        for (var pair : new HashSet<>(pairs)) {
            if (!joined.containsKey(pair) && joined.size() < PAIRS_MAX) {
                joined.put(
                        pair,
                        gossip.subscribe(
                                pair.topic(), message -> judge(pair, message), this::heard));
            }
        }
    }

    /// Tells the topic of a pair.
    void tell(Pair pair, News news) throws InterruptedException {
        if (news instanceof News.Opened(var open)) {
            synchronized (this) {
                var _ = ours.add(open.statement(), clock.instant());
            }
        }
        gossip.publish(pair.topic(), news.encoded());
    }

    Verdict judge(Pair pair, GossipMessage message) {
        News news;
        try {
            news = News.decode(message.data(), Signatures.REAL);
        } catch (ProtocolException e) {
            return Verdict.REJECT;
        }
        if (!news.said().statement().author().equals(message.from())) {
            return Verdict.REJECT;
        }
        synchronized (this) {
            if (!limits.mayPass(message.from(), passing.instant())) {
                return Verdict.IGNORE; // Before we think of what it is worth, which is work.
            }
        }
        boolean newcomer = opinions.of(message.from()).newcomer();
        synchronized (this) {
            if (newcomer && !limits.mayNewcomerPass(passing.instant())) {
                return Verdict.IGNORE;
            }
            return judge(pair, news, newcomer ? newcomers : known, clock.instant());
        }
    }

    private Verdict judge(Pair pair, News news, HeardWindows windows, Instant now) {
        return switch (news) {
            case News.Wanted(var request) -> {
                if (!request.statement().pair().equals(pair)) {
                    yield Verdict.REJECT;
                }
                yield accept(
                        request.statement().isValid(now)
                                && !request.statement().created().isAfter(now.plus(SKEW)));
            }
            case News.Opened(var open) -> {
                var said = open.statement();
                boolean isNow =
                        now.isBefore(said.closesAt()) && !said.opensAt().isAfter(now.plus(SKEW));
                yield accept(isNow && windows.add(said, now));
            }
            case News.Rooted(var root) ->
                    ofSeller(root.statement().window(), root.statement().seller());
            case News.Concluded(var notice) ->
                    ofSeller(notice.statement().window(), notice.statement().seller());
            case News.Revealed(var reveal) -> accept(isOpened(reveal.statement().window()));
        };
    }

    private Verdict ofSeller(Bytes window, PeerId seller) {
        return accept(
                known.isOf(window, seller)
                        || newcomers.isOf(window, seller)
                        || ours.isOf(window, seller));
    }

    private boolean isOpened(Bytes window) {
        return known.contains(window) || newcomers.contains(window) || ours.contains(window);
    }

    private static Verdict accept(boolean fits) {
        return fits ? Verdict.ACCEPT : Verdict.IGNORE;
    }

    private void heard(GossipMessage message) {
        try {
            heard.accept(News.decode(message.data(), Signatures.REAL));
        } catch (ProtocolException e) {
            log.warn("the validator let news pass that nobody can read", e);
        }
    }

    @Override
    public synchronized void close() {
        joined.values().forEach(Subscription::close);
        joined.clear();
    }
}
