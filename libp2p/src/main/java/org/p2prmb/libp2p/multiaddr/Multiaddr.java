package org.p2prmb.libp2p.multiaddr;

import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.core.ProtocolException;
import org.p2prmb.libp2p.core.Varint;
import org.p2prmb.libp2p.identity.PeerId;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// A network address that says of each of its layers what it is: `/ip4/127.0.0.1/tcp/4001`.
///
/// Never empty. See [multiaddr](https://github.com/multiformats/multiaddr).
public final class Multiaddr {
    /// The largest address, in bytes, that is read.
    public static final int ENCODED_BYTES_MAX = 1024;

    /// The most components of an address that is read.
    public static final int COMPONENTS_MAX = 32;

    /// An escaped path takes three characters a byte.
    private static final int TEXT_MAX = 4 * ENCODED_BYTES_MAX;

    private static final int QUOTED_MAX = 200;

    private final List<Component> components;
    private final Bytes encoded;

    private Multiaddr(List<Component> components) {
        this.components = List.copyOf(components);
        this.encoded = encode(components);
    }

    private static Bytes encode(List<Component> components) {
        var encoded = new byte[components.stream().mapToInt(Component::encodedSize).sum()];
        int at = 0;
        for (var component : components) {
            at = component.write(encoded, at);
        }
        return Bytes.wrap(encoded);
    }

    /// Reads the text form. A single slash at the end is tolerated, `ipfs` is read as `p2p`.
    ///
    /// Throws `IllegalArgumentException` with a message for users: what was read, where it is
    /// wrong and what is expected there.
    public static Multiaddr parse(String text) {
        try {
            var address = new Multiaddr(parseComponents(text));
            require(
                    address.encoded.size() <= ENCODED_BYTES_MAX,
                    "longer than " + ENCODED_BYTES_MAX + " bytes");
            return address;
        } catch (IllegalArgumentException e) {
            var quoted = text.length() > QUOTED_MAX ? text.substring(0, QUOTED_MAX) + "…" : text;
            throw new IllegalArgumentException(
                    "not a multiaddr: " + quoted + ": " + e.getMessage(), e);
        }
    }

    private static List<Component> parseComponents(String text) {
        require(text.length() <= TEXT_MAX, "longer than " + TEXT_MAX + " characters");
        require(StandardCharsets.UTF_8.newEncoder().canEncode(text), "it is no Unicode text");
        require(text.startsWith("/"), "it must begin with /");
        var trimmed = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
        require(!trimmed.isEmpty(), "it is empty");
        var components = new ArrayList<Component>();
        int at = 0;
        while (at < trimmed.length()) {
            require(components.size() < COMPONENTS_MAX, "more than " + COMPONENTS_MAX + " parts");
            int nameEnd = segmentEnd(trimmed, at);
            var protocol = parseProtocol(trimmed.substring(at + 1, nameEnd));
            int valueEnd =
                    switch (protocol.form()) {
                        case NONE -> nameEnd;
                        case PATH -> trimmed.length();
                        case IP4,
                                IP6,
                                PREFIX_LENGTH,
                                PORT,
                                NUMBER,
                                NAME,
                                PEER,
                                MULTIHASH,
                                ESCAPED ->
                                segmentEnd(trimmed, nameEnd);
                    };
            components.add(parseComponent(protocol, trimmed, nameEnd, valueEnd));
            at = valueEnd;
        }
        return components;
    }

    /// The end of the segment whose slash is at `slash`.
    private static int segmentEnd(String text, int slash) {
        int end = slash < text.length() ? text.indexOf('/', slash + 1) : -1;
        return end < 0 ? text.length() : end;
    }

    private static Protocol parseProtocol(String name) {
        return Protocol.ofText(name)
                .orElseThrow(
                        () -> new IllegalArgumentException("unknown protocol \"" + name + "\""));
    }

    private static Component parseComponent(
            Protocol protocol, String text, int nameEnd, int valueEnd) {
        if (!protocol.hasValue()) {
            return new Component(protocol, Bytes.EMPTY);
        }
        require(nameEnd < valueEnd, "/" + protocol.text() + " needs a value");
        int from = protocol.form() == ValueForm.PATH ? nameEnd : nameEnd + 1;
        var value = text.substring(from, valueEnd);
        try {
            return Component.parse(protocol, value);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "/" + protocol.text() + "/" + value + ": " + e.getMessage(), e);
        }
    }

    private static void require(boolean right, String otherwise) {
        if (!right) {
            throw new IllegalArgumentException(otherwise);
        }
    }

    /// Reads the binary form; unknown protocols and invalid values are refused.
    public static Multiaddr decode(Bytes encoded) throws ProtocolException {
        if (encoded.size() == 0 || encoded.size() > ENCODED_BYTES_MAX) {
            throw new ProtocolException("multiaddr of " + encoded.size() + " bytes");
        }
        var from = encoded.unsafeArray();
        var components = new ArrayList<Component>();
        int at = 0;
        while (at < from.length) {
            if (components.size() == COMPONENTS_MAX) {
                throw new ProtocolException("multiaddr of more than " + COMPONENTS_MAX + " parts");
            }
            if (endsWithPath(components)) {
                throw new ProtocolException("multiaddr that goes on after a path");
            }
            var code = Varint.decode(from, at, from.length);
            var protocol =
                    Protocol.ofCode(code.value()).orElseThrow(() -> unknownCode(code.value()));
            long size = protocol.form().size();
            at = code.next();
            if (size == ValueForm.VARIABLE) {
                var length = Varint.decode(from, at, from.length);
                size = length.value();
                at = length.next();
            }
            if (size > from.length - at) {
                throw new ProtocolException("multiaddr is cut short");
            }
            int end = at + (int) size;
            components.add(Component.decode(protocol, encoded.slice(at, end)));
            at = end;
        }
        return new Multiaddr(components);
    }

    /// In text a path takes all that follows, so nothing can follow it in bytes either.
    private static boolean endsWithPath(List<Component> components) {
        return !components.isEmpty() && components.getLast().protocol().form() == ValueForm.PATH;
    }

    private static ProtocolException unknownCode(long code) {
        return new ProtocolException("multiaddr with unknown protocol " + code);
    }

    /// Reads the binary form as [#decode] does; empty where that throws. For lists of addresses
    /// from peers, which may contain kinds that are newer than we.
    public static Optional<Multiaddr> decodeKnown(Bytes encoded) {
        try {
            return Optional.of(decode(encoded));
        } catch (ProtocolException e) {
            return Optional.empty();
        }
    }

    /// `/ip4/…/tcp/<port>` or `/ip6/…/tcp/<port>`; a zone is left out.
    public static Multiaddr tcp(InetAddress host, int port) {
        return new Multiaddr(List.of(ip(host), Component.parse(Protocol.TCP, port + "")));
    }

    private static Component ip(InetAddress host) {
        var bytes = Bytes.wrap(host.getAddress());
        return new Component(bytes.size() == 4 ? Protocol.IP4 : Protocol.IP6, bytes);
    }

    public List<Component> components() {
        return components;
    }

    /// The binary form.
    public Bytes encoded() {
        return encoded;
    }

    /// True when some component is of `protocol`.
    public boolean has(Protocol protocol) {
        return components.stream().anyMatch(component -> component.protocol() == protocol);
    }

    /// The value, in text, of the first component of `protocol`.
    public Optional<String> value(Protocol protocol) {
        return components.stream()
                .filter(component -> component.protocol() == protocol)
                .map(Component::text)
                .findFirst();
    }

    /// The peer that the address leads to: the value of a `/p2p` at its very end. The peer of a
    /// relay is none.
    public Optional<PeerId> peer() {
        var last = components.getLast();
        return last.protocol() == Protocol.P2P
                ? Optional.of(new PeerId(last.value()))
                : Optional.empty();
    }

    /// This address with `/p2p/<peer>` at its end, in place of another peer that stands there.
    ///
    /// An address that ends with a path stays: nothing can follow it. The limits of what is read
    /// may be passed by this one component.
    public Multiaddr withPeer(PeerId peer) {
        if (endsWithPath(components)) {
            return this;
        }
        var changed = new ArrayList<>(components);
        if (peer().isPresent()) {
            changed.removeLast();
        }
        changed.add(new Component(Protocol.P2P, peer.multihash()));
        return new Multiaddr(changed);
    }

    /// This address without the `/p2p` at its end; an address that is nothing else stays.
    public Multiaddr withoutPeer() {
        return peer().isPresent() && components.size() > 1
                ? new Multiaddr(components.subList(0, components.size() - 1))
                : this;
    }

    /// This address with `ip` in place of the IP address at its start; empty when it begins with
    /// none of the same version.
    public Optional<Multiaddr> withIp(InetAddress ip) {
        var component = ip(ip);
        if (components.getFirst().protocol() != component.protocol()) {
            return Optional.empty();
        }
        var changed = new ArrayList<>(components);
        changed.set(0, component);
        return Optional.of(new Multiaddr(changed));
    }

    /// This address with one more component that has no value, such as `/ws`. Throws
    /// `IllegalArgumentException` when `protocol` needs one or this address ends with a path.
    public Multiaddr with(Protocol protocol) {
        require(!endsWithPath(components), "nothing can follow a path");
        var changed = new ArrayList<>(components);
        changed.add(new Component(protocol, Bytes.EMPTY));
        return new Multiaddr(changed);
    }

    /// The address of whoever has a place at `relay`, which is reached here; empty when nothing can
    /// follow this address, or nobody would read what came of it.
    public Optional<Multiaddr> circuitThrough(PeerId relay) {
        return endsWithPath(components)
                ? Optional.empty()
                : decodeKnown(withPeer(relay).with(Protocol.P2P_CIRCUIT).encoded());
    }

    /// True when the address leads through a relay.
    public boolean isCircuit() {
        return has(Protocol.P2P_CIRCUIT);
    }

    /// Where the relay is, `/p2p/<relay>` included, when this is an address through exactly one:
    /// `<address of the relay>/p2p/<relay>/p2p-circuit`, with or without `/p2p/<peer>` behind.
    public Optional<Multiaddr> relay() {
        var parts = withoutPeer().components;
        var last = parts.size() - 1;
        if (last < 2 || parts.get(last).protocol() != Protocol.P2P_CIRCUIT) {
            return Optional.empty();
        }
        var relay = new Multiaddr(parts.subList(0, last));
        return relay.isCircuit() || relay.peer().isEmpty() ? Optional.empty() : Optional.of(relay);
    }

    /// The IP address that this address begins with, after a zone if there is one; a DNS name is
    /// none.
    public Optional<InetAddress> ip() {
        int index = components.getFirst().protocol() == Protocol.IP6ZONE ? 1 : 0;
        if (index == components.size()) {
            return Optional.empty();
        }
        var host = components.get(index);
        return switch (host.protocol()) {
            case IP4, IP6 -> Optional.of(inetAddress(host.value()));
            default -> Optional.empty();
        };
    }

    private static InetAddress inetAddress(Bytes ip) {
        try {
            return InetAddress.getByAddress(ip.toArray());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an IP address of a wrong size", e);
        }
    }

    /// Where to connect when this is an address over TCP: `/ip4`, `/ip6` or a DNS name, then
    /// `/tcp`. That of a DNS name is unresolved; nothing is looked up.
    public Optional<InetSocketAddress> tcpAddress() {
        return socketAddress(Protocol.TCP);
    }

    /// Where to send when this is an address over UDP, as [#tcpAddress].
    public Optional<InetSocketAddress> udpAddress() {
        return socketAddress(Protocol.UDP);
    }

    private Optional<InetSocketAddress> socketAddress(Protocol transport) {
        int index = components.getFirst().protocol() == Protocol.IP6ZONE ? 1 : 0;
        if (components.size() < index + 2 || components.get(index + 1).protocol() != transport) {
            return Optional.empty();
        }
        var host = components.get(index);
        int port = ValueForm.port(components.get(index + 1).value());
        return switch (host.protocol()) {
            case IP4, IP6 -> Optional.of(new InetSocketAddress(inetAddress(host.value()), port));
            case DNS, DNS4, DNS6 ->
                    Optional.of(InetSocketAddress.createUnresolved(host.text(), port));
            default -> Optional.empty();
        };
    }

    /// How far the address reaches; empty for names that have yet to be resolved and for
    /// addresses without a host.
    public Optional<AddressScope> scope() {
        return ip().map(AddressScope::of);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Multiaddr address && encoded.equals(address.encoded);
    }

    @Override
    public int hashCode() {
        return encoded.hashCode();
    }

    /// The text form, which [#parse] reads.
    @Override
    public String toString() {
        return components.stream().map(Component::toString).collect(Collectors.joining());
    }
}
