package dev.selfsup.checkpoint;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/** A process that starts to save, says so on its output in the middle of the tensors, and waits there for its input. */
final class SavingProcess {
    private SavingProcess() {}

    public static void main(String[] args) {
        byte[] half = new byte[1 << 20];
        Content stuck = new Content() {
            @Override
            public long size() {
                return 2L * half.length;
            }

            @Override
            public void read(long position, ByteBuffer target) throws IOException {
                if (position > 0) {
                    System.out.println("half");
                    System.in.read();
                }
                target.put(half, 0, target.remaining());
            }
        };
        new Checkpoints(Path.of(args[0]), System.err::println).save(args[1],
                List.of(new Tensor("x", DType.U8, new long[] {2L * half.length}, stuck)), JsonNodeFactory.instance.objectNode());
    }

    static Process start(Path folder, String tag) throws IOException {
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"), SavingProcess.class.getName(), folder.toString(), tag)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String line = process.inputReader().readLine();
        if (!"half".equals(line)) {
            throw new IOException("the process said " + line);
        }
        return process;
    }
}
