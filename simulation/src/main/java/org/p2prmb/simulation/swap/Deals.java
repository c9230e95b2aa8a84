package org.p2prmb.simulation.swap;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Audit;
import org.p2prmb.protocols.swap.BuyerSwap;
import org.p2prmb.protocols.swap.Deadlines;
import org.p2prmb.protocols.swap.Deal;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.Side;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.swap.SwapEngine;
import org.p2prmb.protocols.swap.Terms;
import org.p2prmb.simulation.engine.ModelSignatures;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The contracts of a world: what was agreed, and how each side begins with it.
final class Deals {
    static final Duration HANDLING = Duration.ofMinutes(10);

    private static final Duration SKEW = Duration.ofMinutes(2);
    private static final int PRICE = 100_000;
    private static final int FIRST_INDEX = 7;

    /// Of a swap with somebody else.
    static final int ANOTHER_INDEX = 99;

    private final SwapWorld world;
    private final Deadlines.Margins margins;
    private final List<Terms> planned = new ArrayList<>();
    private final List<Terms> unopened;

    /// @param count of swaps, all at once
    /// @param down how long a party may be down by the margins
    Deals(SwapWorld world, int count, Duration down) {
        this.world = world;
        var seller = world.party(Role.SELLER);
        margins =
                new Deadlines.Margins(
                        seller.ledger(Side.A).pace(world.chain(Side.A).depth()),
                        seller.ledger(Side.B).pace(world.chain(Side.B).depth()),
                        HANDLING,
                        SKEW,
                        down);
        for (int number = 0; number < count; number++) {
            planned.add(terms(FIRST_INDEX + number));
        }
        unopened = new ArrayList<>(planned);
    }

    List<Terms> planned() {
        return planned;
    }

    Deadlines deadlines() {
        return planned.getFirst().deadlines();
    }

    private static Bytes window() {
        return Canonical.domain("simulated/window").sha256();
    }

    private Terms terms(int index) {
        var seller = world.party(Role.SELLER);
        var buyer = world.party(Role.BUYER);
        var deadlines = Deadlines.of(world.now(), margins);
        return new Terms(
                window(),
                seller.keys().peerId(),
                buyer.keys().peerId(),
                leg(Side.A, buyer, seller, deadlines.refundA(), index),
                leg(Side.B, seller, buyer, deadlines.refundB(), index),
                seller.secret(index).hash(),
                deadlines,
                PRICE,
                world.now(),
                world.now().plus(HANDLING));
    }

    private Leg leg(Side side, Party redeemer, Party refunded, Instant refundAt, int index) {
        var chain = world.chain(side);
        var asset = redeemer.ledger(side).feeAsset();
        try {
            return new Leg(
                    asset,
                    chain.amount(),
                    redeemer.ledger(side).template(asset),
                    redeemer.ledger(side).party(index),
                    refunded.ledger(side).party(index),
                    refundAt,
                    chain.depth());
        } catch (LedgerException e) {
            throw new IllegalStateException("a node that is up", e);
        }
    }

    /// What this party could lock for another swap.
    Leg another(Side side, Party party) {
        var other = world.party(party.role().other());
        return leg(side, other, party, deadlines().refundA(), ANOTHER_INDEX);
    }

    private int index(Terms terms) {
        return FIRST_INDEX + planned.indexOf(terms);
    }

    /// The seller begins with what it can begin with.
    void open(SwapEngine engine, Instant now) {
        for (var terms : List.copyOf(unopened)) {
            if (now.isAfter(terms.validUntil()) || opens(engine, terms, now)) {
                unopened.remove(terms);
            }
        }
    }

    private boolean opens(SwapEngine engine, Terms terms, Instant now) {
        var seller = world.party(Role.SELLER);
        try {
            var lock =
                    seller.ledger(Side.A)
                            .sign(
                                    terms.a(),
                                    terms.hash(),
                                    index(terms),
                                    engine.reservations().inputs());
            var deal = deal(terms, lock.ref(), Bytes.EMPTY);
            unopened.remove(terms); // Whatever becomes of it, there is no second try.
            engine.open(new SellerSwap.Selected(deal, lock), now);
            return true;
        } catch (LedgerException e) {
            return false; // Coins may come free, or another lock may have its block.
        } catch (IllegalArgumentException e) {
            return true; // Refused.
        }
    }

    private Deal deal(Terms terms, Bytes refA, Bytes buyerSigned) {
        var signed = Deal.sign(terms, refA, world.party(Role.SELLER).keys(), new ModelSignatures());
        return new Deal(
                terms,
                index(terms),
                refA,
                signed,
                buyerSigned,
                world.chain(Side.A).blocks().height(),
                world.chain(Side.B).blocks().height());
    }

    /// The buyer begins with what the seller says, if that is what was agreed.
    void countersign(SwapMessage.Accept accept, SwapEngine engine)
            throws ProtocolException, LedgerException {
        var buyer = world.party(Role.BUYER);
        var terms = accept.terms();
        Deal.verify(terms, accept.refA(), terms.seller(), accept.signed(), new ModelSignatures());
        var now = buyer.clock(world.now());
        var sold =
                new Audit.Sold(
                        window(),
                        buyer.ledger(Side.A).feeAsset(),
                        world.chain(Side.A).amount(),
                        buyer.ledger(Side.B).feeAsset(),
                        world.chain(Side.B).amount(),
                        PRICE,
                        index(terms));
        var objection =
                Audit.objection(
                        terms,
                        accept.refA(),
                        sold,
                        buyer.ledger(Side.A),
                        buyer.ledger(Side.B),
                        margins,
                        now);
        if (objection.isEmpty()) {
            var signed = Deal.sign(terms, accept.refA(), buyer.keys(), new ModelSignatures());
            engine.open(new BuyerSwap.Countersigned(deal(terms, accept.refA(), signed)), now);
        }
    }
}
