package org.p2prmb.discovery.mdns;

import org.p2prmb.libp2p.core.Bytes;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;

/// The multicast DNS port on one interface: the only UDP socket outside the transport.
final class MdnsSocket implements Closeable {
    static final int PORT = 5353;

    /// What a router would lower; kept although nobody here can see it on arrival.
    private static final int HOPS = 255;

    private final DatagramChannel channel;
    private final InetSocketAddress group;

    /// Of the one thread that receives.
    private final ByteBuffer arriving = ByteBuffer.allocate(DnsMessage.BYTES_MAX + 1);

    private MdnsSocket(DatagramChannel channel, InetSocketAddress group) {
        this.channel = channel;
        this.group = group;
    }

    /// A packet and the machine that claims to have sent it.
    record Packet(InetAddress source, Bytes bytes) {}

    /// Joins the group; other programs on this machine may have the same port.
    static MdnsSocket open(NetworkInterface on, StandardProtocolFamily family) throws IOException {
        var channel = DatagramChannel.open(family);
        MdnsSocket socket = null;
        try {
            var group =
                    InetAddress.ofLiteral(
                            family == StandardProtocolFamily.INET ? "224.0.0.251" : "ff02::fb");
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            channel.bind(new InetSocketAddress(PORT));
            channel.setOption(StandardSocketOptions.IP_MULTICAST_IF, on);
            channel.setOption(StandardSocketOptions.IP_MULTICAST_TTL, HOPS);
            channel.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, true);
            var _ = channel.join(group, on);
            socket = new MdnsSocket(channel, new InetSocketAddress(group, PORT));
            return socket;
        } finally {
            if (socket == null) {
                channel.close();
            }
        }
    }

    void send(Bytes packet) throws IOException {
        channel.send(ByteBuffer.wrap(packet.unsafeArray()), group);
    }

    /// Waits for the next packet; one that is too large has more bytes than are allowed. Always
    /// the same thread calls this.
    Packet receive() throws IOException {
        arriving.clear();
        var source = (InetSocketAddress) channel.receive(arriving);
        var bytes = Bytes.wrap(arriving.array()).slice(0, arriving.position());
        return new Packet(source.getAddress(), bytes);
    }

    boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
