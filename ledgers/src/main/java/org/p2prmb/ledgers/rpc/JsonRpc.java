package org.p2prmb.ledgers.rpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import org.p2prmb.protocols.swap.LedgerException;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;

/// A node's JSON-RPC interface over HTTP. Every question has one limit of time for all of it, and
/// every answer one of size. Safe for many threads.
public final class JsonRpc implements Rpc, AutoCloseable {
    /// A block of Bitcoin with all of its transactions as JSON is a quarter of it.
    static final int ANSWER_BYTES_MAX = 64 << 20;

    private static final int MESSAGE_CHARS_MAX = 300;
    private static final Duration CONNECT_MAX = Duration.ofSeconds(5);
    private static final int UNAUTHORIZED = 401;

    /// Methods that change nothing of a node, of those that we use.
    private static final Pattern READS =
            Pattern.compile("(get|decode|estimate|scan|test|eth_(call|get|estimate|chain)).*");

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private final URI address;
    private final String credentials;
    private final Duration limit;
    private final HttpClient client =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT_MAX)
                    .followRedirects(HttpClient.Redirect.NEVER)
                    .build();

    /// @param credentials user and password with a colon between them; empty without
    /// @param limit for one question with its answer
    public JsonRpc(URI address, String credentials, Duration limit) {
        var scheme = String.valueOf(address.getScheme());
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("a node is asked over http or https");
        }
        if (!limit.isPositive()) {
            throw new IllegalArgumentException("a question takes its time");
        }
        this.address = address;
        this.credentials = credentials;
        this.limit = limit;
    }

    @Override
    public JsonNode tryAsk(String method, Object... params) throws LedgerException, RpcRefusal {
        var answer = parse(method, exchange(method, request(method, params)));
        var error = answer.path("error");
        if (error.isObject()) {
            var message = error.path("message").asText();
            throw new RpcRefusal(
                    error.path("code").asInt(),
                    message.substring(0, Math.min(message.length(), MESSAGE_CHARS_MAX)));
        }
        if (!answer.has("result")) {
            throw new LedgerException(method + ": the node's answer has no result");
        }
        return answer.get("result");
    }

    private HttpRequest request(String method, Object[] params) throws LedgerException {
        var question = JSON.createObjectNode().put("jsonrpc", "2.0").put("id", 1);
        question.put("method", method).set("params", JSON.valueToTree(List.of(params)));
        var request =
                HttpRequest.newBuilder(address)
                        .timeout(limit)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(question.toString()));
        if (!credentials.isEmpty()) {
            var bytes = credentials.getBytes(StandardCharsets.UTF_8);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
        }
        return request.build();
    }

    /// Asks again, once, what only reads, when a connection ended before it brought anything: one
    /// that was kept may end just when it is used, and Java's client loses one now and then.
    private byte[] exchange(String method, HttpRequest request) throws LedgerException {
        long deadline = System.nanoTime() + limit.toNanos();
        var began = new AtomicBoolean();
        try {
            return exchange(method, request, began, deadline);
        } catch (LedgerException e) {
            var again =
                    READS.matcher(method).matches()
                            && !began.get()
                            && e.getCause() instanceof IOException cause
                            && !(cause instanceof ConnectException)
                            && !(cause instanceof HttpTimeoutException);
            if (!again) {
                throw e;
            }
            return exchange(method, request, began, deadline);
        }
    }

    /// @param began is set when the answer begins
    private byte[] exchange(String method, HttpRequest request, AtomicBoolean began, long deadline)
            throws LedgerException {
        var bytes =
                HttpResponse.BodyHandlers.limiting(
                        HttpResponse.BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX);
        HttpResponse.BodyHandler<byte[]> body =
                head -> {
                    began.set(true);
                    return bytes.apply(head);
                };
        // The client's own limit ends with the headers; this one is for the body too.
        var response = client.sendAsync(request, body);
        try {
            var answer = response.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            if (answer.statusCode() == UNAUTHORIZED) {
                throw new LedgerException(method + ": the node refuses our user and password");
            }
            return answer.body();
        } catch (ExecutionException e) {
            throw failed(method, e.getCause() instanceof IOException cause ? cause : e);
        } catch (TimeoutException e) {
            response.cancel(true);
            throw failed(method, e);
        } catch (InterruptedException e) {
            response.cancel(true);
            Thread.currentThread().interrupt();
            throw failed(method, e);
        }
    }

    private LedgerException failed(String method, Exception cause) {
        // Without the path, in which providers of nodes have their customers' keys.
        return new LedgerException(
                "%s: no answer from %s:%d (%s)"
                        .formatted(method, address.getHost(), address.getPort(), cause),
                cause);
    }

    private static JsonNode parse(String method, byte[] answer) throws LedgerException {
        try {
            return JSON.readTree(answer);
        } catch (JsonProcessingException e) {
            // Its message would quote what may be a page of a proxy.
            throw new LedgerException(method + ": the node's answer is not JSON");
        } catch (IOException e) {
            throw new LedgerException(method + ": the node's answer cannot be read", e);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
