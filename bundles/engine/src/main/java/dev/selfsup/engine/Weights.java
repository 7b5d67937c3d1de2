package dev.selfsup.engine;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.zip.CRC32;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * All state of a model by state_dict name: trainable weights in one flat buffer with their gradients beside, frozen
 * weights in another, and buffers. Graphs declare what they use; {@link #allocate} gives it memory and first values.
 */
public final class Weights {
    /** What a name stands for. */
    public enum Role {
        /** Changed by the optimizer. */
        TRAINABLE,
        /** Not changed by the optimizer. */
        FROZEN,
        /** State outside the gradient, as running statistics and queues. */
        BUFFER,
        /** A number that the run sets, as the factor of a loss that a hook warms up; no state, in no checkpoint. */
        SETTING
    }

    private record Entry(String name, LayerType layer, Role role, DataType type, long[] shape, Fill fill) {
        long length() {
            return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        }
    }

    /**
     * Something that a graph uses, with memory or without.
     *
     * @param name state_dict name
     * @param role what it stands for
     * @param shape its sizes
     */
    public record Declared(String name, Role role, long[] shape) {
        /** Number of its elements. */
        public long length() {
            return Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        }
    }

    private final long seed;
    private final DataType real;
    private final Map<String, Entry> declared = new LinkedHashMap<>();
    private final Map<String, Twins.Place> places = new HashMap<>();
    private final Map<String, String> aliases = new LinkedHashMap<>();
    private final Map<String, String> copies = new LinkedHashMap<>();
    private final Map<String, INDArray> arrays = new LinkedHashMap<>();
    private final Map<Initialization, Loaded> loads = new IdentityHashMap<>();
    private final Map<String, INDArray> settings = new LinkedHashMap<>();
    private final List<Parameter> parameters = new ArrayList<>();
    private INDArray trainable;
    private INDArray gradient;

    /**
     * No weights yet.
     *
     * @param seed first values depend on it and on a weight's name alone
     */
    public Weights(long seed) {
        this(seed, DataType.FLOAT);
    }

    /**
     * No weights yet, of a precision.
     *
     * @param seed first values depend on it and on a weight's name alone
     * @param real FLOAT, or DOUBLE to judge the rounding of FLOAT; graphs on these weights compute in it
     */
    public Weights(long seed, DataType real) {
        this.seed = seed;
        this.real = real;
    }

    /** The type of everything that is no whole number. */
    public DataType real() {
        return real;
    }

    /**
     * Declares a weight or buffer; again, to share it.
     *
     * @throws IllegalStateException if it is declared with another shape
     */
    void declare(String name, LayerType layer, Role role, DataType type, long[] shape, Fill fill) {
        Entry entry = new Entry(name, layer, role, type, shape.clone(), fill);
        Entry before = declared.putIfAbsent(name, entry);
        if (before != null && !Arrays.equals(before.shape, shape)) {
            throw new IllegalStateException("weight " + name + " is made twice, with shapes " + Arrays.toString(before.shape) + " and "
                    + Arrays.toString(shape));
        }
    }

    boolean isTrainable(String name) {
        return declared.get(name).role == Role.TRAINABLE;
    }

    long[] shape(String name) {
        return declared.get(name).shape;
    }

    DataType type(String name) {
        return declared.get(name).type;
    }

    /** Names of the buffers of the module at a path. */
    List<String> buffers(String path) {
        return declared.values().stream().filter(e -> e.role == Role.BUFFER && e.name.startsWith(path + ".")).map(Entry::name).toList();
    }

    boolean declares(String name) {
        return declared.containsKey(name);
    }

    /** Names of everything that is declared, with memory or without. */
    public Set<String> names() {
        return Set.copyOf(declared.keySet());
    }

    /** All that is declared, in order, with memory or without. */
    public List<Declared> declared() {
        return declared.values().stream().map(entry -> new Declared(entry.name, entry.role, entry.shape.clone())).toList();
    }

    /**
     * What a rule that loads weights did.
     *
     * @param found names of weights and buffers that it had
     * @param lacking names of those below its module that it did not have
     */
    public record Loaded(Set<String> found, Set<String> lacking) {}

    void loads(Initialization rule, String name, boolean found) {
        Loaded loaded = loads.computeIfAbsent(rule, r -> new Loaded(new TreeSet<>(), new TreeSet<>()));
        (found ? loaded.found : loaded.lacking).add(name);
    }

    /** The rules that load weights, with what they loaded of that which is declared so far. */
    public Map<Initialization, Loaded> loads() {
        return Collections.unmodifiableMap(loads);
    }

    /** Gives a module a second path. */
    void alias(String second, String path) {
        aliases.put(second, path);
    }

    /** Has the weights of a module begin as those of another. */
    void beginAs(String module, String other) {
        copies.put(module, other);
    }

    /** Gives memory and first values to all that is declared and has none. The first call decides what is trained. */
    public void allocate() {
        List<Entry> fresh = declared.values().stream().filter(e -> !arrays.containsKey(e.name) && !settings.containsKey(e.name)).toList();
        List<Entry> trained = fresh.stream().filter(e -> e.role == Role.TRAINABLE).toList();
        List<Entry> frozen = fresh.stream().filter(e -> e.role == Role.FROZEN).toList();
        Map<String, INDArray> made = new LinkedHashMap<>();
        if (trainable == null && !trained.isEmpty()) {
            trainable = placed(trained, made);
            Map<String, INDArray> gradients = new LinkedHashMap<>();
            gradient = flat(trained, gradients);
            trained.forEach(e -> parameters.add(new Parameter(e.name, e.layer, made.get(e.name), gradients.get(e.name))));
        } else if (!trained.isEmpty()) {
            placed(trained, made);
        }
        if (!frozen.isEmpty()) {
            placed(frozen, made);
        }
        Map<Integer, float[]> staged = new HashMap<>();
        for (Entry entry : fresh) {
            INDArray array = made.computeIfAbsent(entry.name, n -> Nd4j.create(entry.type, entry.shape));
            fill(entry, array, staged, 0);
            (entry.role == Role.SETTING ? settings : arrays).put(entry.name, array);
        }
        copies.forEach((module, other) -> fresh.stream().filter(e -> e.name.startsWith(module + "."))
                .forEach(e -> arrays.get(e.name).assign(array(other + e.name.substring(module.length())))));
    }

    private INDArray placed(List<Entry> entries, Map<String, INDArray> views) {
        INDArray flat = flat(entries, views);
        long offset = 0;
        for (Entry entry : entries) {
            places.put(entry.name, new Twins.Place(flat, offset, entry.length()));
            offset += entry.length();
        }
        return flat;
    }

    private INDArray flat(List<Entry> entries, Map<String, INDArray> views) {
        long length = entries.stream().mapToLong(Entry::length).sum();
        INDArray flat = Nd4j.create(real, length);
        long offset = 0;
        for (Entry entry : entries) {
            views.put(entry.name, Views.at(flat, offset, entry.shape));
            offset += entry.length();
        }
        return flat;
    }

    /**
     * Gives the weights of a module first values again, other ones in every round; buffers stay.
     *
     * @param module path of the module, {@code head}
     * @param round the number of the time, from 1
     */
    public void renew(String module, long round) {
        declared.values().stream().filter(e -> e.role != Role.BUFFER && e.name.startsWith(module + ".") && arrays.containsKey(e.name))
                .forEach(e -> fill(e, arrays.get(e.name), new HashMap<>(), round));
    }

    /** Fills an array by way of the heap, where weights of one length share an array: large models have little else in memory. */
    private void fill(Entry entry, INDArray array, Map<Integer, float[]> staged, long round) {
        CRC32 hash = new CRC32();
        hash.update(entry.name.getBytes(StandardCharsets.UTF_8));
        float[] values = staged.computeIfAbsent(Math.toIntExact(entry.length()), float[]::new);
        Arrays.fill(values, 0);
        entry.fill.fill(values, entry.shape, new SplittableRandom(seed * 0x9E3779B97F4A7C15L + hash.getValue() + round * 0xD1B54A32D192ED03L));
        if (entry.type == DataType.FLOAT) {
            HostCopy.write(values, values.length, array);
        } else {
            array.assign(Nd4j.create(values, entry.shape, 'c').castTo(entry.type));
        }
    }

    /** The weights that are trained, in the order of their declaration, which is that of the flat buffers. */
    public List<Parameter> parameters() {
        return Collections.unmodifiableList(parameters);
    }

    /** Names, layers and shapes of the weights that are declared to be trained, before they have memory: each value and gradient is one number, seen in all places. */
    public List<Parameter> outline() {
        INDArray number = Nd4j.create(real, 1);
        return declared.values().stream().filter(e -> e.role == Role.TRAINABLE).map(e -> {
            INDArray everywhere = Views.of(number, 0, e.shape, new long[e.shape.length]);
            return new Parameter(e.name, e.layer, everywhere, everywhere);
        }).toList();
    }

    /** All trained weights, [P]. */
    public INDArray flat() {
        return trainable;
    }

    /** Gradients of all trained weights, [P]. */
    public INDArray gradient() {
        return gradient;
    }

    /**
     * The weights of modules that follow others beside the weights of those, by their names below the modules' paths.
     *
     * @param followed by path of a module that follows, the path of the one that it follows
     * @return pieces of memory, as few as may be; all weights are allocated
     * @throws IllegalStateException if a weight has no counterpart of its shape
     */
    public List<Twins> twins(Map<String, String> followed) {
        List<Twins.Places> places = new ArrayList<>();
        followed.forEach((target, source) -> declared.values().stream().filter(e -> weight(e.role) && e.name.startsWith(target + ".")).forEach(e -> {
            Entry other = declared.get(source + e.name.substring(target.length()));
            if (other == null || !Arrays.equals(other.shape, e.shape)) {
                throw new IllegalStateException("weight " + e.name + " " + Arrays.toString(e.shape) + " follows the one of that name below " + source
                        + ", where there is none of its shape");
            }
            places.add(new Twins.Places(this.places.get(e.name), this.places.get(other.name)));
        }));
        return Twins.joined(places);
    }

    private static boolean weight(Role role) {
        return role == Role.TRAINABLE || role == Role.FROZEN;
    }

    /** Everything by state_dict name, in the order of declaration. Changing an array changes the model. */
    public Map<String, INDArray> state() {
        return Collections.unmodifiableMap(arrays);
    }

    /** What a state_dict holds: {@link #state}, and the weights of a module that two others share under both paths. */
    public Map<String, INDArray> stateDict() {
        Map<String, INDArray> named = new LinkedHashMap<>(arrays);
        aliases.forEach((second, path) -> arrays.forEach((name, array) -> {
            if (name.startsWith(path + ".")) {
                named.put(second + name.substring(path.length()), array);
            }
        }));
        return named;
    }

    /** A number, [], that the model reads in every step and that may be changed between steps; empty where the model has none of that name. */
    public Optional<INDArray> setting(String name) {
        return Optional.ofNullable(settings.get(name));
    }

    /** The array of a name; throws {@link IllegalArgumentException} where there is none. */
    public INDArray array(String name) {
        INDArray array = arrays.getOrDefault(name, settings.get(name));
        if (array == null) {
            throw new IllegalArgumentException("no weight is named " + name);
        }
        return array;
    }
}
