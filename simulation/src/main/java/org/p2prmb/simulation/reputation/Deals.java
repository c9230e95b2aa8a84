package org.p2prmb.simulation.reputation;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.reputation.EvidenceChecker;
import org.p2prmb.protocols.reputation.Finding;
import org.p2prmb.protocols.reputation.SignedReport;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// The deals that took place: what contracts and chains are in the network, and so what anybody can
/// check a report against.
final class Deals implements EvidenceChecker {
    private static final int ID_BYTES = 32;

    /// @param settled whether both sides did what they had agreed
    /// @param provable whether it can be proven that the provider did not
    record Deal(
            Bytes id,
            PeerId client,
            PeerId provider,
            long cents,
            boolean settled,
            boolean provable) {}

    private final List<Deal> deals = new ArrayList<>();

    Deal add(PeerId client, PeerId provider, long cents, boolean settled, boolean provable) {
        var id = new byte[ID_BYTES];
        ByteBuffer.wrap(id).putLong(0, deals.size());
        var deal = new Deal(Bytes.wrap(id), client, provider, cents, settled, provable);
        deals.add(deal);
        return deal;
    }

    @Override
    public Finding check(SignedReport signed) {
        var report = signed.report();
        if (report.evidence().size() == 0) {
            return new Finding.Unverified();
        }
        var deal = find(report.evidence());
        if (deal == null || !deal.id().equals(report.swapId())) {
            return new Finding.Refuted("no such deal");
        }
        boolean ofClient =
                deal.client().equals(report.reporter()) && deal.provider().equals(report.subject());
        boolean ofProvider =
                deal.provider().equals(report.reporter()) && deal.client().equals(report.subject());
        boolean proven =
                switch (report.kind()) {
                    case SETTLED -> deal.settled() && (ofClient || ofProvider);
                    case NO_FUNDING -> !deal.settled() && deal.provable() && ofClient;
                    case SOFT,
                            EQUIVOCATION,
                            FALSE_REPORT,
                            WRONG_FUNDING,
                            FREE_OPTION,
                            WINDOW_FAULT,
                            UNKNOWN ->
                            false;
                };
        return proven && deal.cents() == report.amountUsdCents()
                ? new Finding.Verified(deal.id())
                : new Finding.Refuted("the deal went otherwise");
    }

    private @Nullable Deal find(Bytes evidence) {
        if (evidence.size() != ID_BYTES) {
            return null;
        }
        long number = ByteBuffer.wrap(evidence.unsafeArray()).getLong();
        return number >= 0 && number < deals.size() ? deals.get((int) number) : null;
    }
}
