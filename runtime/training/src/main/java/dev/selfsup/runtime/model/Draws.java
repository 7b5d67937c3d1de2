package dev.selfsup.runtime.model;

import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.engine.Draw;
import dev.selfsup.engine.HostMemory;
import dev.selfsup.engine.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Fills the random choices of a plan from the run's seed, the iteration and the choice's name alone, so that a resumed run makes the same. */
public final class Draws {
    private final List<Choice> choices = new ArrayList<>();
    private final SampleRandom random = SampleRandom.of(0);
    private final long seed;

    private record Choice(Draw.Source source, long name, double[] values, HostMemory target, String weights) {}

    /** The choices of a plan in runs of a seed. */
    public Draws(Plan plan, long seed) {
        this.seed = seed;
        for (Draw draw : plan.draws()) {
            if (plan.inputs().contains(draw.name())) {
                HostMemory target = new HostMemory(plan.input(draw.name()));
                choices.add(new Choice(draw.source(), draw.name().hashCode(), new double[target.length()], target, draw.weights()));
            }
        }
    }

    /**
     * Makes all choices of an iteration; allocates nothing but where a choice depends on weights.
     *
     * @param weights values of an input by its name, for choices that depend on one
     */
    public void fill(long iteration, Function<String, float[]> weights) {
        for (int i = 0; i < choices.size(); i++) {
            Choice choice = choices.get(i);
            random.restart(seed, iteration, choice.name);
            if (choice.weights.isEmpty()) {
                choice.source.fill(choice.values, random);
            } else {
                choice.source.fill(choice.values, weights.apply(choice.weights), random);
            }
            choice.target.write(choice.values);
        }
    }
}
