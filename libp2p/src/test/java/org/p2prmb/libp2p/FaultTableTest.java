package org.p2prmb.libp2p;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// Every test that docs/testing.md and docs/libp2p.md name exists, in whichever module.
final class FaultTableTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");

    @Test
    void everyTestThatTheDocumentsNameExists() throws IOException {
        var missing = new ArrayList<String>();
        var named =
                NAMED.matcher(
                        Files.readString(ROOT.resolve("docs/testing.md"))
                                + Files.readString(ROOT.resolve("docs/libp2p.md")));
        var count = 0;
        while (named.find()) {
            count++;
            var member = Pattern.compile("\\b" + named.group(2) + "\\b *[(=]");
            var holders = sources(named.group(1) + ".java");
            if (holders.stream().noneMatch(source -> member.matcher(source).find())) {
                missing.add(named.group());
            }
        }
        assertThat(missing).isEmpty();
        assertThat(count).isGreaterThan(100);
    }

    /// Two modules may have a test of the same name.
    private static List<String> sources(String file) throws IOException {
        var sources = new ArrayList<String>();
        try (var modules = Files.newDirectoryStream(ROOT, Files::isDirectory)) {
            for (var module : modules) {
                if (!Files.isDirectory(module.resolve("src"))) {
                    continue;
                }
                try (var files = Files.walk(module.resolve("src"))) {
                    for (var path : files.filter(each -> each.endsWith(file)).toList()) {
                        sources.add(Files.readString(path));
                    }
                }
            }
        }
        return sources;
    }
}
