package dev.selfsup.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The header of an {@code .npy} array (numpy.lib.format): magic, version, and a Python dict of type, order and shape.
 *
 * @param dtype type of the elements
 * @param fortran whether the first index runs fastest
 * @param shape sizes
 */
record NpyHeader(DType dtype, boolean fortran, long[] shape) {
    private static final int LIMIT = 1 << 16;
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
    private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
    private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(\\s*((?:\\d{1,18}\\s*,\\s*){0,64}(?:\\d{1,18}\\s*)?)\\)");
    private static final Map<String, DType> TYPES = Map.ofEntries(
            Map.entry("|b1", DType.BOOL), Map.entry("|u1", DType.U8), Map.entry("|i1", DType.I8),
            Map.entry("<i2", DType.I16), Map.entry("<u2", DType.U16), Map.entry("<i4", DType.I32), Map.entry("<u4", DType.U32),
            Map.entry("<i8", DType.I64), Map.entry("<u8", DType.U64),
            Map.entry("<f2", DType.F16), Map.entry("<f4", DType.F32), Map.entry("<f8", DType.F64));

    /** Reads the header, up to the first byte of data. */
    static NpyHeader read(InputStream in) throws IOException {
        byte[] start = in.readNBytes(MAGIC.length + 2);
        if (start.length < MAGIC.length + 2 || !Arrays.equals(start, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new IOException("it is not an .npy array");
        }
        int version = start[MAGIC.length];
        if (version < 1 || version > 3) {
            throw new IOException("version " + version + " of the .npy format is not known");
        }
        byte[] length = in.readNBytes(version == 1 ? 2 : 4);
        long count = 0;
        for (int i = length.length - 1; i >= 0; i--) {
            count = count << 8 | length[i] & 0xff;
        }
        if (count > LIMIT) {
            throw new IOException("its header has " + count + " bytes; allowed are " + LIMIT);
        }
        byte[] text = in.readNBytes((int) count);
        if (text.length < count) {
            throw new IOException("it ends within its header");
        }
        return parse(new String(text, StandardCharsets.UTF_8));
    }

    private static NpyHeader parse(String text) throws IOException {
        String descr = value(DESCR, "descr", text);
        DType dtype = TYPES.get(descr);
        if (dtype == null) {
            throw new IOException("type " + descr + " is not supported; save it as float32, float64, int64, uint8 or bool");
        }
        boolean fortran = value(ORDER, "fortran_order", text).equals("True");
        String sizes = value(SHAPE, "shape", text).replaceAll("\\s", "");
        long[] shape = sizes.isEmpty() ? new long[0]
                : Pattern.compile(",").splitAsStream(sizes).mapToLong(Long::parseLong).toArray();
        return new NpyHeader(dtype, fortran, shape);
    }

    private static String value(Pattern pattern, String key, String text) throws IOException {
        Matcher matcher = pattern.matcher(text);
        if (!matcher.find()) {
            throw new IOException("its header has no readable " + key);
        }
        return matcher.group(1);
    }

    /** The data in C order: the same array, or a reordered copy. */
    byte[] cOrder(byte[] data) {
        if (!fortran || shape.length < 2) {
            return data;
        }
        int size = dtype.size();
        byte[] ordered = new byte[data.length];
        int[] index = new int[shape.length];
        for (int to = 0; to < data.length; to += size) {
            long from = 0;
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                from = from * shape[axis] + index[axis];
            }
            System.arraycopy(data, (int) from * size, ordered, to, size);
            for (int axis = shape.length - 1; axis >= 0 && ++index[axis] == shape[axis]; axis--) {
                index[axis] = 0;
            }
        }
        return ordered;
    }
}
