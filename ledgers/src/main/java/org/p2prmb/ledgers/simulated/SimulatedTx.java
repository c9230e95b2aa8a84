package org.p2prmb.ledgers.simulated;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.protocols.statements.Canonical;
import org.p2prmb.protocols.statements.Limits;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// A transaction of a [SimulatedChain]: it spends outputs and makes others; what is left is its
/// fee.
///
/// @param spends names of outputs, see [#output]
/// @param signer who signed it: that is taken for true, for nobody forges signatures here
/// @param lockTime seconds since 1970 before which it is in no block; 0 without
/// @param secret that redeems a lock; empty without, and no part of the id or of what is signed
record SimulatedTx(
        List<Bytes> spends, List<Output> outputs, Bytes signer, long lockTime, Bytes secret) {
    private static final int PARTS_MAX = 64;

    SimulatedTx {
        spends = List.copyOf(spends);
        outputs = List.copyOf(outputs);
        Limits.count(spends, PARTS_MAX, "spent outputs");
        Limits.count(outputs, PARTS_MAX, "outputs");
    }

    /// Coins.
    ///
    /// @param owner who can spend them, with the secret if there is a hash
    /// @param hash of the secret; empty for coins that are not locked
    /// @param refundTo who can spend them from `refundAt` on; empty without a hash
    record Output(Bytes owner, long amount, Bytes hash, Bytes refundTo, long refundAt) {
        static Output coins(Bytes owner, long amount) {
            return new Output(owner, amount, Bytes.EMPTY, Bytes.EMPTY, 0);
        }

        boolean isLock() {
            return hash.size() > 0;
        }
    }

    /// Without the secret, as on a chain whose signatures do not cover witnesses.
    Bytes id() {
        return Canonical.domain("simulated/tx").bytes(encoded(Bytes.EMPTY)).sha256();
    }

    /// The name of an output.
    static Bytes output(Bytes tx, int number) {
        return tx.concat(Bytes.wrap(new byte[] {(byte) number}));
    }

    SimulatedTx with(Bytes revealed) {
        return new SimulatedTx(spends, outputs, signer, lockTime, revealed);
    }

    Bytes encoded() {
        return encoded(secret);
    }

    private Bytes encoded(Bytes shown) {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            out.writeInt(spends.size());
            for (var spent : spends) {
                write(out, spent);
            }
            out.writeInt(outputs.size());
            for (var output : outputs) {
                write(out, output.owner());
                out.writeLong(output.amount());
                write(out, output.hash());
                write(out, output.refundTo());
                out.writeLong(output.refundAt());
            }
            write(out, signer);
            out.writeLong(lockTime);
            write(out, shown);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Bytes.wrap(bytes.toByteArray());
    }

    private static void write(DataOutputStream out, Bytes field) throws IOException {
        out.writeShort(field.size());
        out.write(field.unsafeArray());
    }

    /// Throws `IllegalArgumentException` when it is none.
    static SimulatedTx decode(Bytes encoded) {
        try (var in = new DataInputStream(new ByteArrayInputStream(encoded.unsafeArray()))) {
            var spends = new ArrayList<Bytes>();
            for (int left = count(in); left > 0; left--) {
                spends.add(read(in));
            }
            var outputs = new ArrayList<Output>();
            for (int left = count(in); left > 0; left--) {
                outputs.add(new Output(read(in), in.readLong(), read(in), read(in), in.readLong()));
            }
            return new SimulatedTx(spends, outputs, read(in), in.readLong(), read(in));
        } catch (IOException e) {
            throw new IllegalArgumentException("not a transaction", e);
        }
    }

    private static int count(DataInputStream in) throws IOException {
        int count = in.readInt();
        Limits.require(count >= 0 && count <= PARTS_MAX, "too many parts of a transaction");
        return count;
    }

    private static Bytes read(DataInputStream in) throws IOException {
        var field = new byte[in.readUnsignedShort()];
        in.readFully(field);
        return Bytes.wrap(field);
    }
}
