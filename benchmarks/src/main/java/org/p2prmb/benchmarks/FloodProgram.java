package org.p2prmb.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;

import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;

/// The attackers' process: floods the address it is given for so many seconds, then prints how
/// often it tried what.
final class FloodProgram {
    private FloodProgram() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Parent.follow();
        var server = Multiaddr.parse(args[0]);
        var nanos = Long.parseLong(args[1]) * 1_000_000_000L;
        var tried = new Flood(server, nanos, Integer.parseInt(args[2]), _ -> true).run();
        System.out.println(new ObjectMapper().writeValueAsString(tried));
    }
}
