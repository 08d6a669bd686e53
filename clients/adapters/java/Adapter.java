import com.google.gson.Gson;
import java.io.*;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** The protocol's side of an adapter in Java, version 1: one JSON object a line on stdin and stdout. */
final class Adapter {
  /** Any of the messages that the harness sends. Fields that are missing are null or 0. */
  record Message(String type, int protocol, int id, String base_url, String profile, long timeout_ms, String ca_file,
      String report, long gap_us, Pace pace, int concurrency, List<Command> commands) {
    Message {
      if (commands == null) commands = List.of();
    }

    boolean secure() {
      return base_url.startsWith("https:");
    }
  }

  record Pace(long[] at_us) {}

  record Command(int seq, String method, String path, Map<String, String> headers, String body, Long gap_us) {
    Command {
      if (headers == null) headers = Map.of();
    }

    byte[] content() {
      return body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
    }
  }

  record Result(String type, int run, int seq, long t0, long t1, Integer status, Integer bytes, String sha256,
      Failure err) {}

  record Failure(String name, String msg, List<String> chain) {
    static Failure of(Throwable e) {
      var chain = new ArrayList<String>();
      for (var cause = e.getCause(); cause != null && chain.size() < 8; cause = cause.getCause())
        chain.add(cause.toString());
      return new Failure(e.getClass().getName(), e.getMessage() == null ? e.toString() : e.getMessage(), chain);
    }
  }

  record Answer(int status, byte[] body) {}

  /** A client with a pool of its own. */
  interface Http {
    /** Returns the whole answer, or throws, within timeout_ms. */
    Answer send(Command command) throws Exception;

    /** Closes the connections. */
    default void close() {}
  }

  /** Waits so many milliseconds for a client that has no such limit itself. */
  static <T> T within(long limit, Future<T> answer) throws Exception {
    try {
      return answer.get(limit, TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      answer.cancel(true); // nothing, if it is done
    }
  }

  /** Makes a client as an init message asks for. */
  interface Profile {
    Http open(Message init) throws Exception;
  }

  private final Map<String, Profile> profiles;
  private final PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
  private final Gson gson = new Gson();
  private Http client;
  private long limit; // of a whole exchange, in milliseconds

  Adapter(Map<String, Profile> profiles) {
    this.profiles = profiles;
    System.setOut(System.err); // stdout is the protocol's alone
  }

  /** Plays what stdin asks for until it ends. */
  void serve(String lib) throws IOException {
    tell(Map.of("type", "hello", "protocol", 1, "name", "java", "lib", lib, "runtime", "java " + Runtime.version(),
        "caps", List.of("batch", "stream", "at", "gaps", "concurrency", "tls"), "profiles", profiles.keySet()));
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = in.readLine()) != null; ) {
      try {
        obey(gson.fromJson(line, Message.class));
      } catch (Exception e) {
        tell(Map.of("type", "error", "msg", e.toString()));
      }
    }
    System.exit(0); // whatever threads a library has left
  }

  private void obey(Message m) throws Exception {
    switch (m.type) {
      case "init" -> {
        if (client != null) client.close();
        client = null;
        if (m.protocol != 1 || !profiles.containsKey(m.profile))
          throw new IllegalArgumentException("can't do protocol " + m.protocol + ", profile " + m.profile);
        client = profiles.get(m.profile).open(m);
        limit = m.timeout_ms;
        tell(Map.of("type", "ready"));
      }
      case "sync" -> tell(Map.of("type", "sync", "id", m.id, "t", System.nanoTime()));
      case "run" -> play(m);
      default -> throw new IllegalArgumentException("unknown type " + m.type);
    }
  }

  private synchronized void tell(Object... messages) {
    for (var m : messages) out.append(gson.toJson(m)).append('\n');
    out.flush();
  }

  private void play(Message run) throws Exception {
    long begin = System.nanoTime();
    var next = new AtomicInteger();
    var results = new Object[run.commands.size()];
    Callable<Void> caller = () -> {
      for (int i; (i = next.getAndIncrement()) < results.length; ) results[i] = carry(run, i, begin);
      return null;
    };
    if (run.concurrency > 1) {
      var callers = Executors.newFixedThreadPool(run.concurrency);
      for (var done : callers.invokeAll(Collections.nCopies(run.concurrency, caller))) done.get();
      callers.shutdown();
    } else caller.call();
    if (!run.report.equals("stream")) tell(results);
    tell(Map.of("type", "done", "run", run.id));
  }

  /** Carries one command: when it is due in an open loop, with a pause after it in a closed one. */
  private Result carry(Message run, int i, long begin) {
    var command = run.commands.get(i);
    if (run.pace != null) until(begin + run.pace.at_us[i] * 1000);
    Answer answer = null;
    Failure err = null;
    long t0 = System.nanoTime(), t1;
    try {
      answer = client.send(command);
      t1 = System.nanoTime();
    } catch (Exception e) {
      t1 = System.nanoTime();
      err = Failure.of(t1 - t0 < limit * 1_000_000 ? e : new TimeoutException("no whole answer within " + limit + " ms").initCause(e));
    }
    var result = answer == null
        ? new Result("res", run.id, command.seq, t0, t1, null, null, null, err)
        : new Result("res", run.id, command.seq, t0, t1, answer.status, answer.body.length, digest(answer.body), null);
    if (run.report.equals("stream")) tell(result);
    if (run.pace == null) until(t1 + (command.gap_us == null ? run.gap_us : command.gap_us) * 1000);
    return result;
  }

  private static void until(long t) {
    for (long left; (left = t - System.nanoTime()) > 0; ) LockSupport.parkNanos(left);
  }

  private static String digest(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
