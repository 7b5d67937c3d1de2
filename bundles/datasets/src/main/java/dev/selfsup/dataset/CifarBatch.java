package dev.selfsup.dataset;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.pickle.Global;
import dev.selfsup.pickle.PickleInput;
import dev.selfsup.pickle.RefusedPickleException;
import dev.selfsup.pickle.Unpickler;
import dev.selfsup.pickle.Vocabulary;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A file of CIFAR images: records of a few bytes of labels and 3072 of pixels, planes of red, green and blue.
 *
 * @param file the file
 * @param bytes its records
 * @param header bytes before the pixels of a record
 * @param labels a label for each image
 */
record CifarBatch(Path file, byte[] bytes, int header, int[] labels) {
    static final int SIDE = 32;
    static final int LENGTH = 3 * SIDE * SIDE;
    private static final long LARGEST = 1L << 30;

    int size() {
        return labels.length;
    }

    /** Where the pixels of an image begin. */
    int start(int number) {
        return number * (header + LENGTH) + header;
    }

    /**
     * Reads a file of the version for C programs.
     *
     * @param header bytes of labels before the pixels, the last of which counts
     */
    static CifarBatch binary(Path file, int header) {
        byte[] bytes = read(file);
        int record = header + LENGTH;
        if (bytes.length == 0 || bytes.length % record != 0) {
            throw damaged(file, "its " + bytes.length + " bytes are no whole number of records of " + record);
        }
        int[] labels = new int[bytes.length / record];
        for (int i = 0; i < labels.length; i++) {
            labels[i] = bytes[i * record + header - 1] & 255;
        }
        return new CifarBatch(file, bytes, header, labels);
    }

    /**
     * Reads a file of the version for Python, without executing anything.
     *
     * @param key of the labels
     */
    static CifarBatch pickled(Path file, String key) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            Object content = Unpickler.read(new PickleInput(in, LARGEST), new Arrays());
            if (!(content instanceof Map<?, ?> map) || !(map.get("data") instanceof Pixels pixels) || pixels.bytes == null) {
                throw damaged(file, "it holds no array of bytes under the key \"data\"");
            }
            int[] labels = labels(Unpickler.items(map.get(key)));
            if (labels.length == 0 || pixels.bytes.length != (long) labels.length * LENGTH) {
                throw damaged(file, "it holds " + labels.length + " labels under the key \"" + key + "\" for " + pixels.bytes.length / LENGTH + " images");
            }
            return new CifarBatch(file, pixels.bytes, 0, labels);
        } catch (NoSuchFileException e) {
            throw missing(file);
        } catch (IOException e) {
            throw damaged(file, e.getMessage());
        }
    }

    private static int[] labels(List<Object> list) {
        return list.stream().allMatch(Number.class::isInstance) ? list.stream().mapToInt(label -> ((Number) label).intValue()).toArray() : new int[0];
    }

    private static byte[] read(Path file) {
        try {
            long size = Files.size(file);
            if (size > LARGEST) {
                throw damaged(file, "it has " + size + " bytes, more than the " + LARGEST + " that such a file may have");
            }
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw missing(file);
        } catch (IOException e) {
            throw damaged(file, e.getMessage());
        }
    }

    private static UsageException missing(Path file) {
        return new UsageException("data_prefix: there is no file " + Location.absolute(file) + "; unpack the whole archive");
    }

    private static UsageException damaged(Path file, String how) {
        return new UsageException("data_prefix: " + Location.absolute(file) + " is no file of CIFAR images: " + how);
    }

    /** An array of bytes that is still without content, or has it. */
    private record Pixels(byte[] bytes) {}

    /** The names in such a file: arrays of bytes. */
    private static final class Arrays implements Vocabulary {
        private static final Set<String> NAMES = Set.of("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct", "numpy.ndarray",
                "numpy.dtype", "_codecs.encode");

        @Override
        public boolean knows(Global name) {
            return NAMES.contains(name.toString());
        }

        @Override
        public Object call(Global function, List<Object> arguments) {
            if (function.toString().equals("_codecs.encode") && !arguments.isEmpty() && arguments.get(0) instanceof String text) {
                return text.getBytes(StandardCharsets.ISO_8859_1);
            }
            return function.toString().endsWith("_reconstruct") ? new Pixels(null) : function;
        }

        /** Of an array: version, shape, type, whether columns come first, and the content. */
        @Override
        public Object state(Object object, Object state) throws RefusedPickleException {
            List<Object> parts = Unpickler.items(state);
            if (!(object instanceof Pixels) || parts.size() != 5) {
                return object;
            }
            Object content = parts.get(4);
            if (!Boolean.FALSE.equals(parts.get(3)) || !(content instanceof byte[] || content instanceof String)) {
                throw new RefusedPickleException("its array is not one of bytes, row by row");
            }
            return new Pixels(content instanceof byte[] bytes ? bytes : ((String) content).getBytes(StandardCharsets.ISO_8859_1));
        }

        @Override
        public Object outside(Object id) throws RefusedPickleException {
            throw new RefusedPickleException("it refers to data outside");
        }
    }
}
