package org.p2prmb.ledgers.stellar;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.protocols.statements.Canonical;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/// A transaction in Stellar's way, in its fee bump: another account may pay, and as much as it
/// likes, for the same inner transaction; it gives no number for that.
///
/// @param source the account whose next number it takes
/// @param minTime seconds from which it is good; 0 for always
/// @param signatures beside what is signed: of keys, and secrets whose hash is a signer
/// @param payer of the fee
/// @param paid the payer's signature
record StellarTx(
        Bytes source,
        long number,
        long minTime,
        List<Op> ops,
        List<Bytes> signatures,
        Bytes payer,
        long fee,
        Bytes paid) {
    enum SignerKind {
        KEY,
        HASH_X,
        PRE_AUTH
    }

    record Signer(SignerKind kind, Bytes of, int weight) {}

    enum OpKind {
        PAY,
        SET_SIGNERS,
        MERGE
    }

    /// @param signers in place of all that there are, with the weight that they need together
    record Op(OpKind kind, Bytes account, Bytes to, long amount, List<Signer> signers, int needs) {
        static Op pay(Bytes from, Bytes to, long amount) {
            return new Op(OpKind.PAY, from, to, amount, List.of(), 0);
        }

        static Op signers(Bytes account, List<Signer> signers, int needs) {
            return new Op(OpKind.SET_SIGNERS, account, Bytes.EMPTY, 0, signers, needs);
        }

        /// All that it has goes to the other, and it is gone.
        static Op merge(Bytes account, Bytes to) {
            return new Op(OpKind.MERGE, account, to, 0, List.of(), 0);
        }
    }

    /// Unsigned, and nobody pays yet.
    static StellarTx of(Bytes source, long number, long minTime, List<Op> ops) {
        return new StellarTx(source, number, minTime, ops, List.of(), Bytes.EMPTY, 0, Bytes.EMPTY);
    }

    /// Of the inner transaction: what is signed, authorised in advance, and known by.
    Bytes hash() {
        var fields = Canonical.domain("stellar/tx").bytes(source).longNumber(number);
        fields.longNumber(minTime).number(ops.size());
        for (var op : ops) {
            fields.text(op.kind().name()).bytes(op.account()).bytes(op.to());
            fields.longNumber(op.amount()).number(op.needs()).number(op.signers().size());
            for (var signer : op.signers()) {
                fields.text(signer.kind().name()).bytes(signer.of()).number(signer.weight());
            }
        }
        return fields.sha256();
    }

    Bytes bump() {
        return Canonical.domain("stellar/bump").bytes(hash()).bytes(payer).longNumber(fee).sha256();
    }

    StellarTx signed(KeyPair by) {
        return with(by.sign(hash()));
    }

    StellarTx with(Bytes signature) {
        var all = new ArrayList<>(signatures);
        all.add(signature);
        return new StellarTx(source, number, minTime, ops, List.copyOf(all), payer, fee, paid);
    }

    StellarTx paidBy(KeyPair by, long most) {
        var raw = by.publicKey().raw();
        var bumped =
                new StellarTx(source, number, minTime, ops, signatures, raw, most, Bytes.EMPTY);
        return new StellarTx(
                source, number, minTime, ops, signatures, raw, most, by.sign(bumped.bump()));
    }

    Bytes encoded() {
        var bytes = new ByteArrayOutputStream();
        try (var out = new DataOutputStream(bytes)) {
            write(out, source);
            out.writeLong(number);
            out.writeLong(minTime);
            out.writeInt(ops.size());
            for (var op : ops) {
                out.writeUTF(op.kind().name());
                write(out, op.account());
                write(out, op.to());
                out.writeLong(op.amount());
                out.writeInt(op.signers().size());
                for (var signer : op.signers()) {
                    out.writeUTF(signer.kind().name());
                    write(out, signer.of());
                    out.writeInt(signer.weight());
                }
                out.writeInt(op.needs());
            }
            out.writeInt(signatures.size());
            for (var signature : signatures) {
                write(out, signature);
            }
            write(out, payer);
            out.writeLong(fee);
            write(out, paid);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Bytes.wrap(bytes.toByteArray());
    }

    private static void write(DataOutputStream out, Bytes bytes) throws IOException {
        out.writeInt(bytes.size());
        out.write(bytes.toArray());
    }

    static StellarTx decode(Bytes encoded) {
        try (var in = new DataInputStream(new ByteArrayInputStream(encoded.toArray()))) {
            var source = read(in);
            long number = in.readLong();
            long minTime = in.readLong();
            var ops = new ArrayList<Op>();
            for (int left = in.readInt(); left > 0; left--) {
                ops.add(readOp(in));
            }
            var signatures = new ArrayList<Bytes>();
            for (int left = in.readInt(); left > 0; left--) {
                signatures.add(read(in));
            }
            return new StellarTx(
                    source,
                    number,
                    minTime,
                    List.copyOf(ops),
                    List.copyOf(signatures),
                    read(in),
                    in.readLong(),
                    read(in));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Op readOp(DataInputStream in) throws IOException {
        var kind = OpKind.valueOf(in.readUTF());
        var account = read(in);
        var to = read(in);
        long amount = in.readLong();
        var signers = new ArrayList<Signer>();
        for (int left = in.readInt(); left > 0; left--) {
            signers.add(new Signer(SignerKind.valueOf(in.readUTF()), read(in), in.readInt()));
        }
        return new Op(kind, account, to, amount, List.copyOf(signers), in.readInt());
    }

    private static Bytes read(DataInputStream in) throws IOException {
        return Bytes.wrap(in.readNBytes(in.readInt()));
    }
}
