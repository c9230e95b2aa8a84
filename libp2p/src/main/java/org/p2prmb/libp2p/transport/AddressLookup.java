package org.p2prmb.libp2p.transport;

import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.libp2p.multiaddr.Protocol;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Turns the names in multiaddrs into IP addresses: `/dns`, `/dns4`, `/dns6` and `/dnsaddr`.
///
/// What a stranger's `/dnsaddr` may cost is bounded: records that point to further names are
/// followed only until the budget of one call is spent. And a stranger's name leads into no
/// narrower network than the one that it was told for, or it would have us knock at the doors of
/// our own machine. See
/// [dnsaddr](https://github.com/multiformats/multiaddr/blob/master/protocols/DNSADDR.md).
public final class AddressLookup {
    static final int LOOKUPS_MAX = 32;
    static final int TEXT_RECORDS_MAX = 16;
    static final int ADDRESSES_MAX = 32;

    private static final String RECORD_PREFIX = "dnsaddr=";

    private static final Pattern WEB_TLS = Pattern.compile("/(wss|tls/ws)(?=/|$)");

    /// What resolvers read as an IP address: what ends in a number, and IPv6.
    private static final Pattern IP_ADDRESS =
            Pattern.compile(".*:.*|(.*\\.)?(\\d+|0[xX][0-9a-fA-F]*)\\.?");

    private final Resolver resolver;

    public AddressLookup(Resolver resolver) {
        this.resolver = resolver;
    }

    /// `addresses`, which nobody but our own operator wrote, in their order, without duplicates,
    /// with every name replaced by what it stands for. `failed` hears why a name could not be
    /// replaced.
    public List<Multiaddr> resolve(List<Multiaddr> addresses, Consumer<String> failed) {
        return resolve(addresses, _ -> true, AddressScope.PUBLIC, failed);
    }

    /// As the other `resolve`, for addresses of anybody.
    ///
    /// @param trusted those that may lead anywhere
    /// @param network what the names in all others must lead into, or into a wider one
    public List<Multiaddr> resolve(
            List<Multiaddr> addresses,
            Predicate<Multiaddr> trusted,
            AddressScope network,
            Consumer<String> failed) {
        var resolved = new LinkedHashSet<Multiaddr>();
        var open = new ArrayDeque<Step>();
        addresses.forEach(given -> open.add(new Step(given, false, trusted.test(given))));
        var lookups = 0;
        while (!open.isEmpty() && !Thread.currentThread().isInterrupted()) {
            var step = open.poll();
            var address = step.address();
            if (!isName(address)) {
                if (step.leadsInto(network)) {
                    resolved.add(address);
                } else {
                    failed.accept("%s: a name for a narrower network".formatted(address));
                }
            } else if (lookups++ == LOOKUPS_MAX) {
                failed.accept("more than %d names to look up".formatted(LOOKUPS_MAX));
                break;
            } else {
                try {
                    // In front, so that the order of preference stays.
                    var found = lookUp(address, step.trusted());
                    found.reversed()
                            .forEach(next -> open.addFirst(new Step(next, true, step.trusted())));
                } catch (IOException e) {
                    failed.accept("%s: %s".formatted(address, e.getMessage()));
                }
            }
        }
        return List.copyOf(resolved);
    }

    /// An address on the way.
    ///
    /// @param found whether a name stands for it
    private record Step(Multiaddr address, boolean found, boolean trusted) {
        boolean leadsInto(AddressScope network) {
            return !found
                    || trusted
                    || network.atMostAsWideAs(address.scope().orElse(AddressScope.FORBIDDEN));
        }
    }

    /// True when `address` begins with a name that has to be looked up.
    public static boolean isName(Multiaddr address) {
        return switch (address.components().getFirst().protocol()) {
            case DNS, DNS4, DNS6, DNSADDR -> true;
            default -> false;
        };
    }

    private List<Multiaddr> lookUp(Multiaddr address, boolean trusted) throws IOException {
        var name = address.components().getFirst();
        if (!trusted && IP_ADDRESS.matcher(name.text()).matches()) {
            throw new IOException("an IP address in place of a name");
        }
        var asked = trusted ? resolver : resolver.forStrangers();
        if (name.protocol() == Protocol.DNSADDR) {
            return textRecords(asked, name.text(), rest(address));
        }
        var rest = named(name.text(), rest(address));
        var found = new ArrayList<Multiaddr>();
        for (var ip : asked.addresses(name.text())) {
            if (fits(name.protocol(), ip) && found.size() < ADDRESSES_MAX) {
                parsed(prefix(ip) + rest).ifPresent(found::add);
            }
        }
        if (found.isEmpty()) {
            throw new IOException("no address of its kind, or too long with one");
        }
        return found;
    }

    /// `rest` with the name kept for the TLS beneath a WebSocket, whose server has to prove it.
    private static String named(String name, String rest) {
        return WEB_TLS.matcher(rest)
                .replaceFirst(Matcher.quoteReplacement("/tls/sni/" + name + "/ws"));
    }

    /// Only records that end as the asked address does are meant: `/dnsaddr/x/p2p/Qm…` leads to
    /// no other peer.
    private static List<Multiaddr> textRecords(Resolver asked, String name, String ending)
            throws IOException {
        var found = new ArrayList<Multiaddr>();
        for (var text : asked.texts("_dnsaddr." + name)) {
            if (found.size() == TEXT_RECORDS_MAX) {
                break;
            }
            if (text.startsWith(RECORD_PREFIX) && text.endsWith(ending)) {
                parsed(text.substring(RECORD_PREFIX.length())).ifPresent(found::add);
            }
        }
        return found;
    }

    private static Optional<Multiaddr> parsed(String text) {
        try {
            return Optional.of(Multiaddr.parse(text));
        } catch (IllegalArgumentException _) {
            // A kind that is newer than we, a typing error, or more than what is read.
            return Optional.empty();
        }
    }

    private static boolean fits(Protocol protocol, InetAddress ip) {
        return switch (protocol) {
            case DNS4 -> ip instanceof Inet4Address;
            case DNS6 -> ip instanceof Inet6Address;
            default -> true;
        };
    }

    private static String prefix(InetAddress ip) {
        var host = ip.getHostAddress();
        var zone = host.indexOf('%');
        var plain = zone < 0 ? host : host.substring(0, zone);
        return (ip instanceof Inet4Address ? "/ip4/" : "/ip6/") + plain;
    }

    /// The text of all components but the first.
    private static String rest(Multiaddr address) {
        return address.toString().substring(address.components().getFirst().toString().length());
    }
}
