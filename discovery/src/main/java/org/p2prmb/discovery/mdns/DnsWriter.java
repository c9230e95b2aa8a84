package org.p2prmb.discovery.mdns;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Pure;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Writes a DNS packet from front to back; names are always written in full.
@Pure
final class DnsWriter {
    private final ByteBuffer packet = ByteBuffer.allocate(DnsMessage.BYTES_MAX);

    void number16(int number) {
        put(new byte[] {(byte) (number >> 8), (byte) number});
    }

    private void put(byte[] bytes) {
        try {
            packet.put(bytes);
        } catch (BufferOverflowException e) {
            throw new IllegalStateException("a DNS packet of more than 9000 bytes", e);
        }
    }

    void name(DnsName name) {
        for (var label : name.labels()) {
            string(label.getBytes(StandardCharsets.ISO_8859_1));
        }
        put(new byte[1]);
    }

    private void string(byte[] bytes) {
        put(new byte[] {(byte) bytes.length});
        put(bytes);
    }

    void record(DnsRecord record) {
        name(record.name());
        number16(
                switch (record) {
                    case DnsRecord.Pointer _ -> DnsMessage.TYPE_POINTER;
                    case DnsRecord.Text _ -> DnsMessage.TYPE_TEXT;
                });
        number16(DnsMessage.CLASS_INTERNET);
        var seconds = record.ttl().toSeconds();
        number16((int) (seconds >> 16));
        number16((int) seconds);
        var lengthAt = packet.position();
        number16(0);
        switch (record) {
            case DnsRecord.Pointer(_, _, var target) -> name(target);
            case DnsRecord.Text(_, _, var strings) ->
                    strings.forEach(string -> string(string.unsafeArray()));
        }
        packet.putShort(lengthAt, (short) (packet.position() - lengthAt - 2));
    }

    Bytes bytes() {
        return Bytes.wrap(packet.array()).slice(0, packet.position());
    }
}
