package dev.selfsup.sampler.deepclustersampler;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The images of each cluster.
 *
 * @param images number of images, those without a cluster among them
 * @param members the images of each cluster
 */
record Clusters(int images, int[][] members) {
    static Clusters of(int[] labels, int count) {
        int[] sizes = new int[count];
        Arrays.stream(labels).filter(label -> label >= 0).forEach(label -> sizes[label]++);
        int[][] members = new int[count][];
        Arrays.setAll(members, cluster -> new int[sizes[cluster]]);
        for (int image = labels.length - 1; image >= 0; image--) {
            if (labels[image] >= 0) {
                members[labels[image]][--sizes[labels[image]]] = image;
            }
        }
        return new Clusters(labels.length, members);
    }

    /**
     * N / K + 1 images of each cluster that has any, shuffled, at most N in all: without replacement where a cluster has more images than that, else with.
     *
     * @param random source of the choices
     */
    int[] drawn(RandomGenerator random) {
        int share = images / members.length + 1;
        int[] drawn = new int[share * (int) Arrays.stream(members).filter(cluster -> cluster.length > 0).count()];
        int filled = 0;
        for (int[] cluster : members) {
            if (cluster.length > share) {
                int[] shuffled = shuffled(cluster.clone(), share, random);
                System.arraycopy(shuffled, 0, drawn, filled, share);
                filled += share;
            } else if (cluster.length > 0) {
                for (int i = 0; i < share; i++) {
                    drawn[filled++] = cluster[random.nextInt(cluster.length)];
                }
            }
        }
        return Arrays.copyOf(shuffled(drawn, drawn.length, random), Math.min(images, drawn.length));
    }

    /** Makes the first places of an array a random choice of its elements, in random order. */
    private static int[] shuffled(int[] values, int places, RandomGenerator random) {
        for (int i = 0; i < places; i++) {
            int j = i + random.nextInt(values.length - i);
            int chosen = values[j];
            values[j] = values[i];
            values[i] = chosen;
        }
        return values;
    }
}
