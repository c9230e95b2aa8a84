package org.p2prmb.ledgers.evm;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.swap.LedgerException;

import java.math.BigInteger;

/// The calls of a token that locks and payments need.
final class Erc20 {
    private Erc20() {}

    static Bytes approve(Bytes spender, BigInteger amount) {
        return Words.call("approve(address,uint256)", Words.word(spender), Words.word(amount));
    }

    static Bytes transfer(Bytes to, BigInteger amount) {
        return Words.call("transfer(address,uint256)", Words.word(to), Words.word(amount));
    }

    static BigInteger decimals(EvmNode node, Bytes token) throws LedgerException {
        return number(node.call(token, Words.call("decimals()")));
    }

    static BigInteger balance(EvmNode node, Bytes token, Bytes owner) throws LedgerException {
        return number(node.call(token, Words.call("balanceOf(address)", Words.word(owner))));
    }

    static BigInteger allowance(EvmNode node, Bytes token, Bytes owner, Bytes spender)
            throws LedgerException {
        return number(
                node.call(
                        token,
                        Words.call(
                                "allowance(address,address)",
                                Words.word(owner),
                                Words.word(spender))));
    }

    private static BigInteger number(Bytes answer) throws LedgerException {
        if (answer.size() != Words.BYTES) {
            throw new LedgerException("a token answers no number: is there one at its address?");
        }
        return new BigInteger(1, answer.unsafeArray());
    }
}
