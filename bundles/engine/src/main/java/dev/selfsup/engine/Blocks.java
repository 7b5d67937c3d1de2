package dev.selfsup.engine;

import dev.selfsup.engine.op.Convolution;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Which images of a plan lie in blocks of channels, [N, C / b, H, W, b], as the kernels compute fastest on, rather than in C
 * order: those that only operations make and read which can work so. Convolutions may take one layout and give the other.
 */
final class Blocks {
    private final Shapes shapes;
    private final Kernels set;
    private final Set<String> chosen = new HashSet<>();

    private Blocks(Shapes shapes, Kernels set) {
        this.shapes = shapes;
        this.set = set;
    }

    /**
     * Chooses the images.
     *
     * @param nodes the operations
     * @param fixed variables that must be in C order: outputs, state, and memory that has several names
     * @param shapes shapes of all variables
     * @param set the kernels
     */
    static Set<String> choose(List<Node> nodes, Set<String> fixed, Shapes shapes, Kernels set) {
        Blocks blocks = new Blocks(shapes, set);
        if (set.block() > 1) {
            nodes.forEach(node -> node.out().stream().filter(blocks::fits).forEach(blocks.chosen::add));
            blocks.chosen.removeAll(fixed);
            nodes.forEach(blocks::dropUnable);
            blocks.dropMixed(nodes);
        }
        return blocks.chosen;
    }

    /** The shape of an image's memory. */
    static long[] shape(long[] image, int block) {
        return new long[] {image[0], image[1] / block, image[2], image[3], block};
    }

    private boolean fits(String variable) {
        long[] shape = shapes.of(variable);
        return shape.length == 4 && shape[1] % set.block() == 0;
    }

    private void dropUnable(Node node) {
        Set<String> unable = new HashSet<>(node.in());
        unable.addAll(node.out());
        images(node).forEach(unable::remove);
        chosen.removeAll(unable);
    }

    /** The variables of an operation that may lie in blocks. */
    private List<String> images(Node node) {
        if (node.is("add") && node.in().size() == 2 && alike(node)) {
            return all(node);
        }
        if (node.operation() == null || !set.worksInBlocks(node.operation())) {
            return List.of();
        }
        if (node.is(Convolution.class)) {
            return List.of(node.in().get(0), node.out().get(0));
        }
        if (node.is(Convolution.InputGradient.class)) {
            return List.of(node.in().get(1), node.out().get(0));
        }
        return node.is(Convolution.WeightGradient.class) ? List.of(node.in().get(0), node.in().get(1)) : all(node);
    }

    private boolean alike(Node node) {
        long[] shape = shapes.of(node.out().get(0));
        return node.in().stream().allMatch(in -> Arrays.equals(shape, shapes.of(in)));
    }

    private List<String> all(Node node) {
        List<String> images = new ArrayList<>(node.in());
        images.addAll(node.out());
        images.removeIf(v -> shapes.of(v).length != 4);
        return images;
    }

    /** All images of an operation lie alike, unless it is a convolution: one that cannot draws the others along. */
    private void dropMixed(List<Node> nodes) {
        boolean dropped = true;
        while (dropped) {
            dropped = false;
            for (Node node : nodes) {
                List<String> images = images(node);
                if (!convolves(node) && !chosen.containsAll(images)) {
                    dropped |= chosen.removeAll(images);
                }
            }
        }
    }

    private static boolean convolves(Node node) {
        return node.is(Convolution.class) || node.is(Convolution.InputGradient.class) || node.is(Convolution.WeightGradient.class);
    }
}
