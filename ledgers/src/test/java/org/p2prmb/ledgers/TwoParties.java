package org.p2prmb.ledgers;

import static org.assertj.core.api.Assertions.assertThat;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.Signatures;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Asset;
import org.p2prmb.protocols.swap.Audit;
import org.p2prmb.protocols.swap.BuyerSwap;
import org.p2prmb.protocols.swap.Deadlines;
import org.p2prmb.protocols.swap.Deal;
import org.p2prmb.protocols.swap.LedgerException;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.SellerSwap;
import org.p2prmb.protocols.swap.Side;
import org.p2prmb.protocols.swap.SwapAction.SwapMessage;
import org.p2prmb.protocols.swap.Terms;

import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/// A seller and a buyer that swap, from the contract to the end.
public final class TwoParties {
    private static final Bytes WINDOW = Canonical.domain("test").text("window").sha256();
    private static final long INDEX = 1;
    private static final long CENTS = 100_000;
    private static final int STEPS_MAX = 400;

    private final Party seller;
    private final Party buyer;
    private final Goods a;
    private final Goods b;
    private final Deadlines.Margins margins;
    private Optional<String> objection = Optional.empty();

    /// What one of them gives.
    ///
    /// @param depth of a lock that counts
    public record Goods(Asset asset, BigInteger amount, int depth) {}

    /// Lets time pass on both chains.
    @FunctionalInterface
    public interface Chains {
        /// Returns the time then.
        Instant pass() throws LedgerException;
    }

    public TwoParties(Party seller, Party buyer, Goods a, Goods b, Deadlines.Margins margins) {
        this.seller = seller;
        this.buyer = buyer;
        this.a = a;
        this.b = b;
        this.margins = margins;
    }

    Goods goods(Side side) {
        return side == Side.A ? a : b;
    }

    /// What the audit said of the contract to the buyer, which signs all the same.
    public Optional<String> objection() {
        return objection;
    }

    /// @param sellerGone whether the seller does nothing any more, asked before each of its steps
    /// @param buyerGone the same of the buyer
    public void run(
            Instant start, Chains chains, BooleanSupplier sellerGone, BooleanSupplier buyerGone)
            throws ProtocolException, LedgerException {
        var now = start;
        var terms = terms(now);
        var lock = seller.ledger(Side.A).sign(terms.a(), terms.hash(), INDEX, List.of());
        seller.engine().open(new SellerSwap.Selected(deal(terms, lock.ref()), lock), now);
        for (int step = 0; step < STEPS_MAX; step++) {
            boolean noBuyer = buyerGone.getAsBoolean();
            if (!noBuyer) {
                act(buyer, seller, now);
            }
            boolean noSeller = sellerGone.getAsBoolean();
            if (!noSeller) {
                act(seller, buyer, now);
            }
            if ((noBuyer || buyer.outcome().isPresent())
                    && (noSeller || seller.outcome().isPresent())) {
                return;
            }
            now = chains.pass();
        }
    }

    private void act(Party party, Party other, Instant now)
            throws ProtocolException, LedgerException {
        for (var next = other.outbox().poll(); next != null; next = other.outbox().poll()) {
            assertThat(next.to()).isEqualTo(party.keys().peerId());
            if (next.told().message() instanceof SwapMessage.Accept accept && !party.isOpen()) {
                countersign(accept, now);
            } else {
                party.engine().heard(other.keys().peerId(), next.told(), now);
            }
        }
        party.engine().look(now);
    }

    private void countersign(SwapMessage.Accept accept, Instant now)
            throws ProtocolException, LedgerException {
        var terms = accept.terms();
        var ref = accept.refA();
        var from = seller.keys().peerId();
        Deal.verify(terms, ref, from, accept.signed(), Signatures.REAL);
        var sold =
                new Audit.Sold(WINDOW, a.asset(), a.amount(), b.asset(), b.amount(), CENTS, INDEX);
        var onA = buyer.ledger(Side.A);
        objection = Audit.objection(terms, ref, sold, onA, buyer.ledger(Side.B), margins, now);
        buyer.engine().open(new BuyerSwap.Countersigned(deal(terms, ref)), now);
    }

    private Deal deal(Terms terms, Bytes refA) throws LedgerException {
        return new Deal(
                terms,
                INDEX,
                refA,
                Deal.sign(terms, refA, seller.keys(), Signatures.REAL),
                Deal.sign(terms, refA, buyer.keys(), Signatures.REAL),
                seller.ledger(Side.A).tip().height(),
                seller.ledger(Side.B).tip().height());
    }

    private Terms terms(Instant now) throws LedgerException {
        var deadlines = Deadlines.of(now, margins);
        return new Terms(
                WINDOW,
                seller.keys().peerId(),
                buyer.keys().peerId(),
                leg(Side.A, deadlines.refundA()),
                leg(Side.B, deadlines.refundB()),
                seller.secret().hash(),
                deadlines,
                CENTS,
                now,
                now.plus(margins.handling()));
    }

    private Leg leg(Side side, Instant refundAt) throws LedgerException {
        var goods = goods(side);
        var from = (side == Side.A ? seller : buyer).ledger(side);
        var to = (side == Side.A ? buyer : seller).ledger(side);
        return new Leg(
                goods.asset(),
                goods.amount(),
                from.template(goods.asset()),
                to.party(INDEX),
                from.party(INDEX),
                refundAt,
                goods.depth());
    }
}
