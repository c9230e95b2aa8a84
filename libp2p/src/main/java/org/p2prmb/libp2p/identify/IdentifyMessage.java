package org.p2prmb.libp2p.identify;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;

import org.jspecify.annotations.Nullable;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.Connection;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.identity.PeerRecord;
import org.p2prmb.libp2p.identity.PublicKey;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.wire.IdentifyProto;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedSet;

/// What one peer says of itself, put together from the messages of one exchange.
///
/// A field that a later message has replaces the earlier one; lists grow within one exchange.
final class IdentifyMessage {
    static final String PROTOCOL_VERSION = "rmb/1.0.0";

    /// rust-libp2p reads one message, of at most this size.
    private static final int WRITTEN_BYTES_MAX = 4096;

    private static final int PROTOCOLS_MAX = 1024;
    private static final int PROTOCOL_NAME_MAX = 256;
    private static final int ADDRESSES_READ_MAX = 500;
    private static final int ADDRESSES_KEPT_MAX = 64;

    /// What the addresses that are kept take in all, encoded: as much as a signed record may.
    private static final int ADDRESS_BYTES_MAX = PeerRecord.SEALED_BYTES_MAX;

    private static final int TEXT_MAX = 128;

    private @Nullable PublicKey publicKey;
    private SequencedSet<String> protocols = new LinkedHashSet<>();
    private SequencedSet<Multiaddr> addresses = new LinkedHashSet<>();
    private int addressBytes;
    private @Nullable Multiaddr observed;
    private String protocolVersion = "";
    private String agentVersion = "";
    private @Nullable Bytes record;
    private @Nullable PeerRecord knownRecord;
    private Bytes knownSealed = Bytes.EMPTY;
    private Bytes knownKey = Bytes.EMPTY;

    /// True from the first message of this exchange that had some on.
    private boolean ownProtocols;

    private boolean ownAddresses;

    /// What is known already, for a push to change.
    static IdentifyMessage of(PeerInfo known) {
        var message = new IdentifyMessage();
        message.protocols.addAll(known.protocols());
        message.addresses.addAll(known.listenAddresses());
        message.observed = known.observedAddress();
        message.protocolVersion = known.protocolVersion();
        message.agentVersion = known.agentVersion();
        message.knownRecord = known.signedRecord();
        message.knownSealed = known.sealedRecord();
        message.knownKey = known.publicKey();
        return message;
    }

    /// Our messages: the first one alone says everything if that fits, and the signed record comes
    /// last, so that who reads only one misses the least.
    static List<byte[]> encoded(
            PublicKey key,
            String agentVersion,
            List<Multiaddr> listening,
            List<String> protocols,
            Multiaddr remote,
            Bytes record) {
        var parts = new ArrayList<IdentifyProto>();
        parts.add(
                IdentifyProto.newBuilder()
                        .setPublicKey(wrap(key.encoded()))
                        .setProtocolVersion(PROTOCOL_VERSION)
                        .setAgentVersion(agentVersion)
                        .setObservedAddr(wrap(remote.encoded()))
                        .build());
        for (var protocol : protocols) {
            parts.add(IdentifyProto.newBuilder().addProtocols(protocol).build());
        }
        listening.stream()
                .limit(ADDRESSES_KEPT_MAX)
                .map(address -> wrap(address.encoded()))
                .forEach(bytes ->
                        parts.add(IdentifyProto.newBuilder().addListenAddrs(bytes).build()));
        parts.add(IdentifyProto.newBuilder().setSignedPeerRecord(wrap(record)).build());
        return packed(parts);
    }

    private static List<byte[]> packed(List<IdentifyProto> parts) {
        var messages = new ArrayList<byte[]>();
        var message = IdentifyProto.newBuilder();
        var size = 0;
        for (var part : parts) {
            if (size > 0 && size + part.getSerializedSize() > WRITTEN_BYTES_MAX) {
                messages.add(message.build().toByteArray());
                message = IdentifyProto.newBuilder();
                size = 0;
            }
            message.mergeFrom(part);
            size += part.getSerializedSize();
        }
        messages.add(message.build().toByteArray());
        return messages;
    }

    /// Takes in the next message of the exchange.
    void merge(byte[] encoded) throws ProtocolException {
        var proto = parse(encoded);
        if (proto.hasPublicKey()) {
            publicKey = PublicKey.decode(bytes(proto.getPublicKey()));
        }
        if (proto.hasProtocolVersion()) {
            protocolVersion = clean(proto.getProtocolVersion());
        }
        if (proto.hasAgentVersion()) {
            agentVersion = clean(proto.getAgentVersion());
        }
        if (proto.hasObservedAddr()) {
            observed = Multiaddr.decodeKnown(bytes(proto.getObservedAddr())).orElse(null);
        }
        if (proto.hasSignedPeerRecord()) {
            record = bytes(proto.getSignedPeerRecord());
        }
        mergeProtocols(proto.getProtocolsList());
        mergeAddresses(proto.getListenAddrsList());
    }

    private static IdentifyProto parse(byte[] encoded) throws ProtocolException {
        try {
            return IdentifyProto.parseFrom(encoded);
        } catch (InvalidProtocolBufferException e) {
            throw new ProtocolException("identify message is malformed", e);
        }
    }

    private void mergeProtocols(List<String> named) {
        if (!named.isEmpty() && !ownProtocols) {
            ownProtocols = true;
            protocols = new LinkedHashSet<>();
        }
        named.stream()
                .filter(IdentifyMessage::isProtocolName)
                .limit(PROTOCOLS_MAX - protocols.size())
                .forEach(protocols::add);
    }

    private void mergeAddresses(List<ByteString> listed) {
        if (!listed.isEmpty() && !ownAddresses) {
            ownAddresses = true;
            addresses = new LinkedHashSet<>();
            addressBytes = 0;
        }
        listed.stream()
                .limit(ADDRESSES_READ_MAX)
                .map(address -> Multiaddr.decodeKnown(bytes(address)))
                .flatMap(Optional::stream)
                .forEach(this::keep);
    }

    private void keep(Multiaddr address) {
        var bytes = addressBytes + address.encoded().size();
        if (addresses.size() < ADDRESSES_KEPT_MAX
                && bytes <= ADDRESS_BYTES_MAX
                && addresses.add(address)) {
            addressBytes = bytes;
        }
    }

    /// What to believe of all that: throws when it is not about the remote of `connection`.
    PeerInfo info(Connection connection) throws ProtocolException {
        if (publicKey != null && !publicKey.equals(connection.remotePublicKey())) {
            throw new ProtocolException("identify with the key of another peer");
        }
        var signed = signedRecord(connection);
        var claimed = signed == null ? List.copyOf(addresses) : signed.addresses();
        return new PeerInfo(
                connection.remotePeer(),
                reachable(claimed, connection),
                List.copyOf(protocols),
                // Who is behind a relay sees the relay.
                connection.remoteAddress().isCircuit() ? null : observed,
                protocolVersion,
                agentVersion,
                signed,
                record == null || Objects.equals(signed, knownRecord) ? knownSealed : record,
                publicKey == null ? knownKey : publicKey.encoded());
    }

    private @Nullable PeerRecord signedRecord(Connection connection) throws ProtocolException {
        if (record == null) {
            return knownRecord;
        }
        var opened = PeerRecord.open(record);
        if (!opened.peer().equals(connection.remotePeer())) {
            throw new ProtocolException("identify with the signed record of another peer");
        }
        return knownRecord != null && !opened.newerThan(knownRecord) ? knownRecord : opened;
    }

    /// Leaves out addresses of narrower networks than the one on which the remote told them: they
    /// would lead to somebody else, or into our own network.
    private static List<Multiaddr> reachable(List<Multiaddr> claimed, Connection connection) {
        var told = connection.remoteAddress().scope().orElse(AddressScope.PUBLIC);
        var kept = new ArrayList<Multiaddr>();
        for (var address : claimed) {
            var leadsElsewhere =
                    address.peer()
                            .filter(peer -> !peer.equals(connection.remotePeer()))
                            .isPresent();
            var scope = address.scope().orElse(AddressScope.PUBLIC);
            if (!leadsElsewhere && told.atMostAsWideAs(scope)) {
                kept.add(address.withoutPeer());
            }
        }
        return kept.stream().distinct().toList();
    }

    private static boolean isProtocolName(String name) {
        return name.startsWith("/")
                && name.length() <= PROTOCOL_NAME_MAX
                && name.chars().noneMatch(Character::isISOControl);
    }

    /// At most 128 code points, none of which controls a terminal.
    private static String clean(String text) {
        var cleaned = new StringBuilder();
        text.codePoints()
                .filter(IdentifyMessage::isPrintable)
                .limit(TEXT_MAX)
                .forEach(cleaned::appendCodePoint);
        return cleaned.toString();
    }

    private static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR ->
                    false;
            default -> true;
        };
    }

    private static ByteString wrap(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.unsafeArray());
    }

    private static Bytes bytes(ByteString bytes) {
        return Bytes.wrap(bytes.toByteArray());
    }
}
