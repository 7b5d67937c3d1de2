package dev.selfsup.engine;

/** A step of gradient descent on chunks of a weight. It is one object for all weights and steps: {@link #set} says which. */
final class SgdPass implements HostChunks.Pass {
    private long weight;
    private long gradient;
    private long momentum;
    private Updates.SgdStep step;
    private float rate;
    private float scale;
    private boolean first;

    /** The addresses of a weight, its gradient and its momentum. */
    SgdPass at(long weightAddress, long gradientAddress, long momentumAddress) {
        weight = weightAddress;
        gradient = gradientAddress;
        momentum = momentumAddress;
        return this;
    }

    /** The options, of which rate and scale are replaced. */
    SgdPass set(Updates.SgdStep options, double newRate, double newScale, boolean firstStep) {
        step = options;
        rate = (float) -newRate;
        scale = (float) newScale;
        first = firstStep;
        return this;
    }

    @Override
    public void run(HostChunks.Heap heap, long start, int count, int number) {
        float[] weights = heap.read(0, weight, start, count);
        float[] direction = heap.read(1, gradient, start, count);
        if (step.decay() != 0) {
            HostLoops.add(direction, weights, (float) step.decay(), count);
        }
        if (scale != 1) {
            HostLoops.scale(direction, scale, count);
        }
        if (step.momentum() != 0) {
            direction = moved(heap, start, count);
        }
        HostLoops.add(weights, direction, rate, count);
        heap.write(0, weight, start, count);
    }

    /** Moves the momentum of a chunk by the direction in heap array 1 and returns the direction to go. */
    private float[] moved(HostChunks.Heap heap, long start, int count) {
        float[] direction = heap.array(1);
        float[] moving = first ? heap.array(2) : heap.read(2, momentum, start, count);
        if (first) {
            System.arraycopy(direction, 0, moving, 0, count);
        } else {
            HostLoops.combine(moving, (float) step.momentum(), direction, (float) (1 - step.dampening()), count);
        }
        heap.write(2, momentum, start, count);
        if (!step.nesterov()) {
            return moving;
        }
        HostLoops.add(direction, moving, (float) step.momentum(), count);
        return direction;
    }
}
