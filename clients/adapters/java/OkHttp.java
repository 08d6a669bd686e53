import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import okhttp3.*;
import okhttp3.internal.Version;

/** Adds OkHttp to the adapter. It is compiled where OkHttp is installed. */
final class OkHttp implements Adapter.Http {
  public static void main(String[] args) throws IOException {
    var profiles = Client.profiles();
    profiles.put("okhttp", OkHttp::new);
    new Adapter(profiles).serve("java.net.http, HttpURLConnection, " + Version.userAgent());
  }

  private final Adapter.Message init;
  private final OkHttpClient client;

  OkHttp(Adapter.Message init) throws Exception {
    this.init = init;
    var builder = new OkHttpClient.Builder().callTimeout(Duration.ofMillis(init.timeout_ms())).proxy(Proxy.NO_PROXY)
        .followRedirects(false).followSslRedirects(false).protocols(List.of(Protocol.HTTP_1_1));
    if (init.secure()) {
      var trust = Client.trust(init);
      builder.sslSocketFactory(Client.tls(trust).getSocketFactory(), trust);
    }
    client = builder.build();
  }

  public Adapter.Answer send(Adapter.Command command) throws IOException {
    var headers = Headers.of(command.headers());
    var type = headers.get("Content-Type");
    // It insists on a body for PUT and POST, and on none for GET.
    var body = command.body() != null || List.of("PUT", "POST", "PATCH").contains(command.method())
        ? RequestBody.create(type == null ? null : MediaType.parse(type), command.content()) : null;
    var request = new Request.Builder().url(init.base_url() + command.path()).method(command.method(), body)
        .header("Accept-Encoding", "identity"); // it would ask for gzip by itself
    command.headers().forEach(request::header);
    var call = client.newCall(request.build());
    try (var response = call.execute()) {
      var answer = new Adapter.Answer(response.code(), response.body().bytes());
      // Its limit closes the socket, and a device may answer to that.
      if (call.isCanceled()) throw new InterruptedIOException("timeout");
      return answer;
    }
  }

  public void close() {
    client.connectionPool().evictAll();
    client.dispatcher().executorService().shutdown();
  }
}
