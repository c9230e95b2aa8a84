package org.p2prmb.cli;

import org.p2prmb.node.config.AgentConfig;
import org.p2prmb.node.config.Printed;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import java.util.concurrent.Callable;

/// `rmb config show`: every setting, and where its value comes from.
@Command(name = "config", description = "Show the configuration.")
final class ConfigCommand implements Callable<Integer> {
    private final RootCommand root;

    @Spec private CommandSpec spec = CommandSpec.create();

    ConfigCommand(RootCommand root) {
        this.root = root;
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "say what to do: rmb config show");
    }

    @Command(
            name = "show",
            description = {
                "Print every setting, its value, and where the value comes from:",
                "a flag, an RMB_ variable, rmb.toml of the home directory, or the default."
            })
    int show(@Mixin ConfigOptions options) {
        var output = root.output();
        var table = new Table("SETTING", "VALUE", "FROM");
        for (var line : options.read(root, AgentConfig.defaults()).lines()) {
            table.row(
                    line.key(),
                    line.value().isEmpty() ? "-" : Printed.line(line.value()),
                    Printed.line(line.origin()));
            var object = Json.object();
            object.put("key", line.key());
            object.put("value", line.value());
            object.put("origin", line.origin());
            output.object(object);
        }
        table.lines().forEach(output::line);
        return Rmb.DONE;
    }
}
