package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.TokenBuckets;
import org.p2prmb.libp2p.gossipsub.GossipMessage;
import org.p2prmb.libp2p.gossipsub.GossipSub;
import org.p2prmb.libp2p.gossipsub.Subscription;
import org.p2prmb.libp2p.gossipsub.Verdict;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.exchange.News;
import org.p2prmb.protocols.exchange.Pair;
import org.p2prmb.protocols.exchange.WindowOpen;
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

    private static final int NEWS_PER_SECOND = 10;
    private static final int NEWS_BURST = 200;
    private static final int WINDOWS_MAX = 4_096;
    private static final Duration SKEW = Duration.ofSeconds(60);
    private static final Logger log = LoggerFactory.getLogger(Topics.class);

    private final GossipSub gossip;
    private final InstantSource clock;
    private final InstantSource passing = new MonotonicClock();
    private final Consumer<News> heard;
    private final Map<Pair, Subscription> joined = new LinkedHashMap<>();
    private final TokenBuckets<PeerId> buckets = new TokenBuckets<>(NEWS_PER_SECOND, NEWS_BURST);

    /// Whose windows are open or were lately: of others nobody needs to hear.
    private final Map<Bytes, PeerId> windows = new LinkedHashMap<>();

    Topics(GossipSub gossip, InstantSource clock, Consumer<News> heard) {
        this.gossip = gossip;
        this.clock = clock;
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
            remember(open.statement());
        }
        gossip.publish(pair.topic(), news.encoded());
    }

    private synchronized void remember(WindowOpen open) {
        windows.put(open.window(), open.seller());
        if (windows.size() > WINDOWS_MAX) {
            windows.remove(windows.keySet().iterator().next());
        }
    }

    private Verdict judge(Pair pair, GossipMessage message) {
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
            // By the true time: that of the swaps may stand still in tests.
            if (!buckets.take(message.from(), passing.instant())) {
                return Verdict.IGNORE;
            }
            return judge(pair, news, clock.instant());
        }
    }

    private Verdict judge(Pair pair, News news, Instant now) {
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
                if (isNow) {
                    remember(said);
                }
                yield accept(isNow);
            }
            case News.Rooted(var root) ->
                    ofSeller(root.statement().window(), root.statement().seller());
            case News.Concluded(var notice) ->
                    ofSeller(notice.statement().window(), notice.statement().seller());
            case News.Revealed(var reveal) ->
                    accept(windows.containsKey(reveal.statement().window()));
        };
    }

    private Verdict ofSeller(Bytes window, PeerId seller) {
        return accept(seller.equals(windows.get(window)));
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
