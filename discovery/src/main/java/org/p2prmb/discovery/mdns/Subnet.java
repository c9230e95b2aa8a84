package org.p2prmb.discovery.mdns;

import org.p2prmb.libp2p.core.Bytes;

import java.net.InetAddress;

/// The IP addresses that share their first bits with `address`.
///
/// @param address of 4 or 16 bytes
/// @param prefixBits how many bits are shared
record Subnet(Bytes address, int prefixBits) {
    Subnet {
        if (prefixBits < 0 || prefixBits > Byte.SIZE * address.size()) {
            throw new IllegalArgumentException("a prefix of " + prefixBits + " bits");
        }
    }

    static Subnet of(InetAddress address, int prefixBits) {
        return new Subnet(Bytes.wrap(address.getAddress()), prefixBits);
    }

    boolean contains(InetAddress other) {
        var bytes = Bytes.wrap(other.getAddress());
        if (bytes.size() != address.size()) {
            return false;
        }
        for (var bit = 0; bit < prefixBits; bit += Byte.SIZE) {
            var ignored = Math.max(0, Byte.SIZE - (prefixBits - bit));
            var difference = (bytes.at(bit / Byte.SIZE) ^ address.at(bit / Byte.SIZE)) & 0xff;
            if (difference >> ignored != 0) {
                return false;
            }
        }
        return true;
    }
}
