import java.io.*;
import java.net.*;
import java.net.http.*;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.*;
import java.security.cert.CertificateFactory;
import java.util.*;
import java.util.concurrent.*;
import javax.net.ssl.*;

/**
 * Adapter of the JDK's HTTP clients: httpclient (java.net.http) and urlconnection (HttpURLConnection); null sends
 * nothing. OkHttp.java adds okhttp to it.
 */
final class Client {
  public static void main(String[] args) throws IOException {
    new Adapter(profiles()).serve("java.net.http, HttpURLConnection");
  }

  /** The profiles by name, the default first. */
  static Map<String, Adapter.Profile> profiles() {
    // Headers as the commands have them; and a client that is no longer used is closed within a second.
    System.setProperty("sun.net.http.allowRestrictedHeaders", "true");
    // A body that was given up is not read on, to keep its connection: that is closed.
    System.setProperty("http.KeepAlive.remainingData", "0");
    System.setProperty("jdk.httpclient.allowRestrictedHeaders", "connection,host");
    System.setProperty("jdk.internal.httpclient.selectorTimeout", "1001");
    var profiles = new LinkedHashMap<String, Adapter.Profile>();
    profiles.put("httpclient", Modern::new);
    profiles.put("urlconnection", Classic::new);
    profiles.put("null", init -> command -> new Adapter.Answer(200, new byte[0]));
    return profiles;
  }

  /** java.net.http.HttpClient, without HTTP/2. */
  static final class Modern implements Adapter.Http {
    private final Adapter.Message init;
    private HttpClient client;

    Modern(Adapter.Message init) throws Exception {
      this.init = init;
      var builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
          .proxy(HttpClient.Builder.NO_PROXY).followRedirects(HttpClient.Redirect.NEVER);
      if (init.secure()) builder.sslContext(tls(trust(init)));
      client = builder.build();
    }

    public Adapter.Answer send(Adapter.Command command) throws Exception {
      var request = HttpRequest.newBuilder(URI.create(init.base_url() + command.path()));
      if (command.body() != null) request.method(command.method(), BodyPublishers.ofByteArray(command.content()));
      else if (!command.method().equals("GET")) request.method(command.method(), BodyPublishers.noBody());
      command.headers().forEach(request::setHeader);
      // A limit of the request's own would end with the head of the answer.
      var answer = client.sendAsync(request.build(), BodyHandlers.ofByteArray());
      var response = Adapter.within(init.timeout_ms(), answer);
      return new Adapter.Answer(response.statusCode(), response.body());
    }

    public void close() {
      Object old = client;
      client = null;
      try {
        if (old instanceof AutoCloseable c) c.close(); // since Java 21
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      old = null;
      System.gc(); // before Java 21 it closes when it can't be reached any more
    }
  }

  /** HttpURLConnection. Its pool is the JVM's: close empties it of what was used here. */
  static final class Classic implements Adapter.Http {
    private static final int KEPT = 5; // idle connections to a host that the JVM keeps
    private final Adapter.Message init;
    private final SSLSocketFactory tls;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
      var thread = new Thread(task);
      thread.setDaemon(true);
      return thread;
    });
    private final Deque<HttpURLConnection> used = new ConcurrentLinkedDeque<>();

    Classic(Adapter.Message init) throws Exception {
      this.init = init;
      tls = init.secure() ? tls(trust(init)).getSocketFactory() : null;
    }

    public Adapter.Answer send(Adapter.Command command) throws Exception {
      var conn = (HttpURLConnection) new URL(init.base_url() + command.path()).openConnection(Proxy.NO_PROXY);
      if (conn instanceof HttpsURLConnection secure) secure.setSSLSocketFactory(tls);
      conn.setInstanceFollowRedirects(false);
      conn.setRequestMethod(command.method());
      conn.setConnectTimeout((int) init.timeout_ms());
      conn.setReadTimeout((int) init.timeout_ms());
      command.headers().forEach(conn::setRequestProperty);
      // Its own limits are of each read.
      long end = System.nanoTime() + init.timeout_ms() * 1_000_000;
      var answer = threads.submit(() -> exchange(conn, command, end));
      try {
        return Adapter.within(init.timeout_ms(), answer);
      } catch (TimeoutException e) {
        threads.submit(conn::disconnect); // waits for a read under way
        throw e;
      } finally {
        used.add(conn);
        if (used.size() > KEPT) used.poll();
      }
    }

    private static Adapter.Answer exchange(HttpURLConnection conn, Adapter.Command command, long end) throws IOException {
      if (command.body() != null) {
        conn.setDoOutput(true);
        conn.getOutputStream().write(command.content());
      }
      int status = conn.getResponseCode();
      var in = status < 400 ? conn.getInputStream() : conn.getErrorStream();
      var body = new ByteArrayOutputStream();
      var part = new byte[8192];
      for (int n; in != null && (n = in.read(part)) >= 0; body.write(part, 0, n)) {
        // Nobody waits any more: disconnect does, for this.
        if (System.nanoTime() - end > 0) throw new SocketTimeoutException("no whole answer in time");
      }
      return new Adapter.Answer(status, body.toByteArray());
    }

    public void close() {
      used.forEach(HttpURLConnection::disconnect); // each ends an idle connection to the same place
      threads.shutdown();
    }
  }

  /** Trusts ca_file, or whom the JDK trusts. */
  static X509TrustManager trust(Adapter.Message init) throws Exception {
    KeyStore store = null;
    if (init.ca_file() != null) {
      store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      try (var in = new FileInputStream(init.ca_file())) {
        for (var c : CertificateFactory.getInstance("X.509").generateCertificates(in))
          store.setCertificateEntry("ca" + store.size(), c);
      }
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    return (X509TrustManager) factory.getTrustManagers()[0];
  }

  static SSLContext tls(X509TrustManager trust) throws GeneralSecurityException {
    var context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {trust}, null);
    return context;
  }
}
