package dev.selfsup.algorithm.cae;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Twins;
import dev.selfsup.engine.Weights;
import java.util.List;
import java.util.Map;

/**
 * The update of a network that follows another by a moving average of its weights, made after it has been used: {@code teacher = momentum teacher + (1 - momentum) encoder}. It begins as
 * the other, and unlike a momentum encoder keeps no count of updates.
 */
final class Teacher implements Runnable {
    private final Weights weights;
    private final Map<String, String> followed;
    private final Graph.Run run;
    private final double momentum;
    private List<Twins> twins;

    private Teacher(Graph encoder, Graph place, double momentum) {
        this.weights = place.weights();
        this.followed = Map.of(place.path(), encoder.path());
        this.run = place.run();
        this.momentum = momentum;
    }

    /**
     * Has a network follow another.
     *
     * @param encoder the place of what is followed, built
     * @param place the place of what follows
     * @param momentum share of the network itself in an update
     * @return the place to build it at, where weights are not trained
     */
    static Graph following(Graph encoder, Graph place, double momentum) {
        place.beginAs(encoder);
        place.after(new Teacher(encoder, place, momentum));
        return place.frozen();
    }

    @Override
    public void run() {
        if (twins == null) {
            twins = weights.twins(followed);
        }
        twins.forEach(pair -> run.updates().lerp(pair.target(), pair.source(), 1 - momentum));
    }
}
