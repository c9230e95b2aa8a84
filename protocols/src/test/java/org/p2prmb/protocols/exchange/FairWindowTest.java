package org.p2prmb.protocols.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.exchange.WindowMachine.Event;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Where a message is in the order of its window, how often it comes, and when: nothing of that is
/// in the result. Compared are the bytes that the seller signs.
final class FairWindowTest {
    private static final int BUYERS = 9;
    private static final int SILENT = 2;

    private static final List<Buyer> BUYERS_OF_TWO_PRICES =
            IntStream.range(1, BUYERS + 1)
                    .mapToObj(number ->
                            Buyer.of(
                                    number,
                                    Price.of(1_000 + number % 2),
                                    1 + number % 3,
                                    number % 4 == 0 ? Buyer.NEWCOMER : Buyer.KNOWN))
                    .toList();

    private record Timed(Instant at, Event event) {}

    @Test
    void theOrderTheNumberAndTheTimesOfMessagesLeaveNoTraceInTheResult() {
        var expected = result(new SellerRun(5), null);
        assertThat(expected.result().reveals()).hasSize(BUYERS - SILENT);
        assertThat(expected.result().ranking().stream().mapToInt(Allotment::lots).sum())
                .isEqualTo(5);
        Seeds.forEach(
                60,
                random -> {
                    var published = result(new SellerRun(5), random);
                    assertThat(published.encoded()).isEqualTo(expected.encoded());
                    assertThat(published.notice().envelope())
                            .isEqualTo(expected.notice().envelope());
                });
    }

    /// The test above could not fail if nothing depended on anything.
    @Test
    void anotherBidAnotherBeaconOrASilentBuyerGiveAnotherResult() {
        var results = new ArrayList<Bytes>();
        results.add(result(new SellerRun(5), null).encoded());
        var run = new SellerRun(5);
        results.add(run.sell(BUYERS_OF_TWO_PRICES.toArray(Buyer[]::new)).encoded());
        var other = new SellerRun(5);
        for (var buyer : BUYERS_OF_TWO_PRICES) {
            other.commit(SellerRun.START, buyer);
        }
        other.close();
        BUYERS_OF_TWO_PRICES.forEach(buyer -> other.reveal(other.terms().rootBy(), buyer));
        other.block(other.terms().revealBy(), SellerRun.beacon(other.terms(), 2));
        other.on(other.terms().revealBy(), new Event.Decided(other.window(), List.of()));
        results.add(other.last(WindowMachine.Action.PublishResult.class).result().encoded());
        assertThat(results).doesNotHaveDuplicates();
    }

    /// Without a `random` in the order of the list and each message once.
    private static PublishedResult result(SellerRun run, @Nullable RandomGenerator random) {
        var window = run.window();
        var commits = new ArrayList<Event>();
        var reveals = new ArrayList<Event>();
        for (var buyer : BUYERS_OF_TWO_PRICES) {
            commits.add(new Event.Committed(1, buyer.commit(window), buyer.standing()));
            if (reveals.size() < BUYERS - SILENT) {
                reveals.add(new Event.Revealed(1, buyer.reveal(window)));
            }
        }
        var terms = run.terms();
        play(run, random, commits, terms.opensAt(), terms.closesAt());
        run.close();
        play(run, random, reveals, terms.closesAt(), terms.revealBy());
        return run.finish();
    }

    private static void play(
            SellerRun run,
            @Nullable RandomGenerator random,
            List<Event> events,
            Instant from,
            Instant until) {
        var timed = new ArrayList<Timed>();
        for (var event : events) {
            int times = random == null ? 1 : random.nextInt(1, 4);
            for (int time = 0; time < times; time++) {
                long length = until.toEpochMilli() - from.toEpochMilli();
                long at = random == null ? 1 : random.nextLong(length);
                timed.add(new Timed(from.plusMillis(at), event));
            }
        }
        timed.sort(Comparator.comparing(Timed::at));
        timed.forEach(one -> run.on(one.at, one.event));
    }
}
