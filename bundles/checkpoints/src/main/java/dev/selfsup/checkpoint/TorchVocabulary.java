package dev.selfsup.checkpoint;

import dev.selfsup.pickle.Global;
import dev.selfsup.pickle.Inert;
import dev.selfsup.pickle.RefusedPickleException;
import dev.selfsup.pickle.Tuple;
import dev.selfsup.pickle.Unpickler;
import dev.selfsup.pickle.Vocabulary;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The names in what {@code torch.save} writes: tensors and their storages become records, a few harmless objects that training tools keep beside them stay unread. */
final class TorchVocabulary implements Vocabulary {
    private static final Map<String, DType> STORAGES = Map.of("FloatStorage", DType.F32, "DoubleStorage", DType.F64, "HalfStorage", DType.F16,
            "BFloat16Storage", DType.BF16, "LongStorage", DType.I64, "IntStorage", DType.I32, "ShortStorage", DType.I16, "CharStorage", DType.I8,
            "ByteStorage", DType.U8, "BoolStorage", DType.BOOL);
    private static final Map<String, DType> DTYPES = Map.ofEntries(Map.entry("float32", DType.F32), Map.entry("float64", DType.F64),
            Map.entry("float16", DType.F16), Map.entry("bfloat16", DType.BF16), Map.entry("int64", DType.I64), Map.entry("int32", DType.I32),
            Map.entry("int16", DType.I16), Map.entry("int8", DType.I8), Map.entry("uint8", DType.U8), Map.entry("bool", DType.BOOL),
            Map.entry("uint16", DType.U16), Map.entry("uint32", DType.U32), Map.entry("uint64", DType.U64));
    private static final Set<String> TENSORS = Set.of("torch._utils._rebuild_tensor", "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_tensor_v3");
    /** Those that a tensor of PyTorch can have. */
    private static final int DIMENSIONS = 64;
    /** Calls that give their first argument. */
    private static final Set<String> WRAPPERS = Set.of("torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state", "torch.Size");
    private static final Set<String> LISTS = Set.of("builtins.set", "__builtin__.set", "builtins.frozenset", "__builtin__.frozenset", "builtins.list",
            "__builtin__.list", "builtins.tuple", "__builtin__.tuple");
    /** What training tools keep beside weights: settings, figures of the log, random states. It is not looked at. */
    private static final Set<String> BESIDE = Set.of("torch.device", "torch.UntypedStorage", "torch.storage.UntypedStorage", "torch.storage.TypedStorage",
            "torch.storage._TypedStorage", "torch.storage._UntypedStorage", "_codecs.encode", "builtins.bytearray", "builtins.complex", "numpy.ndarray",
            "numpy.dtype", "numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct", "numpy.core.multiarray.scalar",
            "numpy._core.multiarray.scalar", "numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer", "argparse.Namespace",
            "mmengine.logging.history_buffer.HistoryBuffer", "mmengine.config.config.ConfigDict", "mmcv.utils.config.ConfigDict", "addict.addict.Dict",
            "pathlib.PosixPath", "datetime.datetime", "datetime.timedelta", "decimal.Decimal", "uuid.UUID", "collections.Counter");

    /**
     * Numbers in a file, which tensors look at.
     *
     * @param dtype type of its elements; null where the tensors say it, and the size is in bytes
     * @param key its name
     * @param elements number of elements
     * @param start first element that is its own in the storage of that name
     */
    record Storage(DType dtype, String key, long elements, long start) {}

    private final Map<String, Integer> sizes = new HashMap<>();

    /** Bytes of an element of each storage that was mentioned. */
    Map<String, Integer> sizes() {
        return Collections.unmodifiableMap(sizes);
    }

    @Override
    public boolean knows(Global name) {
        String full = name.toString();
        return TENSORS.contains(full) || WRAPPERS.contains(full) || LISTS.contains(full) || BESIDE.contains(full) || full.equals("torch._tensor._rebuild_from_type_v2")
                || full.equals("collections.OrderedDict") || full.equals("collections.defaultdict") || typeOf(name) != null;
    }

    private static DType typeOf(Global name) {
        boolean torch = name.module().equals("torch") || name.module().equals("torch.cuda");
        return torch ? STORAGES.getOrDefault(name.name(), DTYPES.get(name.name())) : null;
    }

    @Override
    public Object call(Global function, List<Object> arguments) throws RefusedPickleException {
        String name = function.toString();
        if (TENSORS.contains(name)) {
            return tensor(arguments);
        }
        if (name.equals("collections.OrderedDict") || name.equals("collections.defaultdict")) {
            return ordered(arguments);
        }
        if (LISTS.contains(name)) {
            return new ArrayList<>(arguments.isEmpty() ? List.of() : Unpickler.items(arguments.get(0)));
        }
        if (name.equals("torch._tensor._rebuild_from_type_v2") && arguments.size() > 2 && arguments.get(0) instanceof Global inner
                && arguments.get(2) instanceof Tuple given && (TENSORS.contains(inner.toString()) || WRAPPERS.contains(inner.toString()))) {
            return call(inner, given.items());                  // a subclass of Tensor with attributes
        }
        return WRAPPERS.contains(name) && !arguments.isEmpty() ? arguments.get(0) : new Inert(function, arguments);
    }

    /** Before Python 3 an OrderedDict was pickled as a list of pairs. */
    private static Map<Object, Object> ordered(List<Object> arguments) throws RefusedPickleException {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (Object pair : arguments.isEmpty() ? List.of() : Unpickler.items(arguments.get(arguments.size() - 1))) {
            List<Object> both = Unpickler.items(pair);
            if (both.size() != 2 || !(both.get(0) instanceof String)) {
                throw new RefusedPickleException("its pickle is damaged: a mapping is not made of pairs");
            }
            map.put(both.get(0), both.get(1));
        }
        return map;
    }

    private static StoredTensor tensor(List<Object> arguments) throws RefusedPickleException {
        if (arguments.size() < 4 || !(arguments.get(0) instanceof Storage storage)) {
            throw new RefusedPickleException("its pickle is damaged: a tensor has no storage");
        }
        DType dtype = storage.dtype() != null ? storage.dtype()
                : arguments.size() > 6 && arguments.get(6) instanceof Global type ? typeOf(type) : null;
        if (dtype == null) {
            throw new RefusedPickleException("its pickle has a tensor of a type that is not known");
        }
        return new StoredTensor(storage, dtype, whole(arguments.get(1)), wholes(arguments.get(2)), wholes(arguments.get(3)));
    }

    private static long[] wholes(Object value) throws RefusedPickleException {
        List<Object> items = Unpickler.items(value);
        if (items.size() > DIMENSIONS) {
            throw new RefusedPickleException("its pickle is damaged: a tensor has " + items.size() + " dimensions");
        }
        long[] numbers = new long[items.size()];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = whole(items.get(i));
        }
        return numbers;
    }

    private static long whole(Object value) throws RefusedPickleException {
        if (!(value instanceof Long number) || number < 0) {
            throw new RefusedPickleException("its pickle is damaged: a tensor's size or place is no whole number");
        }
        return number;
    }

    /** {@code ('storage', torch.FloatStorage, key, device, elements)}, and in old files a sixth: what it is a part of. */
    @Override
    public Object outside(Object id) throws RefusedPickleException {
        List<Object> parts = Unpickler.items(id);
        if (parts.size() < 5 || !"storage".equals(parts.get(0)) || !(parts.get(1) instanceof Global type) || !(parts.get(2) instanceof String key)) {
            throw new RefusedPickleException("its pickle refers to data other than storages of tensors");
        }
        DType dtype = typeOf(type);
        if (dtype == null && !type.name().endsWith("UntypedStorage")) {
            throw new RefusedPickleException("its pickle has tensors of " + type + ", which are not supported; save it as float32 or float16");
        }
        sizes.put(key, dtype == null ? 1 : dtype.size());
        List<Object> view = parts.size() > 5 ? Unpickler.items(parts.get(5)) : List.of();
        return new Storage(dtype, key, whole(parts.get(4)), view.size() == 3 ? whole(view.get(1)) : 0);
    }
}
