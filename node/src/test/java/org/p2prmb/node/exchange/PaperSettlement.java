package org.p2prmb.node.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.node.swap.Settlement;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Audit;
import org.p2prmb.protocols.swap.Deadlines;
import org.p2prmb.protocols.swap.Deal;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.Outcome;
import org.p2prmb.protocols.swap.Pace;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.SignedLock;
import org.p2prmb.protocols.swap.SignedTx;
import org.p2prmb.protocols.swap.Swap;
import org.p2prmb.protocols.swap.Terms;

import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/// Contracts on paper: makes them as they are asked for, and ends them as a test says.
final class PaperSettlement implements Settlement {
    private static final Bytes HASH = Canonical.domain("test").sha256();

    private final PeerId self;
    private final Map<Bytes, Swap> swaps = new LinkedHashMap<>();
    private final List<Audit.Sold> expected = new ArrayList<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private BigInteger free = BigInteger.ONE.shiftLeft(100);
    private final Map<Asset, BigInteger> room = new HashMap<>();
    private long centsLeft = 1_000_000_000;
    private Optional<String> complaint = Optional.empty();
    private Optional<String> refusal = Optional.empty();
    private long lastIndex;

    PaperSettlement(PeerId self) {
        this.self = self;
    }

    @Override
    public synchronized Parties parties(Asset bought, Asset paid) {
        lastIndex++;
        return new Parties(
                lastIndex,
                Bytes.utf8(bought.coin() + " of " + lastIndex),
                Bytes.utf8(paid.coin() + " of " + lastIndex));
    }

    @Override
    public synchronized Bytes sell(Audit.Sold sold, PeerId buyer, Bytes redeemTo, Bytes refundTo) {
        complaint.ifPresent(text -> {
            throw new IllegalArgumentException(text);
        });
        var terms = terms(sold, buyer, redeemTo, refundTo);
        var deal = new Deal(terms, 1, HASH, Bytes.EMPTY, Bytes.EMPTY, 0, 0);
        var tx = List.of(new SignedTx(HASH, HASH, 1));
        var lock = new SignedLock(HASH, tx, List.of(HASH), tx, tx, 0);
        swaps.put(terms.id(), new SellerSwap.Selected(deal, lock));
        return terms.id();
    }

    private static Deadlines deadlines(Instant created) {
        var minute = Duration.ofMinutes(1);
        var pace = new Pace(minute, minute, Duration.ZERO);
        return Deadlines.of(created, new Deadlines.Margins(pace, pace, minute, minute, minute));
    }

    private Terms terms(Audit.Sold sold, PeerId buyer, Bytes redeemTo, Bytes refundTo) {
        var created = Instant.ofEpochSecond(1_800_000_000);
        var deadlines = deadlines(created);
        return new Terms(
                sold.window(),
                self,
                buyer,
                new Leg(
                        sold.a(),
                        sold.amountA(),
                        HASH,
                        redeemTo,
                        Bytes.utf8("seller"),
                        deadlines.refundA(),
                        1),
                new Leg(
                        sold.b(),
                        sold.amountB(),
                        HASH,
                        Bytes.utf8("seller"),
                        refundTo,
                        deadlines.refundB(),
                        1),
                HASH,
                deadlines,
                sold.usdCents(),
                created,
                created.plusSeconds(30));
    }

    /// Every contract ends like this now.
    void end(Outcome outcome) {
        Map<Bytes, Swap> ended = new LinkedHashMap<>();
        synchronized (this) {
            for (var entry : swaps.entrySet()) {
                if (!entry.getValue().isOver()) {
                    var over = new SellerSwap.Ended(entry.getValue().deal(), outcome);
                    ended.put(entry.getKey(), over);
                }
            }
            swaps.putAll(ended);
        }
        ended.forEach((id, swap) -> listeners.forEach(listener -> listener.ended(id, swap)));
    }

    /// No contract is made from now on; without a text they are again.
    synchronized void refuse(Optional<String> text) {
        complaint = text;
    }

    synchronized void free(BigInteger units) {
        free = units;
    }

    @Override
    public synchronized void expect(Audit.Sold sold, PeerId seller, Instant until) {
        expected.add(sold);
    }

    @Override
    public synchronized void forgo(Bytes window, PeerId seller) {
        expected.removeIf(sold -> sold.window().equals(window));
    }

    /// What became of the contracts that came.
    synchronized void refusal(String why) {
        refusal = Optional.of(why);
    }

    @Override
    public synchronized Optional<String> refusal(Bytes window, PeerId seller) {
        return refusal;
    }

    synchronized List<Audit.Sold> expected() {
        return List.copyOf(expected);
    }

    @Override
    public synchronized BigInteger free(Asset asset) {
        return free;
    }

    /// How much more of this may come.
    synchronized void room(Asset asset, BigInteger units) {
        room.put(asset, units);
    }

    @Override
    public synchronized Optional<BigInteger> room(Asset asset) {
        return Optional.ofNullable(room.get(asset));
    }

    synchronized void centsLeft(long cents) {
        centsLeft = cents;
    }

    @Override
    public synchronized long centsLeft() {
        return centsLeft;
    }

    @Override
    public synchronized Collection<Swap> swaps() {
        return List.copyOf(swaps.values());
    }

    /// Whoever listened is no more.
    void forgetListeners() {
        listeners.clear();
    }

    @Override
    public void addListener(Listener listener) {
        listeners.add(listener);
    }
}
