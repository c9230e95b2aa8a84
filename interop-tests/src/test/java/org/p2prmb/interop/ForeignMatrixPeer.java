package org.p2prmb.interop;

import com.fasterxml.jackson.databind.JsonNode;

import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// A process of another implementation that takes part in the matrix.
final class ForeignMatrixPeer implements MatrixPeer {
    private final PeerProcess process;
    private final Map<String, Multiaddr> addresses = new HashMap<>();

    private ForeignMatrixPeer(PeerProcess process, int transports) throws InterruptedException {
        this.process = process;
        note(process.address());
        while (addresses.size() < transports) {
            note(Multiaddr.parse(process.await("listening").get("address").asText()));
        }
    }

    private void note(Multiaddr address) {
        addresses.put(Transports.of(address), address);
    }

    static ForeignMatrixPeer start(
            PeerProgram program, List<String> launcher, String security, List<String> arguments)
            throws IOException, InterruptedException {
        var command = new ArrayList<>(launcher);
        command.add(program.path().toString());
        for (var listen : Transports.LISTEN) {
            command.addAll(List.of("--listen", listen.toString()));
        }
        command.addAll(List.of("--security", security));
        command.addAll(arguments);
        var process = PeerProcess.start("the peer " + program, command);
        try {
            return new ForeignMatrixPeer(process, Transports.LISTEN.size());
        } catch (AssertionError | InterruptedException e) {
            process.close();
            throw e;
        }
    }

    @Override
    public PeerId peerId() {
        return process.peerId();
    }

    @Override
    public Multiaddr address(String transport) {
        var address = addresses.get(transport);
        if (address == null) {
            throw new IllegalArgumentException("does not listen with " + transport);
        }
        return address;
    }

    @Override
    public JsonNode ask(String command, Map<String, ?> fields)
            throws IOException, InterruptedException {
        return process.ask(command, fields);
    }

    @Override
    public JsonNode await(String event, Predicate<JsonNode> wanted) throws InterruptedException {
        return process.await(event, wanted);
    }

    @Override
    public void forget() {
        process.forget();
    }

    @Override
    public void close() {
        process.close();
    }
}
