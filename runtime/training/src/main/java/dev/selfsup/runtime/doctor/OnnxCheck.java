package dev.selfsup.runtime.doctor;

import ai.onnxruntime.OrtEnvironment;
import java.util.List;

/** ONNX Runtime and the providers that it computes with. */
final class OnnxCheck implements Check {
    private final Source source;

    /** Where the facts come from. */
    interface Source {
        /**
         * Names of the providers.
         *
         * @throws LinkageError where ONNX Runtime is not installed, or its library cannot be loaded
         */
        List<String> providers();
    }

    OnnxCheck(Source source) {
        this.source = source;
    }

    static OnnxCheck ofThisProcess() {
        return new OnnxCheck(() -> OrtEnvironment.getAvailableProviders().stream().map(provider -> provider.getName()).sorted().toList());
    }

    @Override
    public List<Finding> findings() {
        try {
            return List.of(Finding.ok("onnx", "ONNX Runtime with " + String.join(", ", source.providers())));
        } catch (NoClassDefFoundError e) {
            boolean absent = String.valueOf(e.getMessage()).startsWith("ai/onnxruntime/OrtEnvironment") && e.getCause() instanceof ClassNotFoundException;
            return List.of(absent ? Finding.warn("onnx", "ONNX Runtime is not installed: what reads or writes ONNX files does not work",
                    "put the jar onnxruntime into lib/core or the backend folder, or build anew with mvn package") : broken(e));
        } catch (LinkageError | RuntimeException e) {
            return List.of(broken(e));
        }
    }

    private static Finding broken(Throwable e) {
        return Finding.warn("onnx", "ONNX Runtime cannot be loaded: " + e, "what reads or writes ONNX files does not work; its library needs glibc 2.28 or newer"
                + " and a folder for temporary files that allows programs (not mounted noexec)");
    }
}
