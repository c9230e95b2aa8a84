package org.p2prmb.node.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.MonotonicClock;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.exchange.Purchase.State;
import org.p2prmb.protocols.exchange.ExchangeRequest;
import org.p2prmb.protocols.exchange.ExchangeServer;
import org.p2prmb.protocols.swap.Outcome;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Whether equal buyers win equally often over real connections, wherever they are: one seller and
/// five buyers with the delays of the simulation, each behind a line of its own, windows of one lot
/// and of 10 s. `-Dwindows=425` holds the full number, 25 at a time, in nine minutes.
final class FairLoopbackTest {
    private static final int WINDOWS = Integer.getInteger("windows", 40);
    private static final int AT_A_TIME = WINDOWS <= 40 ? WINDOWS : 25;
    private static final int[] DELAYS_MILLIS = {20, 60, 120, 250, 400};
    private static final int BUYERS = DELAYS_MILLIS.length;
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final double DEVIATIONS_99 = 2.575829;

    /// The build fails by chance once in a million times, not once in a hundred.
    private static final double DEVIATIONS_SURE = 4.9;

    private static final double FAIR = 1.0 / BUYERS;
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir private Path directory;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final Map<Bytes, PeerId> firstArrivals = new ConcurrentHashMap<>();

    private Trader trader() throws IOException {
        var keys = KeyPair.generate(RANDOM);
        var data = Files.createDirectories(directory.resolve(keys.peerId().toString()));
        var trader = Trader.start(keys, data);
        open.push(trader);
        return trader;
    }

    @AfterEach
    void close() throws Exception {
        while (!open.isEmpty()) {
            open.pop().close();
        }
    }

    @Test
    void theNearestBuyerWinsNoMoreThanItsShare() throws IOException {
        var seller = trader();
        notesArrivals(seller);
        var buyers = new ArrayList<Trader>();
        var purchases = new ArrayList<String>();
        for (int delay : DELAYS_MILLIS) {
            var buyer = trader();
            var line =
                    new DelayedLine(
                            seller.host().listenAddresses().getFirst(), Duration.ofMillis(delay));
            open.push(line);
            buyer.connect(seller, line);
            buyers.add(buyer);
        }
        // Who is not in the topic yet hears of a window later, however near it is.
        buyers.forEach(buyer -> purchases.add(buyer.buy(1_000, 4_000)));
        Eventually.holds("all are in the topic", () -> seller.listeners() == BUYERS);
        for (int held = 0; held < WINDOWS; held += AT_A_TIME) {
            int now = Math.min(AT_A_TIME, WINDOWS - held);
            int before = held;
            for (int window = 0; window < now; window++) {
                var _ = seller.sell(1, false, WINDOW);
            }
            Eventually.holds(
                    PATIENCE,
                    "%d windows sold".formatted(before + now),
                    () -> seller.settlement().swaps().size() == before + now);
            seller.settlement().end(Outcome.SETTLED);
        }
        long[] wins = new long[BUYERS];
        long[] arrivals = new long[BUYERS];
        double[] inclusion = new double[BUYERS];
        for (var swap : seller.settlement().swaps()) {
            var terms = swap.deal().terms();
            wins[place(buyers, terms.buyer())]++;
            arrivals[place(buyers, firstArrivals.get(terms.window()))]++;
        }
        for (int place = 0; place < BUYERS; place++) {
            inclusion[place] = included(buyers.get(place), purchases.get(place));
        }
        report(wins, inclusion, arrivals);
        assertThat(Arrays.stream(wins).sum()).isEqualTo(WINDOWS);
        assertThat(inclusion).containsOnly(1.0);
        assertThat(interval(wins[0], DEVIATIONS_SURE)[0]).isLessThanOrEqualTo(FAIR);
        assertThat(interval(wins[0], DEVIATIONS_SURE)[1]).isGreaterThanOrEqualTo(FAIR);
        // If the first to arrive won, this test would see it.
        assertThat(interval(arrivals[0], DEVIATIONS_SURE)[0]).isGreaterThan(FAIR + 0.02);
    }

    /// Looks at the order of commits, which the seller itself does not keep.
    private void notesArrivals(Trader seller) {
        ExchangeServer.Desk desk =
                (from, request) -> {
                    if (request instanceof ExchangeRequest.Committed(var commit)) {
                        firstArrivals.putIfAbsent(commit.statement().window(), from);
                    }
                    return seller.exchange().answer(from, request);
                };
        seller.host()
                .handle(ExchangeServer.PROTOCOL, new ExchangeServer(desk, new MonotonicClock()));
    }

    private static int place(List<Trader> buyers, PeerId peer) {
        return buyers.stream().map(Trader::peer).toList().indexOf(peer);
    }

    /// In what share of the windows its bid was in the result.
    private static double included(Trader buyer, String purchase) {
        Eventually.holds(
                PATIENCE,
                "the ends of all bids",
                () ->
                        buyer.attempts(purchase).stream()
                                .noneMatch(bid -> bid.state() == State.COMMITTED));
        assertThat(buyer.accusations()).isEmpty();
        long heard =
                buyer.attempts(purchase).stream().filter(bid -> bid.state() != State.VOID).count();
        return (double) heard / Math.min(WINDOWS, Purchase.ATTEMPTS_MAX);
    }

    /// Wilson's interval of a probability.
    private static double[] interval(long wins, double deviations) {
        double share = (double) wins / WINDOWS;
        double z = deviations * deviations / WINDOWS;
        double middle = (share + z / 2) / (1 + z);
        double half = deviations * Math.sqrt((share * (1 - share) + z / 4) / WINDOWS) / (1 + z);
        return new double[] {middle - half, middle + half};
    }

    private static void report(long[] wins, double[] inclusion, long[] arrivals) {
        System.out.println(
                String.format(
                        Locale.ROOT,
                        "{\"windows\": %d, \"atATime\": %d, \"shares\": %s,"
                                + " \"nearestShareInterval99\": %s, \"inclusion\": %s,"
                                + " \"arrivalTieShares\": %s}",
                        WINDOWS,
                        AT_A_TIME,
                        Arrays.toString(shares(wins)),
                        Arrays.toString(interval(wins[0], DEVIATIONS_99)),
                        Arrays.toString(inclusion),
                        Arrays.toString(shares(arrivals))));
    }

    private static double[] shares(long[] counts) {
        return Arrays.stream(counts).mapToDouble(count -> (double) count / WINDOWS).toArray();
    }
}
