package dev.selfsup.engine;

/** A step of Adam or AdamW on chunks of a weight. It is one object for all weights and steps: {@link #set} says which. */
final class AdamPass implements HostChunks.Pass {
    private long weight;
    private long gradient;
    private long mean;
    private long square;
    private Updates.AdamStep step;
    private float keep;
    private float rate;
    private float correction;

    /** The addresses of a weight, its gradient and its moments. */
    AdamPass at(long weightAddress, long gradientAddress, long meanAddress, long squareAddress) {
        weight = weightAddress;
        gradient = gradientAddress;
        mean = meanAddress;
        square = squareAddress;
        return this;
    }

    /** The options, of which rate and number are replaced. */
    AdamPass set(Updates.AdamStep options, double newRate, long number) {
        step = options;
        keep = (float) (1 - newRate * options.decay());
        rate = (float) -options.correctedRate(newRate, number);
        correction = (float) options.squareCorrection(number);
        return this;
    }

    @Override
    public void run(HostChunks.Heap heap, long start, int count, int number) {
        float[] weights = heap.read(0, weight, start, count);
        float[] gradients = heap.read(1, gradient, start, count);
        float[] means = heap.read(2, mean, start, count);
        float[] squares = heap.read(3, square, start, count);
        if (step.decoupled()) {
            HostLoops.scale(weights, keep, count);
        } else if (step.decay() != 0) {
            HostLoops.add(gradients, weights, (float) step.decay(), count);
        }
        HostLoops.combine(means, (float) step.beta1(), gradients, (float) (1 - step.beta1()), count);
        HostLoops.combineSquare(squares, (float) step.beta2(), gradients, (float) (1 - step.beta2()), count);
        HostLoops.adam(weights, means, squares, rate, correction, (float) step.epsilon(), count);
        heap.write(0, weight, start, count);
        heap.write(2, mean, start, count);
        heap.write(3, square, start, count);
    }
}
