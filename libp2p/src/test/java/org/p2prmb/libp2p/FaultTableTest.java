package org.p2prmb.libp2p;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Every test that docs/testing.md and docs/libp2p.md name exists, in whichever module.
///
/// Who looks for an advisory, or for a failure of another implementation, finds a test by its id.
final class FaultTableTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern NAMED = Pattern.compile("`(\\w+)#(\\w+)`");

    /// A row with ids: ids, what it is, tests.
    private static final Pattern ROW =
            Pattern.compile("^\\| ([^|]*\\d[^|]*) \\|[^|]*\\|(.*)\\|$", Pattern.MULTILINE);

    private static final Pattern IN_BRACKETS = Pattern.compile(" \\([^)]*\\)");

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

    @Test
    void anAdvisoryStandsInTheNameOfATestOfIts() throws IOException {
        assertThat(namedIds("### Advisories", "### Failures between")).isGreaterThan(30);
    }

    @Test
    void aFailureOfOthersStandsInTheNameOfATestOfIts() throws IOException {
        assertThat(namedIds("### Failures between", "### Failure detectors")).isGreaterThan(60);
    }

    /// How many ids the table between two headings has. Each is in the name of a test of its row,
    /// unless the row has none and says why.
    private static int namedIds(String from, String to) throws IOException {
        var page = Files.readString(ROOT.resolve("docs/testing.md"));
        var unnamed = new ArrayList<String>();
        var count = 0;
        var row = ROW.matcher(page.substring(page.indexOf(from), page.indexOf(to)));
        while (row.find()) {
            var names = namesOfTests(row.group(2));
            for (var id : IN_BRACKETS.matcher(row.group(1)).replaceAll("").split(", ", -1)) {
                count++;
                if (!names.isEmpty()
                        && names.stream().noneMatch(each -> each.contains(shortOf(id)))) {
                    unnamed.add(id);
                }
            }
        }
        assertThat(unnamed).isEmpty();
        return count;
    }

    /// What JUnit shows of each test that `text` names: its method and its `@DisplayName`.
    private static List<String> namesOfTests(String text) throws IOException {
        var names = new ArrayList<String>();
        var named = NAMED.matcher(text);
        while (named.find()) {
            var shown =
                    Pattern.compile("(?:@DisplayName\\([^;]*?)?\\bvoid " + named.group(2) + "\\(");
            for (var source : sources(named.group(1) + ".java")) {
                var test = shown.matcher(source);
                if (test.find()) {
                    names.add(plain(test.group()));
                }
            }
        }
        return names;
    }

    /// Names of methods have neither dashes nor capitals.
    private static String plain(String text) {
        return text.toLowerCase(Locale.ROOT).replaceAll("-libp2p#|[^a-z0-9]", "");
    }

    /// An id as names have it: the first four letters of one of GitHub's are enough.
    private static String shortOf(String id) {
        return plain(id).replaceAll("^(ghsa[a-z0-9]{4}).*", "$1");
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
