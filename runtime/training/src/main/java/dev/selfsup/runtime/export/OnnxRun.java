package dev.selfsup.runtime.export;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/** Runs an exported network with ONNX Runtime. */
final class OnnxRun {
    private OnnxRun() {}

    /**
     * Computes features.
     *
     * @param model the file's content
     * @param images values of all images
     * @param shape [N, C, H, W]
     * @return values of each output by its name
     */
    static Map<String, float[]> features(byte[] model, float[] images, long... shape) {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession session = environment.createSession(model);
                OnnxTensor input = OnnxTensor.createTensor(environment, FloatBuffer.wrap(images), shape);
                OrtSession.Result result = session.run(Map.of("images", input))) {
            Map<String, float[]> features = new LinkedHashMap<>();
            for (Map.Entry<String, ai.onnxruntime.OnnxValue> output : result) {
                FloatBuffer values = ((OnnxTensor) output.getValue()).getFloatBuffer();
                float[] copy = new float[values.remaining()];
                values.get(copy);
                features.put(output.getKey(), copy);
            }
            return features;
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime does not run the exported network: " + e.getMessage(), e);
        }
    }
}
