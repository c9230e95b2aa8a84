package org.p2prmb.ledgers.evm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;

import java.math.BigInteger;
import java.util.List;

/// Examples of the specifications, and of other wallets.
final class EncodingTest {
    /// BIP 39's words "test" eleven times and "junk", which every node for developers has.
    private static final Bytes SEED =
            Bytes.hex(
                    "9dfc3c64c2f8bede1533b6a79f8570e5943e0b8fd1cf77107adf7b72cef42185"
                            + "d564a3aee24cab43f80e3c4538087d70fc824eabbad596a23c97b6ee8322ccc0");

    @Test
    void lengthsArePrefixedAsInTheYellowPaper() {
        assertThat(Rlp.string(Bytes.utf8("dog")).toHex()).isEqualTo("83646f67");
        assertThat(Rlp.string(Bytes.EMPTY).toHex()).isEqualTo("80");
        assertThat(Rlp.number(0).toHex()).isEqualTo("80");
        assertThat(Rlp.number(15).toHex()).isEqualTo("0f");
        assertThat(Rlp.number(1024).toHex()).isEqualTo("820400");
        assertThat(Rlp.number(128).toHex()).isEqualTo("8180");
        assertThat(Rlp.list(List.of()).toHex()).isEqualTo("c0");
        assertThat(
                        Rlp.list(
                                        List.of(
                                                Rlp.string(Bytes.utf8("cat")),
                                                Rlp.string(Bytes.utf8("dog"))))
                                .toHex())
                .isEqualTo("c88363617483646f67");
        var lorem = "Lorem ipsum dolor sit amet, consectetur adipisicing elit";
        assertThat(Rlp.string(Bytes.utf8(lorem)).toHex()).startsWith("b8384c6f");
    }

    @Test
    void listsAreReadBackAndBrokenOnesRefused() {
        var items = List.of(Bytes.utf8("cat"), Bytes.EMPTY, Bytes.wrap(new byte[300]));
        var list = Rlp.list(items.stream().map(Rlp::string).toList());
        assertThat(Rlp.items(list)).isEqualTo(items);
        for (int size = 0; size < list.size(); size++) {
            var cut = list.slice(0, size);
            assertThatThrownBy(() -> Rlp.items(cut)).isInstanceOf(IllegalArgumentException.class);
        }
        for (var broken : List.of("83646f67", "c1", "c0c0", "fbffffffff", "f9ffff", "c2b9ff")) {
            assertThatThrownBy(() -> Rlp.items(Bytes.hex(broken)))
                    .as(broken)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void accountsAreThoseOfOtherWallets() {
        var keys = EvmKeys.of(SEED, EvmRig.seed(1));
        assertThat(keys.fundingAddress().toHex())
                .isEqualTo("f39fd6e51aad88f6f4ce6ab8827279cfffb92266");
    }

    @Test
    void everyAccountOfAWalletIsAnother() {
        var keys = EvmKeys.of(EvmRig.seed(1), EvmRig.seed(2));
        assertThat(
                        List.of(
                                keys.fundingAddress(),
                                keys.refunderAddress(0),
                                keys.refunderAddress(1),
                                keys.redeemerAddress(0),
                                keys.redeemerAddress(1)))
                .doesNotHaveDuplicates();
        assertThatThrownBy(() -> EvmKeys.of(EvmRig.seed(1), EvmRig.seed(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSignedTransactionTellsWhatWasSigned() throws LedgerException {
        var contract = Bytes.hex("cc".repeat(20));
        var data = Htlc.refund(Bytes.hex("dd".repeat(32)));
        var price = EvmPrice.now(BigInteger.TEN, BigInteger.ONE);
        var unsigned = new EvmTx(300, price, EvmSigner.GAS_END, contract, BigInteger.ZERO, data);
        var tx = unsigned.sign(1, EvmKeys.of(SEED, EvmRig.seed(1)).funding());
        assertThat(EvmTx.of(tx)).isEqualTo(unsigned);
        assertThat(Htlc.isEnding(data)).isTrue();
        assertThat(tx.fee()).isEqualTo(21 * EvmSigner.GAS_END);
    }

    @Test
    void noncesComeBackAsTheyWere() {
        var nonce = new Nonce(Bytes.hex("ab".repeat(20)), 77, Bytes.hex("cd".repeat(32)));
        assertThat(Nonce.decode(nonce.encoded())).isEqualTo(nonce);
        assertThatThrownBy(() -> Nonce.decode(Bytes.hex("ab")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
