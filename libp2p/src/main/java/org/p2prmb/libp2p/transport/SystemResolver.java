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
/// of on the carriers of the virtual threads.
public final class SystemResolver implements Resolver, AutoCloseable {
    private static final int THREADS_MAX = 4;
    private static final int WAITING_MAX = 256;
    private static final long IDLE_SECONDS = 10;
    private static final String TIMEOUT_MILLIS = "2000";
    private static final String RETRIES = "2";

    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(
                    THREADS_MAX,
                    THREADS_MAX,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(WAITING_MAX),
                    Thread.ofPlatform().daemon().name("resolver-", 0).factory());

    public SystemResolver() {
        threads.allowCoreThreadTimeOut(true);
    }

    @Override
    public List<InetAddress> addresses(String host) throws IOException {
        return lookUp(host, () -> List.of(InetAddress.getAllByName(host)));
    }

    @Override
    public List<String> texts(String name) throws IOException {
        return lookUp(name, () -> textRecords(name));
    }

    private <T> T lookUp(String name, Callable<T> question) throws IOException {
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

    private static List<String> textRecords(String name) throws IOException {
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

    /// The DNS provider returns text only; the name is checked, so nothing leads to another one.
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

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
