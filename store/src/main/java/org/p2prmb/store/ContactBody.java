package org.p2prmb.store;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.contacts.Contact;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// What a contact says of itself, as one column: its signed record, addresses and tags.
///
/// ```text
/// method  1 byte: 0 plain, 1 raw DEFLATE with the dictionary below
/// record  uvarint length, bytes
/// address uvarint count, then uvarint length and bytes of each
/// tag     uvarint count, then uvarint length and UTF-8 bytes of each
/// ```
///
/// A record names its subject's key twice and its addresses and tags once, and a third of it is the
/// same for all: with those bytes in the dictionary 350 bytes of a usual contact become 240.
record ContactBody(Bytes record, List<Multiaddr> addresses, List<String> tags) {
    private static final byte PLAIN = 0;
    private static final byte DEFLATED = 1;

    /// More than a contact can have: 16 KiB of record, 16 addresses of 1 KiB, 32 tags.
    private static final int PLAIN_BYTES_MAX = 64 * 1024;

    /// Written into every row: never to be changed, only to be followed by another method.
    private static final Bytes COMMON =
            Bytes.utf8("barber.bakery.plumber.translator.taxi.exchange.compute.storage.city")
                    .concat(Bytes.utf8("price.lang.open.currency.region.http.ws"))
                    // /ip4, /ip6, /dns4 and /tcp, /udp/.../quic-v1 as they stand in addresses.
                    .concat(Bytes.hex("047f00000106" + "0fa1" + "910203cc030608" + "290636"))
                    // Ends of records: time to live, owner's and sealing key, signature.
                    .concat(
                            Bytes.hex(
                                    "280e32240801122028a0382880a305322408011220" + "3a20" + "2a40"))
                    .concat(Bytes.hex("0a2408011220"))
                    .concat(Bytes.hex("120d"))
                    .concat(Bytes.utf8("rmb/contact/1"))
                    .concat(
                            Bytes.hex(
                                    "1a0a26002408011220"
                                            + "108080"
                                            + "1a08"
                                            + "220a0a06"
                                            + "1208"));

    static ContactBody of(Contact contact) {
        return new ContactBody(
                contact.record(),
                contact.addresses(),
                List.copyOf(new LinkedHashSet<>(contact.tags())));
    }

    /// Packs bodies; used by one thread at a time.
    static final class Packer {
        private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
        private final byte[] buffer = new byte[PLAIN_BYTES_MAX];

        byte[] pack(ContactBody body, Bytes peer) {
            var plain = body.plain();
            if (plain.length > PLAIN_BYTES_MAX) {
                throw new IllegalArgumentException("a contact of more than 64 KiB");
            }
            deflater.reset();
            deflater.setDictionary(dictionary(peer));
            deflater.setInput(plain);
            deflater.finish();
            var length = deflater.deflate(buffer, 0, plain.length);
            var shorter = deflater.finished() && length < plain.length;
            var packed = ByteBuffer.allocate(1 + (shorter ? length : plain.length));
            return shorter
                    ? packed.put(DEFLATED).put(buffer, 0, length).array()
                    : packed.put(PLAIN).put(plain).array();
        }
    }

    static ContactBody unpack(byte[] packed, Bytes peer) {
        try {
            var plain = ByteBuffer.wrap(inflated(packed, peer));
            var record = Bytes.wrap(part(plain));
            var addresses = new Multiaddr[uvarint(plain)];
            for (int i = 0; i < addresses.length; i++) {
                addresses[i] = Multiaddr.decode(Bytes.wrap(part(plain)));
            }
            var tags = new ArrayList<String>();
            for (int left = uvarint(plain); left > 0; left--) {
                tags.add(new String(part(plain), StandardCharsets.UTF_8));
            }
            return new ContactBody(record, List.of(addresses), tags);
        } catch (ProtocolException | DataFormatException | BufferUnderflowException e) {
            throw new StoreException("a stored contact cannot be read", e);
        }
    }

    private static byte[] inflated(byte[] packed, Bytes peer) throws DataFormatException {
        if (packed.length == 0 || packed[0] < PLAIN || packed[0] > DEFLATED) {
            throw new DataFormatException("unknown method");
        }
        if (packed[0] == PLAIN) {
            return Arrays.copyOfRange(packed, 1, packed.length);
        }
        var inflater = new Inflater(true);
        try {
            inflater.setDictionary(dictionary(peer));
            inflater.setInput(packed, 1, packed.length - 1);
            var plain = new ByteArrayOutputStream(4 * packed.length);
            var buffer = new byte[Math.min(PLAIN_BYTES_MAX, 4 * packed.length)];
            while (!inflater.finished()) {
                var length = inflater.inflate(buffer);
                if (length == 0 || plain.size() + length > PLAIN_BYTES_MAX) {
                    throw new DataFormatException("cut short or too long");
                }
                plain.write(buffer, 0, length);
            }
            return plain.toByteArray();
        } finally {
            inflater.end();
        }
    }

    private byte[] plain() {
        var plain = new ByteArrayOutputStream(record.size() + 128);
        part(plain, record.unsafeArray());
        uvarint(plain, addresses.size());
        addresses.forEach(address -> part(plain, address.encoded().unsafeArray()));
        uvarint(plain, tags.size());
        tags.forEach(tag -> part(plain, tag.getBytes(StandardCharsets.UTF_8)));
        return plain.toByteArray();
    }

    /// What is most alike comes last: the nearer, the shorter the reference.
    private static byte[] dictionary(Bytes peer) {
        return COMMON.concat(peer).unsafeArray();
    }

    private static void part(ByteArrayOutputStream to, byte[] bytes) {
        uvarint(to, bytes.length);
        to.writeBytes(bytes);
    }

    private static void uvarint(ByteArrayOutputStream to, int value) {
        var rest = value;
        for (; rest >= 0x80; rest >>>= 7) {
            to.write(rest | 0x80);
        }
        to.write(rest);
    }

    private static byte[] part(ByteBuffer from) throws DataFormatException {
        var length = uvarint(from);
        if (length > from.remaining()) {
            throw new DataFormatException("a part is longer than the whole");
        }
        var bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }

    private static int uvarint(ByteBuffer from) throws DataFormatException {
        var value = 0;
        for (int shift = 0; shift < 21; shift += 7) {
            var next = from.get();
            value |= (next & 0x7f) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new DataFormatException("a number is too large");
    }
}
