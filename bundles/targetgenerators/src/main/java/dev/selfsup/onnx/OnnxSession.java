package dev.selfsup.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.selfsup.api.model.FrozenNetwork;
import dev.selfsup.api.run.UsageException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** An open ONNX file. Images go through it a few at a time, which bounds its memory. */
final class OnnxSession implements FrozenNetwork.Session {
    /** Images of one call. */
    private static final int CHUNK = 16;
    /** Images of the first call. */
    private static final int TRIED = 2;

    private final Path file;
    private final Contract contract;
    private final FrozenNetwork.Images images;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final FloatBuffer input;
    private final List<Contract.Output> wanted;
    private final Set<String> names = new LinkedHashSet<>();
    private final List<FrozenNetwork.Output> outputs = new ArrayList<>();

    private OnnxSession(Path file, Contract contract, FrozenNetwork.Images images, OrtEnvironment environment, OrtSession session) {
        this.file = file;
        this.contract = contract;
        this.images = images;
        this.environment = environment;
        this.session = session;
        this.wanted = contract.outputs().stream().filter(output -> images.whole() || !output.inspected()).toList();
        wanted.forEach(output -> names.add(output.name()));
        int length = CHUNK * images.shape()[0] * images.shape()[1] * images.shape()[2];
        this.input = ByteBuffer.allocateDirect(length * Float.BYTES).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    /**
     * Opens a file.
     *
     * @throws UsageException if it cannot be read as ONNX, breaks the contract or does not take such images
     */
    static OnnxSession open(OnnxFile content, Contract contract, FrozenNetwork.Images images, Consumer<String> words) {
        Path file = content.path();
        try {
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            Provider provider = Provider.open(environment, content.bytes());
            OnnxSession opened = new OnnxSession(file, contract, images, environment, provider.session());
            opened.check(new FileCheck(file, contract, images));
            words.accept("targets come from " + file + ", computed ahead by ONNX Runtime on " + provider.words());
            return opened;
        } catch (OrtException e) {
            throw new UsageException("target_generator: " + file + " cannot be opened by ONNX Runtime: " + e.getMessage() + "; " + contract.advice());
        } catch (LinkageError e) {
            throw new UsageException("target_generator: ONNX Runtime cannot be loaded: " + e + "; ./selfsup doctor says what is missing", 1);
        }
    }

    /** Checks the file, and learns the shapes of its outputs by two images, since some files take one only, whatever they declare. */
    private void check(FileCheck check) throws OrtException {
        try {
            check.file(session);
            try (OrtSession.Result result = run(TRIED)) {
                for (int i = 0; i < wanted.size(); i++) {
                    Contract.Output output = wanted.get(i);
                    long[] shape = ((OnnxTensor) result.get(output.name()).orElseThrow()).getInfo().getShape();
                    check.output(output, TRIED, shape);
                    outputs.add(output(i, output, shape));
                }
            }
        } catch (OrtException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private FrozenNetwork.Output output(int number, Contract.Output output, long[] shape) {
        boolean reduced = reduced(output);
        int first = reduced ? 2 : 1;
        int[] image = new int[shape.length - first];
        for (int i = 0; i < image.length; i++) {
            image[i] = Math.toIntExact(shape[first + i]);
        }
        return new FrozenNetwork.Output(output.name(), "target_generator." + number, image, output.integer() || reduced);
    }

    private boolean reduced(Contract.Output output) {
        return output.classes().isPresent() && !images.whole();
    }

    @Override
    public List<FrozenNetwork.Output> outputs() {
        return outputs;
    }

    @Override
    public void compute(float[] values, int size, List<float[]> results) {
        int length = input.capacity() / CHUNK;
        try {
            for (int done = 0; done < size; done += CHUNK) {
                int count = Math.min(CHUNK, size - done);
                input.clear().put(values, done * length, count * length);
                try (OrtSession.Result result = run(count)) {
                    for (int i = 0; i < outputs.size(); i++) {
                        copy((OnnxTensor) result.get(wanted.get(i).name()).orElseThrow(), i, results.get(i), done, count);
                    }
                }
            }
        } catch (OrtException e) {
            throw new UsageException("target_generator: ONNX Runtime cannot compute " + file + ": " + e.getMessage(), 1);
        }
    }

    private OrtSession.Result run(int count) throws OrtException {
        int[] shape = images.shape();
        FloatBuffer given = input.duplicate().clear().limit(count * (input.capacity() / CHUNK));
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, given, new long[] {count, shape[0], shape[1], shape[2]})) {
            return session.run(Map.of(Contract.INPUT, tensor), names);
        }
    }

    private void copy(OnnxTensor tensor, int number, float[] result, int done, int count) {
        int length = outputs.get(number).length();
        Contract.Output output = wanted.get(number);
        if (output.integer()) {
            LongBuffer indices = tensor.getLongBuffer();
            for (int i = 0; i < count * length; i++) {
                result[done * length + i] = indices.get(i);
            }
        } else if (reduced(output)) {
            argmax(tensor.getFloatBuffer(), Math.toIntExact(tensor.getInfo().getShape()[1]), length, result, done, count);
        } else {
            tensor.getFloatBuffer().get(result, done * length, count * length);
        }
    }

    /** The class of the largest score, the first of equal ones: [N, C, length] to [N, length]. */
    private static void argmax(FloatBuffer scores, int classes, int length, float[] result, int done, int count) {
        float[] best = new float[length];
        float[] row = new float[length];
        for (int image = 0; image < count; image++) {
            int at = (done + image) * length;
            for (int c = 0; c < classes; c++) {
                scores.get(row);
                for (int i = 0; i < length; i++) {
                    if (c == 0 || row[i] > best[i]) {
                        best[i] = row[i];
                        result[at + i] = c;
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
