package org.p2prmb.libp2p.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.p2prmb.libp2p.Eventually;
import org.p2prmb.libp2p.multiaddr.AddressScope;
import org.p2prmb.libp2p.multiaddr.Multiaddr;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

@Timeout(60)
final class SystemResolverTest {
    private static final InetAddress PUBLIC = InetAddress.ofLiteral("198.51.100.7");
    private static final String NEVER = "never.example";

    private final CountDownLatch end = new CountDownLatch(1);

    /// Never answers for one name, until the test ends; as the JDK's, nothing interrupts it.
    private final class Stuck implements Resolver {
        @Override
        public List<InetAddress> addresses(String host) {
            if (host.equals(NEVER)) {
                awaitEnd();
            }
            return List.of(PUBLIC);
        }

        @Override
        public List<String> texts(String name) {
            return List.of("of " + name);
        }

        private void awaitEnd() {
            var interrupted = false;
            while (end.getCount() > 0) {
                try {
                    end.await();
                } catch (InterruptedException _) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Test
    void namesOfStrangersThatAreNeverAnsweredDoNotStopTheOperators() throws Exception {
        try (var resolver = new SystemResolver(new Stuck())) {
            var lookup = new AddressLookup(resolver);
            var never = List.of(Multiaddr.parse("/dns4/" + NEVER + "/tcp/1"));
            var waiting = new ArrayList<Thread>();
            for (var count = 0; count < 8; count++) {
                waiting.add(
                        Thread.startVirtualThread(() ->
                                lookup.resolve(never, _ -> false, AddressScope.PUBLIC, _ -> {})));
            }
            Eventually.holds(
                    "all of them wait",
                    () ->
                            waiting.stream()
                                    .allMatch(each -> each.getState() == Thread.State.WAITING));

            var failures = new ArrayList<String>();
            var own = List.of(Multiaddr.parse("/dns4/own.example/tcp/1"));
            assertThat(lookup.resolve(own, failures::add))
                    .containsExactly(Multiaddr.tcp(PUBLIC, 1));
            assertThat(resolver.texts("x")).containsExactly("of x");
            assertThat(failures).isEmpty();
            end.countDown();
            for (var each : waiting) {
                each.join();
            }
        }
    }

    @Test
    void aNameThatDoesNotExistIsAnIoException() {
        try (var resolver = new SystemResolver()) {
            assertThatThrownBy(() -> resolver.forStrangers().texts("/not/a/name"))
                    .isInstanceOf(IOException.class);
            assertThatThrownBy(() -> resolver.addresses("not a name"))
                    .isInstanceOf(IOException.class);
        }
    }
}
