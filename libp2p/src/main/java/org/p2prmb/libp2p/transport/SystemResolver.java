package org.p2prmb.libp2p.transport;

import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.directory.InitialDirContext;

/// The machine's resolver.
///
/// Lookups block an operating system's thread, so they run on a few threads of their own instead
/// of on the carriers of the virtual threads. Nothing can stop one before it gives up, so names of
/// strangers have other threads than the operator's, who is not stopped by names that are never
/// answered.
public final class SystemResolver implements Resolver, AutoCloseable {
    private static final int THREADS_MAX = 4;
    private static final int STRANGERS_THREADS_MAX = 2;
    private static final int WAITING_MAX = 256;
    private static final long IDLE_SECONDS = 10;
    private static final String TIMEOUT_MILLIS = "2000";
    private static final String RETRIES = "2";

    private final Resolver blocking;
    private final ThreadPoolExecutor threads = threads(THREADS_MAX, "resolver-");
    private final ThreadPoolExecutor strangersThreads =
            threads(STRANGERS_THREADS_MAX, "resolver-told-");

    private final Resolver forStrangers = new On(strangersThreads);
    private final Resolver forOperator = new On(threads);

    public SystemResolver() {
        this(new Machine());
    }

    /// @param blocking whose answers may never come, whoever is interrupted
    SystemResolver(Resolver blocking) {
        this.blocking = blocking;
    }

    private static ThreadPoolExecutor threads(int max, String name) {
        var threads =
                new ThreadPoolExecutor(
                        max,
                        max,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(WAITING_MAX),
                        Thread.ofPlatform().daemon().name(name, 0).factory());
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    @Override
    public List<InetAddress> addresses(String host) throws IOException {
        return forOperator.addresses(host);
    }

    @Override
    public List<String> texts(String name) throws IOException {
        return forOperator.texts(name);
    }

    @Override
    public Resolver forStrangers() {
        return forStrangers;
    }

    /// Looks names up on some threads.
    private final class On implements Resolver {
        private final ThreadPoolExecutor threads;

        On(ThreadPoolExecutor threads) {
            this.threads = threads;
        }

        @Override
        public List<InetAddress> addresses(String host) throws IOException {
            return lookUp(threads, host, () -> blocking.addresses(host));
        }

        @Override
        public List<String> texts(String name) throws IOException {
            return lookUp(threads, name, () -> blocking.texts(name));
        }
    }

    private static <T> T lookUp(ThreadPoolExecutor threads, String name, Callable<T> question)
            throws IOException {
        Future<T> answer = null;
        try {
            answer = threads.submit(question);
            return answer.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException failure) {
                throw failure;
            }
            throw new IOException("looking up %s failed".formatted(name), e.getCause());
        } catch (RejectedExecutionException e) {
            throw new IOException("too many lookups at once", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while looking up " + name, e);
        } finally {
            if (answer != null) {
                answer.cancel(true); // Nobody waits for it any more.
            }
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
        strangersThreads.shutdownNow();
    }

    /// What the JDK asks the machine, on the caller's thread.
    private static final class Machine implements Resolver {
        @Override
        public List<InetAddress> addresses(String host) throws IOException {
            return List.of(InetAddress.getAllByName(host));
        }

        @Override
        public List<String> texts(String name) throws IOException {
            var environment = new Properties();
            environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
            environment.put("com.sun.jndi.dns.timeout.initial", TIMEOUT_MILLIS);
            environment.put("com.sun.jndi.dns.timeout.retries", RETRIES);
            try {
                var context = new InitialDirContext(environment);
                try {
                    return texts(context, name);
                } finally {
                    context.close();
                }
            } catch (NameNotFoundException _) {
                return List.of();
            } catch (NamingException e) {
                throw new IOException("looking up the text records of " + name, e);
            }
        }

        /// The DNS provider returns text only; the name is checked: nothing leads to another one.
        @SuppressWarnings("BanJNDI")
        private static List<String> texts(InitialDirContext context, String name)
                throws NamingException {
            // A final dot: the name is complete. Slashes and quotes would be JNDI syntax.
            if (!name.matches("[A-Za-z0-9._-]+")) {
                throw new NamingException("not a host name");
            }
            var records = context.getAttributes(name + ".", new String[] {"TXT"}).get("TXT");
            var texts = new ArrayList<String>();
            for (var i = 0; records != null && i < records.size(); i++) {
                texts.add(unquoted(records.get(i).toString()));
            }
            return texts;
        }

        /// JNDI quotes the parts of a record that contain spaces, and joins parts with a space.
        private static String unquoted(String record) {
            return record.replace("\" \"", "").replace("\"", "");
        }
    }
}
