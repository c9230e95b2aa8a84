package org.p2prmb.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;

import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;

/// A process of peers that come and go: at the address, for the seconds, with the seed that it is
/// given; prints what they did.
final class ChurnProgram {
    private static final int PEERS = 8;

    private ChurnProgram() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Parent.follow();
        var nanos = Long.parseLong(args[1]) * 1_000_000_000L;
        var done = new Churn(Multiaddr.parse(args[0]), nanos).run(PEERS, Long.parseLong(args[2]));
        System.out.println(new ObjectMapper().writeValueAsString(done));
    }
}
