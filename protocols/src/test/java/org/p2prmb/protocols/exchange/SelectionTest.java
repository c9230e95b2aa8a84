package org.p2prmb.protocols.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;

final class SelectionTest {
    private static final Bytes WINDOW = Buyer.nonce(1);
    private static final Policy POLICY = Policy.bestPrice(Buyer.FLOOR);

    private static Map<Integer, Integer> lots(
            Policy policy, int lots, Bytes seed, Map<Integer, Buyer> buyers) {
        var entrants =
                buyers.values().stream()
                        .map(buyer -> buyer.entrant(WINDOW))
                        .collect(Collectors.toSet());
        var ranking = Selection.select(entrants, policy, lots, seed);
        var byNumber = new HashMap<Integer, Integer>();
        for (var rank : ranking) {
            buyers.forEach((number, buyer) -> {
                if (buyer.peer().equals(rank.bidder())) {
                    byNumber.put(number, rank.lots());
                }
            });
        }
        return byNumber;
    }

    @Test
    void theBetterPriceWinsWhateverTheSeed() {
        var buyers =
                Map.of(
                        1, Buyer.of(1, Price.of(1_002), 2, Buyer.KNOWN),
                        2, Buyer.of(2, Price.of(1_001), 3, Buyer.KNOWN),
                        3, Buyer.of(3, Price.of(1_000), 3, Buyer.KNOWN));
        for (int seed = 0; seed < 20; seed++) {
            assertThat(lots(POLICY, 4, Buyer.nonce(seed), buyers))
                    .isEqualTo(Map.of(1, 2, 2, 2, 3, 0));
        }
    }

    @Test
    void equalsGetOneLotEachInTurn() {
        var buyers =
                Map.of(
                        1, Buyer.of(1, Buyer.FLOOR, 9, Buyer.KNOWN),
                        2, Buyer.of(2, Buyer.FLOOR, 9, Buyer.KNOWN),
                        3, Buyer.of(3, Buyer.FLOOR, 1, Buyer.KNOWN));
        for (int seed = 0; seed < 20; seed++) {
            var got = lots(POLICY, 5, Buyer.nonce(seed), buyers);
            assertThat(got).containsEntry(3, 1).containsEntry(1, 2).containsEntry(2, 2);
        }
    }

    @Test
    void newcomersTogetherGetAFifthButAtLeastOneLot() {
        var buyers =
                Map.of(
                        1, Buyer.of(1, Price.of(5_000), 9, Buyer.NEWCOMER),
                        2, Buyer.of(2, Price.of(4_000), 9, Buyer.NEWCOMER),
                        3, Buyer.of(3, Buyer.FLOOR, 20, Buyer.KNOWN));
        assertThat(lots(POLICY, 10, WINDOW, buyers)).isEqualTo(Map.of(1, 2, 2, 0, 3, 8));
        assertThat(lots(POLICY, 4, WINDOW, buyers)).isEqualTo(Map.of(1, 1, 2, 0, 3, 3));
        var none = new Policy(Policy.Weights.PRICE, Buyer.FLOOR, 3, 0);
        assertThat(lots(none, 10, WINDOW, buyers)).isEqualTo(Map.of(1, 1, 2, 0, 3, 9));
    }

    @Test
    void bidsBelowTheFloorAndBiddersBelowTheReputationAreNotRanked() {
        var buyers =
                Map.of(
                        1, Buyer.of(1, Price.of(999), 1, Buyer.KNOWN),
                        2, Buyer.of(2, Price.of(9_999), 1, new Standing(2, false, 4)),
                        3, Buyer.of(3));
        assertThat(lots(POLICY, 3, WINDOW, buyers)).isEqualTo(Map.of(3, 1));
    }

    @Test
    void theScoreIsTheWeightedSumOfPoints() {
        var policy = new Policy(new Policy.Weights(1, 10, 100, 1_000), Buyer.FLOOR, 0, 20);
        var bid = Buyer.of(1, Price.of(1_500), 2, Buyer.KNOWN).bid();
        assertThat(policy.score(bid, new Standing(7, false, 3), 8))
                .isEqualTo(1_500 + 10 * 250 + 100 * 700 + 1_000 * 750);
        var most = new Price(BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE));
        var huge = Buyer.of(1, most, 9, Buyer.KNOWN).bid();
        assertThat(policy.score(huge, new Standing(0, true, 0), 3)).isEqualTo(1_000_000 + 10_000);
    }

    @Test
    void everySeedGivesOneOrderWhateverTheOrderOfTheBids() {
        Seeds.forEach(
                30,
                random -> {
                    var entrants = new ArrayList<Entrant>();
                    for (int number = 1; number <= 9; number++) {
                        var price = Price.of(1_000 + random.nextInt(2));
                        var standing = random.nextBoolean() ? Buyer.KNOWN : Buyer.NEWCOMER;
                        var buyer = Buyer.of(number, price, random.nextInt(1, 4), standing);
                        entrants.add(buyer.entrant(WINDOW));
                    }
                    var seed = Bytes.wrap(Seeds.bytes(random, 32));
                    var expected = Selection.select(Set.copyOf(entrants), POLICY, 6, seed);
                    for (int time = 0; time < 10; time++) {
                        Collections.shuffle(entrants, Random.from(random));
                        assertThat(Selection.select(new LinkedHashSet<>(entrants), POLICY, 6, seed))
                                .isEqualTo(expected);
                    }
                    assertThat(expected).hasSize(9);
                    assertThat(expected.stream().mapToInt(Allotment::lots).sum())
                            .isLessThanOrEqualTo(6);
                });
    }

    @Test
    void eachOfFiveEqualsWinsAsOftenAsTheOthers() {
        var wins = new HashMap<Bytes, Integer>();
        var entrants = Set.copyOf(entrants(1, 6));
        int seeds = 5_000;
        for (int seed = 0; seed < seeds; seed++) {
            var first = Selection.select(entrants, POLICY, 1, Buyer.nonce(seed)).getFirst();
            wins.merge(first.bidder().multihash(), 1, Integer::sum);
        }
        assertThat(wins.values()).hasSize(5).allMatch(count -> Math.abs(count - 1_000) < 120);
    }

    /// The seller's own identities raise its share as all bidders' do, and no choice among them
    /// raises it further, even with the seed known: who leaves bids out only moves others up.
    @Test
    void aSellerWithTenSybilsGainsNothingByChoosingWhichOfThemShowTheirBids() {
        var honest = entrants(1, 6);
        var sybils = entrants(11, 21);
        int chosen = 0;
        int all = 0;
        int windows = 200;
        for (int window = 0; window < windows; window++) {
            var seed = Buyer.nonce(window);
            boolean best = false;
            for (int subset = 1; subset < 1 << sybils.size() && !best; subset += 7) {
                var entrants = new LinkedHashSet<>(honest);
                for (int sybil = 0; sybil < sybils.size(); sybil++) {
                    if ((subset >> sybil & 1) == 1) {
                        entrants.add(sybils.get(sybil));
                    }
                }
                best = won(sybils, entrants, seed);
            }
            chosen += best ? 1 : 0;
            var everybody = new LinkedHashSet<>(honest);
            everybody.addAll(sybils);
            all += won(sybils, everybody, seed) ? 1 : 0;
        }
        assertThat((double) (chosen - all) / windows).isLessThanOrEqualTo(0.02);
        assertThat((double) all / windows).isBetween(0.55, 0.78);
    }

    /// Why a root has to be there before the beacon: whoever knows the beacon chooses the winner by
    /// the root, out of the many that its own identities make.
    @Test
    void aRootThatWasMadeAfterTheBeaconWouldDecideTheWindow() {
        var honest = entrants(1, 6);
        var sybils = entrants(11, 21);
        int ground = 0;
        int windows = 100;
        for (int number = 0; number < windows; number++) {
            var beacon = new Beacon("regtest", number, Buyer.nonce(number), SellerRun.START);
            boolean won = false;
            for (int first = 0; first < sybils.size() && !won; first++) {
                var entrants = new LinkedHashSet<>(honest);
                entrants.addAll(sybils.subList(first, sybils.size()));
                var leaves =
                        entrants.stream()
                                .map(entrant ->
                                        new Leaf(
                                                entrant.commit(),
                                                entrant.bid().bidder(),
                                                entrant.standing()))
                                .sorted(Comparator.comparing(Leaf::bidder))
                                .toList();
                var root = new MerkleTree(leaves).root();
                won = won(sybils, entrants, Selection.seed(WINDOW, WINDOW, root, beacon));
            }
            ground += won ? 1 : 0;
        }
        assertThat((double) ground / windows).isGreaterThan(0.95);
    }

    private static List<Entrant> entrants(int from, int to) {
        var entrants = new ArrayList<Entrant>();
        for (int number = from; number < to; number++) {
            entrants.add(Buyer.of(number).entrant(WINDOW));
        }
        return entrants;
    }

    private static boolean won(List<Entrant> sybils, Set<Entrant> entrants, Bytes seed) {
        var winner = Selection.select(entrants, POLICY, 1, seed).getFirst().bidder();
        return sybils.stream().anyMatch(sybil -> sybil.bid().bidder().equals(winner));
    }

    @Test
    void absurdValuesAreRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> Price.of(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Price(BigInteger.ONE.shiftLeft(128)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Buyer.of(1, Buyer.FLOOR, 1_001, Buyer.KNOWN));
        assertThatIllegalArgumentException().isThrownBy(() -> new Standing(11, false, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Standing(1, false, 5));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Policy(Policy.Weights.PRICE, Buyer.FLOOR, 3, 21));
        assertThatIllegalArgumentException().isThrownBy(() -> new Policy.Weights(1_001, 0, 0, 0));
        assertThat(Standing.of(0.3, true, 0).reputation()).isEqualTo(3);
        assertThat(Standing.of(0.299, true, 0).reputation()).isEqualTo(2);
    }
}
