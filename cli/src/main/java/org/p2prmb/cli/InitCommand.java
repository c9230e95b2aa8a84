package org.p2prmb.cli;

import org.jspecify.annotations.Nullable;
import org.p2prmb.node.config.KeyFile;
import org.p2prmb.node.config.UserException;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import java.nio.file.Path;
import java.util.concurrent.Callable;

/// `rmb init`: makes a home directory with the keys of an agent and its owner.
@Command(
        name = "init",
        description = {
            "Make a home directory with your agent's keys and your own.",
            "The keys are sealed when RMB_PASSPHRASE or --passphrase-file gives a passphrase."
        })
final class InitCommand implements Callable<Integer> {
    private final RootCommand root;

    @Option(
            names = "--owner-key",
            paramLabel = "FILE",
            description = "Obey the owner of this key file (a copy is kept) instead of a new one.")
    private @Nullable Path ownerKey;

    InitCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        var home = root.home();
        if (home.isInitialised()) {
            home.check();
            throw new UserException(
                    "%s is set up already, for agent %s: nothing was changed"
                            .formatted(home.directory(), KeyFile.peer(home.agentKey())));
        }
        var passphrases = root.givenPassphrase();
        if (ownerKey == null) {
            HomeKeys.create(home, passphrases);
        } else {
            HomeKeys.create(home, passphrases, ownerKey, root.passphrases("Passphrase"));
        }
        var agent = KeyFile.peer(home.agentKey());
        var owner = KeyFile.peer(home.ownerKey());
        var sealed = passphrases.passphrase().isPresent();
        var output = root.output();
        output.line("home    " + home.directory());
        output.line("agent   " + agent);
        output.line("owner   " + owner);
        output.line("keys    " + (sealed ? "sealed with your passphrase" : "not sealed"));
        output.note("Start the agent with: rmb node --home " + home.directory());
        var object = Json.object();
        object.put("home", home.directory().toString());
        object.put("peerId", agent.toString());
        object.put("owner", owner.toString());
        object.put("sealed", sealed);
        output.object(object);
        return Rmb.DONE;
    }
}
