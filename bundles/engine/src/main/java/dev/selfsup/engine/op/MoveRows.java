package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import dev.selfsup.engine.Temporaries;
import dev.selfsup.engine.Views;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Rows in another order, alike in every block of them: x [B * R, C] to [B * M, C], whose row i in each block is row {@code places[i]} of x's block, or zeros where that is
 * negative. Serves windows, shifts, padding and cutting. No row may be taken twice, so that the gradient is the way back.
 *
 * @param places for each row of a block of the output its row in a block of x, from 0 to R - 1, or a negative number for none
 * @param rows rows R of a block of x
 */
public record MoveRows(int[] places, int rows) implements Operation {
    /** Checks the places. */
    public MoveRows {
        boolean[] taken = new boolean[rows];
        for (int place : places) {
            if (place >= rows || place >= 0 && taken[place]) {
                throw new IllegalArgumentException("row " + place + " of " + rows + " is not there or taken twice");
            }
            if (place >= 0) {
                taken[place] = true;
            }
        }
    }

    @Override
    public String name() {
        return "move_rows";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        long[] x = in.get(0);
        if (x.length != 2 || x[0] % rows != 0) {
            throw new IllegalArgumentException(name() + " takes blocks of " + rows + " rows, [B * " + rows + ", C], not " + Arrays.toString(x));
        }
        return List.of(new long[] {x[0] / rows * places.length, x[1]});
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return List.of(graph.apply(back(), gradients.get(0)));
    }

    /** What brings the rows back to where they were; zeros to where none was taken. */
    public MoveRows back() {
        int[] back = new int[rows];
        Arrays.fill(back, -1);
        for (int i = 0; i < places.length; i++) {
            if (places[i] >= 0) {
                back[places[i]] = i;
            }
        }
        return new MoveRows(back, places.length);
    }

    /** Rows of a block that stay together: each run begins at a row of the output and at a row of x, negative for zeros, and has a length. */
    public int[][] runs() {
        List<int[]> runs = new ArrayList<>();
        for (int i = 0; i < places.length; i++) {
            int[] last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
            boolean follows = last != null && (places[i] < 0 ? last[1] < 0 : last[1] >= 0 && places[i] == last[1] + last[2]);
            if (follows) {
                last[2]++;
            } else {
                runs.add(new int[] {i, Math.max(-1, places[i]), 1});
            }
        }
        return runs.toArray(int[][]::new);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        int blocks = (int) (in[0].size(0) / rows);
        int[] all = new int[blocks * places.length];
        float[] kept = new float[all.length];
        for (int i = 0; i < all.length; i++) {
            int place = places[i % places.length];
            all[i] = i / places.length * rows + Math.max(0, place);
            kept[i] = place < 0 ? 0 : 1;
        }
        Steps steps = new Steps();
        steps.then("gather", List.of(in[0], Nd4j.createFromArray(all)), List.of(out[0]), 0);
        if (Arrays.stream(places).anyMatch(place -> place < 0)) {
            steps.multiply(out[0], Views.shaped(Nd4j.createFromArray(kept).castTo(Temporaries.type()), all.length, 1), out[0]);
        }
        return steps;
    }
}
