package org.p2prmb.node;

import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.node.config.AgentConfig;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;

/// An agent that knows no address and looks on the local network: prints `self <peer>`, and
/// `neighbour <peer>` once it has one; ends with its standard input or after a minute.
final class LocalAgentProgram {
    private static final Duration LIFE_MAX = Duration.ofMinutes(1);
    private static final Duration LOOK_PAUSE = Duration.ofMillis(50);

    private LocalAgentProgram() {}

    /// @param arguments where the store is
    public static void main(String[] arguments) throws IOException, InterruptedException {
        var random = new SecureRandom();
        var keys = KeyPair.generate(random);
        var owner = KeyPair.generate(random).publicKey();
        var config = AgentConfig.defaults().withMdns(true);
        var watched = Thread.ofVirtual().start(LocalAgentProgram::untilInputEnds);
        var end = System.nanoTime() + LIFE_MAX.toNanos();
        try (var agent = Agent.start(config, keys, owner, Path.of(arguments[0]))) {
            System.out.println("self " + keys.peerId());
            var told = false;
            while (System.nanoTime() < end && !watched.join(LOOK_PAUSE)) {
                if (!told && !agent.neighbours().isEmpty()) {
                    System.out.println("neighbour " + agent.neighbours().getFirst());
                    told = true;
                }
            }
        }
    }

    private static void untilInputEnds() {
        try {
            var _ = System.in.readAllBytes();
        } catch (IOException e) {
            System.out.println("input: " + e.getMessage());
        }
    }
}
