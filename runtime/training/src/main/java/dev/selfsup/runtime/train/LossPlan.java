package dev.selfsup.runtime.train;

import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Sample;
import dev.selfsup.engine.HostMemory;
import dev.selfsup.engine.Plan;
import dev.selfsup.runtime.data.LoadedBatch;
import dev.selfsup.runtime.model.Draws;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The plan of a loss with all that a step needs of it at hand: feeding, running and reading it allocates nothing. */
final class LossPlan {
    private static final String TOTAL = "loss_total";
    private static final String LOSS = "loss/";

    private final Plan plan;
    private LoadedBatch current;
    private final int size;
    private final List<int[]> shapes;
    private final List<Field> fields = new ArrayList<>();
    private final HostMemory[] images;
    private final HostMemory[] computed;
    private final Function<String, float[]> given = this::given;
    /** What a batch must hold so many ones of. */
    private final List<Map.Entry<String, Long>> counted;
    private final Draws draws;
    private final HostMemory total;
    private final Map<String, HostMemory> losses = new LinkedHashMap<>();

    /** A further input: memory is null where the plan does not read it. */
    private record Field(String name, int[] shape, boolean integer, double[] values, HostMemory memory) {}

    /**
     * Looks up what a plan reads and writes.
     *
     * @param plan made for batches like this one
     * @param seed the run's
     */
    LossPlan(Plan plan, LoadedBatch like, long seed) {
        this.plan = plan;
        this.size = like.size();
        this.shapes = List.copyOf(like.shapes());
        List<String> inputs = plan.inputs();
        this.images = new HostMemory[like.inputs().size()];
        for (int i = 0; i < images.length; i++) {
            images[i] = memory(inputs, "inputs." + i);
        }
        like.samples().get(0).fields().forEach((name, field) -> fields.add(new Field(name, field.shape(), field.integer(),
                new double[size * field.values().length], memory(inputs, name))));
        this.computed = new HostMemory[like.computed().size()];
        for (int i = 0; i < computed.length; i++) {
            computed[i] = memory(inputs, like.computed().get(i).output().field());
        }
        this.counted = List.copyOf(plan.counted().entrySet());
        this.draws = new Draws(plan, seed);
        this.total = new HostMemory(plan.output(TOTAL));
        plan.outputs().forEach((name, value) -> {
            if (!name.equals(TOTAL)) {
                losses.put(name.substring(LOSS.length()), new HostMemory(value));
            }
        });
    }

    private HostMemory memory(List<String> inputs, String name) {
        return inputs.contains(name) ? new HostMemory(plan.input(name)) : null;
    }

    /** Whether the plan is that of batches like this one. */
    boolean fits(LoadedBatch batch) {
        if (batch.size() != size || batch.shapes().size() != shapes.size()) {
            return false;
        }
        for (int i = 0; i < shapes.size(); i++) {
            if (!Arrays.equals(batch.shapes().get(i), shapes.get(i))) {
                return false;
            }
        }
        Map<String, Sample.Field> given = batch.samples().get(0).fields();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            Sample.Field other = given.get(field.name);
            if (other == null || other.integer() != field.integer || !Arrays.equals(other.shape(), field.shape)) {
                return false;
            }
        }
        return given.size() == fields.size() && holdsAsManyOnes(batch);
    }

    private boolean holdsAsManyOnes(LoadedBatch batch) {
        for (int i = 0; i < counted.size(); i++) {
            Map.Entry<String, Long> count = counted.get(i);
            long ones = 0;
            for (int row = 0; row < size; row++) {
                ones += batch.samples().get(row).fields().get(count.getKey()).ones();
            }
            if (ones != count.getValue()) {
                return false;
            }
        }
        return true;
    }

    /** Fills the inputs, makes the random choices and computes losses and gradients. */
    void run(LoadedBatch batch, long iteration) {
        for (int i = 0; i < images.length; i++) {
            if (images[i] != null) {
                images[i].write(batch.inputs().get(i), size * DataPreprocessor.length(shapes.get(i)));
            }
        }
        for (int i = 0; i < fields.size(); i++) {
            feed(fields.get(i), batch.samples());
        }
        for (int i = 0; i < computed.length; i++) {
            if (computed[i] != null) {
                computed[i].write(batch.computed().get(i).values(), computed[i].length());
            }
        }
        current = batch;
        draws.fill(iteration, given);
        plan.run();
    }

    /** What has been fed of a further input, for random choices that depend on it. */
    private float[] given(String name) {
        for (LoadedBatch.Computed result : current.computed()) {
            if (result.output().field().equals(name)) {
                return result.values();
            }
        }
        double[] values = fields.stream().filter(field -> field.name.equals(name)).findFirst().orElseThrow().values;
        float[] floats = new float[values.length];
        for (int i = 0; i < floats.length; i++) {
            floats[i] = (float) values[i];
        }
        return floats;
    }

    private void feed(Field field, List<Sample> samples) {
        if (field.memory == null) {
            return;
        }
        int length = field.values.length / size;
        for (int row = 0; row < size; row++) {
            System.arraycopy(samples.get(row).fields().get(field.name).values(), 0, field.values, row * length, length);
        }
        field.memory.write(field.values);
    }

    /** The sum of all losses. */
    float total() {
        return total.first();
    }

    /** Losses and figures by name, the sum as {@code loss}. */
    Map<String, Double> losses() {
        Map<String, Double> values = new LinkedHashMap<>();
        values.put("loss", (double) total());
        losses.forEach((name, value) -> values.putIfAbsent(name, (double) value.first()));
        return values;
    }

    Plan plan() {
        return plan;
    }
}
