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
import org.p2prmb.protocols.swap.Swap;

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

/// Whether equal buyers win equally often over real connections, wherever they are.
///
/// Five sellers and five buyers with the delays of the simulation, each pair behind a line of its
/// own, in a Latin square: who is nearest to one seller is farthest from the next, so each buyer is
/// at each place as often. Windows of one lot and of 10 s take turns at the sellers.
/// `-Dwindows=425` holds the full number, 25 at a time, in nine minutes.
final class FairLoopbackTest {
    private static final int WINDOWS = Integer.getInteger("windows", 40);
    private static final int AT_A_TIME = WINDOWS <= 40 ? WINDOWS : 25;
    private static final int[] DELAYS_MILLIS = {20, 60, 120, 250, 400};
    private static final int PLACES = DELAYS_MILLIS.length;
    private static final Duration WINDOW = Duration.ofSeconds(10);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final double DEVIATIONS_99 = 2.575829;

    /// The build fails by chance once in fifty thousand times, not once in ten.
    private static final double DEVIATIONS_SURE = 4.9;

    private static final double FAIR = 1.0 / PLACES;
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir private Path directory;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<Trader> sellers = new ArrayList<>();
    private final List<Trader> buyers = new ArrayList<>();
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
    void whoIsNearWinsNoMoreThanItsShareAndNeitherDoesAnyBuyer() throws IOException {
        for (int number = 0; number < PLACES; number++) {
            var seller = trader();
            notesArrivals(seller);
            sellers.add(seller);
        }
        for (int buyer = 0; buyer < PLACES; buyer++) {
            buyers.add(trader());
            for (int seller = 0; seller < PLACES; seller++) {
                connect(buyer, seller);
            }
        }
        // Who is not in the topic yet hears of a window later, however near it is.
        var purchases = new ArrayList<String>();
        buyers.forEach(buyer -> purchases.add(buyer.buy(1_000, 4_000)));
        for (var seller : sellers) {
            Eventually.holds("all are in the topic", () -> seller.listeners() == PLACES);
        }
        for (int held = 0; held < WINDOWS; held += AT_A_TIME) {
            int until = Math.min(WINDOWS, held + AT_A_TIME);
            for (int window = held; window < until; window++) {
                var _ = sellers.get(window % PLACES).sell(1, false, WINDOW);
            }
            Eventually.holds(
                    PATIENCE, "%d windows sold".formatted(until), () -> swaps().size() == until);
            sellers.forEach(seller -> seller.settlement().end(Outcome.SETTLED));
        }
        var wins = new Tally();
        var arrivals = new Tally();
        for (var swap : swaps()) {
            var terms = swap.deal().terms();
            wins.count(terms.seller(), terms.buyer());
            arrivals.count(terms.seller(), firstArrivals.get(terms.window()));
        }
        double[] inclusion = new double[PLACES];
        for (int buyer = 0; buyer < PLACES; buyer++) {
            inclusion[buyer] = included(buyers.get(buyer), purchases.get(buyer));
        }
        report(wins, inclusion, arrivals);
        assertThat(Arrays.stream(wins.byPlace).sum()).isEqualTo(WINDOWS);
        assertThat(inclusion).containsOnly(1.0);
        areFair(wins.byPlace);
        areFair(wins.byBuyer);
        // If the first to arrive won, this test would see it, and only the place is to blame.
        assertThat(interval(arrivals.byPlace[0], DEVIATIONS_SURE)[0]).isGreaterThan(FAIR + 0.02);
        areFair(arrivals.byBuyer);
    }

    /// How far this buyer is from this seller.
    private static int place(int buyer, int seller) {
        return (buyer + seller) % PLACES;
    }

    private void connect(int buyer, int seller) throws IOException {
        var to = sellers.get(seller);
        var delay = Duration.ofMillis(DELAYS_MILLIS[place(buyer, seller)]);
        var line = new DelayedLine(to.host().listenAddresses().getFirst(), delay);
        open.push(line);
        buyers.get(buyer).connect(to, line);
    }

    private List<Swap> swaps() {
        return sellers.stream().flatMap(seller -> seller.settlement().swaps().stream()).toList();
    }

    /// Windows by who won them, and by how far away that was.
    private final class Tally {
        private final long[] byBuyer = new long[PLACES];
        private final long[] byPlace = new long[PLACES];

        void count(PeerId seller, PeerId buyer) {
            int who = index(buyers, buyer);
            byBuyer[who]++;
            byPlace[place(who, index(sellers, seller))]++;
        }

        private static int index(List<Trader> traders, PeerId peer) {
            return traders.stream().map(Trader::peer).toList().indexOf(peer);
        }
    }

    private static void areFair(long[] wins) {
        for (long count : wins) {
            assertThat(interval(count, DEVIATIONS_SURE)[0]).isLessThanOrEqualTo(FAIR);
            assertThat(interval(count, DEVIATIONS_SURE)[1]).isGreaterThanOrEqualTo(FAIR);
        }
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

    private static void report(Tally wins, double[] inclusion, Tally arrivals) {
        System.out.println(
                String.format(
                        Locale.ROOT,
                        "{\"windows\": %d, \"atATime\": %d, \"shares\": %s, \"sharesByBuyer\": %s,"
                                + " \"nearestShareInterval99\": %s, \"inclusion\": %s,"
                                + " \"arrivalTieShares\": %s, \"arrivalTieSharesByBuyer\": %s}",
                        WINDOWS,
                        AT_A_TIME,
                        Arrays.toString(shares(wins.byPlace)),
                        Arrays.toString(shares(wins.byBuyer)),
                        Arrays.toString(interval(wins.byPlace[0], DEVIATIONS_99)),
                        Arrays.toString(inclusion),
                        Arrays.toString(shares(arrivals.byPlace)),
                        Arrays.toString(shares(arrivals.byBuyer))));
    }

    private static double[] shares(long[] counts) {
        return Arrays.stream(counts).mapToDouble(count -> (double) count / WINDOWS).toArray();
    }
}
