package org.p2prmb.protocols.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.statements.StatementKind;
import org.p2prmb.protocols.swap.Asset;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// Offers, requests, and the rates that they are made of.
final class OffersTest {
    static final Asset BTC = new Asset("bip122:" + "a".repeat(57), "BTC", Bytes.EMPTY, 8);
    static final Asset TFT =
            new Asset("eip155:1", "TFT", Bytes.hex("395e925834996e558bdec77cd648435d620afb5b"), 7);

    private static final KeyPair SELLER = Agents.keys(1);
    private static final Instant NOW = Instant.ofEpochMilli(1_800_000_000_000L);
    private static final BigInteger UNITS = BigInteger.valueOf(1_000_000);
    private static final Policy POLICY = Policy.bestPrice(Price.of(4_000));
    private static final List<Asset> KNOWN = List.of(BTC, TFT);

    static Offer offer() {
        return new Offer(
                SELLER.peerId(),
                BTC,
                TFT,
                UNITS,
                100_000,
                300,
                POLICY,
                NOW,
                NOW.plus(Duration.ofDays(1)));
    }

    static BuyRequest request(PeerId buyer) {
        return new BuyRequest(buyer, BTC, TFT, 5, NOW, NOW.plusSeconds(600));
    }

    @Test
    void offersAndRequestsComeBackAsTheyWereSigned() throws ProtocolException {
        var offer = Form.OFFER.seal(offer(), SELLER);
        assertThat(Form.OFFER.open(offer.envelope()).statement()).isEqualTo(offer());
        var request = Form.REQUEST.seal(request(SELLER.peerId()), SELLER);
        assertThat(Form.REQUEST.open(request.envelope()).statement())
                .isEqualTo(request(SELLER.peerId()));
        assertThatThrownBy(() -> Form.REQUEST.open(offer.envelope()))
                .isInstanceOf(ProtocolException.class);
    }

    @Test
    void payloadsThatLieAboutTheirFormAreRefused() throws ProtocolException {
        var payload =
                StatementKind.OFFER.open(Form.OFFER.seal(offer(), SELLER).envelope()).payload();
        Seeds.forEach(
                500,
                random -> {
                    var mutant = Bytes.wrap(Seeds.mutate(random, payload.toArray()));
                    try {
                        var envelope = StatementKind.OFFER.seal(SELLER, mutant);
                        var offer = Form.OFFER.open(envelope).statement();
                        assertThat(offer.lots()).isBetween(1, 1_000);
                        assertThat(offer.usdCents()).isBetween(1L, 100_000L);
                        assertThat(offer.give().chain()).isNotEqualTo(offer.want().chain());
                    } catch (ProtocolException | IllegalArgumentException expected) {
                        assertThat(expected).hasMessageNotContaining("null");
                    }
                });
    }

    @Test
    void everyPartOfAnOfferIsInItsId() {
        var o = offer();
        var peer = Agents.keys(2).peerId();
        var coin = new Asset("eip155:1", "TFU", TFT.token(), 7);
        var later = NOW.plusMillis(1);
        var end = o.validUntil();
        var cents = o.usdCents();
        assertThat(
                        List.of(
                                o,
                                new Offer(peer, BTC, TFT, UNITS, cents, 300, POLICY, NOW, end),
                                new Offer(
                                        o.seller(), coin, BTC, UNITS, cents, 300, POLICY, NOW, end),
                                new Offer(
                                        o.seller(), TFT, BTC, UNITS, cents, 300, POLICY, NOW, end),
                                new Offer(
                                        o.seller(), BTC, coin, UNITS, cents, 300, POLICY, NOW, end),
                                new Offer(
                                        o.seller(),
                                        BTC,
                                        TFT,
                                        UNITS.add(BigInteger.ONE),
                                        cents,
                                        300,
                                        POLICY,
                                        NOW,
                                        end),
                                new Offer(
                                        o.seller(), BTC, TFT, UNITS, 99_999, 300, POLICY, NOW, end),
                                new Offer(
                                        o.seller(), BTC, TFT, UNITS, cents, 299, POLICY, NOW, end),
                                new Offer(
                                        o.seller(),
                                        BTC,
                                        TFT,
                                        UNITS,
                                        cents,
                                        300,
                                        Policy.bestPrice(Price.of(4_001)),
                                        NOW,
                                        end),
                                new Offer(
                                        o.seller(),
                                        BTC,
                                        TFT,
                                        UNITS,
                                        cents,
                                        300,
                                        POLICY,
                                        later,
                                        end),
                                new Offer(
                                        o.seller(),
                                        BTC,
                                        TFT,
                                        UNITS,
                                        cents,
                                        300,
                                        POLICY,
                                        NOW,
                                        end.minusMillis(1))))
                .extracting(Offer::id)
                .doesNotHaveDuplicates();
    }

    @Test
    void aPairHasOneTopicWhicheverIsGiven() {
        assertThat(Pair.of(BTC, TFT)).isEqualTo(Pair.of(TFT, BTC));
        assertThat(Pair.of(TFT, BTC).topic())
                .isEqualTo(
                        "rmb/exchange/1/bip122:%s.BTC/eip155:1.TFT.%s"
                                .formatted("a".repeat(57), TFT.token().toHex()));
        assertThatIllegalArgumentException().isThrownBy(() -> Pair.of(TFT, TFT));
        assertThatIllegalArgumentException().isThrownBy(() -> new Pair(TFT, BTC));
    }

    @Test
    void aRateIsExactAndRoundedAsItIsAskedTo() {
        var rate = Rate.parse("1 BTC = 4000000.5 TFT", BTC, TFT, KNOWN);
        assertThat(rate.atLeast(UNITS)).isEqualTo(400_000_050_000L);
        assertThat(rate.atLeast(BigInteger.ONE)).isEqualTo(400_001);
        assertThat(rate.atMost(BigInteger.ONE)).isEqualTo(400_000);
        var dollars = Rate.parseUsd("2 BTC = 200000 USD", BTC, KNOWN);
        assertThat(dollars.buys(BigInteger.valueOf(100_000))).isEqualTo(UNITS);
        assertThat(Rate.parseUsd("3 BTC = 100000", BTC, KNOWN).buys(BigInteger.valueOf(100_000)))
                .isEqualTo(3_000_000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rate.parse("1 TFT = 1 BTC", BTC, TFT, KNOWN))
                .withMessageContaining("TFT stands where BTC is expected");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rate.parse("1 BTC", BTC, TFT, KNOWN))
                .withMessageContaining("1 BTC = 2.5 TFT");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Rate.parseUsd("1 BTC = 0", BTC, KNOWN));
    }

    /// What the seller gives never costs less than it said, whatever the numbers.
    @Test
    void roundingFavoursTheSeller() {
        Seeds.forEach(
                500,
                random -> {
                    var rate =
                            new Rate(
                                    BigInteger.valueOf(random.nextLong(1, 1L << 50)),
                                    BigInteger.valueOf(random.nextLong(1, 1L << 50)));
                    var units = BigInteger.valueOf(random.nextLong(1, 1L << 60));
                    var floor = rate.atLeast(units);
                    assertThat(floor.multiply(rate.base()))
                            .isGreaterThanOrEqualTo(units.multiply(rate.price()));
                    assertThat(floor.subtract(rate.atMost(units)))
                            .isBetween(BigInteger.ZERO, BigInteger.ONE);
                    assertThat(rate.buys(floor)).isGreaterThanOrEqualTo(units);
                });
    }
}
