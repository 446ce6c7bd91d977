import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A thread for each client, as every Java book has it. Says "port N" once it listens. */
public final class Threads {
  private static final int BUFFER_SIZE = 64 * 1024;

  private Threads() {}

  private static void echo(Socket client) {
    try (client) {
      client.setTcpNoDelay(true);
      final var in = client.getInputStream();
      final var out = client.getOutputStream();
      final byte[] buffer = new byte[BUFFER_SIZE];
      for (int size = in.read(buffer); size > 0; size = in.read(buffer)) {
        out.write(buffer, 0, size);
      }
    } catch (IOException gone) {
      // This client is gone; the others have threads of their own.
    }
  }

  public static void main(String[] arguments) throws IOException {
    try (var listener = new ServerSocket(0, 4096, InetAddress.getByName("127.0.0.1"))) {
      System.out.println("port " + listener.getLocalPort());
      while (true) {
        final Socket client = listener.accept();
        new Thread(() -> echo(client)).start();
      }
    }
  }
}
