package dev.selfsup.weights;

import dev.selfsup.checkpoint.DType;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.pickle.PickleWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes the zip format of {@code torch.save}: a pickle of {@code {"state_dict": {name: tensor}, ...}}, and the elements of each tensor beside it, which {@code torch.load(weights_only=True)} reads. */
final class TorchWriter {
    private static final Map<DType, String> STORAGES = Map.of(DType.F32, "FloatStorage", DType.F64, "DoubleStorage", DType.F16, "HalfStorage",
            DType.BF16, "BFloat16Storage", DType.I64, "LongStorage", DType.I32, "IntStorage", DType.I16, "ShortStorage", DType.I8, "CharStorage",
            DType.U8, "ByteStorage", DType.BOOL, "BoolStorage");
    private static final String ROOT = "weights/";
    private static final int PIECE = 1 << 20;

    private final ZipOutputStream zip;

    TorchWriter(OutputStream out) {
        this.zip = new ZipOutputStream(out);
        zip.setMethod(ZipOutputStream.STORED);
    }

    /**
     * Writes everything.
     *
     * @param place the key below which names and tensors are
     * @param beside texts and truth values beside it
     */
    void write(List<Tensor> tensors, String place, Map<String, Object> beside) throws IOException {
        small("data.pkl", pickle(tensors, place, new TreeMap<>(beside)));
        small("byteorder", "little".getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < tensors.size(); i++) {
            storage("data/" + i, tensors.get(i));
        }
        small("version", "3\n".getBytes(StandardCharsets.US_ASCII));
        zip.finish();
    }

    private static byte[] pickle(List<Tensor> tensors, String place, Map<String, Object> beside) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        PickleWriter pickle = new PickleWriter(bytes);
        pickle.mapping().mark().text(place).name("collections", "OrderedDict").noTuple().call().mark();
        for (int i = 0; i < tensors.size(); i++) {
            pickle.text(tensors.get(i).name());
            tensor(pickle, tensors.get(i), Integer.toString(i));
        }
        pickle.entries();
        for (Map.Entry<String, Object> entry : beside.entrySet()) {
            pickle.text(entry.getKey());
            if (entry.getValue() instanceof Boolean truth) {
                pickle.truth(truth);
            } else {
                pickle.text(entry.getValue().toString());
            }
        }
        pickle.entries().end();
        return bytes.toByteArray();
    }

    private static void tensor(PickleWriter pickle, Tensor tensor, String key) throws IOException {
        String storage = STORAGES.get(tensor.dtype());
        if (storage == null) {
            throw new IOException("PyTorch has no type " + tensor.dtype() + ", which " + tensor.name() + " has");
        }
        long[] shape = tensor.shape();
        long[] strides = new long[shape.length];
        long stride = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = stride;
            stride *= shape[i];
        }
        pickle.name("torch._utils", "_rebuild_tensor_v2").mark();
        pickle.mark().text("storage").name("torch", storage).text(key).text("cpu").number(tensor.elements()).tuple().outside();
        pickle.number(0).numbers(shape).numbers(strides).truth(false).name("collections", "OrderedDict").noTuple().call().tuple().call();
    }

    private void small(String name, byte[] bytes) throws IOException {
        CRC32 sum = new CRC32();
        sum.update(bytes);
        begin(name, bytes.length, sum);
        zip.write(bytes);
        zip.closeEntry();
    }

    /** What is stored needs its checksum before, so that the elements are read twice. */
    private void storage(String name, Tensor tensor) throws IOException {
        CRC32 sum = new CRC32();
        pieces(tensor, (bytes, count) -> sum.update(bytes, 0, count));
        begin(name, tensor.content().size(), sum);
        pieces(tensor, (bytes, count) -> zip.write(bytes, 0, count));
        zip.closeEntry();
    }

    private void begin(String name, long size, CRC32 sum) throws IOException {
        ZipEntry entry = new ZipEntry(ROOT + name);
        entry.setSize(size);
        entry.setCompressedSize(size);
        entry.setCrc(sum.getValue());
        entry.setTime(0);                                       // equal weights give equal files
        zip.putNextEntry(entry);
    }

    private interface Piece {
        void take(byte[] bytes, int count) throws IOException;
    }

    private static void pieces(Tensor tensor, Piece taker) throws IOException {
        byte[] piece = new byte[PIECE];
        for (long at = 0; at < tensor.content().size(); at += PIECE) {
            int count = (int) Math.min(PIECE, tensor.content().size() - at);
            tensor.content().read(at, ByteBuffer.wrap(piece, 0, count));
            taker.take(piece, count);
        }
    }
}
