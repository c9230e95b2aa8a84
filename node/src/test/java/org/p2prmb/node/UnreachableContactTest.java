package org.p2prmb.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2prmb.node.TestAgents.arguments;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.core.Bytes;
import org.p2prmb.libp2p.identity.KeyPair;
import org.p2prmb.libp2p.identity.PeerId;
import org.p2prmb.libp2p.multiaddr.Multiaddr;
import org.p2prmb.protocols.contacts.Contact;
import org.p2prmb.protocols.contacts.ContactBook;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

final class UnreachableContactTest {
    private static final Bytes CONDITION = Bytes.utf8("a key");
    private static final PeerId GONE = KeyPair.generate(TestAgents.RANDOM).peerId();
    private static final Instant TOMORROW = Instant.now().plus(Duration.ofDays(1));

    @TempDir private Path directory;

    /// It may live after all, but what it answered is not handed out again.
    @Test
    void whatAnUnreachableContactAnsweredIsForgotten() throws IOException {
        try (var agents = new TestAgents(directory)) {
            var home = agents.home();
            var agent = agents.start(home, TestAgents.config(agents.start()));
            var owner = agents.client(home.owner(), agent);
            var book = agent.contacts();
            Eventually.holds("it is not alone", () -> book.size() > 0);
            book.remember(List.of(contact()));
            book.rememberCondition(CONDITION, GONE, TOMORROW);

            owner.ask("contacts.list", arguments());

            Eventually.holds("it is hidden", () -> isHidden(book));
            book.proofOfLife(GONE, Instant.now());
            Eventually.holds("it is shown again", () -> !isHidden(book));
            assertThat(book.forCondition(CONDITION, 9)).isEmpty();
        }
    }

    private static Contact contact() {
        var nowhere = List.of(Multiaddr.parse("/ip4/127.0.0.1/tcp/1"));
        return Contact.newcomer(GONE, Bytes.EMPTY, 1, nowhere, List.of(), TOMORROW);
    }

    private static boolean isHidden(ContactBook book) {
        return book.find(GONE).filter(Contact::hidden).isPresent();
    }
}
