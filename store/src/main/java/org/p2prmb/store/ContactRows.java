package org.p2prmb.store;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.contacts.Contact;

import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/// How a [Contact] is laid out in its rows.
final class ContactRows {
    static final String COLUMNS =
            "r.peer, r.sequence, r.body, k.score, k.proof, k.hidden, k.expires, n.name";

    /// To be joined last; the tables stand in the order in which they are read.
    static final String NAMES = " LEFT JOIN contact_name n ON n.contact_id = k.id";

    private static final long TAIL_MASK = 0xff_ffff_ffffL;
    private static final Instant FOREVER = Instant.parse("9999-12-31T23:59:59Z");

    private ContactRows() {}

    static Contact read(ResultSet row) throws SQLException {
        try {
            var peer = Bytes.wrap(row.getBytes(1));
            var body = ContactBody.unpack(row.getBytes(3), peer);
            return new Contact(
                    PeerId.decode(peer),
                    body.record(),
                    row.getLong(2),
                    body.addresses(),
                    body.tags(),
                    row.getDouble(4),
                    Instant.ofEpochMilli(row.getLong(5)),
                    row.getBoolean(6),
                    Instant.ofEpochMilli(row.getLong(7)),
                    Objects.requireNonNullElse(row.getString(8), ""));
        } catch (ProtocolException e) {
            throw new StoreException("a stored contact cannot be read", e);
        }
    }

    static byte[] key(PeerId peer) {
        return peer.multihash().unsafeArray();
    }

    /// By what the index finds a peer: its last five bytes, before which shorter ids have zeros.
    static long tail(byte[] peer) {
        var padded = ByteBuffer.allocate(Long.BYTES + peer.length).putLong(0).put(peer);
        return padded.getLong(peer.length) & TAIL_MASK;
    }

    static byte[][] addresses(List<Multiaddr> addresses) {
        return addresses.stream()
                .map(address -> address.encoded().unsafeArray())
                .toArray(byte[][]::new);
    }

    /// Unix milliseconds, with times outside the years that the database can hold brought inside.
    static long millis(Instant time) {
        if (time.isBefore(Instant.EPOCH)) {
            return 0;
        }
        return time.isAfter(FOREVER) ? FOREVER.toEpochMilli() : time.toEpochMilli();
    }

    static List<Multiaddr> addresses(Object array) throws ProtocolException {
        var encoded = (Object[]) array;
        var addresses = new Multiaddr[encoded.length];
        for (int i = 0; i < encoded.length; i++) {
            addresses[i] = Multiaddr.decode(Bytes.wrap((byte[]) encoded[i]));
        }
        return List.of(addresses);
    }
}
