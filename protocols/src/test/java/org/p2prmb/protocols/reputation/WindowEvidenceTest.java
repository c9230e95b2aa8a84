package org.p2prmb.protocols.reputation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.Seeds;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.Agents;
import org.p2prmb.protocols.exchange.Form;
import org.p2prmb.protocols.exchange.Leaf;
import org.p2prmb.protocols.exchange.Receipt;
import org.p2prmb.protocols.exchange.Signed;
import org.p2prmb.protocols.exchange.Standing;
import org.p2prmb.protocols.exchange.WindowEvidence;
import org.p2prmb.protocols.exchange.WindowFault;
import org.p2prmb.protocols.exchange.WindowRoot;
import org.p2prmb.protocols.statements.Canonical;

/// What two statements of a seller prove to everybody.
final class WindowEvidenceTest {
    private static final int SELLER = 2;
    private static final Bytes WINDOW = hash("window");

    private final StatementEvidence checker =
            new StatementEvidence(EvidenceChecker.NONE, Exhibits.NONE);

    private static Bytes hash(String of) {
        return Canonical.domain("test").text(of).sha256();
    }

    private static Signed<WindowRoot> root(KeyPair by, Bytes window, String of, int count) {
        return Form.ROOT.seal(new WindowRoot(by.peerId(), window, hash(of), count), by);
    }

    private static Signed<Receipt> receipt(int count) {
        var by = Agents.keys(SELLER);
        var leaf = new Leaf(hash("commit"), Reports.peer(1), new Standing(5, true, 0));
        return Form.RECEIPT.seal(new Receipt(by.peerId(), WINDOW, leaf, count), by);
    }

    private Finding check(int subject, Bytes proof) {
        return checker.check(
                SignedReport.seal(
                        Reports.plain(1, subject, ReportKind.WINDOW_FAULT, Reports.TODAY, 0, proof),
                        Agents.keys(1)));
    }

    private static Bytes twoRoots() {
        var by = Agents.keys(SELLER);
        return WindowEvidence.of(
                        new WindowFault.TwoRoots(
                                root(by, WINDOW, "one", 3), root(by, WINDOW, "other", 3)))
                .orElseThrow();
    }

    @Test
    void twoRootsAndARootThatIsTooShortAreProvenAgainstTheirSellerAlone() {
        assertThat(check(SELLER, twoRoots())).isInstanceOf(Finding.Verified.class);
        assertThat(check(3, twoRoots())).isInstanceOf(Finding.Refuted.class);
        var fault =
                new WindowFault.ShortRoot(receipt(4), root(Agents.keys(SELLER), WINDOW, "one", 3));
        assertThat(check(SELLER, WindowEvidence.of(fault).orElseThrow()))
                .isEqualTo(new Finding.Verified(fault.fact()));
    }

    @Test
    void evidenceThatWasChangedProvesNothingElse() {
        var proof = twoRoots();
        var proven = check(SELLER, proof);
        Seeds.forEach(
                200,
                random -> {
                    var changed = proof.toArray();
                    changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
                    var found = check(SELLER, Bytes.wrap(changed));
                    if (found instanceof Finding.Verified) {
                        assertThat(found).isEqualTo(proven);
                    }
                });
    }
}
