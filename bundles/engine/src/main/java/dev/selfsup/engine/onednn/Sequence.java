package dev.selfsup.engine.onednn;

import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_FROM;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCRATCHPAD;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_TO;

import dev.selfsup.engine.Kernel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.dnnl.IntMemoryMap;
import org.bytedeco.dnnl.engine;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_attr;
import org.bytedeco.dnnl.primitive_desc_base;
import org.bytedeco.dnnl.reorder;
import org.bytedeco.dnnl.stream;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** oneDNN primitives that run one after the other. Holds all memory that they touch: oneDNN knows it by address alone. */
final class Sequence implements Kernel {
    /** oneDNN has no primitive for what was asked. */
    static final class Unsupported extends RuntimeException {
        private static final long serialVersionUID = 1;

        Unsupported(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * An argument of a primitive.
     *
     * @param id oneDNN's number of it
     * @param memory its memory
     */
    record Argument(int id, memory memory) {}

    private record Step(primitive primitive, IntMemoryMap arguments) {}

    private record Temporary(memory memory, long place) {}

    static final engine ENGINE = new engine(engine.kind.cpu, 0);

    private final Scratch scratch;
    private final stream stream;
    private final List<Step> steps = new ArrayList<>();
    private final List<Temporary> temporaries = new ArrayList<>();
    private final List<Object> held = new ArrayList<>();
    private Runnable first = () -> {};
    private Runnable last = () -> {};
    private Pointer block;
    private int reorders;

    /**
     * No primitives yet.
     *
     * @param scratch memory for what holds only while a kernel runs
     * @param stream where primitives run
     */
    Sequence(Scratch scratch, stream stream) {
        this.scratch = scratch;
        this.stream = stream;
    }

    @Override
    public void run() {
        if (!temporaries.isEmpty() && scratch.block() != block) {
            block = scratch.block();
            temporaries.forEach(t -> t.memory.set_data_handle(scratch.at(t.place)));
        }
        first.run();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            step.primitive.execute(stream, step.arguments);
        }
        stream._wait();
        last.run();
    }

    @Override
    public int reorders() {
        return reorders;
    }

    /** What is done on the host before the primitives run. */
    void first(Runnable action) {
        first = action;
    }

    /** What is done on the host when the primitives have run. */
    void last(Runnable action) {
        last = action;
    }

    /** A contiguous layout, C order. */
    static memory.desc layout(long... shape) {
        return layout(shape, Nd4j.getStrides(shape, 'c'));
    }

    static memory.desc layout(long[] shape, long[] strides) {
        return new memory.desc(shape, memory.data_type.f32, strides.clone());
    }

    /** Whatever layout oneDNN finds best. */
    static memory.desc any(long... shape) {
        return new memory.desc(shape, memory.data_type.f32, memory.format_tag.any);
    }

    /** Attributes of all primitives: their scratchpad is given to them. */
    static primitive_attr attributes() {
        primitive_attr attributes = new primitive_attr();
        attributes.set_scratchpad_mode(dnnl.scratchpad_mode.user.value);
        return attributes;
    }

    /** Describes a primitive. */
    static <T> T describe(Supplier<T> description) {
        try {
            return description.get();
        } catch (RuntimeException e) {
            throw new Unsupported("oneDNN has no such primitive", e);
        }
    }

    static Argument argument(int id, memory memory) {
        return new Argument(id, memory);
    }

    /** The memory of an array. */
    memory memory(memory.desc layout, INDArray array) {
        held.add(array);
        return memory(layout, new FloatPointer(array.data().addressPointer()));
    }

    /** Memory that holds until the next kernel runs. */
    memory temporary(memory.desc layout) {
        return temporary(layout, scratch.take(layout.get_size()));
    }

    /** A temporary memory in another layout. */
    memory shared(memory.desc layout, memory temporary) {
        long place = temporaries.stream().filter(t -> t.memory == temporary).findFirst().orElseThrow().place;
        return temporary(layout, place);
    }

    private memory temporary(memory.desc layout, long place) {
        memory memory = new memory(layout, ENGINE, (Pointer) null);
        held.add(layout);
        held.add(memory);
        temporaries.add(new Temporary(memory, place));
        return memory;
    }

    private memory memory(memory.desc layout, Pointer pointer) {
        memory memory = new memory(layout, ENGINE, pointer);
        held.add(layout);
        held.add(pointer);
        held.add(memory);
        return memory;
    }

    /** Memory with an array's values in the wanted layout. */
    memory read(INDArray array, memory.desc layout, memory.desc wanted) {
        memory plain = memory(layout, array);
        if (layout.equals(wanted)) {
            return plain;
        }
        memory reordered = temporary(wanted);
        reorder(plain, reordered);
        return reordered;
    }

    /** Memory in the given layout whose values are to become an array's: see {@link #write}. */
    memory target(INDArray array, memory.desc layout, memory.desc given) {
        return layout.equals(given) ? memory(layout, array) : temporary(given);
    }

    /** Brings the values of a {@link #target} into its array, once they are computed. */
    void write(memory target, INDArray array, memory.desc layout, memory.desc given) {
        if (!layout.equals(given)) {
            reorder(target, memory(layout, array));
        }
    }

    /** Copies values from one layout to another. */
    void reorder(memory from, memory to) {
        reorder.primitive_desc description = describe(
                () -> new reorder.primitive_desc(ENGINE, from.get_desc(), ENGINE, to.get_desc(), attributes(), false));
        reorders++;
        add(new reorder(description), description, argument(DNNL_ARG_FROM, from), argument(DNNL_ARG_TO, to));
    }

    /** Adds a primitive. */
    void add(primitive primitive, primitive_desc_base description, Argument... arguments) {
        IntMemoryMap map = new IntMemoryMap();
        for (Argument argument : arguments) {
            map.put(argument.id, argument.memory);
        }
        memory.desc pad = description.scratchpad_desc();
        if (pad.get_size() > 0) {
            map.put(DNNL_ARG_SCRATCHPAD, temporary(pad));
        }
        held.add(description);
        steps.add(new Step(primitive, map));
    }
}
