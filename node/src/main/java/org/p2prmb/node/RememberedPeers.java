package org.p2prmb.node;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.node.config.WholeFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The agents that we were connected with last and where they were, in a file beside the store.
///
/// Contact records expire within hours. A network must find together again after a long night, and
/// when all the peers that it was joined through are gone, so these addresses do not expire: the
/// newest [#PEERS_MAX] stay, those that called us only where there is room. Safe for many threads.
final class RememberedPeers implements AutoCloseable {
    static final int PEERS_MAX = 64;
    static final int ADDRESSES_PER_PEER_MAX = 4;

    private static final Logger log = LoggerFactory.getLogger(RememberedPeers.class);
    private static final String NAME = "peers.txt";

    /// Once there is nothing to lose but the newest few, the disk is spared.
    private static final Duration PAUSE = Duration.ofSeconds(10);

    private static final int BYTES_MAX = 128 * 1024;

    /// So that the longest addresses of all of them are still read again.
    private static final int LINE_BYTES_MAX = BYTES_MAX / (PEERS_MAX * ADDRESSES_PER_PEER_MAX) - 1;

    private final Path file;

    /// Oldest first.
    private final Map<PeerId, List<Multiaddr>> peers = new LinkedHashMap<>();

    private String written = "";
    private long writtenAt = System.nanoTime();

    /// Reads the file in `directory`; none, or one that is damaged, is as good as an empty one.
    RememberedPeers(Path directory) {
        this.file = directory.resolve(NAME);
        try {
            read();
        } catch (IOException | IllegalArgumentException e) {
            log.warn("cannot read the last neighbours: {}", e.getMessage());
        }
    }

    private void read() throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        if (Files.size(file) > BYTES_MAX) {
            throw new IOException(file + " is too large");
        }
        written = Files.readString(file);
        var found = new LinkedHashMap<PeerId, List<Multiaddr>>();
        for (var line : written.lines().filter(line -> !line.isBlank()).toList()) {
            var address = Multiaddr.parse(line.strip());
            var peer = address.peer().orElseThrow(() -> new IOException("no peer in " + address));
            found.computeIfAbsent(peer, _ -> new ArrayList<>()).add(address.withoutPeer());
        }
        found.reversed().forEach(this::add);
    }

    /// Newest first, with their addresses, without `/p2p`.
    synchronized Map<PeerId, List<Multiaddr>> all() {
        var newestFirst = new LinkedHashMap<PeerId, List<Multiaddr>>();
        new LinkedHashMap<>(peers).reversed().forEach(newestFirst::put);
        return newestFirst;
    }

    /// This peer is connected now; writes that down, at once while there is room for more.
    ///
    /// @param reached whether we called it, at the first of `addresses`; who called us takes nobody
    ///     else's place, or strangers could fill the list
    synchronized void note(PeerId peer, List<Multiaddr> addresses, boolean reached) {
        if (reached || peers.containsKey(peer) || peers.size() < PEERS_MAX) {
            add(peer, addresses);
        }
        if (peers.size() < PEERS_MAX || System.nanoTime() - writtenAt > PAUSE.toNanos()) {
            close();
        }
    }

    /// Writes down what is not yet.
    @Override
    public synchronized void close() {
        var text = new StringBuilder();
        all().forEach((peer, addresses) ->
                addresses.forEach(address -> text.append(address.withPeer(peer)).append('\n')));
        write(text.toString());
    }

    private void write(String text) {
        if (text.equals(written)) {
            return;
        }
        try {
            WholeFile.keep(file, text);
            written = text;
            writtenAt = System.nanoTime();
        } catch (ClosedByInterruptException _) {
            Thread.currentThread().interrupt(); // The agent closes, and then writes it again.
        } catch (IOException e) {
            log.warn("cannot write the last neighbours to {}: {}", file, WholeFile.reason(e));
        }
    }

    private void add(PeerId peer, List<Multiaddr> addresses) {
        var kept =
                addresses.stream()
                        .filter(address -> isReadAgain(address.withPeer(peer)))
                        .limit(ADDRESSES_PER_PEER_MAX)
                        .toList();
        if (!kept.isEmpty()) {
            peers.remove(peer);
            peers.put(peer, kept);
            if (peers.size() > PEERS_MAX) {
                peers.remove(peers.keySet().iterator().next());
            }
        }
    }

    /// The peer chose the address: one that cannot be read with its id behind it would cost us all.
    private static boolean isReadAgain(Multiaddr line) {
        return line.peer().isPresent()
                && Multiaddr.decodeKnown(line.encoded()).isPresent()
                && line.toString().getBytes(StandardCharsets.UTF_8).length <= LINE_BYTES_MAX;
    }
}
