package dev.selfsup.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import java.nio.ByteBuffer;

/**
 * What ONNX Runtime computes a file with: CUDA where its build has it and a device is there, else the CPU.
 *
 * @param session the open file
 * @param words what it was, for the user
 */
record Provider(OrtSession session, String words) {
    static Provider open(OrtEnvironment environment, ByteBuffer file) throws OrtException {
        String reason = "";
        if (OrtEnvironment.getAvailableProviders().contains(OrtProvider.CUDA)) {
            try (OrtSession.SessionOptions options = options()) {
                options.addCUDA(0);
                return new Provider(environment.createSession(file.duplicate(), options), "CUDA");
            } catch (OrtException e) {
                reason = ", because CUDA cannot be had: " + e.getMessage().lines().findFirst().orElse("");
            }
        }
        try (OrtSession.SessionOptions options = options()) {
            return new Provider(environment.createSession(file.duplicate(), options), "the CPU" + reason);
        }
    }

    /** Half of the cores, since the training step runs at the same time; no spinning while it waits for the next batch. */
    private static OrtSession.SessionOptions options() throws OrtException {
        OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        options.setIntraOpNumThreads(Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
        options.setInterOpNumThreads(1);
        options.addConfigEntry("session.intra_op.allow_spinning", "0");
        return options;
    }
}
