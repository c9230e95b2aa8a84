package org.p2prmb.libp2p.multiaddr;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Varint;

/// One layer of a [Multiaddr]: a protocol and its value, which is valid for it.
///
/// @param value the bytes without a length in front; empty for protocols that have none
public record Component(Protocol protocol, Bytes value) {
    /// Throws `IllegalArgumentException` when `value` is none of `protocol`.
    public Component {
        try {
            check(protocol, value);
        } catch (ProtocolException e) {
            throw new IllegalArgumentException(protocol.text() + ": " + e.getMessage(), e);
        }
    }

    /// Throws `IllegalArgumentException` with the reason when `value` is none of `protocol`.
    static Component parse(Protocol protocol, String value) {
        return new Component(protocol, protocol.form().parse(value));
    }

    /// Reads a value as it travels.
    static Component decode(Protocol protocol, Bytes value) throws ProtocolException {
        check(protocol, value);
        return new Component(protocol, value);
    }

    private static void check(Protocol protocol, Bytes value) throws ProtocolException {
        int size = protocol.form().size();
        if (size != ValueForm.VARIABLE && size != value.size()) {
            throw new ProtocolException("value of " + value.size() + " bytes, not " + size);
        }
        protocol.form().check(value);
    }

    /// The value in text; empty for protocols that have none.
    public String text() {
        return protocol.form().text(value);
    }

    int encodedSize() {
        int size = Varint.size(protocol.code()) + value.size();
        return isVariable() ? size + Varint.size(value.size()) : size;
    }

    /// Writes this component at `offset` and returns the offset after it.
    int write(byte[] into, int offset) {
        int at = Varint.write(protocol.code(), into, offset);
        if (isVariable()) {
            at = Varint.write(value.size(), into, at);
        }
        System.arraycopy(value.unsafeArray(), 0, into, at, value.size());
        return at + value.size();
    }

    private boolean isVariable() {
        return protocol.form().size() == ValueForm.VARIABLE;
    }

    /// This component as it stands in the text of an address, with the slash in front.
    @Override
    public String toString() {
        var name = "/" + protocol.text();
        return switch (protocol.form()) {
            case NONE -> name;
            case PATH -> name + text();
            case IP4, IP6, PREFIX_LENGTH, PORT, NUMBER, NAME, PEER, MULTIHASH, ESCAPED ->
                    name + "/" + text();
        };
    }
}
