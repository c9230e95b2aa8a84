package org.p2prmb.ledgers.utxo;

import static org.bitcoinj.script.ScriptOpCodes.OP_CHECKLOCKTIMEVERIFY;
import static org.bitcoinj.script.ScriptOpCodes.OP_CHECKSIG;
import static org.bitcoinj.script.ScriptOpCodes.OP_DROP;
import static org.bitcoinj.script.ScriptOpCodes.OP_ELSE;
import static org.bitcoinj.script.ScriptOpCodes.OP_ENDIF;
import static org.bitcoinj.script.ScriptOpCodes.OP_EQUALVERIFY;
import static org.bitcoinj.script.ScriptOpCodes.OP_IF;
import static org.bitcoinj.script.ScriptOpCodes.OP_SHA256;
import static org.bitcoinj.script.ScriptOpCodes.OP_SIZE;

import org.bitcoinj.base.Sha256Hash;
import org.bitcoinj.core.TransactionWitness;
import org.bitcoinj.script.ScriptBuilder;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.swap.Leg;
import org.p2prmb.protocols.swap.Secret;

import java.util.List;
import java.util.Optional;

/// The script of a lock, which its output commits to by a hash (P2WSH).
///
/// ```
/// IF   SIZE 32 EQUALVERIFY SHA256 <hash> EQUALVERIFY <key of who redeems>
/// ELSE <time> CHECKLOCKTIMEVERIFY DROP <key of who locked>
/// ENDIF CHECKSIG
/// ```
///
/// @param program the script's bytes
record HtlcScript(Bytes program) {
    private static final byte[] REDEEM = {1};
    private static final byte[] REFUND = {};

    /// Where the witness of a redeem has the secret.
    private static final int SECRET = 1;

    private static final int REDEEM_ITEMS = 4;
    private static final int REFUND_ITEMS = 3;

    static HtlcScript of(Leg leg, Bytes hash) {
        var script =
                new ScriptBuilder()
                        .op(OP_IF)
                        .op(OP_SIZE)
                        .number(Secret.BYTES)
                        .op(OP_EQUALVERIFY)
                        .op(OP_SHA256)
                        .data(hash.toArray())
                        .op(OP_EQUALVERIFY)
                        .data(leg.redeemTo().toArray())
                        .op(OP_ELSE)
                        .number(leg.refundAt().getEpochSecond())
                        .op(OP_CHECKLOCKTIMEVERIFY)
                        .op(OP_DROP)
                        .data(leg.refundTo().toArray())
                        .op(OP_ENDIF)
                        .op(OP_CHECKSIG)
                        .build();
        return new HtlcScript(Bytes.wrap(script.program()));
    }

    static Bytes template(UtxoChain chain) {
        return Canonical.domain("rmb/lock/utxo/1")
                .text(chain.name())
                .text(
                        "IF SIZE 32 EQUALVERIFY SHA256 <hash> EQUALVERIFY <redeemTo> ELSE"
                                + " <refundAt> CHECKLOCKTIMEVERIFY DROP <refundTo> ENDIF CHECKSIG")
                .sha256();
    }

    /// What a lock's output must have, byte by byte.
    Bytes output() {
        var hash = Sha256Hash.hash(program.unsafeArray());
        return Bytes.wrap(ScriptBuilder.createP2WSHOutputScript(hash).program());
    }

    TransactionWitness redeem(byte[] signature, Bytes secret) {
        return TransactionWitness.of(signature, secret.toArray(), REDEEM, program.toArray());
    }

    TransactionWitness refund(byte[] signature) {
        return TransactionWitness.of(signature, REFUND, program.toArray());
    }

    /// The secret in the witness of an input that redeems this lock of this hash (R4).
    Optional<Secret> secretIn(List<Bytes> witness, Bytes hash) {
        return witness.size() == REDEEM_ITEMS
                        && witness.getLast().equals(program)
                        && witness.get(SECRET).size() == Secret.BYTES
                ? Optional.of(new Secret(witness.get(SECRET))).filter(told -> told.opens(hash))
                : Optional.empty();
    }

    boolean isRefund(List<Bytes> witness) {
        return witness.size() == REFUND_ITEMS && witness.getLast().equals(program);
    }

    /// The same transaction's witness with the secret where there was a place for it.
    static TransactionWitness withSecret(TransactionWitness presigned, Secret secret) {
        return TransactionWitness.of(
                presigned.getPush(0),
                secret.value().toArray(),
                presigned.getPush(SECRET + 1),
                presigned.getPush(SECRET + 2));
    }
}
