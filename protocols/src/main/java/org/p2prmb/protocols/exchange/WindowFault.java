package org.p2prmb.protocols.exchange;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Limits;

/// What a seller's own signatures prove against it. An instance is a proof: the constructors throw
/// `IllegalArgumentException` for what proves nothing.
public sealed interface WindowFault {
    /// One of the statements by which the seller proves it.
    Signed<? extends WindowStatement> said();

    default PeerId seller() {
        return said().statement().author();
    }

    default Bytes window() {
        return said().statement().window();
    }

    /// What it is, for people and for the hash of the fact.
    String name();

    /// The deed, whoever proves it and by whichever bytes: SHA-256 over the [Canonical] list
    /// `"rmb/fact/1"`, `"window"`, seller's multihash, window, name.
    default Bytes fact() {
        return Canonical.domain("rmb/fact/1")
                .text("window")
                .bytes(seller().multihash())
                .bytes(window())
                .text(name())
                .sha256();
    }

    /// The seller signed two roots for one window: it has chosen again.
    record TwoRoots(Signed<WindowRoot> one, Signed<WindowRoot> other) implements WindowFault {
        public TwoRoots {
            requireSame(one, other);
            Limits.require(!one.statement().equals(other.statement()), "twice the same root");
        }

        @Override
        public Signed<? extends WindowStatement> said() {
            return one;
        }

        @Override
        public String name() {
            return "two-roots";
        }
    }

    /// The seller signed two results for one window.
    record TwoResults(Signed<ResultNotice> one, Signed<ResultNotice> other) implements WindowFault {
        public TwoResults {
            requireSame(one, other);
            Limits.require(!one.statement().equals(other.statement()), "twice the same result");
        }

        @Override
        public Signed<? extends WindowStatement> said() {
            return one;
        }

        @Override
        public String name() {
            return "two-results";
        }
    }

    /// The root covers fewer commits than the seller had confirmed: some are missing, whichever.
    record ShortRoot(Signed<Receipt> receipt, Signed<WindowRoot> root) implements WindowFault {
        public ShortRoot {
            requireSame(receipt, root);
            Limits.require(
                    receipt.statement().count() > root.statement().count(),
                    "a root over as many commits as were confirmed");
        }

        @Override
        public Signed<? extends WindowStatement> said() {
            return root;
        }

        @Override
        public String name() {
            return "not-under-root";
        }
    }

    /// A commit that the seller confirmed is not among the leaves, or with another standing.
    record NotUnderRoot(Signed<Receipt> receipt, PublishedResult result) implements WindowFault {
        public NotUnderRoot {
            requireSame(receipt, result.notice());
            Limits.require(
                    !result.result().leaves().contains(receipt.statement().leaf()),
                    "the commit is under the root");
        }

        @Override
        public Signed<? extends WindowStatement> said() {
            return receipt;
        }

        @Override
        public String name() {
            return "not-under-root";
        }
    }

    /// A bid that the seller confirmed is not among the bids of the result.
    record IgnoredReveal(Signed<RevealReceipt> receipt, PublishedResult result)
            implements WindowFault {
        public IgnoredReveal {
            requireSame(receipt, result.notice());
            var bidder = receipt.statement().bidder();
            Limits.require(
                    result.result().reveals().stream()
                            .noneMatch(reveal -> reveal.statement().author().equals(bidder)),
                    "the bid is in the result");
        }

        @Override
        public Signed<? extends WindowStatement> said() {
            return receipt;
        }

        @Override
        public String name() {
            return "ignored-reveal";
        }
    }

    /// The result does not follow from what is in it: whoever computes it finds another.
    record WrongResult(PublishedResult result) implements WindowFault {
        public WrongResult {
            Limits.require(
                    WindowAudit.flaw(result.result()).isPresent(), "the result can be reproduced");
        }

        /// The first thing that is wrong with it.
        public String why() {
            return WindowAudit.flaw(result.result()).orElseThrow();
        }

        @Override
        public Signed<? extends WindowStatement> said() {
            return result.notice();
        }

        @Override
        public String name() {
            return "wrong-result";
        }
    }

    /// The chain has an earlier block that fits, or at this height another one or one of another
    /// time. A proof for those that know the chain.
    record WrongBeacon(PublishedResult result, Beacon block) implements WindowFault {
        public WrongBeacon {
            var terms = result.result().open().statement();
            var said = result.result().beacon();
            Limits.require(block.chain().equals(terms.chain()), "a block of another chain");
            Limits.require(
                    block.height() == said.height()
                            ? !block.equals(said)
                            : block.height() < said.height()
                                    && !block.time().isBefore(terms.beaconFrom()),
                    "the beacon is right");
        }

        @Override
        public Signed<? extends WindowStatement> said() {
            return result.notice();
        }

        @Override
        public String name() {
            return "wrong-beacon";
        }
    }

    private static void requireSame(
            Signed<? extends WindowStatement> one, Signed<? extends WindowStatement> other) {
        Limits.require(
                one.statement().author().equals(other.statement().author())
                        && one.statement().window().equals(other.statement().window()),
                "statements of different sellers or windows");
    }
}
